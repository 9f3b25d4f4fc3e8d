"""How many files and connections a process may have open at the same time."""

import importlib.util


def allow_many() -> int:
    """Raise this process's limit as far as the system lets it; return the limit then."""
    if importlib.util.find_spec("resource") is None:
        # Windows has no such limit that would matter.
        return 1 << 16
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        # Nobody needs so many, and macOS refuses to be asked for more.
        hard = max(soft, 10_240)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
