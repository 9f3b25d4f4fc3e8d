"""File transfer by V6 (sync-v6.md 14), served by the Open mSupply central server.

Stock sites send and fetch a file in one go. Our own may do it in parts, which goes on after a
broken connection; a server that knows this says so by the header `msupply-batch-limit`.

- Upload: the request has `Content-Range: bytes <first>-<last>/<total>` and `msupply-sha256`, the
  hash of the whole file in hex; `file_part` holds these bytes only. Every answer has
  `msupply-received`: how many bytes from the start are here, so where to go on. With
  `Content-Range: bytes */<total>` and an empty `file_part` only that is asked.
- Download: `Range: bytes=<first>-` gives 206 and the rest; every answer with a file has
  `msupply-sha256`.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.response import HttpResponseBase

from msupply.records.files import SyncFileReference
from msupply.sync import acceptance, seen
from msupply.sync.declare.registry import registry
from msupply.sync.here import Here
from msupply.wire import file_store, messages
from msupply.wire.errors import Code, ModernError, WireError
from msupply.wire.server_http import (
    announced_length,
    decode,
    read_body,
    send_uncompressed,
    too_large,
)
from msupply.wire.v6_server import Call, authenticate, endpoint

RECEIVED_HEADER = "msupply-received"
HASH_HEADER = "msupply-sha256"
# Room for the JSON part and what stands around the parts.
FORM_LIMIT = file_store.SIZE_LIMIT + 64 * 1024
# The JSON part stands within so much of the beginning.
_ABOUT_LIMIT = 64 * 1024
_PARTS = "send the parts json_part, as application/json, and then file_part, with a filename"

_RANGE = re.compile(r"bytes (?:(\d{1,12})-(\d{1,12})|\*)/(\d{1,12})", re.ASCII)
_REST = re.compile(r"bytes=(\d{1,12})-", re.ASCII)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def _upload(request: HttpRequest, here: Here) -> HttpResponseBase:
    message, form = _read_about(request)
    call = authenticate(request, here, message.sync_v5_settings, message.sync_v6_version)
    reference = _reference(call, message.file_id)
    if reference is None or not _may_write(call, here, reference):
        raise ModernError("syncFileNotFound", message.file_id)
    file = _read_file(request, form)
    try:
        received = _keep(request, reference, file)
    except (file_store.FileTooLarge, file_store.WrongHash) as error:
        return _refuse(request, reference, str(error))
    if received is None:
        return _refuse(request, reference, "parts are missing before this one: see what is here")
    if file_store.is_here(reference) and not reference.uploaded_bytes:
        _announce(call, reference, received)
    response = call.answer(None)
    response[RECEIVED_HEADER] = str(received)
    return response


def _keep(
    request: HttpRequest, reference: SyncFileReference, file: "UploadedFile[bytes]"
) -> int | None:
    """Keep what was sent; return how many bytes are here, None when the part leaves a gap."""
    sha256 = request.headers.get(HASH_HEADER)
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise WireError(Code.BAD_REQUEST, f"{HASH_HEADER} must be a SHA-256 in hex")
    content_range = request.headers.get("Content-Range")
    if content_range is None:
        # A file never changes, so nobody can put another in its place.
        if not file_store.is_here(reference):
            _check_size(reference, file.size or 0)
            file_store.save(reference, file.chunks(file_store.BLOCK), sha256)
        return file_store.received(reference)
    found = _RANGE.fullmatch(content_range.strip())
    if found is None or sha256 is None:
        raise WireError(Code.BAD_REQUEST, f"Content-Range or {HASH_HEADER} is missing or malformed")
    first, last, total = found.groups()
    _check_size(reference, int(total))
    if first is None:
        return file_store.received(reference)
    if not int(first) <= int(last) < int(total) or int(last) - int(first) + 1 != file.size:
        raise WireError(Code.BAD_REQUEST, "Content-Range does not fit file_part")
    if int(first) > file_store.received(reference):
        return None
    blocks = file.chunks(file_store.BLOCK)
    return file_store.save_part(reference, int(first), blocks, int(total), sha256)


def _check_size(reference: SyncFileReference, size: int) -> None:
    if reference.total_bytes not in (0, size):
        text = f"the file has {size} bytes, its reference says {reference.total_bytes}"
        raise ModernError("otherServerError", text)


def _announce(call: Call, reference: SyncFileReference, size: int) -> None:
    """Say in the reference that the bytes are here; as a change of this server it goes to all."""
    SyncFileReference.objects.using(call.connection.alias).filter(pk=reference.pk).update(
        uploaded_bytes=size, downloaded_bytes=size, status=SyncFileReference.Status.DONE
    )


def _refuse(request: HttpRequest, reference: SyncFileReference, text: str) -> HttpResponse:
    body = messages.encode({"error": {"otherServerError": text}})
    response = HttpResponse(body, content_type="application/json")
    response[RECEIVED_HEADER] = str(file_store.received(reference))
    return response


def _read_about(request: HttpRequest) -> tuple[messages.UploadRequest, "_Joined"]:
    """Read the JSON part, which stands before the file; return the form to be read from its start.

    Raises WireError.
    """
    if announced_length(request) > FORM_LIMIT:
        raise too_large(file_store.SIZE_LIMIT)
    head = request.read(_ABOUT_LIMIT)
    fields, _files = _parse(request, BytesIO(head), [_OnlyFields()])
    text = fields.get("json_part")
    if not isinstance(text, str):
        raise WireError(Code.BAD_REQUEST, _PARTS)
    about = decode(text.encode("utf-8", "surrogatepass"), messages.UploadRequest)
    return about, _Joined(head, request)


def _read_file(request: HttpRequest, form: "_Joined") -> "UploadedFile[bytes]":
    """Return the file part. Raises WireError."""
    _fields, files = _parse(request, form, request.upload_handlers)
    file = files.get("file_part")
    if not isinstance(file, UploadedFile):
        raise WireError(Code.BAD_REQUEST, _PARTS)
    return file


def _parse(request: HttpRequest, form: Any, handlers: Iterable[Any]) -> tuple[Any, Any]:
    try:
        return MultiPartParser(request.META, form, list(handlers), "utf-8").parse()
    except RequestDataTooBig:
        raise too_large(file_store.SIZE_LIMIT) from None
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise WireError(Code.BAD_REQUEST, f"the form cannot be read: {error}") from None


class _OnlyFields(FileUploadHandler):
    """Ends the reading of a form where its first file begins."""

    def new_file(self, *_about: Any, **_more: Any) -> None:
        """Stop."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Nothing is received."""
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """Nothing is complete."""
        return None


