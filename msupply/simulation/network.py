"""The simulated network: true messages of the true clients, carried to the true server's views.

Nothing is faked above the bytes: what a client sends is answered by the view of its path, on the
database of the machine that serves it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

import httpx
from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve

from msupply.simulation.machine import Machine
from msupply.sync.here import Here
from msupply.wire.client_http import BATCH_LIMIT_HEADER
from msupply.wire.v5_client import LegacyClient
from msupply.wire.v6_client import ModernClient

URL = "http://central.example"
# Of an Open mSupply central server apart from it.
MODERN_URL = "http://modern.example"


class Line(httpx.BaseTransport):
    """Carries the requests of one cycle; `carry` may lose, cut or repeat them."""

    def __init__(self, carry: Callable[[httpx.Request], httpx.Response]) -> None:
        self._carry = carry

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Bring a request to its server, and its answer back."""
        request.read()
        return self._carry(request)


class Servers:
    """The central servers of one cycle, at the other end of a line; implements `peer.Peers`."""

    def __init__(self, here: Here, line: Line) -> None:
        self._here, self._line = here, line
        self.legacy = LegacyClient(here, line)

    def modern(self, url: str) -> ModernClient:
        """Return the Open mSupply central server."""
        return ModernClient(self._here, url, self._line)

    def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def asking(carry: Callable[[httpx.Request], httpx.Response]) -> Iterator[None]:
    """Let one server's questions to another travel like this: who is it that calls?"""

    def get(url: str, **options: Any) -> httpx.Response:
        with httpx.Client(transport=Line(carry)) as client:
            return client.get(url, **options)

    with patch.object(httpx, "get", get):
        yield


def serve(server: Machine, request: httpx.Request, body: bytes, batch_limit: int) -> httpx.Response:
    """Answer a request as a server's process would, with its database as the default one."""
    with server.at_work():
        wsgi = WSGIRequest(_environ(request, body))
        view, arguments, named = resolve(wsgi.path_info, "msupply.wire.server_urls")
        answer = view(wsgi, *arguments, **named)
        content = b"".join(answer)
    headers = dict(answer.headers)
    if BATCH_LIMIT_HEADER in headers:
        # So small that a handful of records makes several batches.
        headers[BATCH_LIMIT_HEADER] = str(batch_limit)
    return httpx.Response(answer.status_code, headers=headers, content=content, request=request)


def _environ(request: httpx.Request, body: bytes) -> dict[str, Any]:
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(request.url.path),
        "QUERY_STRING": request.url.query.decode(),
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "10.0.0.1",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": request.headers.get("Content-Length", "0"),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
    }
    for name, value in request.headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ
