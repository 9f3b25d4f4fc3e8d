"""The ASGI application that runs a WSGI application on whole requests, in a few threads."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from msupply import disk
from msupply.gateway import wsgi
from msupply.gateway.bounds import Bounds, Holding, Refused
from msupply.gateway.receiving import (
    MEMORY,
    Body,
    Gone,
    Incoming,
    Receive,
    Scope,
    new_file,
)
from msupply.gateway.sending import Send, send_answer
from msupply.gateway.wsgi import Answer

logger = logging.getLogger(__name__)


class Gateway:
    """Serves one WSGI application in one process."""

    def __init__(self, application: wsgi.Application, bounds: Bounds, threads: int) -> None:
        self._application = application
        self._bounds = bounds
        self._holding = Holding(bounds)
        # They stay, and each keeps its database connection.
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming(scope, receive, self._bounds)
        try:
            answer = await self._answer(incoming)
        except Gone:
            # Also who is still there and has sent what is no body ends up here.
            answer = _plain(400, "The request did not come whole.")
        except Refused as refused:
            answer = _plain(refused.status, refused.text)
        except Exception as error:
            full = disk.is_full(error)
            answer = (
                _plain(503, "The disk of this server is full.") if full else _failed(scope, error)
            )
        await send_answer(answer, receive, send)
        await incoming.discard_rest()

    async def _answer(self, incoming: Incoming) -> Answer:
        scope = incoming.scope
        if not incoming.has_body:
            return await self._run(scope, Body(BytesIO(), incoming.announced))
        with new_file(MEMORY, self._bounds) as file, self._holding.of(scope["client"][0]) as share:
            return await self._run(scope, await incoming.body(file, share))

    async def _run(self, scope: Scope, body: Body) -> Answer:
        """Run the application. Raises what it raises."""
        loop = asyncio.get_running_loop()
        environ = wsgi.environ(scope, body)
        return await loop.run_in_executor(
            self._threads, wsgi.run, self._application, environ, self._bounds
        )


def _failed(scope: Scope, error: Exception) -> Answer:
    logger.error("Failed: %s %s", scope["method"], scope["path"], exc_info=error)
    return _plain(500, "The server failed; its log tells why.")


def _plain(status: int, text: str) -> Answer:
    body = text.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if status in (429, 503):
        headers.append(("Retry-After", "30"))
    return Answer(status, headers, body, len(body))
