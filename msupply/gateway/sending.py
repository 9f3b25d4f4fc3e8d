"""Answers on their way: what stands in a file is read as the client takes it, by no thread of ours."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any

from msupply.gateway.receiving import Receive
from msupply.gateway.wsgi import Answer

BLOCK = 128 * 1024
# A client that has not taken one block more in this time has gone: on a line of 2 kB/s what stands in
# the buffers before it may take minutes.
STALLED_SECONDS = 1800

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def send_answer(answer: Answer, receive: Receive, send: Send) -> None:
    """Send an answer. A client that goes away before its end ends it."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
        return
    # Whoever gets less than this knows that something is missing.
    headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
    headers.append((b"content-length", str(answer.length).encode()))
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await _send_file(answer.body, answer.length, receive, send)
    finally:
        answer.body.close()


async def _send_file(file: IO[bytes], length: int, receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_until_gone(receive))
    try:
        left = length
        while left and not gone.done():
            block = await asyncio.to_thread(file.read, min(BLOCK, left))
            if not block:
                return
            left -= len(block)
            message = {"type": "http.response.body", "body": block, "more_body": left > 0}
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)
    except TimeoutError:
        return
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
