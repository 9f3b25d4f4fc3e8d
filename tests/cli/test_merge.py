"""`msupply merge` on a true instance."""

import json
import sqlite3

import pytest

from tests.cli.conftest import run


@pytest.fixture
def data(central, tmp_path):
    """Return the data directory of a central server with two units and an item."""
    file = tmp_path / "records.json"
    units = [
        {"ID": f"{name}-{tmp_path.name}", "units": name, "comment": "", "order_number": 1}
        for name in ("KEEP", "GONE")
    ]
    file.write_text(json.dumps({"v5": {"unit": units}}))
    assert run("import", "wire", file, "--data", central).code == 0
    return central


@pytest.fixture
def pair(tmp_path):
    return f"KEEP-{tmp_path.name}", f"GONE-{tmp_path.name}"


def is_active(data, unit):
    with sqlite3.connect(data / "msupply.sqlite3") as database:
        (active,) = database.execute("SELECT is_active FROM unit WHERE id = ?", [unit]).fetchone()
    return bool(active)


def test_a_dry_run_changes_nothing(data, pair):
    done = run("merge", "unit", *pair, "--dry-run", "--data", data)
    assert done.code == 0, done.err
    assert "Nothing was changed" in done.out
    assert is_active(data, pair[1])


def test_two_records_are_merged(data, pair):
    done = run("merge", "unit", *pair, "--data", data, "--json")
    assert done.code == 0, done.err
    assert done.json == {"kept": pair[0], "lost": pair[1], "merged": True, "records": {}}
    assert not is_active(data, pair[1])


@pytest.mark.parametrize(
    ("kind", "keep", "said"),
    [
        ("unit", "nothing", "nothing"),
        ("unit", None, "itself"),
        ("weather", "nothing", "cannot be merged"),
    ],
)
def test_what_cannot_be_merged_is_said_in_words(data, pair, kind, keep, said):
    done = run("merge", kind, keep or pair[1], pair[1], "--data", data)
    assert done.code == 1
    assert said in done.err
