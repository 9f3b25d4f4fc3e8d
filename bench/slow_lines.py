"""Sites on slow lines: each sends and takes some hundred kilobytes at 2 kB/s, again and again."""

import socket
import threading
from contextlib import suppress
from typing import Self

RATE = 2_000
SIZE = 500_000
# As often as this something goes over the line.
TICK = 0.25


class SlowLines:
    """Some sites that send and some that read, until the end."""

    def __init__(self, port: int, sites: int, download: bytes) -> None:
        self._port = port
        self._download = download
        self._end = threading.Event()
        half = sites // 2
        work = [self._send] * half + [self._read] * (sites - half)
        self._threads = [threading.Thread(target=self._again, args=[one]) for one in work]
        self._begun = threading.Semaphore(0)
        self.moved = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def await_begun(self) -> None:
        """Wait until every line carries something: what is read has been made by then."""
        for _thread in self._threads:
            self._begun.acquire(timeout=60)

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _again(self, use) -> None:
        while not self._end.is_set():
            with suppress(OSError), socket.socket() as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                line.settimeout(10)
                line.connect(("127.0.0.1", self._port))
                use(line)

    def _send(self, line: socket.socket) -> None:
        line.sendall(
            b"POST /central/sync/push HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % SIZE
        )
        self._begun.release()
        left = SIZE
        while left and not self._end.wait(TICK):
            part = min(left, int(RATE * TICK))
            line.sendall(b" " * part)
            left -= part
            self.moved += part

    def _read(self, line: socket.socket) -> None:
        line.sendall(self._download)
        line.settimeout(60)
        self.moved += len(line.recv(1))
        self._begun.release()
        while not self._end.wait(TICK):
            with suppress(TimeoutError):
                part = line.recv(int(RATE * TICK))
                if not part:
                    return
                self.moved += len(part)
