"""Setting up a central server and looking after it, by commands."""

import getpass
import json
import os
import sqlite3
import stat

import pytest

from tests.cli.conftest import PASSWORD, run


def test_a_central_server_is_set_up_and_in_order(central):
    done = run("check", "--data", central)
    assert done.code == 0
    assert "Everything is in order." in done.out
    assert stat.S_IMODE((central / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(central.stat().st_mode) == 0o700


def test_a_second_set_up_is_refused_in_one_line(central):
    done = run(
        *("init", "central", "--data", central, "--url", "http://x.test", "--admin", "eve"),
        MSUPPLY_ADMIN_PASSWORD=PASSWORD,
    )
    assert done.code == 1
    assert "set up already" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"--url": "nonsense"}, "Enter an address"),
        ({"--url": "http://x.test/path"}, "without a path"),
        ({"--store": "=Name"}, "CODE=Name"),
        ({"--store": "CODE"}, "CODE=Name"),
        ({"--password": "short"}, "at least 8"),
    ],
)
def test_a_wrong_option_is_explained(blank, options, said):
    options = {"--url": "http://x.test", "--admin": "ada", "--password": PASSWORD} | options
    words = [word for pair in options.items() for word in pair]
    done = run("init", "central", "--data", blank, *words)
    assert done.code == 1
    assert said in done.err


def test_without_a_terminal_a_missing_password_is_an_error(tmp_path):
    done = run(
        "init", "central", "--data", tmp_path / "c", "--url", "http://x.test", "--admin", "a"
    )
    assert done.code == 1
    assert "--password" in done.err


def test_adding_a_site_tells_what_to_do_there(central):
    done = run(
        *("site", "add", "south", "--data", central, "--store", "S1=South"),
        MSUPPLY_SITE_PASSWORD=PASSWORD,
    )
    assert done.code == 0
    assert "msupply init site --central http://localhost:8000 --site south" in done.out
    assert PASSWORD not in done.out + done.err


def test_what_a_command_does_is_in_the_security_log_with_its_operator(central):
    run("site", "add", "south", "--data", central, MSUPPLY_SITE_PASSWORD=PASSWORD)
    done = run("site", "reset", "south", "--data", central)
    with sqlite3.connect(central / "msupply.sqlite3") as database:
        rows = database.execute(
            "SELECT event, who, address FROM security_log WHERE what LIKE '%south%' ORDER BY id"
        ).fetchall()
    who = f"command line ({getpass.getuser()})"
    assert rows == [("SITE_CREATED", who, ""), ("SITE_RESET", who, "")]
    assert "msupply.security" not in done.out + done.err, "commands tell themselves what they did"


def test_the_json_of_an_added_site(central):
    done = run(
        *("site", "add", "south", "--data", central, "--store", "S1=South", "--json"),
        MSUPPLY_SITE_PASSWORD=PASSWORD,
    )
    assert done.json == {"name": "south", "site_number": 2, "stores": ["S1"]}


def test_a_failure_with_json_is_json(central):
    done = run("site", "reset", "nowhere", "--data", central, "--json")
    assert done.code == 1
    assert set(done.json["error"]) == {"code", "what", "do"}


def test_a_directory_without_an_instance_is_explained(tmp_path):
    done = run("site", "reset", "north", "--data", tmp_path)
    assert done.code == 1
    assert "There is no instance" in done.err
    assert not list(tmp_path.iterdir())


def test_a_database_that_cannot_be_reached_is_explained(tmp_path):
    url = "postgres://nobody@127.0.0.1:1/nothing"
    done = run("check", "--data", tmp_path, DATABASE_URL=url)
    assert done.code == 1
    assert "The database cannot be used" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_made_is_explained(tmp_path):
    tmp_path.chmod(0o500)
    done = run(
        *("init", "central", "--data", tmp_path / "c", "--url", "http://x.test", "--admin", "a"),
        *("--password", PASSWORD),
    )
    assert done.code == 1
    assert "cannot be made" in done.err


def test_a_fault_in_the_database_is_found_by_check(central):
    with sqlite3.connect(central / "msupply.sqlite3") as database:
        database.execute("DROP TRIGGER changelog_unit_insert_0")
        database.execute("INSERT INTO sync_cursor VALUES ('push_v5', 99)")
    done = run("check", "--data", central, "--json")
    assert done.code == 1
    assert not done.json["in_order"]
    wrong = {finding["subject"] for finding in done.json["findings"] if finding["wrong"]}
    assert wrong == {"triggers", "cursors"}


