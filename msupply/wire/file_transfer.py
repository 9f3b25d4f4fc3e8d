"""Files of a remote site: uploaded in the background, downloaded when somebody opens one.

Only references travel with records; the bytes go apart (sync-v6.md 14) and never hold up a cycle.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from msupply.records.files import SyncFileReference
from msupply.sync import cursors
from msupply.sync import here as instance
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.here import Here
from msupply.sync.models import ChangelogModern
from msupply.sync.sql import dialect
from msupply.wire import file_store
from msupply.wire.v6_client import UnknownFile
from msupply.wire.v6_file_client import FileClient

MOST_RETRIES = 168
_LONGEST_WAIT_MINUTES = 60

Status = SyncFileReference.Status


def upload_next(connection: BaseDatabaseWrapper) -> bool:
    """Upload the file that is due, if any; True when one has been uploaded."""
    here = instance.load(connection)
    if not here.is_remote or here.is_oms_central or not here.initialised:
        return False
    reference = _due(connection)
    if reference is None:
        return False
    _note(connection, reference, status=Status.IN_PROGRESS)
    try:
        _upload(here, reference)
    except SyncFailure as failure:
        _note_failure(connection, reference, failure)
        return False
    _note(
        connection,
        reference,
        status=Status.DONE,
        uploaded_bytes=reference.total_bytes,
        error=None,
        retry_at=None,
    )
    return True


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
        _note(connection, reference, status=Status.ERROR, error=str(failure))
        raise
    finally:
        client.close()
    _note(
        connection,
        reference,
        status=Status.DONE,
        downloaded_bytes=file_store.received(reference),
        error=None,
    )
    return file_store.path_of(reference)


def _due(connection: BaseDatabaseWrapper) -> SyncFileReference | None:
    """Return the first file to upload whose reference the central server has already."""
    waiting = SyncFileReference.objects.using(connection.alias).filter(
        Q(status__in=[Status.NEW, Status.IN_PROGRESS])
        | Q(status=Status.ERROR, retry_at__lte=now()),
        direction=SyncFileReference.Direction.UPLOAD,
        deleted_datetime__isnull=True,
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
    retries = reference.retries + 1
    _note(
        connection,
        reference,
        status=Status.PERMANENT_FAILURE if retries >= MOST_RETRIES else Status.ERROR,
        retries=retries,
        retry_at=_retry_at(reference.retries, failure),
        error=str(failure),
    )


def _retry_at(retries: int, failure: SyncFailure) -> datetime:
    if isinstance(failure, UnknownFile):
        # The reference is on its way; its integration takes no longer.
        return now() + timedelta(minutes=1)
    # 15 minutes doubled are at the limit soon; a large exponent would only cost time.
    minutes = min(15 * 2 ** min(retries, 5), _LONGEST_WAIT_MINUTES)
    return now() + timedelta(minutes=minutes)


def _note(connection: BaseDatabaseWrapper, reference: SyncFileReference, **values: Any) -> None:
    """Store how far a transfer is; these columns stay here, so the change is not logged."""
    speak = dialect(connection)
    with transaction.atomic(using=connection.alias):
        speak.begin_bulk(connection)
        SyncFileReference.objects.using(connection.alias).filter(id=reference.id).update(**values)
        speak.end_bulk(connection)
