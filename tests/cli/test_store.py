"""Stores and sites by commands: listing, choosing sync types, moving."""

import shutil

import pytest

from tests.cli.conftest import PASSWORD, run


@pytest.fixture(scope="module")
def pattern(tmp_path_factory):
    """Make a central server with two sites once; every test has a copy of its own."""
    data = tmp_path_factory.mktemp("country") / "central"
    made = run(
        *("init", "central", "--data", data, "--url", "http://c.test:8000", "--admin", "ada"),
        MSUPPLY_ADMIN_PASSWORD=PASSWORD,
    )
    assert made.code == 0, made.err
    for name, store in (("north", "N1=North"), ("south", "S1=South")):
        added = run(
            *("site", "add", name, "--data", data, "--store", store),
            MSUPPLY_SITE_PASSWORD=PASSWORD,
        )
        assert added.code == 0, added.err
    return data


@pytest.fixture
def country(pattern, tmp_path):
    """Return the directory of a central server with two sites."""
    shutil.copytree(pattern, tmp_path / "central")
    return tmp_path / "central"


def test_stores_are_listed_with_their_sites(country):
    done = run("store", "list", "--data", country, "--search", "N1")
    assert done.code == 0
    for word in ("N1", "North", "north", "central"):
        assert word in done.out
    machine = run("store", "list", "--data", country, "--json").json
    assert machine["total"] == 3
    found = {store["code"]: store["sites"] for store in machine["stores"]}
    assert found["N1"] == {"north": "ACTIVE", "central": "COLLECTOR"}


def test_sites_are_listed_with_their_stores(country):
    found = {site["name"]: site for site in run("site", "list", "--data", country, "--json").json}
    assert found["north"]["active"] == ["N1"]
    assert found["central"]["collector"] == ["N1", "S1"]
    assert "never" in run("site", "list", "--data", country).out


def test_a_sync_type_is_chosen_and_wrong_ones_are_explained(country):
    done = run("store", "set", "S1", "central", "transfer", "--data", country, "--json")
    assert {s["site"]: s["sync_type"] for s in done.json["sites"]}["central"] == "TRANSFER"
    for words, said in [
        (("S1", "north", "collector"), "No store of this site sees"),
        (("S1", "north", "everything"), "There are: collector, transfer, none"),
        (("S9", "north", "collector"), "no store “S9”"),
        (("S1", "west", "collector"), "There are: central, north, south"),
    ]:
        refused = run("store", "set", *words, "--data", country)
        assert (refused.code, said in refused.err) == (1, True), refused.err


def test_a_store_moves_and_tells_how_far_it_is(country):
    checked = run("store", "move", "N1", "south", "--check", "--data", country)
    assert "can be moved" in checked.out
    begun = run("store", "move", "N1", "south", "--data", country)
    assert "from north to south" in begun.out
    assert "is to be initialised" in begun.out
    status = run("store", "move-status", "N1", "--data", country, "--json").json
    assert [(one["from"], one["to"]) for one in status] == [("north", "south")]
    # The new site has not begun to take it over.
    assert "Cancelled" in run("store", "move", "N1", "--cancel", "--data", country).out
    refused = run("store", "move", "N1", "--cancel", "--data", country)
    assert refused.code == 1


def test_a_list_that_is_piped_has_a_line_for_each_row(country):
    name = "The northern regional hospital of the great river valley, new building"
    run(
        *("site", "add", name, "--data", country, "--store", "V1=Valley"),
        MSUPPLY_SITE_PASSWORD=PASSWORD,
    )
    lines = run("store", "list", "--data", country, "--search", "V1").out.splitlines()
    assert any("V1" in line and name in line for line in lines)


def test_a_site_is_added_with_choices_and_summed_up(country, tmp_path):
    summary = tmp_path / "west.txt"
    added = run(
        *("site", "add", "west", "--data", country, "--store", "W1=West", "--mode", "store"),
        *("--client", "server", "--central-copy", "transfer", "--summary", summary),
        MSUPPLY_SITE_PASSWORD=PASSWORD,
    )
    assert added.code == 0, added.err
    text = summary.read_text(encoding="utf-8")
    assert "http://c.test:8000" in text
    assert PASSWORD not in text
    assert "W1  West" in run("site", "summary", "west", "--data", country).out


def test_only_an_empty_site_is_deleted(country):
    refused = run("site", "delete", "south", "--yes", "--data", country)
    assert refused.code == 1
    assert "Stores are active on it" in refused.err
    run("site", "add", "empty", "--data", country, MSUPPLY_SITE_PASSWORD=PASSWORD)
    assert run("site", "delete", "empty", "--yes", "--data", country).code == 0
    names = [site["name"] for site in run("site", "list", "--data", country, "--json").json]
    assert "empty" not in names
