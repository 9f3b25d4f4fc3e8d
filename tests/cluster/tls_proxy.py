"""A proxy as a ministry has one before its server: it ends TLS, and refuses what is too large."""

import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# The server sees the proxy at this address, and everybody who goes round it at another.
PROXY_ADDRESS = "127.0.0.2"


@dataclass
class Proxy:
    """How a proxy passes requests on to a port."""

    port: int
    url: str = ""
    # What it says of the scheme; nothing where it is None.
    proto: str | None = "https"
    # The Host header it sends; the client's own where it is None.
    host: str | None = None
    # Where it says who asked: behind what the client says in the same line, or in a line of its own.
    in_own_line: bool = False
    # Larger bodies are refused with 413.
    largest: int | None = None
    refused: int = 0
    passed: int = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.proxy.largest is not None and length > self.proxy.largest:
            self.proxy.refused += 1
            self._answer(413, "Request Entity Too Large", [], b"<html>413</html>")
            return
        self.proxy.passed += 1
        upstream = HTTPConnection(
            "127.0.0.1", self.proxy.port, timeout=60, source_address=(PROXY_ADDRESS, 0)
        )
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers():
                upstream.putheader(name, value)
            upstream.endheaders(body)
            response = upstream.getresponse()
            content = response.read()
        finally:
            upstream.close()
        self._answer(response.status, response.reason, response.getheaders(), content)

    do_GET = do_HEAD = do_POST = do_PUT = _pass_on  # noqa: N815

    def _headers(self) -> list[tuple[str, str]]:
        kept = {name.title(): value for name, value in self.headers.items()}
        before, client = kept.pop("X-Forwarded-For", ""), self.client_address[0]
        if before and not self.proxy.in_own_line:
            client = f"{before}, {client}"
        if self.proxy.proto:
            kept["X-Forwarded-Proto"] = self.proxy.proto
        if self.proxy.host:
            kept["Host"] = self.proxy.host
        own = [("X-Forwarded-For", client)]
        if before and self.proxy.in_own_line:
            own.insert(0, ("X-Forwarded-For", before))
        return [*kept.items(), *own]

    def _answer(
        self, status: int, reason: str, headers: list[tuple[str, str]], content: bytes
    ) -> None:
        own = ("content-length", "transfer-encoding", "connection")
        kept = [f"{name}: {value}" for name, value in headers if name.lower() not in own]
        head = [f"HTTP/1.1 {status} {reason}", *kept, f"Content-Length: {len(content)}", "", ""]
        self.wfile.write("\r\n".join(head).encode() + content)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        # Whoever does not trust the certificate hangs up.
        pass


def make_certificate(folder: Path) -> Path:
    """Make a certificate of localhost with its key in one file, signed by itself; return the file."""
    both = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return both


@contextmanager
def tls_proxy(port: int, certificate: Path):
    """Yield a proxy to a port; its address begins with https://."""
    proxy = Proxy(port)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = _Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    proxy.url = f"https://localhost:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
