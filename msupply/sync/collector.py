"""Python's garbage collector, for processes that work in batches."""

import gc


def tune() -> None:
    """Let the collector run rarely; call it once, when a process has loaded its modules.

    Batches are thousands of tuples without cycles. At the usual threshold the collector walks them
    all again and again: a third of the time of a pull.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
