"""A little HTTP server on a real socket: it answers as told, and can cut its connections."""

import gzip
import json
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class Answer:
    """What goes back; `cut_at` closes the connection after so many bytes of it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None

    def encode(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} X", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(value).encode(), status, {"Content-Type": "text/plain", **named})


def packed(answer: Answer) -> Answer:
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return Answer(gzip.compress(answer.body), answer.status, headers)


class LittleServer:
    """Answers requests from a list, the last answer for ever, or by a function."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.answer: Callable[[Request], Answer] = lambda _: self._next()
        self.requests: list[Request] = []
        self._connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self._connections += 1
            number = self._connections
            threading.Thread(target=self._serve, args=[client, number], daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        with client, client.makefile("rb") as stream:
            while line := stream.readline():
                method, path, _ = line.decode().split()
                headers = {}
                while (line := stream.readline()) not in (b"\r\n", b""):
                    name, _, value = line.decode().partition(":")
                    headers[name.strip().lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", 0)))
                self.requests.append(Request(method, path, headers, body, number))
                answer = self.answer(self.requests[-1])
                client.sendall(answer.encode()[: answer.cut_at])
                if answer.cut_at is not None:
                    return


@contextmanager
def little_server():
    server = LittleServer()
    try:
        yield server
    finally:
        server.close()
