"""The V4 API of the mSupply central server: log-in and patients (sync-v5.md 11)."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection as default_connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from msupply.records.names import Name
from msupply.records.permissions import LEGACY_NUMBERS
from msupply.records.security_log import SecurityEvent
from msupply.records.users import LONGEST_PASSWORD, User, UserPermission, UserStore
from msupply.sync import here as instance
from msupply.sync.here import Here
from msupply.wire import credentials, messages, patients, security_log, throttle
from msupply.wire.errors import Code, ModernError, WireError
from msupply.wire.server_http import (
    View,
    address,
    decode,
    guard,
    not_served_here,
    read_body,
    respond,
)

_STORE_ACCESS = "STORE_ACCESS"

Handler = Callable[[HttpRequest, BaseDatabaseWrapper, Here], HttpResponseBase]


def _endpoint(method: str, handler: Handler) -> View:
    def view(request: HttpRequest) -> HttpResponseBase:
        connection: BaseDatabaseWrapper = default_connection
        here = instance.load(connection)
        if not here.is_central:
            return not_served_here("This is not an mSupply central server.")
        if request.method != method:
            raise WireError(Code.METHOD_NOT_ALLOWED, f"use {method}")
        return handler(request, connection, here)

    def refuse(request: HttpRequest, error: WireError | ModernError) -> HttpResponseBase:
        assert isinstance(error, WireError)
        return respond(request, error.v5(), error.status)

    return guard(view, refuse)


def _log_in(request: HttpRequest, connection: BaseDatabaseWrapper, here: Here) -> HttpResponseBase:
    wanted = decode(read_body(request), messages.LogInRequest)
    name, place = wanted.username.strip(), address(request)
    wait = throttle.wait_seconds(connection, name, place)
    if wait:
        security_log.throttled(connection, name)
        answer = messages.LogInTimeout("user_login_timeout", wait)
        return respond(request, messages.encode(answer), 403)
    user = _user(connection, name, wanted.password)
    if user is None:
        throttle.refused(connection, name, place)
        security_log.note(
            connection, SecurityEvent.LOGGED_IN, refused=True, who=name, site=wanted.site_name
        )
        return respond(request, b'{"status":"error","authenticated":false}', 401)
    throttle.let_in(connection, name, place)
    security_log.note(connection, SecurityEvent.LOGGED_IN, who=user.username, site=wanted.site_name)
    return respond(request, messages.encode(_described(connection, user)))


def _user(connection: BaseDatabaseWrapper, name: str, password: str) -> User | None:
    """Return the user with this name and password; names may differ in case."""
    if not name or "\0" in name or not 0 < len(password) <= LONGEST_PASSWORD:
        return None
    users = User.objects.using(connection.alias).filter(is_active=True).exclude(password="")
    candidates = list(users.filter(username=name)) or list(users.filter(username__iexact=name)[:5])
    # Two users of one name are possible: the password decides.
    for user in candidates:
        if check_password(password, user.password):
            return user
    if not candidates:
        # As slow as a wrong password, so that user names cannot be found out.
        make_password(password)
    return None


def _described(connection: BaseDatabaseWrapper, user: User) -> messages.LogInAnswer:
    joins = list(
        UserStore.objects.using(connection.alias)
        .filter(user=user)
        .select_related("store__name")
        .order_by("-is_default", "store__code")
    )
    details = messages.UserDetails(
        id=user.id,
        name=user.username,
        active=user.is_active,
        language=user.language,
        first_name=user.first_name or "",
        last_name=user.last_name or "",
        e_mail=user.email or "",
        phone1=user.phone_number or "",
        job_title=user.job_title or "",
    )
    return messages.LogInAnswer(
        status="success",
        authenticated=True,
        username=user.username,
        user_first_name=details.first_name or "",
        user_last_name=details.last_name or "",
        user_job_title=details.job_title or "",
        user_type="user",
        service="mobile",
        store_name=joins[0].store.name.name if joins else "",
        user_info=messages.UserInfo(details, _stores(connection, user, joins)),
    )


def _stores(
    connection: BaseDatabaseWrapper, user: User, joins: list[UserStore]
) -> list[messages.UserStoreDetails]:
    held: dict[str | None, set[str]] = {}
    rows = UserPermission.objects.using(connection.alias).filter(user=user)
    for store_id, permission in rows.values_list("store_id", "permission"):
        held.setdefault(store_id, set()).add(permission)
    everywhere = held.get(None, set())
    entries = []
    for join in joins:
        there = everywhere | held.get(join.store_id, set())
        entries.append(
            messages.UserStoreDetails(
                id=join.id,
                user_id=user.id,
                store_id=join.store_id,
                can_login=_STORE_ACCESS in there,
                store_default=join.is_default,
                permissions=positional(there),
            )
        )
    return entries


def positional(permissions: set[str]) -> list[bool]:
    """Return permissions as the array of the log-in answer.

    A number that grants several is set only for who has them all: nobody may gain by the way.
    """
    flags = [False] * max(LEGACY_NUMBERS)
    for number, granted in LEGACY_NUMBERS.items():
        flags[number - 1] = permissions.issuperset(granted)
    return flags


def _find_patients(
    request: HttpRequest, connection: BaseDatabaseWrapper, here: Here
) -> HttpResponseBase:
    _site(request, connection)
    query = {name: str(value).replace("\0", "") for name, value in request.GET.items()}
    # Insurance policies and barcodes are not kept here, so nobody has the one asked for.
    unknown = query.get("policy_number") or query.get("barcode")
    found = [] if unknown else patients.search(connection, _wanted(query))
    return respond(request, messages.encode([_found(name) for name in found]))


def _wanted(query: dict[str, str]) -> patients.Search:
    deleted = {"true": True, "false": False}.get(query.get("is_deleted", "").lower())
    try:
        born = date.fromisoformat(query["dob"]) if query.get("dob") else None
        offset, limit = int(query.get("offset") or 0), int(query.get("limit") or 0)
    except ValueError:
        text = "dob must be a date (YYYY-MM-DD), offset and limit whole numbers"
        raise WireError(Code.BAD_REQUEST, text) from None
    if not 0 <= offset < 2**31 or not 0 <= limit < 2**31:
        raise WireError(Code.BAD_REQUEST, "offset and limit must not be negative")
    return patients.Search(
        query.get("first_name", ""),
        query.get("last_name", ""),
        query.get("code", ""),
        born,
        deleted,
        offset,
        limit or patients.MOST_FOUND,
    )


def _found(name: Name) -> messages.FoundPatient:
    born = name.date_of_birth
    return messages.FoundPatient(
        id=name.id,
        name=name.name,
        phone=name.phone or "",
        email=name.email or "",
        code=name.code,
        last=name.last_name or "",
        first=name.first_name or "",
        date_of_birth=f"{born.isoformat()}T00:00:00" if born else None,
    )


def _join_to_store(
    request: HttpRequest, connection: BaseDatabaseWrapper, here: Here
) -> HttpResponseBase:
    site_id = _site(request, connection)
    wanted = decode(read_body(request), messages.JoinRequest)
    if "\0" in wanted.name_id + wanted.store_id:
        raise WireError(Code.NOT_FOUND, "there is no such patient or store")
    try:
        join, _ = patients.make_visible(connection, here, site_id, wanted.name_id, wanted.store_id)
    except patients.Unknown as error:
        raise WireError(Code.NOT_FOUND, str(error)) from None
    except patients.NotAllowed as error:
        raise WireError(Code.SITE_HAS_NO_STORE, str(error)) from None
    answer = messages.JoinAnswer(join.id, join.name_id, join.store_id)
    return respond(request, messages.encode(answer))


def _site(request: HttpRequest, connection: BaseDatabaseWrapper) -> int:
    """Return the number of the calling site; V4 knows neither hardware ids nor versions."""
    authorization = request.headers.get("Authorization", "")
    claim = credentials.basic_claim(authorization, address(request))
    return credentials.verify_site(connection, claim).site_id


def _nowhere(request: HttpRequest, connection: BaseDatabaseWrapper, here: Here) -> HttpResponse:
    raise WireError(Code.NOT_FOUND, "there is no such path in V4")


login = _endpoint("POST", _log_in)
patient = _endpoint("GET", _find_patients)
name_store_join = _endpoint("POST", _join_to_store)
unknown = _endpoint("GET", _nowhere)
