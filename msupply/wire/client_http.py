"""HTTP as a site speaks it: short patience for connecting, long for answers, three attempts.

One `Session` lasts for a cycle and keeps its connection. Nothing here logs, and no failure holds
headers, bodies or queries: they carry secrets and patients' names.
"""

import gzip
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, Final, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from msupply.sync import clock
from msupply.sync.failure import FailureCode, SyncFailure, TooLarge, Unreachable
from msupply.sync.here import Here
from msupply.wire.elements import UNREADABLE
from msupply.wire.taken_apart import NotTakenApart, take_apart

# The release whose wire this client speaks, and its protocol numbers (sync-v6.md 4).
APP_NAME: Final = "Open mSupply Desktop"
APP_VERSION: Final = "2.20.0"
V5_VERSION: Final = 14
V6_VERSION: Final = 5

# Seconds to connect, by attempt; seconds without a byte. There is no limit in all.
CONNECT_SECONDS: Final = (2, 5, 10)
READ_SECONDS: Final = 300

BATCH_LIMIT_HEADER: Final = "msupply-batch-limit"
# The sender's time, UTC as ISO 8601: the central server tells its administrators of wrong clocks.
CLOCK_HEADER: Final = "msupply-clock"
# Said by sites that read the orders of a central server of this kind.
ORDERS_HEADER: Final = "msupply-takes-orders"
# Said at the end of a push, with how many records could not be sent.
UNSENT_HEADER: Final = "msupply-unsent"
# More than this at once costs memory and gains nothing.
MOST_AT_ONCE: Final = 5000
# The real Open mSupply central server takes 10 MiB (sync-v6.md 5).
MOST_BYTES: Final = 8 * 1024 * 1024
_WORTH_COMPRESSING = 1400

Message = TypeVar("Message")
# The parts of a form: name of the file (or None), content, content type.
Part = tuple[str | None, bytes | IO[bytes], str]
Form = dict[str, Part]


class Session:
    """Requests to one server, on a connection that is kept."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        # How many records the server takes and gives at once; None until it has said so.
        self.batch_limit: int | None = None
        self._is_near = is_loopback(url)
        self._client = httpx.Client(
            auth=auth,
            transport=transport,
            headers={"Accept-Encoding": "gzip", **(headers or {})},
            limits=httpx.Limits(max_keepalive_connections=2, keepalive_expiry=20),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        files: Form | None = None,
        attempts: int = len(CONNECT_SECONDS),
        read_seconds: float = READ_SECONDS,
    ) -> httpx.Response:
        """Make a request that is safe to repeat; it is repeated only when no answer came.

        Raises Unreachable when none came in the end. With one attempt it is made with the longest
        time to connect.
        """
        sent = dict(headers or {})
        if body is not None and self._compresses(body):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            sent["Content-Encoding"] = "gzip"
        reason = ""
        for seconds in CONNECT_SECONDS[-attempts:]:
            timeout = httpx.Timeout(read_seconds, connect=seconds)
            try:
                response = self._client.request(
                    method,
                    url,
                    content=body,
                    headers=sent,
                    params=params,
                    files=files,
                    timeout=timeout,
                )
            except httpx.TransportError as error:
                reason = _reason(url, error)
            except (httpx.DecodingError, httpx.InvalidURL) as error:
                raise SyncFailure(FailureCode.UNKNOWN, f"{url}: {error}") from None
            else:
                # The stream, read by now, refers to its response: such a circle would keep the
                # whole answer until Python's collector comes, which is rarely.
                del response.stream
                self._learn(response)
                if response.status_code != httpx.codes.REQUEST_TIMEOUT:
                    return response
                reason = "the server gave up waiting for the request"
        raise Unreachable(FailureCode.CONNECTION_ERROR, f"{url}: {reason}")

    @contextmanager
    def stream(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        """Make a request once, and read its answer piece by piece."""
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS[-1])
        try:
            with self._client.stream(
                method, url, content=body, headers=headers, timeout=timeout
            ) as response:
                yield response
        except httpx.TransportError as error:
            text = f"{url}: {_reason(url, error)}"
            raise Unreachable(FailureCode.CONNECTION_ERROR, text) from None

    def _compresses(self, body: bytes) -> bool:
        return self.batch_limit is not None and not self._is_near and len(body) > _WORTH_COMPRESSING

    def _learn(self, response: httpx.Response) -> None:
        stated = response.headers.get(BATCH_LIMIT_HEADER, "")
        if stated.isascii() and stated.isdigit() and int(stated):
            self.batch_limit = min(int(stated), MOST_AT_ONCE)
            if self._is_near:
                # On one machine packing costs more than carrying.
                self._client.headers["Accept-Encoding"] = "identity"


def server_url(text: str) -> str:
    """Return the address of a server. Raises SyncFailure when it cannot be one."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        # Reading the port raises ValueError for one that is none.
        _ = parts.port
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise SyncFailure(FailureCode.INVALID_URL, "the address must be like https://server:port")
    return text


