"""The driver of a remote site: cycles at their interval or on request, and file uploads between."""

import json
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from msupply.sync import here as instance
from msupply.sync.cycle import run_cycle
from msupply.sync.failure import log_failure
from msupply.sync.models import Setting
from msupply.sync.peer import network
from msupply.sync.sql.cycle_lock import CycleRunning

logger = logging.getLogger(__name__)

# How often the driver looks for a request or a changed interval.
_LOOK_SECONDS = 0.3
# How long the uploader rests after nothing to do or an error (sync-v6.md 14).
_NO_FILE_SECONDS = 10

_REQUEST = "cycle_request"


def request_cycle(connection: BaseDatabaseWrapper, patient_id: str | None = None) -> None:
    """Have the driver run a cycle as soon as it can; requests made meanwhile become one."""
    waiting, _ = _read_request(connection)
    patients = sorted({*waiting, patient_id} - {None}, key=str)
    value = json.dumps({"patients": patients, "request": uuid.uuid4().hex})
    Setting.objects.using(connection.alias).update_or_create(
        key=_REQUEST, defaults={"value": value}
    )


def run(connection: BaseDatabaseWrapper, stop: threading.Event) -> None:
    """Synchronise this site until `stop`; nothing happens while it is not a remote site."""
    uploads = _Uploads(connection.alias, stop)
    uploads.thread.start()
    due = time.monotonic()
    while not stop.wait(_LOOK_SECONDS):
        try:
            if not instance.load(connection).is_remote:
                continue
            patients, request = _read_request(connection)
            if request is None and time.monotonic() < due:
                continue
            with uploads.paused():
                _run_requested(connection, stop, patients, request)
            due = time.monotonic() + instance.load(connection).interval_seconds
        except CycleRunning:
            break
        except Exception as error:
            # A database that went away comes back; the driver must be there then.
            log_failure(logger, "Synchronisation is tried again", error)
            connection.close()
            stop.wait(_NO_FILE_SECONDS)
    uploads.thread.join()


def _run_requested(
    connection: BaseDatabaseWrapper,
    stop: threading.Event,
    patients: list[str],
    request: str | None,
) -> None:
    # Taken away first: a request that is made during the cycle brings another one.
    if request is not None:
        Setting.objects.using(connection.alias).filter(key=_REQUEST, value=request).delete()
    asked: list[str | None] = [*patients]
    for patient in asked or [None]:
        status = run_cycle(connection, patient_id=patient, give_up=stop.is_set)
        if status.error:
            code, detail = status.error
            logger.info("Cycle failed: %s: %s", code.value, detail)
        else:
            network().line_is_back(connection)


def _read_request(connection: BaseDatabaseWrapper) -> tuple[list[str], str | None]:
    """Return the patients asked for, and the request itself, None without any."""
    row = Setting.objects.using(connection.alias).filter(key=_REQUEST).first()
    if row is None:
        return [], None
    return list(json.loads(row.value)["patients"]), row.value


class _Uploads:
    """A thread that uploads files, paused until the first cycle is over and during each one."""

    def __init__(self, alias: str, stop: threading.Event) -> None:
        self.thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        self._alias, self._stop = alias, stop
        self._may_run = threading.Event()
        self._cycle_over = threading.Event()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Begin no upload while a cycle runs; one that is under way goes on."""
        self._may_run.clear()
        try:
            yield
        finally:
            self._may_run.set()
            self._cycle_over.set()

    def _run(self) -> None:
        connection = connections[self._alias]
        try:
            while not self._stop.is_set():
                if self._may_run.wait(_LOOK_SECONDS):
                    self._cycle_over.clear()
                    if not self._upload(connection):
                        self._pause()
        finally:
            connection.close()

    def _pause(self) -> None:
        # The cycle that tells the server of a new file is over: no need to wait on.
        until = time.monotonic() + _NO_FILE_SECONDS
        while time.monotonic() < until and not self._stop.is_set():
            if self._cycle_over.wait(_LOOK_SECONDS):
                return

    def _upload(self, connection: BaseDatabaseWrapper) -> bool:
        try:
            return instance.load(connection).initialised and network().upload_next(connection)
        except Exception as error:
            log_failure(logger, "Uploads are tried again", error)
            connection.close()
            return False
