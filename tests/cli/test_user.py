"""`msupply user`, and what the server does about sessions by itself."""

import sqlite3
import time
from contextlib import closing

from tests.cli.conftest import Server, free_port, run

EXPIRED = (
    "INSERT INTO session (session_key, session_data, expire_date, user_id, address, browser)"
    " VALUES (?, '', ?, 'u', '', '')"
)


def write(data, sql, *values):
    with closing(sqlite3.connect(data / "msupply.sqlite3")) as database, database:
        return database.execute(sql, values).fetchall()


def give_second_factor(data):
    write(
        data,
        "INSERT INTO second_factor (user_id, nonce, last_step, created_at)"
        " SELECT id, 'n', 1, '2026-01-01' FROM user_account WHERE username = 'ada'",
    )


def reset(data, name, *options):
    return run("user", "reset-second-factor", name, "--data", data, *options)


def test_a_lost_second_factor_is_reset(central):
    give_second_factor(central)
    done = reset(central, "ADA")
    assert done.code == 0
    assert "by the password alone" in done.out
    assert write(central, "SELECT * FROM second_factor") == []
    assert "has no second factor" in reset(central, "ada").out


def test_programs_read_whether_there_was_one(central):
    give_second_factor(central)
    assert reset(central, "ada", "--json").json == {"username": "ada", "reset": True}
    assert reset(central, "ada", "--json").json == {"username": "ada", "reset": False}


def test_an_unknown_user_is_told(central):
    done = reset(central, "eve")
    assert done.code == 1
    assert "no user “eve”" in done.err


def test_a_site_has_no_second_factors(blank):
    done = reset(blank, "ada", "--json")
    assert done.code == 1
    assert "Traceback" not in done.err


def test_a_server_removes_sessions_that_are_over(central):
    write(central, EXPIRED, "over", "2026-01-01 00:00:00")
    write(central, EXPIRED, "open", "2126-01-01 00:00:00")
    server = Server(central, free_port())
    try:
        until = time.monotonic() + 30
        while len(left := write(central, "SELECT session_key FROM session")) > 1:
            assert time.monotonic() < until, left
            time.sleep(0.1)
    finally:
        server.stop()
    assert left == [("open",)]
