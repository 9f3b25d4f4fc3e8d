"""Python's garbage collector and the allocator below it, for processes that work in batches."""

import ctypes
import gc
import sys
from contextlib import suppress

# Names of <malloc.h>.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
# Threads share this many heaps; each would have its own and keep what it needed once.
_HEAPS = 2
# Larger blocks, such as messages and chunks, go back to the system when they are freed.
_LARGE_BLOCK = 1024 * 1024


def tune() -> None:
    """Suit memory to batches; call it once, when a process has loaded its modules."""
    _collect_rarely()
    _return_memory()


def _collect_rarely() -> None:
    """Batches are thousands of tuples without cycles.

    At the usual threshold the collector walks them all again and again: a third of the time of a
    pull.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _return_memory() -> None:
    """Keep glibc from holding on to memory: a web worker's peak falls by a third."""
    if sys.platform != "linux":
        return
    # Other C libraries have no such setting, and no need of it.
    with suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, _HEAPS)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
