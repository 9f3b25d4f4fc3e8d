"""Who is calling: a site's name, hash, hardware id and version (sync-v5.md 2, sync-v6.md 3).

The mSupply central server looks into its own table of sites; an Open mSupply central server apart
from it asks there, with what the caller presented.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

import httpx
import msgspec
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from msupply.records.security_log import SecurityEvent
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.sync import clock
from msupply.sync.clock import now
from msupply.sync.declare.record_type import LONGEST_KEY
from msupply.sync.here import Here
from msupply.wire import security_log, site_cycles, throttle
from msupply.wire.errors import Code, ModernError, WireError, read_v5
from msupply.wire.messages import SiteInfo, SiteSettings

V5_VERSIONS = (1, 14)
V6_VERSIONS = (0, 5)

# Said by a server that asks about a site: the site itself has not been told the answer.
ON_BEHALF_HEADER = "msupply-on-behalf"

# A right hash is not computed again for this long; a changed password counts at once all the same.
VERIFIED_SECONDS = 3600
# What the mSupply central server said of a site is believed for this long.
CONFIRMED_SECONDS = 60
REMEMBERED = 50_000
SEEN_EVERY = timedelta(minutes=1)
# How often the security log tells the same: that a site came from an address, that it may not.
_GREETED_EVERY, _SAME_REFUSAL = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Claim:
    """What a caller says of itself. `hardware_id` and `version` are None where V4 has none.

    `clock` is what time it is for the caller, None where it does not tell.
    """

    name: str
    wire_hash: str
    address: str
    hardware_id: str | None = None
    version: str | None = None
    app_version: str = ""
    app_name: str = ""
    clock: datetime | None = None

    def __repr__(self) -> str:
        """Leave the secret out of logs and tracebacks."""
        return f"Claim(name={self.name!r}, address={self.address!r})"


class _Remembered:
    """Answers that hold for a while, in this process only; keys tell nothing about secrets."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._secret = secrets.token_bytes(32)
        self._known: dict[bytes, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def get(self, *parts: str) -> int | None:
        """Return what was remembered of these texts."""
        with self._lock:
            until, value = self._known.get(self._key(parts), (0.0, 0))
        return value if until > clock.monotonic() else None

    def put(self, value: int, *parts: str) -> None:
        """Remember a value of these texts."""
        with self._lock:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[self._key(parts)] = (clock.monotonic() + self._seconds, value)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()

    def _key(self, parts: tuple[str, ...]) -> bytes:
        return hmac.digest(self._secret, msgspec.json.encode(parts), "sha256")


_verified = _Remembered(VERIFIED_SECONDS)
_confirmed = _Remembered(CONFIRMED_SECONDS)
# Where sites have lately been let in from.
_greeted = _Remembered(VERIFIED_SECONDS)
# Argon2 takes much memory and time by design: after a restart, when all sites come at once,
# pages must still be served.
_hashing = threading.BoundedSemaphore(2)


def wire_hash(plain: str) -> str:
    """Return what travels in place of a site's password."""
    return hashlib.sha256(plain.encode()).hexdigest()


def stored_hash(plain: str) -> str:
    """Return what the mSupply central server keeps of a site's password."""
    return make_password(wire_hash(plain))


def basic_claim(
    authorization: str,
    address: str,
    hardware_id: str | None = None,
    version: str | None = None,
    app_version: str = "",
    app_name: str = "",
    told_time: str = "",
) -> Claim:
    """Read an Authorization header. Raises WireError."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        message = "send the site's name and password hash as basic authentication"
        raise WireError(Code.SITE_NAME_NOT_FOUND, message) from None
    # A site's name may hold a colon, a hash cannot.
    name, _, presented = pair.rpartition(":")
    told = _moment(told_time)
    return Claim(name, presented, address, hardware_id, version, app_version, app_name, told)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def settings_claim(settings: SiteSettings, address: str) -> Claim:
    """Read the settings block of a V6 request."""
    return Claim(
        settings.username,
        settings.password_sha256,
        address,
        settings.site_uuid,
        settings.sync_version,
        settings.app_version,
        settings.app_name,
    )


def verify_site(connection: BaseDatabaseWrapper, claim: Claim) -> Site:
    """Return the site that a claim is true of. Raises WireError."""
    site = _sites(connection).filter(name=claim.name).first() if "\0" not in claim.name else None
    stored = site.password if site else ""
    if site is None or _verified.get(claim.wire_hash, stored) is None:
        _verify_slowly(connection, claim, site)
    assert site is not None
    try:
        _let_in(connection, site, claim)
    except WireError as error:
        site_cycles.refused(connection, site.site_id, error.code)
        _note_refusal(connection, claim, error.code, at_most_every=_SAME_REFUSAL)
        raise
    _greet(connection, claim)
    return site


def _greet(connection: BaseDatabaseWrapper, claim: Claim) -> None:
    """Note that a site comes, and where from; one that comes every minute is noted once a day."""
    if _greeted.get(claim.name, claim.address) is not None:
        return
    throttle.let_in(connection, _throttled(claim), claim.address)
    security_log.note(
        connection, SecurityEvent.SITE_CONNECTED, who=claim.name, at_most_every=_GREETED_EVERY
    )
    _greeted.put(1, claim.name, claim.address)


def _note_refusal(
    connection: BaseDatabaseWrapper,
    claim: Claim,
    code: str,
    at_most_every: timedelta | None = None,
) -> None:
    security_log.note(
        connection,
        SecurityEvent.SITE_CONNECTED,
        refused=True,
        who=claim.name,
        at_most_every=at_most_every,
        reason=code,
    )


def _let_in(connection: BaseDatabaseWrapper, site: Site, claim: Claim) -> None:
    """Check what stands against a site whose password is right. Raises WireError."""
    if claim.version is not None:
        _check_version(claim.version)
    if claim.hardware_id is not None:
        _check_hardware(connection, site, claim.hardware_id)
        _remember_seen(connection, site, claim)
    # The Open mSupply central server serves all stores and may own none; a site whose last store
    # has moved away must learn of it.
    is_new = site.initialisation_status == InitialisationStatus.NEW
    if is_new and not site.is_oms_central and not _has_store(connection, site):
        raise WireError(Code.SITE_HAS_NO_STORE, "this site has no store")


def verify_caller(connection: BaseDatabaseWrapper, here: Here, claim: Claim) -> int:
    """Return the number of the site that calls by V6. Raises WireError or ModernError."""
    if here.is_central:
        return verify_site(connection, claim).site_id
    parts = (claim.name, claim.wire_hash, claim.hardware_id or "", claim.version or "")
    known = _confirmed.get(*parts)
    if known is None:
        _check_throttle(connection, claim)
        known = _ask_central(connection, here, claim)
        _confirmed.put(known, *parts)
    _greet(connection, claim)
    return known


def _verify_slowly(connection: BaseDatabaseWrapper, claim: Claim, site: Site | None) -> None:
    _check_throttle(connection, claim)
    if site is None:
        _refused(connection, claim, Code.SITE_NAME_NOT_FOUND)
        raise WireError(Code.SITE_NAME_NOT_FOUND, "there is no site of this name")
    with _hashing:
        right = check_password(claim.wire_hash, site.password)
    if not right:
        _refused(connection, claim, Code.SITE_INCORRECT_PASSWORD)
        raise WireError(Code.SITE_INCORRECT_PASSWORD, "the password of this site is another one")
    _verified.put(site.site_id, claim.wire_hash, site.password)


def _check_throttle(connection: BaseDatabaseWrapper, claim: Claim) -> None:
    wait = throttle.wait_seconds(connection, _throttled(claim), claim.address)
    if wait:
        security_log.throttled(connection, claim.name)
        message = f"too many failed attempts: try again in {wait} seconds"
        raise WireError(Code.SITE_AUTH_TIMEOUT, message, {"timeoutRemaining": wait})


def _refused(connection: BaseDatabaseWrapper, claim: Claim, code: str) -> None:
    throttle.refused(connection, _throttled(claim), claim.address)
    _note_refusal(connection, claim, code)


def _throttled(claim: Claim) -> str:
    # Users and sites share one table of refusals.
    return f"site: {claim.name}"


def _check_version(version: str) -> None:
    lowest, highest = V5_VERSIONS
    known = version.isascii() and version.isdigit() and len(version) < 10
    if not known or not lowest <= int(version) <= highest:
        raise WireError(
            Code.API_VERSION_INCOMPATIBLE,
            f"this server speaks versions {lowest} to {highest} of the protocol",
            {"minVersion": lowest, "maxVersion": highest, "received": version[:20]},
        )


def _check_hardware(connection: BaseDatabaseWrapper, site: Site, hardware_id: str) -> None:
    if len(hardware_id) > LONGEST_KEY:
        raise WireError(Code.BAD_REQUEST, f"a hardware id has at most {LONGEST_KEY} letters")
    if not site.hardware_id and hardware_id:
        # Of two machines that come at once, the database lets one be first.
        unbound = Q(hardware_id__isnull=True) | Q(hardware_id="")
        _sites(connection).filter(unbound, pk=site.pk).update(hardware_id=hardware_id)
        site.refresh_from_db(using=connection.alias, fields=["hardware_id"])
    if (site.hardware_id or "") != hardware_id:
        raise WireError(
            Code.SITE_INCORRECT_HARDWARE_ID,
            "this site is bound to another machine: free it on the central server first",
        )


def _has_store(connection: BaseDatabaseWrapper, site: Site) -> bool:
    return Store.objects.using(connection.alias).filter(site_id=site.site_id).exists()


def _remember_seen(connection: BaseDatabaseWrapper, site: Site, claim: Claim) -> None:
    version, name = claim.app_version[:LONGEST_KEY], claim.app_name[:LONGEST_KEY]
    same_app = (site.app_version, site.app_name) == (version, name)
    if same_app and clock.age(site.last_connection_datetime) < SEEN_EVERY:
        return
    with transaction.atomic(using=connection.alias):
        _sites(connection).filter(pk=site.pk).update(
            last_connection_datetime=now(), app_version=version, app_name=name
        )
        site_cycles.begin(connection, site.site_id, _clock_ahead(claim))


def _clock_ahead(claim: Claim) -> int | None:
    """Return by how many seconds the caller's clock is ahead of ours."""
    if claim.clock is None or claim.clock.tzinfo is not None:
        return None
    return round((claim.clock - now()).total_seconds())


def _ask_central(connection: BaseDatabaseWrapper, here: Here, claim: Claim) -> int:
    """Let the mSupply central server judge a claim, as sync-v6.md 3 says."""
    headers = {
        "msupply-site-uuid": claim.hardware_id or "",
        "version": claim.version or "",
        "app-version": claim.app_version,
        "app-name": claim.app_name,
        ON_BEHALF_HEADER: "1",
    }
    try:
        answer = httpx.get(
            urljoin(here.central_url, "/sync/v5/site"),
            auth=(claim.name, claim.wire_hash),
            headers=httpx.Headers(headers, encoding="utf-8"),
            timeout=httpx.Timeout(30, connect=10),
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ModernError("cannotConnectToLegacyServer", type(error).__name__) from None
    if answer.is_success:
        try:
            return msgspec.json.decode(answer.content, type=SiteInfo).site_id
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise ModernError("otherLegacyServerError", "its answer cannot be read") from None
    refusal = read_v5(answer.content)
    if refusal is None:
        raise ModernError("otherLegacyServerError", f"it answered {answer.status_code}")
    if refusal.code in (Code.SITE_INCORRECT_PASSWORD, Code.SITE_NAME_NOT_FOUND):
        _refused(connection, claim, refusal.code)
    else:
        _note_refusal(connection, claim, refusal.code, at_most_every=_SAME_REFUSAL)
    raise ModernError("legacyServerError", refusal)


def _sites(connection: BaseDatabaseWrapper) -> QuerySet[Site]:
    return Site.objects.using(connection.alias)


def forget_verified() -> None:
    """Verify every caller anew."""
    _verified.clear()
    _confirmed.clear()
    _greeted.clear()
