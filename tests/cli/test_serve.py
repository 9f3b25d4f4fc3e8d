"""`msupply serve`: one group of processes that starts, works and ends together."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Server, answers, environment, free_port, is_alive, run


def all_gone(pids, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(map(is_alive, pids)):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_all_processes_end_with_the_first(central, number):
    server = Server(central, free_port())
    children = server.children()
    # One web worker and one background worker (and what Python needs to start the former).
    assert len(children) >= 2
    server.stop(number)
    assert all_gone(children)


def test_several_web_workers_answer(central):
    server = Server(central, free_port(), "--workers", "2")
    try:
        assert len(server.children()) >= 3
    finally:
        server.stop()


def test_a_background_worker_that_died_is_started_again(central):
    server = Server(central, free_port())
    try:
        before = workers(server)
        os.kill(before[0], signal.SIGKILL)
        until = time.monotonic() + 20
        while workers(server) in ([], before) and time.monotonic() < until:
            time.sleep(0.1)
        assert len(workers(server)) == 1
    finally:
        server.stop()


def workers(server):
    """Return the ids of the background workers of a server."""
    found = []
    for pid in server.children():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"msupply.cli.worker" in line and is_alive(pid):
            found.append(pid)
    return found


def test_a_port_in_use_is_explained(served, central):
    done = run("serve", "--data", central, "--port", served.port)
    assert done.code == 1
    assert f"Port {served.port} is in use" in done.err


def test_an_empty_directory_is_served_for_its_first_run(tmp_path):
    server = Server(tmp_path / "new", free_port())
    assert (tmp_path / "new" / "secret.key").exists()
    assert server.stop() == 0


def test_a_directory_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ada")
    done = run("serve", "--data", tmp_path, "--port", free_port())
    assert done.code == 1
    assert "holds other things" in done.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_the_files_of_an_instance_are_its_owners_alone(central):
    assert (central / "msupply.sqlite3").stat().st_mode & 0o077 == 0


def test_proxies_that_are_no_addresses_are_refused_before_anything_starts(central):
    proxies = "10.0.0.1,proxy.example.org"
    done = run("serve", "--data", central, "--port", free_port(), "--behind-proxy", proxies)
    assert done.code == 1
    assert "--behind-proxy 10.0.0.1,proxy.example.org" in done.err
    assert "10.0.0.0/24" in done.err


def test_what_was_left_of_killed_uploads_is_removed_after_a_day(central):
    folder = central / "files" / "asset" / "a1"
    folder.mkdir(parents=True)
    (central / "temporary").mkdir()
    left = [folder / ".part-old", central / "temporary" / "old.upload"]
    kept = [folder / ".part-new", folder / "f1_photo.jpg", folder / "f1_film.mp4.part"]
    yesterday = time.time() - 25 * 3600
    for path in (*left, *kept):
        path.write_bytes(b"x")
        if "new" not in path.name:
            os.utime(path, (yesterday, yesterday))
    server = Server(central, free_port())
    try:
        until = time.monotonic() + 30
        while any(path.exists() for path in left) and time.monotonic() < until:
            time.sleep(0.1)
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in kept)
    finally:
        server.stop()


def test_it_listens_where_it_is_told(central):
    port = free_port()
    server = Server(central, port, "--host", "127.0.0.1")
    try:
        assert f"http://localhost:{port}" in server.log.read_text()
        assert connects("127.0.0.1", port)
        assert not connects("127.0.0.2", port)
    finally:
        server.stop()


def connects(host, port):
    try:
        socket.create_connection((host, port), 5).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("here", "here is no address of a computer"),
        ("192.0.2.1", "This computer does not have the address 192.0.2.1"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_explained(central, host, said):
    done = run("serve", "--data", central, "--port", free_port(), "--host", host)
    assert done.code == 1
    assert said in done.err
    assert "127.0.0.1" in done.err


def test_few_open_files_are_warned_of(central):
    port = free_port()
    command = f"ulimit -n 1024; exec {' '.join(PROGRAM)} serve --data {central} --port {port}"
    process = subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    try:
        until = time.monotonic() + 60
        while not answers(f"http://localhost:{port}") and time.monotonic() < until:
            time.sleep(0.1)
        process.terminate()
        _out, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert b"only 1024 files" in said
