"""Files of a remote site: uploaded in the background, downloaded when somebody opens one.

Only references travel with records; the bytes go apart (sync-v6.md 14) and never hold up a cycle.
A file is tried until it is there: only an answer that will always be the same ends that.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from msupply.records.files import SyncFileReference
from msupply.sync import clock, cursors
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure, Unreachable
from msupply.sync.here import Here
from msupply.sync.models import ChangelogModern
from msupply.sync.sql import dialect
from msupply.wire import file_store
from msupply.wire.v6_client import UnknownFile
from msupply.wire.v6_file_client import FileClient, FileRefused

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=1)
# No answer came: that says nothing of the file, and a cycle that goes well shows the line is back.
_NO_ANSWER = (FailureCode.CONNECTION_ERROR, FailureCode.SERVER_UNAVAILABLE)

Status = SyncFileReference.Status


def upload_next(connection: BaseDatabaseWrapper) -> bool:
    """Upload the file that is due, if any; True when one has been uploaded."""
    here = instance.load(connection)
    if not here.is_remote or here.is_oms_central or not here.initialised:
        return False
    reference = _due(connection)
    if reference is None:
        return False
    _note_one(connection, reference, status=Status.IN_PROGRESS)
    try:
        _upload(here, reference)
    except SyncFailure as failure:
        _note_failure(connection, reference, failure)
        return False
    _note_one(
        connection,
        reference,
        status=Status.DONE,
        uploaded_bytes=reference.total_bytes,
        error=None,
        retry_at=None,
    )
    return True


@dataclass(frozen=True)
class Waiting:
    """How many files of this site are not at the central server; `refused` never will be so."""

    waiting: int
    refused: int


def waiting(connection: BaseDatabaseWrapper) -> Waiting:
    """Count the files that have not arrived at the Open mSupply central server."""
    uploads = _uploads(connection)
    return Waiting(
        uploads.exclude(status__in=(Status.DONE, Status.PERMANENT_FAILURE)).count(),
        uploads.filter(status=Status.PERMANENT_FAILURE).count(),
    )


def retry_all(connection: BaseDatabaseWrapper) -> int:
    """Let every file that failed be tried at once, refused ones too; return how many."""
    failed = _uploads(connection).filter(status__in=(Status.ERROR, Status.PERMANENT_FAILURE))
    return _note(connection, failed, status=Status.ERROR, retries=0, retry_at=now())


def line_is_back(connection: BaseDatabaseWrapper) -> None:
    """Let the files be tried at once for which no answer came."""
    unanswered = Q()
    for code in _NO_ANSWER:
        unanswered |= Q(error__startswith=f"{code.value}:")
    held_up = _uploads(connection).filter(unanswered, status=Status.ERROR, retry_at__gt=now())
    if held_up.exists():
        _note(connection, held_up, retry_at=now())


def fetch_file(connection: BaseDatabaseWrapper, reference: SyncFileReference) -> Path:
    """Return where the bytes of a file are, after downloading them when they are not here.

    Raises SyncFailure; what has arrived until then is kept, and the next attempt goes on there.
    """
    if file_store.is_here(reference):
        return file_store.path_of(reference)
    here = instance.load(connection)
    if not here.is_remote or here.is_oms_central:
        raise UnknownFile(FailureCode.UNKNOWN, "the file has not been uploaded yet")
    client = FileClient(here)
    try:
        client.download(reference)
    except SyncFailure as failure:
        _note_one(connection, reference, status=Status.ERROR, error=str(failure))
        raise
    finally:
        client.close()
    _note_one(
        connection,
        reference,
        status=Status.DONE,
        downloaded_bytes=file_store.received(reference),
        error=None,
    )
    return file_store.path_of(reference)


def _due(connection: BaseDatabaseWrapper) -> SyncFileReference | None:
    """Return the first file to upload whose reference the central server has already."""
    moment = now()
    # What is further ahead than any wait was set by a clock that was ahead.
    wrong = Q(retry_at__gt=moment + _LONGEST_WAIT + clock.TOLERANCE)
    due = Q(retry_at__lte=moment) | Q(retry_at__isnull=True) | wrong
    waiting = _uploads(connection).filter(
        Q(status__in=[Status.NEW, Status.IN_PROGRESS]) | Q(due, status=Status.ERROR)
    )
    unsent = ChangelogModern.objects.using(connection.alias).filter(
        record_type=SyncFileReference.number,
        cursor__gt=cursors.get(connection, cursors.PUSH_V6),
    )
    return (
        waiting.exclude(id__in=unsent.values("record_id"))
        .order_by("created_datetime", "id")
        .first()
    )


def _uploads(connection: BaseDatabaseWrapper) -> "QuerySet[SyncFileReference]":
    return SyncFileReference.objects.using(connection.alias).filter(
        direction=SyncFileReference.Direction.UPLOAD, deleted_datetime__isnull=True
    )


def _upload(here: Here, reference: SyncFileReference) -> None:
    if not file_store.is_here(reference):
        raise SyncFailure(FailureCode.UNKNOWN, "the file is missing on this device")
    client = FileClient(here)
    try:
        client.upload(reference)
    finally:
        client.close()


def _note_failure(
    connection: BaseDatabaseWrapper, reference: SyncFileReference, failure: SyncFailure
) -> None:
    answered = not isinstance(failure, Unreachable) and failure.code not in _NO_ANSWER
    _note_one(
        connection,
        reference,
        status=Status.PERMANENT_FAILURE if isinstance(failure, FileRefused) else Status.ERROR,
        retries=reference.retries + 1 if answered else reference.retries,
        retry_at=now() + _wait(reference.retries, failure),
        error=str(failure),
    )


def _wait(retries: int, failure: SyncFailure) -> timedelta:
    if isinstance(failure, UnknownFile):
        # The reference is on its way; its integration takes no longer.
        return timedelta(minutes=1)
    # 15 minutes doubled are at the limit soon; a large exponent would only cost time.
    longer: timedelta = _FIRST_WAIT * 2 ** min(retries, 5)
    return min(longer, _LONGEST_WAIT)


def _note_one(connection: BaseDatabaseWrapper, reference: SyncFileReference, **values: Any) -> None:
    one = SyncFileReference.objects.using(connection.alias).filter(id=reference.id)
    _note(connection, one, **values)


def _note(
    connection: BaseDatabaseWrapper, references: "QuerySet[SyncFileReference]", **values: Any
) -> int:
    """Store how far a transfer is; these columns stay here, so the change is not logged."""
    speak = dialect(connection)
    with transaction.atomic(using=connection.alias):
        speak.begin_bulk(connection)
        n = references.update(**values)
        speak.end_bulk(connection)
    return n
