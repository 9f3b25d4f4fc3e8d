"""Every known failure as what is wrong and what to do; nobody should meet a traceback."""

import sqlite3
from typing import Any

from msupply import disk
from msupply.cli.words import _


class Failure(Exception):
    """A command cannot be carried out. `code` is for programs that read `--json`."""

    def __init__(self, what: str, do: str = "", code: str = "FAILED") -> None:
        super().__init__(what)
        self.what, self.do, self.code = what, do, code


def known(error: BaseException) -> Failure | None:
    """Return what to tell about an exception, None when it is not one that we foresee."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError):
        return _of_system(error)
    return _of_program(error)


def _of_system(error: OSError) -> Failure:
    text = error.strerror or str(error)
    if error.filename:
        text = f"{error.filename} {text}"
    if disk.is_full(error):
        return Failure(
            _("The disk is full: {text}.").format(text=text),
            _("Make room, and run the command again."),
            "DISK_FULL",
        )
    return Failure(
        _("The system refused: {text}.").format(text=text),
        _("Check the path and its permissions."),
    )


def _of_program(error: BaseException) -> Failure | None:
    from django.core.exceptions import ImproperlyConfigured, ValidationError
    from django.db import DatabaseError

    from msupply.sync.failure import SyncFailure, explain
    from msupply.sync.ownership import EditRefused

    found: Failure | None = None
    if isinstance(error, SyncFailure):
        title, advice = explain(error.code)
        found = Failure(f"{title}. ({error.detail})", str(advice), error.code.value)
    elif isinstance(error, ValidationError):
        found = Failure(validation_text(error), "", "INVALID")
    elif isinstance(error, EditRefused):
        text = _("This can only be done on {place}.").format(place=_(error.refusal.place))
        advice = _("Run this command on the mSupply central server.")
        found = Failure(text, advice, "NOT_CENTRAL")
    elif isinstance(error, DatabaseError):
        found = _of_database(error)
    elif isinstance(error, ImproperlyConfigured):
        found = Failure(_first_line(error), _("Check DATABASE_URL."))
    return found


def _of_database(error: Exception) -> Failure:
    from django.db import OperationalError

    if not isinstance(error, OperationalError):
        text = _("The database refused: {text}").format(text=_first_line(error))
        return Failure(text, _("Run `msupply check`."))
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error) and "locked" in str(cause):
        return Failure(_("The database is busy."), _("Wait a moment and try again."), "BUSY")
    return Failure(
        _("The database cannot be used: {text}").format(text=_first_line(error)),
        _("Check that the data directory is right, that the disk has room, and DATABASE_URL."),
        "DATABASE",
    )


def validation_text(error: Any) -> str:
    """Return the messages of a ValidationError in one line."""
    if hasattr(error, "error_dict"):
        parts = [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
        return " ".join(parts)
    return " ".join(error.messages)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
