"""The group of web processes: one that listens, and workers with a gateway in each (Granian)."""

import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined]
from granian.server.mp import MPServer

# A connection that says nothing, or not the whole head of a request, is closed after this. Clients
# of ours keep an idle one for 20 seconds.
SILENT_SECONDS = 30
# A peer that acknowledges nothing of what it is sent, or takes nothing, for this long has gone.
UNTAKEN_SECONDS = 180
STOP_SECONDS = 10
BACKLOG = 1024
MOST_CONNECTIONS = 4096
# What a process opens beside its connections.
_OTHER_FILES = 128


@dataclass(frozen=True)
class Listening:
    """Where and how a server is reached. `files`: how many one process may have open."""

    host: str
    port: int
    workers: int = 1
    certificate: Path | None = None
    key: Path | None = None
    files: int = 1024
    silent_seconds: float = SILENT_SECONDS
    untaken_seconds: float = UNTAKEN_SECONDS

    @property
    def connections(self) -> int:
        """How many connections one worker has open: each with a body and an answer in files."""
        return max(64, min(MOST_CONNECTIONS, (self.files - _OTHER_FILES) // 3))


class Server(MPServer):
    """Granian with one listening socket for all workers, which ends what nobody takes."""

    untaken_seconds: float = UNTAKEN_SECONDS

    def _init_shared_socket(self) -> None:
        if not hasattr(socket, "TCP_USER_TIMEOUT") or sys.platform != "linux":
            super()._init_shared_socket()  # type: ignore[no-untyped-call]
            return
        # Granian has each worker open its own here, out of reach; accepted ones inherit the option.
        holder: Any = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        listening = socket.socket(fileno=holder.get_fd())
        listening.set_inheritable(True)
        milliseconds = int(self.untaken_seconds * 1000)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        vars(self).update(_ssp=None, _shd=holder, _sfd=listening.fileno(), _sso=listening)


def new_server(target: str, where: Listening) -> Server:
    """Return a server that is to be started with `serve`."""
    server = Server(
        target,
        address=where.host,
        port=where.port,
        interface=Interfaces.ASGINL,
        # With both versions allowed, one that says nothing is waited for without end.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(where.silent_seconds * 1000)),
        workers=where.workers,
        websockets=False,
        backlog=BACKLOG,
        backpressure=where.connections,
        ssl_cert=where.certificate,
        ssl_key=where.key,
        ssl_protocol_min=SSLProtocols.tls12,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.untaken_seconds = where.untaken_seconds
    return server