def decode(response: httpx.Response, kind: type[Message]) -> Message:
    """Read an answer. Raises SyncFailure for one that is not what was asked for."""
    try:
        return msgspec.json.decode(response.content, type=kind)
    except UNREADABLE as error:
        text = f"{response.request.url.path}: the answer cannot be read: {error}"
        raise SyncFailure(FailureCode.UNKNOWN, text) from None


def decode_list(
    response: httpx.Response, kind: type[Message], path: tuple[str, ...]
) -> tuple[Message, list[bytes]]:
    """Read an answer with a list under these keys.

    Where it cannot be read as a whole, the list is empty and its elements come beside it. Raises
    SyncFailure.
    """
    try:
        return msgspec.json.decode(response.content, type=kind), []
    except UNREADABLE:
        try:
            apart = take_apart(response.content, path)
            return msgspec.json.decode(apart.frame, type=kind), apart.elements
        except (NotTakenApart, *UNREADABLE):
            return decode(response, kind), []


def excerpt(response: httpx.Response) -> str:
    """Return the start of an answer that is no message, for people."""
    text = response.content[:300].decode("utf-8", "replace").strip()
    return f"{response.request.url.path}: HTTP {response.status_code} {text}".strip()


def code_of(response: httpx.Response) -> FailureCode:
    """Return what an HTTP status alone says, that of what stands before the server too."""
    away = response.status_code in (429, 502, 503, 504)
    return FailureCode.SERVER_UNAVAILABLE if away else FailureCode.UNKNOWN


def clock_ahead(response: httpx.Response) -> int:
    """Return how many seconds this computer's clock is ahead of a server's, negative if behind.

    In whole minutes; 0 while they differ by no more than clocks may, or the server does not tell.
    """
    try:
        there = parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return 0
    if there.tzinfo is not None:
        there = there.astimezone(UTC).replace(tzinfo=None)
    difference = clock.now() - there
    return (
        0 if abs(difference) <= clock.TOLERANCE else round(difference / timedelta(minutes=1)) * 60
    )


def refuse_size(response: httpx.Response) -> None:
    """Raise TooLarge where a server, or a proxy before it, asks for less at once."""
    if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise TooLarge(FailureCode.UNKNOWN, excerpt(response))


def basic_credentials(here: Here) -> httpx.BasicAuth:
    """Return the credentials of V5 and V4: the site's name and its password's hash."""
    return httpx.BasicAuth(here.site_name.encode(), here.password_hash.encode())


def _reason(url: str, error: httpx.TransportError) -> str:
    """Return why no answer came. Raises SyncFailure for a server that is not who it says it is."""
    text = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise SyncFailure(FailureCode.CERTIFICATE_NOT_TRUSTED, f"{url}: {text}") from None
        cause = cause.__cause__ or cause.__context__
    return text


def is_loopback(url: str) -> bool:
    """Tell whether an address is one of this machine itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
