"""The V6 client of file transfer (sync-v6.md 14, and v6_files.py for what our own servers add).

A stock server gets and gives a file in one go. With one of our own, transfers go on where they
were broken off, and are checked by hash.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import IO
from urllib.parse import urljoin

import httpx

from msupply.records.files import SyncFileReference
from msupply.sync.failure import FailureCode, SyncFailure, TooLarge, Unreachable
from msupply.sync.here import Here
from msupply.wire import file_store, messages
from msupply.wire.client_http import V6_VERSION, Form
from msupply.wire.v6_client import JSON_HEADERS, ModernClient, read_answer, read_error

RECEIVED_HEADER = "msupply-received"
HASH_HEADER = "msupply-sha256"
# Half a minute on a 128 kbit/s line; what a proxy refuses is halved, down to the least.
PART_BYTES = 512 * 1024
LEAST_PART_BYTES = 8 * 1024
DOWNLOAD_ATTEMPTS = 3


class FileRefused(SyncFailure):
    """The server will never take this file: there is no use in sending it again."""


class FileClient:
    """Transfers of one file at a time with the Open mSupply central server."""

    def __init__(self, here: Here) -> None:
        self._modern = ModernClient(here, here.oms_central_url)
        self._upload_url = urljoin(self._modern.root, "upload_file")
        self._download_url = urljoin(self._modern.root, "download_file")

    def close(self) -> None:
        """Close the connection."""
        self._modern.close()

    def upload(self, reference: SyncFileReference) -> None:
        """Send the file that is here. Raises SyncFailure."""
        # The answer tells whose server it is.
        self._modern.status()
        path = file_store.path_of(reference)
        total = path.stat().st_size
        headers = {HASH_HEADER: file_store.hash_of(path)}
        is_ours = self._modern.batch_limit is not None
        try:
            if is_ours and total > PART_BYTES:
                self._upload_in_parts(reference, total, headers, PART_BYTES)
                return
            try:
                self._upload_whole(reference, headers if is_ours else None)
            except TooLarge:
                if not is_ours:
                    raise
                self._upload_in_parts(reference, total, headers, total // 2)
        except TooLarge as refused:
            text = f"upload_file: {total / 1e6:.1f} MB are refused: {refused.detail}"
            raise FileRefused(FailureCode.FILE_TOO_LARGE, text) from None

    def _upload_whole(self, reference: SyncFileReference, headers: dict[str, str] | None) -> None:
        with file_store.path_of(reference).open("rb") as file:
            # In one go, and once: what was read from the file cannot be sent again.
            response = self._modern.session.request(
                "PUT",
                self._upload_url,
                headers=headers,
                files=self._form(reference, file),
                attempts=1,
            )
        _read_answer(response)

    def _upload_in_parts(
        self, reference: SyncFileReference, total: int, headers: dict[str, str], size: int
    ) -> None:
        received = self._send_part(reference, b"", f"bytes */{total}", headers)
        with file_store.path_of(reference).open("rb") as file:
            while received < total:
                file.seek(received)
                part = file.read(size)
                place = f"bytes {received}-{received + len(part) - 1}/{total}"
                try:
                    arrived = self._send_part(reference, part, place, headers)
                except TooLarge:
                    size = len(part) // 2
                    if size < LEAST_PART_BYTES:
                        raise
                    continue
                if arrived <= received:
                    text = "upload_file: the server does not keep what it is sent"
                    raise SyncFailure(FailureCode.UNKNOWN, text)
                received = arrived

    def _send_part(
        self, reference: SyncFileReference, part: bytes, place: str, headers: dict[str, str]
    ) -> int:
        response = self._modern.session.request(
            "PUT",
            self._upload_url,
            headers={**headers, "Content-Range": place},
            files=self._form(reference, part),
        )
        _read_answer(response)
        received = response.headers.get(RECEIVED_HEADER, "")
        if not (received.isascii() and received.isdigit()):
            text = "upload_file: the server does not say how much it has received"
            raise SyncFailure(FailureCode.UNKNOWN, text)
        return int(received)

    def _form(self, reference: SyncFileReference, content: bytes | IO[bytes]) -> Form:
        about = messages.UploadRequest(reference.id, self._modern.settings, V6_VERSION)
        return {
            "json_part": (None, messages.encode(about), "application/json"),
            "file_part": (reference.file_name, content, "application/octet-stream"),
        }

    def download(self, reference: SyncFileReference) -> None:
        """Bring a file here; after a broken connection go on where it was. Raises SyncFailure."""
        failure: SyncFailure | None = None
        start = file_store.received(reference)
        for _ in range(DOWNLOAD_ATTEMPTS):
            if file_store.is_here(reference):
                return
            try:
                done = self._download(reference, start)
            except Unreachable as error:
                failure = error
                start = file_store.received(reference)
            except file_store.WrongHash as error:
                failure = SyncFailure(FailureCode.UNKNOWN, str(error))
                start = 0
            except file_store.FileTooLarge as error:
                raise SyncFailure(FailureCode.UNKNOWN, str(error)) from None
            except FileNotFoundError:
                # Somebody else has completed it at the same time: look once more.
                start = 0
            else:
                if done:
                    return
                start = 0
        raise failure or SyncFailure(FailureCode.UNKNOWN, "download_file: the file did not arrive")

    def _download(self, reference: SyncFileReference, start: int) -> bool:
        """Fetch the file from `start` on; False when nothing of it begins there."""
        request = messages.DownloadRequest(
            reference.id,
            reference.table_name,
            reference.record_id,
            self._modern.settings,
            V6_VERSION,
        )
        headers = {**JSON_HEADERS, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        with self._modern.session.stream(
            "POST", self._download_url, messages.encode(request), headers
        ) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return False
            if not response.is_success:
                raise read_error(response.read())
            _keep(reference, response, start)
        return file_store.is_here(reference)


def _read_answer(response: httpx.Response) -> None:
    try:
        read_answer(response, object)
    except TooLarge:
        # Smaller parts may be taken.
        raise
    except SyncFailure as failure:
        if response.status_code == HTTPStatus.BAD_REQUEST:
            # It will be the same tomorrow.
            raise FileRefused(failure.code, failure.detail) from None
        raise


def _keep(reference: SyncFileReference, response: httpx.Response, start: int) -> None:
    sha256 = response.headers.get(HASH_HEADER)
    if sha256 is None:
        file_store.save(reference, _whole(reference, response))
        return
    first = start if response.status_code == HTTPStatus.PARTIAL_CONTENT else 0
    total = first + int(response.headers["Content-Length"])
    file_store.save_part(reference, first, response.iter_bytes(), total, sha256)


def _whole(reference: SyncFileReference, response: httpx.Response) -> Iterator[bytes]:
    """Yield a file of a server that tells no hash; its size is all that can be checked."""
    size = 0
    for block in response.iter_bytes():
        size += len(block)
        yield block
    if reference.total_bytes not in (0, size):
        text = f"the file came with {size} bytes instead of {reference.total_bytes}"
        raise SyncFailure(FailureCode.UNKNOWN, text)
