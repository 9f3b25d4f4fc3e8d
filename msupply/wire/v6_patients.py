"""`POST /central/name-store-join`: a site has made a patient visible (sync-v6.md 9)."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from msupply.sync import clock, driver, placement
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.failure import SyncFailure
from msupply.sync.here import Here
from msupply.sync.models import ChangelogQueue
from msupply.wire import messages, patients
from msupply.wire.errors import NOT_AUTHENTICATED, ModernError, WireError
from msupply.wire.server_http import decode, read_body
from msupply.wire.v4_client import PatientClient
from msupply.wire.v6_server import Call, authenticate, endpoint

# How long the mSupply central server may take to send a patient over.
_PATIENCE_SECONDS = 30
_LOOK_SECONDS = 1


_Refusal = WireError | ModernError | patients.NotAllowed | patients.Unknown | SyncFailure
_REFUSALS = (WireError, ModernError, patients.NotAllowed, patients.Unknown, SyncFailure)


def _join_to_store(request: HttpRequest, here: Here) -> HttpResponseBase:
    try:
        message = decode(read_body(request), messages.NameStoreJoinRequest)
        call = authenticate(request, here, message.sync_v5_settings, None)
        if "\0" in message.id + message.name_id + message.store_id:
            raise patients.Unknown("there is no such patient or store")
        if here.is_remote and not patients.is_known(call.connection, message.name_id):
            _fetch(call.connection, here, message.name_id)
        _join(call, here, message)
    except _REFUSALS as error:
        status, text = _explained(error)
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse()


def _explained(error: _Refusal) -> tuple[int, str]:
    """Return status and text: this one path speaks plain text (sync-v6.md 9)."""
    match error:
        case WireError():
            return 401 if error.code in NOT_AUTHENTICATED else error.status, str(error)
        case ModernError(tag="legacyServerError"):
            return 401, "the mSupply central server does not vouch for this site"
        case ModernError():
            return 502, "the mSupply central server cannot be asked"
        case patients.NotAllowed():
            return 403, str(error)
        case patients.Unknown():
            return 404, str(error)
        case SyncFailure():
            return 502, f"the mSupply central server did not help: {error}"


def _join(call: Call, here: Here, wanted: messages.NameStoreJoinRequest) -> None:
    join, is_new = patients.make_visible(
        call.connection, here, call.site_id, wanted.name_id, wanted.store_id, wanted.id
    )
    if is_new and here.is_remote:
        # The site itself has told the mSupply central server: it must not hear it from here.
        ChangelogQueue.objects.using(call.connection.alias).filter(
            record_type=registry().by_wire[Wire.V5]["name_store_join"].number, record_id=join.id
        ).update(source_site=call.site_id)


def _fetch(connection: BaseDatabaseWrapper, here: Here, name_id: str) -> None:
    """Have a patient sent here that only the mSupply central server knows."""
    own_stores = placement.active_stores(connection, here.site_id or 0)
    if not own_stores:
        raise patients.Unknown("there is no such patient here, and no store to see it in")
    client = PatientClient(here)
    try:
        client.join_to_store(name_id, own_stores[0])
    finally:
        client.close()
    driver.request_cycle(connection)
    until = clock.monotonic() + _PATIENCE_SECONDS
    while not patients.is_known(connection, name_id):
        if clock.monotonic() > until:
            raise patients.Unknown("the patient has not arrived here yet")
        clock.sleep(_LOOK_SECONDS)


name_store_join = endpoint("POST", _join_to_store)
