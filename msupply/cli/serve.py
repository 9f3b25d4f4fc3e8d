"""`msupply serve`: web workers and one background worker as one group of processes."""

import errno
import importlib
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msupply.cli.certificate import read_certificate
from msupply.cli.failures import Failure
from msupply.cli.output import err, say
from msupply.cli.start import DEFAULT_DATA, DataDir, make_directory, migrate, use_instance
from msupply.cli.words import _

if TYPE_CHECKING:
    from msupply.gateway.server import Listening

HELP = _("Serve this instance's web pages and APIs, and do its work in the background.")

Port = Annotated[int, typer.Option("--port", help=_("Port to listen on."), min=1, max=65535)]
Workers = Annotated[int, typer.Option("--workers", help=_("Number of web workers."), min=1, max=64)]
BehindProxy = Annotated[
    str,
    typer.Option(
        "--behind-proxy",
        help=_(
            "Addresses or networks of the proxies that pass requests on, divided by commas: what they"
            " say of the client's address and of HTTPS is believed."
        ),
        envvar="MSUPPLY_BEHIND_PROXY",
        show_envvar=True,
    ),
]
Host = Annotated[
    str,
    typer.Option("--host", help=_("Address to listen on; 127.0.0.1 lets only this computer come.")),
]
CertificateFile = Annotated[
    Path | None,
    typer.Option(
        "--certificate",
        help=_("Serve by https: PEM file of this server's certificate, with its chain."),
        dir_okay=False,
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key", help=_("PEM file of the certificate's private key."), dir_okay=False),
]

# Tablets and other computers of the site's network come here.
EVERYWHERE = "0.0.0.0"  # noqa: S104
STOP_SECONDS = 10
RESTART_SECONDS = 2
# With fewer open files, a few hundred connections are all that there can be.
FEW_FILES = 4096


def serve(
    data: DataDir = DEFAULT_DATA,
    port: Port = 8000,
    workers: Workers = 1,
    behind_proxy: BehindProxy = "",
    host: Host = EVERYWHERE,
    certificate: CertificateFile = None,
    key: KeyFile = None,
) -> None:
    """Run the processes of a server until they are stopped."""
    # Every worker reads it there.
    os.environ["MSUPPLY_BEHIND_PROXY"] = behind_proxy
    make_directory(data)
    # What happens is told as it happens; the workers inherit this.
    os.environ.setdefault("MSUPPLY_SECURITY_LOG", "INFO")
    # The address and the certificate are checked before anything is changed.
    host = _address(host)
    check_port(port, host)
    secured = read_certificate(certificate, key)
    use_instance(data)
    _check_proxies(behind_proxy)
    migrate()
    _prepare()
    if secured is None:
        _warn_without_proxy(behind_proxy)
    from msupply.gateway.server import Listening

    where = Listening(
        host,
        port,
        workers,
        secured.certificate if secured else None,
        secured.key if secured else None,
        files=_allow_many_files(),
    )
    background = Background()
    try:
        _serve(where, background)
    finally:
        background.stop()


def _address(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise Failure(
            _("{host} is no address of a computer.").format(host=host),
            _("Give --host an address of this computer, for instance 127.0.0.1."),
        ) from None


def check_port(port: int, host: str = EVERYWHERE) -> None:
    """Raise Failure when a port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Failure(
                _("Port {port} needs special rights.").format(port=port),
                _("Choose one above 1023 with --port."),
                "PORT",
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Failure(
                    _("This computer does not have the address {host}.").format(host=host),
                    _("Give --host an address of this computer, for instance 127.0.0.1."),
                ) from None
            raise Failure(
                _("Port {port} is in use by another program.").format(port=port),
                _("Stop that program, or choose another port, for instance --port {other}.").format(
                    other=port + 10
                ),
                "PORT",
            ) from None


def _check_proxies(behind_proxy: str) -> None:
    from msupply.wire.behind_proxy import networks

    try:
        networks(behind_proxy)
    except ValueError:
        raise Failure(
            _("--behind-proxy {text}: not all of this is addresses.").format(text=behind_proxy),
            _(
                "Write addresses or networks, divided by commas, for instance 127.0.0.1,10.0.0.0/24."
            ),
        ) from None


def _warn_without_proxy(behind_proxy: str) -> None:
    """Say what an address in https:// needs, before people meet refused forms."""
    from django.db import connection

    from msupply.sync import here

    if here.load(connection).own_url.startswith("https:") and not behind_proxy:
        text = _(
            "The address of this server is https://, and it is not told of a proxy: name the one"
            " that encrypts with --behind-proxy."
        )
        err.print(text, style="yellow")
    connection.close()


def _allow_many_files() -> int:
    from msupply.gateway import open_files

    files = open_files.allow_many()
    if files < FEW_FILES:
        text = _(
            "This process may have only {files} files open: many connections at once will wait."
            " Allow {few}, for instance with `ulimit -n {few}`."
        )
        err.print(text.format(files=files, few=FEW_FILES), style="yellow")
    return files


def _prepare() -> None:
    from django.conf import settings
    from django.core.checks import run_checks
    from django.db import connections

    from msupply.services.instance import ensure_secret_key

    # Before the workers start: they all must sign sessions with the same key.
    ensure_secret_key()
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    serious = [issue for issue in run_checks() if issue.is_serious()]
    if serious:
        text = "; ".join(str(issue) for issue in serious[:3])
        raise Failure(text, _("This installation is damaged: install it again."))
    connections.close_all()


def _serve(where: "Listening", background: "Background") -> None:
    from msupply.gateway.server import new_server

    server = new_server("msupply.asgi:application", where)

    @server.on_startup
    def started() -> None:
        if hasattr(signal, "SIGHUP"):
            # A terminal that is closed ends it; Granian would begin anew.
            signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
        background.start()
        text = _("Serving at {url} (Ctrl-C stops it).")
        say(text.format(url=_url(where)))
        sys.stdout.flush()

    server.serve(target_loader=load_application)


def _url(where: "Listening") -> str:
    scheme = "https" if where.certificate else "http"
    address = ipaddress.ip_address(where.host)
    if address.is_unspecified or address.is_loopback:
        return f"{scheme}://localhost:{where.port}"
    host = f"[{where.host}]" if address.version == 6 else where.host
    return f"{scheme}://{host}:{where.port}"


def load_application(target: str) -> Any:
    """Return the ASGI application, in a web worker; the worker ends with its parent."""
    threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True).start()
    module, _colon, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


class Background:
    """The background worker's process; started again when it ends by itself."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._process = self._spawn()
        self._watcher.start()

    def stop(self) -> None:
        """End the worker, by force when it does not end in time."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # It sees the end of the pipe when this process is gone, whatever ended it.
        return subprocess.Popen([sys.executable, "-m", "msupply.cli.worker"], stdin=subprocess.PIPE)

    def _watch(self) -> None:
        while True:
            assert self._process is not None
            self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            err.print(_("The background worker ended; it is started again."), style="yellow")
            self._process = self._spawn()
