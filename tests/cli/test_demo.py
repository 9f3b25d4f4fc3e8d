"""`msupply demo`: a country on one machine."""

import json
import signal
import sqlite3
import subprocess
import time
import urllib.request

import pytest

from msupply.cli.demo.country import Country
from msupply.cli.demo.tables import DemoStore
from tests.cli.conftest import PROGRAM, answers, environment, free_port, run


def country():
    def store(code, supplier, is_hospital, scale):
        return DemoStore(code, f"s-{code}", f"n-{code}", code, supplier, is_hospital, scale)

    central = store("CMS", "INTMED", True, 40)
    district = [store("MDS", "CMS", True, 12), store("LHC", "MDS", False, 1)]
    return Country(district, central, {"Tablet": "tablet"}).build()["v5"]


def test_no_two_records_of_the_country_share_an_id():
    ids = [row["ID"] for rows in country().values() for row in rows]
    assert len(ids) == len(set(ids))


def test_the_country_has_a_believable_list_of_items():
    items = country()["item"]
    assert 60 <= len(items) <= 100
    assert all(item["category_ID"] for item in items)


def test_a_directory_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for options in ([], ["--reset"]):
        done = run("demo", "--data", tmp_path, *options)
        assert done.code == 1
        assert "is no directory of the demonstration" in done.err
    assert (tmp_path / "thesis.txt").exists()


def test_busy_ports_are_explained_before_anything_is_made(served, tmp_path):
    done = run("demo", "--data", tmp_path / "demo", "--port", served.port - 1)
    assert done.code == 1
    assert f"Port {served.port} is in use" in done.err
    assert not (tmp_path / "demo").exists()


@pytest.fixture
def ports():
    """Find three free ports in a row."""
    while True:
        first = free_port()
        if first < 65_000 and not any(answers(f"http://localhost:{first + n}") for n in range(3)):
            return [first, first + 1, first + 2]


def start(data, port, *options):
    return subprocess.Popen(
        [*PROGRAM, "demo", "--data", str(data), "--port", str(port), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    )


def read_until(process, text, seconds=400):
    said = ""
    until = time.monotonic() + seconds
    while text not in said:
        assert time.monotonic() < until, said
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


def end(process, number):
    """End it with a signal; return its exit code."""
    process.send_signal(number)
    code = process.wait(60)
    process.stdout.close()
    return code


def log_in(port, username, password):
    """Log in as a site's program does; return what the answer holds."""
    body = {"username": username, "password": password, "loginType": "User", "siteName": None}
    request = urllib.request.Request(
        f"http://localhost:{port}/api/v4/login",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def count(data, table):
    database = sqlite3.connect(data / "msupply.sqlite3")
    (found,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    database.close()
    return found


@pytest.mark.slow
def test_a_country_runs_stops_and_starts_again(tmp_path, ports):
    data = tmp_path / "demo"
    process = start(data, ports[0])
    try:
        said = read_until(process, "Ctrl-C stops all")
        for port in ports:
            assert f"http://localhost:{port}" in said
            assert answers(f"http://localhost:{port}")
        assert log_in(ports[0], "nurse", "demo-user")["authenticated"]
        assert count(data / "central", "sync_quarantine") == 0
        assert count(data / "mara-hospital", "stock_line") > count(
            data / "lowa-health-centre", "stock_line"
        )
    finally:
        assert end(process, signal.SIGINT) == 0
    assert not any(answers(f"http://localhost:{port}") for port in ports)
    stock = count(data / "central", "stock_line")
    process = start(data, ports[0])
    try:
        assert "Setting up" not in read_until(process, "Ctrl-C stops all")
        assert count(data / "central", "stock_line") == stock
    finally:
        assert end(process, signal.SIGTERM) == 0
