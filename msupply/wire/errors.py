"""Error codes and error bodies of the V5 and V6 wires (sync-v5.md 4, sync-v6.md 5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct


class Code(StrEnum):
    """The codes that a site reacts to, and those that only tell what went wrong."""

    SITE_NAME_NOT_FOUND = "site_name_not_found"
    SITE_INCORRECT_PASSWORD = "site_incorrect_password"  # noqa: S105
    SITE_INCORRECT_HARDWARE_ID = "site_incorrect_hardware_id"
    SITE_HAS_NO_STORE = "site_has_no_store"
    SITE_AUTH_TIMEOUT = "site_auth_timeout"
    API_VERSION_INCOMPATIBLE = "api_version_incompatible"
    BAD_REQUEST = "bad_request"
    BODY_TOO_LARGE = "body_too_large"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    SERVER_BUSY = "server_busy"
    INTERNAL_ERROR = "internal_error"


STATUS = {
    Code.SITE_NAME_NOT_FOUND: 401,
    Code.SITE_INCORRECT_PASSWORD: 401,
    Code.SITE_INCORRECT_HARDWARE_ID: 401,
    Code.SITE_HAS_NO_STORE: 403,
    Code.SITE_AUTH_TIMEOUT: 429,
    Code.API_VERSION_INCOMPATIBLE: 409,
    Code.BAD_REQUEST: 400,
    Code.BODY_TOO_LARGE: 413,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_FOUND: 404,
    Code.SERVER_BUSY: 503,
    Code.INTERNAL_ERROR: 500,
}

# The codes that say that a site is not who it says it is.
NOT_AUTHENTICATED = frozenset(list(Code)[:6])


class ErrorDetails(Struct):
    """The inside of a V5 error body."""

    code: str
    message: str
    data: Any = None


class ErrorBody(Struct):
    """A V5 error body."""

    error: ErrorDetails


class WireError(Exception):
    """A request that is refused; each wire writes it in its own shape."""

    def __init__(self, code: Code, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS[self.code]

    def v5(self) -> bytes:
        """Write the error as V5 has it."""
        return msgspec.json.encode(ErrorBody(ErrorDetails(self.code, self.message, self.data)))

    def v6(self) -> object:
        """Return the error as V6 has it, to stand in `error`."""
        if self.code in NOT_AUTHENTICATED:
            return {"legacyServerError": ErrorDetails(self.code, self.message, self.data)}
        return {"otherServerError": self.message}


class ModernError(Exception):
    """An error of the V6 protocol itself: its tag and what stands beside it."""

    def __init__(self, tag: str, value: Any = None) -> None:
        super().__init__(tag)
        self.tag, self.value = tag, value

    def v6(self) -> object:
        """Return the error as V6 has it, to stand in `error`."""
        return self.tag if self.value is None else {self.tag: self.value}


def read_v5(body: bytes) -> ErrorDetails | None:
    """Read a V5 error body; None when it is not one."""
    try:
        return msgspec.json.decode(body, type=ErrorBody).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


@dataclass(frozen=True)
class ReadError:
    """A V6 error: its tag, its text, and the legacy server's code when it passed one on."""

    tag: str
    text: str
    code: str | None = None


def read_v6(error: bytes) -> ReadError | None:
    """Read what stands in `error` of a V6 answer; None when it is no error that V6 knows."""
    try:
        value = msgspec.json.decode(error)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(value, str):
        return ReadError(value, value)
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((tag, detail),) = value.items()
    if tag == "legacyServerError" and isinstance(detail, dict):
        return ReadError(tag, str(detail.get("message")), str(detail.get("code")))
    return ReadError(tag, detail if isinstance(detail, str) else str(detail))
