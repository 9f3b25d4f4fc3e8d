"""The disk of this machine: how its being full shows."""

import errno

_FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: BaseException | None) -> bool:
    """Tell whether something failed because the disk, or what one user may have of it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL
