"""Work beside the main thread: on one thread of its own, in the order in which it is given.

A simulation, in which nothing may depend on chance, does it on the main thread instead.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor


def _thread(name: str) -> Executor:
    return ThreadPoolExecutor(1, name)


make_worker: Callable[[str], Executor] = _thread


def worker(name: str) -> Executor:
    """Return what does the work; use it as a context."""
    return make_worker(name)
