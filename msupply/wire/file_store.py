"""The bytes of attached files: FILES/<table>/<record id>/<file id>_<file name>.

A file never changes, so what arrives of it may arrive twice; it counts once it is whole and, where
its hash is known, right. Names come from the wire: whatever they are, they stay inside FILES.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings

from msupply.records.files import SyncFileReference

SIZE_LIMIT = 50 * 1024 * 1024
BLOCK = 256 * 1024
# Names of this many bytes are possible everywhere, with room for `.part` behind them.
_NAME_LENGTH = 200
_LEFT_OVER_SECONDS = 24 * 3600


class FileTooLarge(Exception):
    """A file over the limit."""

    def __init__(self) -> None:
        super().__init__(f"files larger than {SIZE_LIMIT // 1024 // 1024} MiB cannot be kept")


class WrongHash(Exception):
    """What arrived is not the file that was sent."""

    def __init__(self) -> None:
        super().__init__("the file arrived damaged: send it again")


def path_of(reference: SyncFileReference) -> Path:
    """Return where the whole file is, or will be."""
    folder = Path(settings.FILES, _safe(reference.table_name), _safe(reference.record_id))
    stem, dot, ending = reference.file_name.rpartition(".")
    ending = _safe(ending)[-20:] if dot else ""
    name = f"{reference.id}_{stem if dot else reference.file_name}"
    return folder / (_safe(name)[: _NAME_LENGTH - len(ending) - 1] + dot + ending)


def is_here(reference: SyncFileReference) -> bool:
    """Tell whether the whole file is on this site."""
    return path_of(reference).is_file()


def received(reference: SyncFileReference) -> int:
    """Return how many bytes from the start are here."""
    for path in (path_of(reference), _part_of(reference)):
        if path.is_file():
            return path.stat().st_size
    return 0


def save(reference: SyncFileReference, blocks: Iterable[bytes], sha256: str | None = None) -> int:
    """Keep a whole file; return its size. Raises FileTooLarge and WrongHash."""
    path = path_of(reference)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            size = _write(file, blocks, 0)
        if sha256 is not None and hash_of(Path(name)) != sha256.lower():
            raise WrongHash
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _part_of(reference).unlink(missing_ok=True)
    return size


def save_part(
    reference: SyncFileReference, start: int, blocks: Iterable[bytes], total: int, sha256: str
) -> int:
    """Keep a part that begins at `start`; return how many bytes from the beginning are here.

    With the last part the file is checked and complete. A part that leaves a gap is ignored.
    Raises FileTooLarge and WrongHash; after WrongHash the file starts anew.
    """
    if total > SIZE_LIMIT:
        raise FileTooLarge
    if is_here(reference) or start > received(reference):
        return received(reference)
    part = _part_of(reference)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    with part.open("r+b") as file:
        file.seek(start)
        end = _write(file, blocks, start)
    if end < total:
        return end
    if end > total or hash_of(part) != sha256.lower():
        part.unlink(missing_ok=True)
        raise WrongHash
    part.replace(path_of(reference))
    return total


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_leftovers() -> None:
    """Remove what was being written when its process was ended, once it is a day old.

    A part with which an upload can go on is none of these.
    """
    limit = time.time() - _LEFT_OVER_SECONDS
    written = (*Path(settings.FILES).glob("*/*/.part-*"), *Path(settings.TEMPORARY).glob("*"))
    for path in written:
        # Another process may be doing the same.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _write(file: IO[bytes], blocks: Iterable[bytes], at: int) -> int:
    for block in blocks:
        at += len(block)
        if at > SIZE_LIMIT:
            raise FileTooLarge
        file.write(block)
    file.flush()
    # What is acknowledged must survive a power cut.
    os.fsync(file.fileno())
    return at


def _part_of(reference: SyncFileReference) -> Path:
    path = path_of(reference)
    return path.with_name(path.name + ".part")


def _safe(text: str) -> str:
    """Return a name for a file or folder that means the same text, and no path."""
    name = quote(text, safe=" ()+,@=", errors="replace").lstrip(" ").replace("~", "%7E")
    if not name or name.startswith("."):
        name = "%2E" + name[1:] if name else "%"
    # Windows drops dots and blanks at the end of a name.
    name = re.sub(r"[. ]+$", lambda found: "_" * len(found[0]), name)
    if len(name) <= _NAME_LENGTH:
        return name
    return f"{name[: _NAME_LENGTH - 33]}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
