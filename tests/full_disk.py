"""A disk that is full: a small file system in memory, where this user may mount one."""

import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def full_disk(place: Path, size: str = "64k"):
    """Yield a folder in which nothing more can be written; skip where that cannot be had."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    try:
        with suppress(OSError):
            (place / "everything").write_bytes(b"x" * 1_000_000)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
