"""Why a cycle stopped, in words that say what to do next (sync-v6.md 13)."""

from enum import Enum
from logging import Logger

from django.db import Error
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class FailureCode(Enum):
    """The error codes of the sync log."""

    CONNECTION_ERROR = "CONNECTION_ERROR"
    CERTIFICATE_NOT_TRUSTED = "CERTIFICATE_NOT_TRUSTED"
    SERVER_UNAVAILABLE = "SERVER_UNAVAILABLE"
    SITE_NAME_NOT_FOUND = "SITE_NAME_NOT_FOUND"
    INCORRECT_PASSWORD = "INCORRECT_PASSWORD"  # noqa: S105 - the name of an error
    HARDWARE_ID_MISMATCH = "HARDWARE_ID_MISMATCH"
    SITE_HAS_NO_STORE = "SITE_HAS_NO_STORE"
    SITE_AUTH_TIMEOUT = "SITE_AUTH_TIMEOUT"
    API_VERSION_INCOMPATIBLE = "API_VERSION_INCOMPATIBLE"
    V6_API_VERSION_INCOMPATIBLE = "V6_API_VERSION_INCOMPATIBLE"
    CENTRAL_V6_NOT_CONFIGURED = "CENTRAL_V6_NOT_CONFIGURED"
    RECORD_TOO_LARGE = "RECORD_TOO_LARGE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    INTEGRATION_TIMEOUT_REACHED = "INTEGRATION_TIMEOUT_REACHED"
    INTEGRATION_ERROR = "INTEGRATION_ERROR"
    SITE_UUID_IS_BEING_CHANGED = "SITE_UUID_IS_BEING_CHANGED"
    INVALID_URL = "INVALID_URL"
    NOT_A_CENTRAL_SERVER = "NOT_A_CENTRAL_SERVER"
    UNKNOWN = "UNKNOWN"


class SyncFailure(Exception):
    """A cycle cannot go on. `detail` is for "more information": English, without secrets."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


class StillIntegrating(SyncFailure):
    """A server is busy with what this site pushed before; the request may be made again later."""


class Unreachable(SyncFailure):
    """No answer came: the request may have been carried out, or not."""


class TooLarge(SyncFailure):
    """A server, or one before it, refused a request for its size; a smaller one may pass."""


_LATER: Text = _(
    "Your work is safe on this device. Synchronisation is tried again at the next interval."
)

_EXPLANATIONS: dict[FailureCode, tuple[Text, Text]] = {
    FailureCode.CONNECTION_ERROR: (
        _("The central server cannot be reached"),
        _(
            "Check that this device is on the network and that the address of the server is right."
            " You can keep working: the next cycle catches up by itself."
        ),
    ),
    FailureCode.CERTIFICATE_NOT_TRUSTED: (
        _("The certificate of the central server cannot be trusted"),
        _(
            "Check the date and time of this device first. If they are right, the certificate has"
            " run out or was made for another address, or by an authority of your own:"
            " SSL_CERT_FILE names the file with the certificate of that authority."
        ),
    ),
    FailureCode.SERVER_UNAVAILABLE: (
        _("The central server cannot answer just now"),
        _(
            "It is busy or being restarted, or its disk is full. You can keep working: the next"
            " cycle catches up by itself. If it lasts, tell the central server's administrator."
        ),
    ),
    FailureCode.SITE_NAME_NOT_FOUND: (
        _("The central server does not know this site name"),
        _("Check the spelling of the site name, or ask the central server's administrator for it."),
    ),
    FailureCode.INCORRECT_PASSWORD: (
        _("The site password is wrong"),
        _("Enter the password that was given to this site on the central server."),
    ),
    FailureCode.HARDWARE_ID_MISMATCH: (
        _("This site is already in use on another device"),
        _(
            "Only one device may be this site. If the other one is no longer used, ask the central"
            " server's administrator to reset the site's hardware id, then try again."
        ),
    ),
    FailureCode.SITE_HAS_NO_STORE: (
        _("No store is assigned to this site"),
        _("Ask the central server's administrator to make a store active on this site."),
    ),
    FailureCode.SITE_AUTH_TIMEOUT: (
        _("The site is locked for a while after too many wrong passwords"),
        _("Wait some minutes, check the site's password, then try again."),
    ),
    FailureCode.API_VERSION_INCOMPATIBLE: (
        _("This version does not fit the mSupply central server"),
        _("Update this site or the central server, so that their versions fit together."),
    ),
    FailureCode.V6_API_VERSION_INCOMPATIBLE: (
        _("This version does not fit the Open mSupply central server"),
        _("Update this site or the Open mSupply central server, so that their versions fit."),
    ),
    FailureCode.CENTRAL_V6_NOT_CONFIGURED: (
        _("The Open mSupply central server has no address yet"),
        _(
            "On the mSupply central server, tick “site is Open mSupply central server” on one site"
            " and enter the address of that site."
        ),
    ),
    FailureCode.RECORD_TOO_LARGE: (
        _("A record is too large to be sent"),
        _(
            "All others have been exchanged. A server on the way refuses requests of this size: let"
            " its administrator allow larger ones, or shorten the record, which “more information”"
            " names. It stays here, and every cycle tries it again."
        ),
    ),
    FailureCode.FILE_TOO_LARGE: (
        _("A file is too large for a server on the way"),
        _(
            "Let the administrator of the central server allow larger requests there, then press “Try"
            " the files again” on the Sync page. The file stays here."
        ),
    ),
    FailureCode.INTEGRATION_TIMEOUT_REACHED: (
        _("The central server takes long to process what this site sent"),
        _LATER,
    ),
    FailureCode.INTEGRATION_ERROR: (
        _("Received data could not be saved"),
        _(
            "Check that the disk has room left, then synchronise again."
            " If it happens again, send “more information” to your support."
        ),
    ),
    FailureCode.SITE_UUID_IS_BEING_CHANGED: (
        _("These settings belong to another site"),
        _("The data here are those of one site. Install anew to set this device up as another."),
    ),
    FailureCode.INVALID_URL: (
        _("The address of the server is not valid"),
        _("Enter an address such as https://central.example.org, without user name or password."),
    ),
    FailureCode.NOT_A_CENTRAL_SERVER: (
        _("The server at this address is not a central server"),
        _("Check the address: another server answers there, or a site that is not central."),
    ),
    FailureCode.UNKNOWN: (
        _("Synchronisation stopped because of an unexpected problem"),
        _(
            "It is tried again at the next interval. If it happens again, send “more information”"
            " to your support."
        ),
    ),
}


def told(error: BaseException) -> str:
    """Return a failure as one line: of the database its own words, which tell all."""
    line = str(error).strip().partition("\n")[0]
    return line if isinstance(error, Error) and line else f"{type(error).__name__}: {line}"


def log_failure(logger: Logger, what: str, error: Exception) -> None:
    """Log what has failed. Anything but the database is a defect, to be found by where it happened."""
    logger.error("%s: %s", what, told(error), exc_info=None if isinstance(error, Error) else error)


def explain(code: FailureCode) -> tuple[Text, Text]:
    """Return what a user is told about a failure: what happened, and what to do next."""
    return _EXPLANATIONS[code]


def known_code(text: str | None) -> FailureCode:
    """Return the code with this text, UNKNOWN for any other."""
    return FailureCode.__members__.get(text or "", FailureCode.UNKNOWN)
