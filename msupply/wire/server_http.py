"""What the servers of all wires share: bodies in, bodies out, errors caught at one place."""

import logging
import zlib
from collections.abc import Callable
from typing import TypeVar

import msgspec
from django.db import DatabaseError, Error, IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_header_parameters

from msupply import disk
from msupply.sync.failure import told
from msupply.sync.sql import dialect
from msupply.wire import security_log
from msupply.wire.elements import UNREADABLE
from msupply.wire.errors import Code, ModernError, WireError
from msupply.wire.taken_apart import MOST_MARKS, NotTakenApart, TakenApart, take_apart

logger = logging.getLogger(__name__)

# Of a batch of records, and of any other message, after decompression.
BODY_LIMIT = 64 * 1024 * 1024
MESSAGE_LIMIT = 1024 * 1024
# Batches unfold to ten or twenty times what is sent. More than a hundred times is a bomb; up to more
# than what sites send in one go it does no harm.
_UNFOLDED_FREELY = 16 * 1024 * 1024
_UNFOLDED_TIMES = 100
# A list has one element more than commas. So many are in 5,000 records of 400 fields.
_MOST_COMMAS = 2_000_000
COMPRESS_FROM = 1024

T = TypeVar("T")
View = Callable[[HttpRequest], HttpResponseBase]


def read_body(request: HttpRequest, limit: int = MESSAGE_LIMIT) -> bytes:
    """Read a body whatever its content type; unpack gzip. Raises WireError."""
    if announced_length(request) > limit:
        raise too_large(limit)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise WireError(Code.BAD_REQUEST, "unknown Content-Encoding: send gzip or none")
    body = request.read()
    return _unpacked(body, limit) if encoding == "gzip" else body


def announced_length(request: HttpRequest) -> int:
    """Return the length of a request's body, which is known before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def too_large(limit: int) -> WireError:
    """Return the error for a body that is over its limit."""
    return WireError(
        Code.BODY_TOO_LARGE,
        f"the body is larger than {limit // 1024 // 1024} MiB: send smaller batches",
    )


def _unpacked(packed: bytes, limit: int) -> bytes:
    """Unpack gzip, no further than the limit and what a body of this size can be meant to hold."""
    limit = min(limit, max(_UNFOLDED_FREELY, _UNFOLDED_TIMES * len(packed)))
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise WireError(Code.BAD_REQUEST, "the body is not gzip") from error
    if len(body) > limit:
        raise too_large(limit)
    if not unpacker.eof:
        raise WireError(Code.BAD_REQUEST, "the body ended early")
    return body


def refuse_crowds(body: bytes) -> None:
    """Raise WireError for JSON whose lists have so many elements that reading it costs too much."""
    if body.count(b",") > _MOST_COMMAS:
        raise WireError(Code.BODY_TOO_LARGE, "too many records at once: send smaller batches")


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read a JSON body as a message. Raises WireError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE as error:
        raise _unreadable(error) from None


def apart_or_refuse(
    body: bytes, path: tuple[str, ...], error: Exception, most: int = MOST_MARKS
) -> TakenApart:
    """Take apart a body that could not be read as a whole. Raises WireError: why it could not be."""
    try:
        return take_apart(body, path, most)
    except NotTakenApart:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> WireError:
    if isinstance(error, RecursionError):
        return WireError(Code.BAD_REQUEST, "the JSON is nested too deeply")
    return WireError(Code.BAD_REQUEST, f"the body cannot be read: {error}")


def respond(request: HttpRequest, body: bytes, status: int = 200) -> HttpResponse:
    """Answer with JSON, compressed quickly where the caller accepts that."""
    accepts = request.headers.get("Accept-Encoding", "")
    packed = len(body) >= COMPRESS_FROM and _accepts_gzip(accepts)
    if packed:
        body = zlib.compress(body, 1, wbits=31)
    response = HttpResponse(body, status=status, content_type="application/json")
    patch_vary_headers(response, ("Accept-Encoding",))
    if packed:
        # It also keeps the general middleware from compressing once more.
        response["Content-Encoding"] = "gzip"
    return response


def _accepts_gzip(accepts: str) -> bool:
    for part in accepts.split(","):
        name, parameters = parse_header_parameters(part.strip())
        if name in ("gzip", "*"):
            return parameters.get("q", "1").rstrip("0") not in ("", "0.", "0")
    return False


def send_uncompressed(request: HttpRequest) -> None:
    """Keep the general middleware from compressing the answer to this request."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)


def not_served_here(text: str) -> HttpResponse:
    """Answer a request for a role that this instance has not (sync-v6.md 5)."""
    response = HttpResponse(text, status=405, content_type="text/plain; charset=utf-8")
    response["Connection"] = "close"
    return response


def address(request: HttpRequest) -> str:
    """Return where a request comes from."""
    return str(request.META.get("REMOTE_ADDR") or "")


def _failure(request: HttpRequest, error: Exception) -> WireError:
    """Return what a caller is told of a failure that nobody foresaw, and log it."""
    speak = dialect(connection)
    if isinstance(error, Error) and speak.is_away(error):
        text = "The database cannot be used: %s %s: %s"
        logger.error(text, request.method, request.path, told(error))
        return WireError(Code.SERVER_BUSY, "the server is busy: try again")
    if disk.is_full(error):
        logger.error("The disk is full: %s %s", request.method, request.path)
        return WireError(Code.SERVER_BUSY, "the disk of the server is full")
    is_of_data = isinstance(error, DatabaseError) and speak.blames_data(error)
    # An integrity error is no value that cannot be held, but a defect or a race.
    if is_of_data and not isinstance(error, IntegrityError):
        logger.info("Not storable: %s %s", request.method, request.path, exc_info=error)
        return WireError(Code.BAD_REQUEST, "the database cannot hold one of the values")
    logger.error("Failed: %s %s", request.method, request.path, exc_info=error)
    return WireError(Code.INTERNAL_ERROR, "the server failed; its log tells why")


def guard(
    view: Callable[[HttpRequest], HttpResponseBase],
    refuse: Callable[[HttpRequest, WireError | ModernError], HttpResponseBase],
) -> View:
    """Return the view with every failure written as `refuse` writes errors."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        try:
            with security_log.acting("", address(request)):
                return view(request)
        except (WireError, ModernError) as error:
            return refuse(request, error)
        except Exception as error:
            return refuse(request, _failure(request, error))

    # Machines come with credentials in each request, so there is no session to forge.
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


__all__ = [
    "BODY_LIMIT",
    "MESSAGE_LIMIT",
    "View",
    "address",
    "announced_length",
    "apart_or_refuse",
    "decode",
    "guard",
    "not_served_here",
    "read_body",
    "refuse_crowds",
    "respond",
    "send_uncompressed",
    "too_large",
]
