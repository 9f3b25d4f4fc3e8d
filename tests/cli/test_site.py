"""A site from its initialisation on, and every way in which that can fail."""

import json
import shutil
import sqlite3

import pytest

from tests.cli.conftest import PASSWORD, free_port, is_alive, run


def init_site(data, url, name="north", password=PASSWORD, *more):
    return run(
        *("init", "site", "--data", data, "--central", url, "--site", name, *more),
        MSUPPLY_SITE_PASSWORD=password,
    )


@pytest.fixture(scope="module")
def site(served, tmp_path_factory):
    """Initialise the site `north`; return its directory."""
    data = tmp_path_factory.mktemp("site") / "north"
    done = init_site(data, served.url)
    assert done.code == 0, done.err
    assert "The site north is ready." in done.out
    return data


def test_a_site_is_initialised_and_in_order(site):
    assert run("check", "--data", site).code == 0


def test_one_cycle_tells_its_steps(site):
    done = run("sync", "--data", site, "--json")
    assert done.code == 0
    names = [step["name"] for step in done.json["steps"]]
    assert names == ["push_v6", "push", "pull_central", "pull_remote", "pull_v6", "integrate"]
    assert done.json["finished_at"]


def test_a_new_record_of_the_central_server_arrives(served, site, tmp_path):
    file = tmp_path / "units.json"
    unit = {"ID": "u-new", "units": "Crate", "comment": "", "order_number": 1}
    file.write_text(json.dumps({"v5": {"unit": [unit]}}))
    assert run("import", "wire", file, "--data", served.data).code == 0
    assert run("sync", "--data", site).code == 0
    with sqlite3.connect(site / "msupply.sqlite3") as database:
        assert database.execute("SELECT name FROM unit WHERE id = 'u-new'").fetchone() == ("Crate",)


def test_an_initialised_site_is_not_initialised_again(served, site):
    done = init_site(site, served.url)
    assert done.code == 1
    assert "already" in done.err


@pytest.mark.parametrize(
    ("name", "password", "code", "said"),
    [
        ("nowhere", PASSWORD, "SITE_NAME_NOT_FOUND", "does not know this site name"),
        ("north", "wrong", "INCORRECT_PASSWORD", "The site password is wrong"),
        ("north", PASSWORD, "HARDWARE_ID_MISMATCH", "in use on another device"),
    ],
)
def test_each_refusal_has_its_own_message(served, site, blank, name, password, code, said):
    words = init_site(blank, served.url, name, password)
    assert words.code == 1
    assert said in words.err
    machine = init_site(blank, served.url, name, password, "--json")
    assert machine.code == 1
    assert machine.json["error"]["code"] == code


def test_a_site_without_a_store_is_told_so(served, blank):
    added = run("site", "add", "bare", "--data", served.data, MSUPPLY_SITE_PASSWORD=PASSWORD)
    assert "no store yet" in added.out
    done = init_site(blank, served.url, "bare")
    assert done.code == 1
    assert "No store is assigned to this site" in done.err


@pytest.mark.parametrize("url", ["nonsense", "ftp://x.test", ""])
def test_an_address_that_is_none_is_told(blank, url):
    done = init_site(blank, url)
    assert done.code == 1
    assert "The address of the server is not valid" in done.err


def test_a_server_that_is_not_there_is_told(blank):
    done = init_site(blank, f"http://localhost:{free_port()}")
    assert done.code == 1
    assert "cannot be reached" in done.err


def test_after_a_reset_another_device_can_be_the_site(served, tables, tmp_path):
    # A copy of an instance is the same device; the second one is another.
    first, second = shutil.copytree(tables, tmp_path / "first"), tmp_path / "second"
    options = ("--data", served.data, "--store", "R1=Reset clinic")
    run("site", "add", "again", *options, MSUPPLY_SITE_PASSWORD=PASSWORD)
    assert init_site(first, served.url, "again").code == 0
    assert init_site(second, served.url, "again").code == 1
    assert run("site", "reset", "again", "--data", served.data).code == 0
    assert init_site(second, served.url, "again").code == 0
    lost = run("sync", "--data", first)
    assert lost.code == 1
    assert "in use on another device" in lost.err


def test_the_central_server_does_not_synchronise_with_itself(served):
    done = run("sync", "--data", served.data)
    assert done.code == 1
    assert "is the mSupply central server" in done.err


def test_the_server_still_runs_after_all_that(served):
    assert is_alive(served.process.pid)


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://central.invalid:1", True),
        ("HTTP://10.255.0.1.invalid", True),
        ("http://127.0.0.1:1", False),
        ("http://localhost:1/", False),
        ("https://central.invalid:1", False),
    ],
)
def test_an_address_in_clear_is_warned_of(blank, url, warned):
    done = run("init", "site", "--data", blank, "--central", url, "--site", "x", "--password", "x")
    assert done.code == 1
    lines = [line for line in done.err.splitlines() if "By http://" in line]
    assert len(lines) == int(warned)