def test_explain_tells_policy_log_and_routing(central):
    options = ("--data", central, "--store", "S1=South")
    run("site", "add", "south", *options, MSUPPLY_SITE_PASSWORD=PASSWORD)
    with sqlite3.connect(central / "msupply.sqlite3") as database:
        (unit,) = database.execute("SELECT id FROM unit LIMIT 1").fetchone()
    done = run("explain", "unit", unit, "south", "--data", central, "--json")
    assert done.code == 0
    assert done.json["exists"]
    assert done.json["log"][0]["log"] == "changelog_central"
    assert [verdict["goes"] for verdict in done.json["verdicts"]] == [True]
    words = run("explain", "unit", unit, "--data", central).out
    assert "the central server" in words
    assert "south: not yet (records of this type go to every site" in words


def test_explain_finds_a_record_by_its_code_and_a_site_by_its_number(central):
    run("site", "add", "south", "--data", central, MSUPPLY_SITE_PASSWORD=PASSWORD)
    done = run("explain", "store", "central", "2", "--data", central, "--json")
    assert done.json["exists"]
    assert [verdict["site"] for verdict in done.json["verdicts"]] == ["south"]


def test_explain_tells_no_secret(central):
    told = run("explain", "user", "ada", "--data", central)
    assert "username = ada" in told.out
    assert "argon2" not in told.out


def test_explain_of_something_unknown_is_explained(central):
    done = run("explain", "itms", "x", "--data", central)
    assert done.code == 1
    assert "no record type" in done.err
    assert "item" in done.err
    assert len(done.err) < 300
    missing = run("explain", "unit", "x", "--data", central)
    assert missing.code == 1
    assert "It is not here, and never was" in missing.out
    nowhere = run("explain", "store", "central", "nowhere", "--data", central)
    assert nowhere.code == 1
    assert "no site “nowhere”" in nowhere.err


CATALOGUE = """\
Sub catalogue,Code,Type,Manufacturer,Model,Class,Category,Volume
WHO PQS,E003/001,Refrigerator,Cool Ltd,C 60,Cold chain equipment,Refrigerators and freezers,60
"""


def test_a_catalogue_is_imported_twice_without_doubling(central, tmp_path):
    file = tmp_path / "catalogue.csv"
    file.write_text(CATALOGUE)
    first = run("import", "asset-catalogue", file, "--data", central)
    assert first.code == 0
    assert "1 created" in first.out
    assert "New property: Volume" in first.out
    second = run("import", "asset-catalogue", file, "--data", central, "--json")
    assert second.json == {"created": 0, "changed": 0, "same": 1}


def test_errors_of_a_catalogue_are_told_by_line_and_written_beside_it(central, tmp_path):
    file = tmp_path / "catalogue.csv"
    file.write_text(CATALOGUE.replace("Refrigerator,", "Chair,"))
    done = run("import", "asset-catalogue", file, "--data", central)
    assert done.code == 1
    assert "line 2: There is no type" in done.err
    assert "Errors" in (tmp_path / "catalogue-errors.csv").read_text()


def test_wire_records_are_imported_and_the_refused_listed(central, tmp_path):
    file = tmp_path / "country.json"
    good = {"ID": "u1", "units": "Box", "comment": "", "order_number": 1}
    file.write_text(json.dumps({"v5": {"unit": [good, {"ID": "u2"}]}}))
    done = run("import", "wire", file, "--data", central, "--json")
    assert done.code == 1
    assert (done.json["read"], done.json["taken"], done.json["refused"]) == (2, 1, 1)
    assert done.json["problems"][0]["id"] == "u2"
    assert "units" in done.json["problems"][0]["reason"]
    checked = run("check", "--data", central)
    assert checked.code == 1
    assert "could not be taken" in checked.out


@pytest.mark.parametrize("kind", ["wire", "asset-catalogue"])
def test_a_file_that_is_not_there_is_explained(central, kind):
    done = run("import", kind, "nowhere.csv", "--data", central)
    assert done.code == 1
    assert "There is no file nowhere.csv" in done.err


def test_a_broken_json_file_is_explained(central, tmp_path):
    file = tmp_path / "broken.json"
    file.write_text('{"v5": {"unit": [')
    done = run("import", "wire", file, "--data", central)
    assert done.code == 1
    assert "cannot be read at character" in done.err
