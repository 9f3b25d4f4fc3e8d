"""A request's body, taken in whole before anybody works on it."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from msupply.gateway.bounds import Bounds, Pace, Refused, Share

# So much of a body is kept in memory; what is larger goes to a file without a name.
MEMORY = 2 * 1024 * 1024

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The client has gone away."""


class Body:
    """A request's body. `length` is what was announced or has come; None: there is no body.

    A body over its limit is empty here and only its length tells: the application refuses it in a
    form that its caller understands.
    """

    def __init__(self, file: IO[bytes], length: int | None) -> None:
        self.file = file
        self.length = length


def announced(scope: Scope) -> int | None:
    """Return the length of the body that the head of a request announces, None when it tells none."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else None


def has_body(scope: Scope) -> bool:
    """Tell whether a body follows the head of a request."""
    chunked = any(name == b"transfer-encoding" for name, _value in scope["headers"])
    return chunked or bool(announced(scope))


def new_file(memory: int, bounds: Bounds) -> "SpooledTemporaryFile[bytes]":
    """Return a file of which so much is in memory; when it is closed nothing is left of it."""
    return SpooledTemporaryFile(max_size=memory, dir=bounds.folder)


async def receive_body(
    scope: Scope,
    receive: Receive,
    file: "SpooledTemporaryFile[bytes]",
    bounds: Bounds,
    share: Share,
) -> Body:
    """Take a body in. Raises Gone, and Refused for one that is too slow or finds no room."""
    limit, length = bounds.largest(scope["path"]), announced(scope)
    if length is not None and length > limit:
        return Body(BytesIO(), length)
    clock = _Clock(bounds.pace)
    received, in_memory = 0, True
    while length is None or received < length:
        message = await clock.wait_for(receive, received)
        if message["type"] != "http.request":
            raise Gone
        block = message.get("body", b"")
        received += len(block)
        if received > limit:
            return Body(BytesIO(), received)
        share.add(len(block))
        if in_memory and (received > MEMORY or share.is_crowded):
            in_memory = False
            await _on_disk(file.rollover)
        if in_memory:
            file.write(block)
        else:
            await _on_disk(partial(file.write, block))
        if not message.get("more_body"):
            break
    file.seek(0)
    return Body(cast(IO[bytes], file), received)


async def _on_disk(write: Callable[[], object]) -> None:
    try:
        await asyncio.to_thread(write)
    except OSError as error:
        if is_full(error):
            raise Refused(503, "The disk of this server is full.") from None
        raise


def is_full(error: OSError) -> bool:
    """Tell whether something was not written because there is no room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


class _Clock:
    """Watches the pace of one body."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._now = asyncio.get_running_loop().time
        self._start = self._now()

    async def wait_for(self, receive: Receive, received: int) -> dict[str, Any]:
        """Return what comes next. Raises Refused when it does not come in time."""
        pace = self._pace
        allowed = min(pace.grace + received / pace.lowest_rate, pace.longest)
        left = min(pace.silence, self._start + allowed - self._now())
        try:
            async with asyncio.timeout(left):
                return await receive()
        except TimeoutError:
            raise Refused(408, "The request came too slowly: try again.") from None
