"""`msupply serve`: web workers and one background worker as one group of processes."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Annotated, Any

import typer

from msupply.cli.failures import Failure
from msupply.cli.output import err, say
from msupply.cli.start import DEFAULT_DATA, DataDir, make_directory, migrate, use_instance
from msupply.cli.words import _

HELP = _("Serve this instance's web pages and APIs, and do its work in the background.")

Port = Annotated[int, typer.Option("--port", help=_("Port to listen on."), min=1, max=65535)]
Workers = Annotated[int, typer.Option("--workers", help=_("Number of web workers."), min=1, max=64)]

HOST = "0.0.0.0"  # noqa: S104 - tablets and other computers of the site's network come here
# Requests that one web worker handles at the same time.
THREADS = 4
STOP_SECONDS = 10
RESTART_SECONDS = 2


def serve(data: DataDir = DEFAULT_DATA, port: Port = 8000, workers: Workers = 1) -> None:
    """Run the processes of a server until they are stopped."""
    make_directory(data)
    # The address is checked before anything is changed.
    check_port(port)
    use_instance(data)
    migrate()
    _prepare()
    background = Background()
    try:
        _serve(port, workers, background)
    finally:
        background.stop()


def check_port(port: int) -> None:
    """Raise Failure when a port cannot be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Failure(
                _("Port {port} needs special rights.").format(port=port),
                _("Choose one above 1023 with --port."),
                "PORT",
            ) from None
        except OSError:
            raise Failure(
                _("Port {port} is in use by another program.").format(port=port),
                _("Stop that program, or choose another port, for instance --port {other}.").format(
                    other=port + 10
                ),
                "PORT",
            ) from None


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


def _serve(port: int, workers: int, background: "Background") -> None:
    from msupply.gateway.server import Listening, new_server

    server = new_server("msupply.wsgi:application", Listening(HOST, port, workers))

    @server.on_startup
    def started() -> None:
        if hasattr(signal, "SIGHUP"):
            # A terminal that is closed ends it; Granian would begin anew.
            signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
        background.start()
        text = _("Serving at {url} (Ctrl-C stops it).")
        say(text.format(url=f"http://localhost:{port}"))
        sys.stdout.flush()

    server.serve(target_loader=load_application)


def load_application(target: str) -> Any:
    """Return the gateway to the WSGI application, in a web worker; the worker ends with its parent."""
    from msupply.gateway.application import Gateway
    from msupply.gateway.bounds import Bounds
    from msupply.wsgi import application

    threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True).start()
    return Gateway(application, Bounds(), THREADS)


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
