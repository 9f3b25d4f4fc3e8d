"""A private, temporary PostgreSQL server for a test session.

The database of MSUPPLY_TEST_POSTGRES is taken when that is set; otherwise a cluster is made in a
temporary directory, without durability, and removed at the end. Each pytest-xdist worker may start
its own from a session fixture: it takes two seconds, and only where a test asks for it.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENVIRONMENT = "MSUPPLY_TEST_POSTGRES"

# Nothing outlives the session, so nothing needs to reach the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "on",
    "shared_buffers": "128MB",
    "max_connections": "300",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "warning",
}


def find_binaries() -> Path | None:
    """The directory of initdb and postgres: on the PATH, or the newest that Debian installed."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    return newest.parent if newest else None


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as, None for the present one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            pwd.getpwnam(name)
            return name
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[str], user: str | None) -> None:
    # pg_ctl's server would inherit a pipe and keep it open for ever: a file takes the output.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        if done.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{text}")


@contextmanager
def start_postgres() -> Iterator[str | None]:
    """Yields the URL of an empty database with all rights, or None without PostgreSQL."""
    if given := os.environ.get(ENVIRONMENT):
        yield given
        return
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    user = _unprivileged()
    # A short path: the name of a Unix socket is limited to about 100 characters.
    home = Path(tempfile.mkdtemp(prefix="msupply-pg-"))
    data = home / "data"
    control = [str(binaries / "pg_ctl"), "--pgdata", str(data)]
    try:
        if user:
            shutil.chown(home, user)
        initdb = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        _run([str(binaries / "initdb"), *initdb, "--no-sync", "--pgdata", str(data)], user)
        port = _free_port()
        lines = {**SETTINGS, "port": str(port), "unix_socket_directories": str(home)}
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
        log = home / "server.log"
        try:
            _run([*control, "--wait", "--log", str(log), "start"], user)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text(errors='replace')}") from error
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "--mode=immediate", "--wait", "stop"], user)
    finally:
        shutil.rmtree(home, ignore_errors=True)
