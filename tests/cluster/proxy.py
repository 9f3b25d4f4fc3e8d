"""A bad line: an HTTP proxy that loses answers, cuts connections and repeats requests."""

import random
import socket
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Line:
    """What happens on the line; every request draws one of `weights`."""

    GOOD = "good"
    # The request does not arrive.
    LOST_REQUEST = "lost request"
    # The server did the work, and nobody hears of it.
    LOST_ANSWER = "lost answer"
    # The answer breaks off at some byte.
    CUT = "cut"
    # The request arrives twice.
    TWICE = "twice"

    def __init__(self, port: int, seed: int) -> None:
        self.port = port
        self.weights: dict[str, int] = {self.GOOD: 1}
        self.happened: dict[str, int] = {}
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def draw(self) -> str:
        with self._lock:
            names = list(self.weights)
            event = self._random.choices(names, list(self.weights.values()))[0]
            self.happened[event] = self.happened.get(event, 0) + 1
            return event

    def place(self, size: int) -> int:
        with self._lock:
            return self._random.randrange(size + 1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        event = self.line.draw()
        if event == Line.LOST_REQUEST:
            self._hang_up()
            return
        answer = self._ask(body)
        if event == Line.TWICE:
            answer = self._ask(body)
        if event == Line.LOST_ANSWER or answer is None:
            self._hang_up()
            return
        if event == Line.CUT:
            self.wfile.write(answer[: self.line.place(len(answer) - 1)])
            self._hang_up()
            return
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = _pass_on  # noqa: N815

    def _ask(self, body: bytes) -> bytes | None:
        upstream = HTTPConnection("127.0.0.1", self.line.port, timeout=60)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers))
            response = upstream.getresponse()
            content = response.read()
        except OSError:
            return None
        finally:
            upstream.close()
        kept = [
            f"{name}: {value}"
            for name, value in response.getheaders()
            if name.lower() not in ("content-length", "transfer-encoding", "connection")
        ]
        head = [f"HTTP/1.1 {response.status} {response.reason}", *kept]
        return "\r\n".join([*head, f"Content-Length: {len(content)}", "", ""]).encode() + content

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        # A client that went away is what this is about.
        pass


@contextmanager
def bad_line(port: int, seed: int):
    """Yield the line to a port, and the address of its near end."""
    line = Line(port, seed)
    handler = type("Handler", (_Handler,), {"line": line})
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield line, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
