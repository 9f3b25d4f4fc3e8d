"""A request's body, taken in whole before anybody works on it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from msupply import disk
from msupply.gateway.bounds import Bounds, Refused, Share

# So much of a body is kept in memory; what is larger goes to a file without a name.
MEMORY = 2 * 1024 * 1024
# A client that is still sending when it is answered mostly reads the answer afterwards: for so long
# the rest of its body is thrown away instead of hanging up.
REST_SECONDS = 30

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The client has gone away."""


@dataclass
class Body:
    """A request's body. `length` is what was announced or has come; None: there is no body.

    A body over its limit is empty here and only its length tells: the application refuses it in a
    form that its caller understands.
    """

    file: IO[bytes]
    length: int | None


def new_file(memory: int, bounds: Bounds) -> "SpooledTemporaryFile[bytes]":
    """Return a file of which so much is in memory; when it is closed nothing is left of it."""
    folder = str(bounds.folder) if bounds.folder else None
    return SpooledTemporaryFile(max_size=memory, dir=folder)


class Incoming:
    """A request on its way: its head is here (`scope`), its body is still to come."""

    def __init__(self, scope: Scope, receive: Receive, bounds: Bounds) -> None:
        self.scope = scope
        self.receive = receive
        self._bounds = bounds
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        # What the head of the request says; a body that comes in chunks has none.
        self.announced = int(lengths[0]) if lengths and lengths[0].isdigit() else None
        chunked = any(name == b"transfer-encoding" for name, _value in scope["headers"])
        self.has_body = chunked or bool(self.announced)
        self._has_rest = self.has_body
        self._now = asyncio.get_running_loop().time
        self._start = self._now()

    async def body(self, file: "SpooledTemporaryFile[bytes]", share: Share) -> Body:
        """Take the body in. Raises Gone, and Refused for one that is too slow or finds no room."""
        limit = self._bounds.largest(self.scope["path"])
        received, in_memory = self.announced or 0, True
        if received > limit:
            return Body(BytesIO(), received)
        received = 0
        while self._has_rest:
            block = await self._next_block(received)
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
            self._has_rest &= received != self.announced
        file.seek(0)
        return Body(cast(IO[bytes], file), received)

    async def _next_block(self, received: int) -> bytes:
        pace = self._bounds.pace
        allowed = min(pace.grace + received / pace.lowest_rate, pace.longest)
        left = min(pace.silence, self._start + allowed - self._now())
        try:
            async with asyncio.timeout(left):
                message = await self.receive()
        except TimeoutError:
            self._has_rest = False
            raise Refused(408, "The request came too slowly: try again.") from None
        if message["type"] != "http.request":
            raise Gone
        self._has_rest = bool(message.get("more_body"))
        return cast(bytes, message.get("body", b""))

    async def discard_rest(self) -> None:
        """Let a client that has been answered send the rest of its body."""
        if not self._has_rest:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                while (await self.receive()).get("more_body"):
                    pass


async def _on_disk(write: Callable[[], object]) -> None:
    try:
        await asyncio.to_thread(write)
    except OSError as error:
        if disk.is_full(error):
            raise Refused(503, "The disk of this server is full.") from None
        raise