class _Joined:
    """A stream of which the head has been read already."""

    def __init__(self, head: bytes, rest: HttpRequest) -> None:
        self._head, self._rest = BytesIO(head), rest

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, from the head as long as there are any."""
        return self._head.read(size) or self._rest.read(size)


def _download(request: HttpRequest, here: Here) -> HttpResponseBase:
    try:
        message = decode(read_body(request), messages.DownloadRequest)
        call = authenticate(request, here, message.sync_v5_settings, message.sync_v6_version)
        reference = _reference(call, message.id)
        place = (message.table_name, message.record_id)
        if reference is None or (reference.table_name, reference.record_id) != place:
            raise ModernError("otherServerError", "File not found")
        if not _may_read(call, here, reference):
            raise ModernError("otherServerError", "File not found")
        return _file(request, reference)
    except ModernError as error:
        # Here the status says it, and the error stands alone (sync-v6.md 5).
        return _bare(error.v6(), 500)
    except WireError as error:
        return _bare(error.v6(), max(error.status, 400))


def _bare(error: object, status: int) -> HttpResponse:
    return HttpResponse(messages.encode(error), status=status, content_type="application/json")


def _file(request: HttpRequest, reference: SyncFileReference) -> HttpResponseBase:
    path = file_store.path_of(reference)
    if not path.is_file():
        raise ModernError("otherServerError", "File not found")
    send_uncompressed(request)
    size = path.stat().st_size
    found = _REST.fullmatch(request.headers.get("Range", "").strip())
    if found and int(found[1]) > size:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    start = int(found[1]) if found else 0
    file = path.open("rb")
    file.seek(start)
    answer = FileResponse(file, status=206 if found else 200)
    answer["Content-Type"] = reference.mime_type or "application/octet-stream"
    answer["Content-Length"] = str(size - start)
    answer["Content-Disposition"] = "inline"
    answer[HASH_HEADER] = file_store.hash_of(path)
    if found:
        answer["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    return answer


def _reference(call: Call, file_id: str) -> SyncFileReference | None:
    """Return the reference of a file."""
    if "\0" in file_id:
        return None
    return SyncFileReference.objects.using(call.connection.alias).filter(pk=file_id).first()


def _may_write(call: Call, here: Here, reference: SyncFileReference) -> bool:
    """True when the record that a file is attached to is the calling site's to edit."""
    kind = registry().by_table[SyncFileReference._meta.db_table]
    sender = acceptance.sender(call.connection, here, call.site_id)
    return not acceptance.not_owned(call.connection, kind, [reference.pk], sender)


def _may_read(call: Call, here: Here, reference: SyncFileReference) -> bool:
    """True when the record goes to the calling site: references go to all sites, files do not."""
    kind = registry().by_table.get(reference.table_name)
    if kind is None or not kind.syncs or kind.table == SyncFileReference._meta.db_table:
        return False
    goes = seen.goes_to(call.connection, kind, reference.record_id, call.site_id)
    return goes or _may_write(call, here, reference)


upload_file = endpoint("PUT", _upload)
download_file = endpoint("POST", _download)
