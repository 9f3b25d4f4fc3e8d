"""Integration: sets in, one bad record harms only itself, owners only."""

import msgspec
import pytest

from msupply.sync import buffer, quarantine
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from tests.engine.conftest import ALL_LOGS, push, rows

SHOPS = [{"ID": "S1", "Title": "North", "site": 2}, {"ID": "S2", "Title": "South", "site": 3}]
THING = {"ID": "T1", "Title": "Drill", "grams": 900}


def loan(number, shop="S1", **more):
    return {
        "ID": f"L{number}",
        "shop_ID": shop,
        "lent_date": "2025-01-02",
        "lent_time": 0,
    } | more


def line(number, loan="L1", **more):
    return {"ID": f"LL{number}", "loan_ID": loan, "thing_ID": "T1", "count": 1} | more


def country(connection):
    push(connection, {"shop": SHOPS, "thing": [THING]}, trusted=True)


def reasons(connection):
    return rows(connection, "SELECT record_id, code FROM sync_quarantine ORDER BY 1, 2")


def test_children_that_come_before_their_parents_are_integrated(connection):
    country(connection)
    summary = push(connection, {"loan line": [line(1)], "Loan": [loan(1)]}, site=2)
    assert (summary.taken, summary.kept_back) == (2, 0)


def test_a_record_of_another_sites_store_is_kept_back(connection):
    country(connection)
    push(connection, {"Loan": [loan(1), loan(2, "S2")]}, site=2)
    assert rows(connection, "SELECT id FROM toy_loan") == [("L1",)]
    assert reasons(connection) == [("L2", "not_owner")]


def test_a_line_of_another_sites_loan_is_kept_back(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, "S2")]}, site=3)
    push(connection, {"loan line": [line(1)]}, site=2)
    assert reasons(connection) == [("LL1", "not_owner")]


def test_a_record_cannot_be_taken_over_by_naming_an_own_store(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, "S2")]}, site=3)
    push(connection, {"Loan": [loan(1, "S1")]}, site=2)
    assert rows(connection, "SELECT shop_id FROM toy_loan") == [("S2",)]


def test_central_records_from_a_site_are_kept_back(connection):
    country(connection)
    push(connection, {"thing": [THING | {"Title": "Stolen"}]}, site=2)
    assert rows(connection, "SELECT name FROM toy_thing") == [("Drill",)]
    assert reasons(connection) == [("T1", "not_owner")]


def test_a_record_without_its_parent_waits_and_goes_in_when_the_parent_comes(connection):
    country(connection)
    push(connection, {"loan line": [line(1)]}, site=2)
    assert reasons(connection) == [("LL1", "missing_parent")]
    push(connection, {"Loan": [loan(1)]}, site=2)
    assert reasons(connection) == []
    assert rows(connection, "SELECT id FROM toy_loan_line") == [("LL1",)]


def test_a_parent_from_elsewhere_frees_what_waits_for_it(connection):
    country(connection)
    push(connection, {"Loan": [loan(1)]}, site=2)
    push(connection, {"loan line": [line(1, thing_ID="T2")]}, site=2)
    push(connection, {"thing": [THING | {"ID": "T2"}]}, trusted=True)
    waiting = buffer.waiting(connection, 2)
    integrate(connection, Origin(2, 2, ALL_LOGS))
    assert waiting == 1
    assert rows(connection, "SELECT id FROM toy_loan_line") == [("LL1",)]


def test_one_bad_record_does_not_hold_up_the_others(connection):
    country(connection)
    push(connection, {"Loan": [loan(1), loan(2, due="never"), loan(3)]}, site=2)
    assert rows(connection, "SELECT id FROM toy_loan ORDER BY id") == [("L1",), ("L3",)]
    assert reasons(connection) == [("L2", "invalid")]


def test_a_good_copy_replaces_the_kept_one(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, due="never")]}, site=2)
    push(connection, {"Loan": [loan(1)]}, site=2)
    assert reasons(connection) == []


def test_another_sites_copy_does_not_replace_the_kept_one(connection):
    country(connection)
    push(connection, {"loan line": [line(1)]}, site=2)
    push(connection, {"loan line": [line(1, count="many")]}, site=3)
    assert reasons(connection) == [("LL1", "invalid"), ("LL1", "missing_parent")]


def test_records_of_unknown_tables_are_kept(connection):
    push(connection, {"spaceship": [{"ID": "X", "speed": 9}]}, site=2)
    assert rows(connection, "SELECT record_id, code, data FROM sync_quarantine") == [
        ("X", "unknown_table", '{"ID":"X","speed":9}')
    ]


def test_the_last_of_two_copies_in_one_message_holds(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, comment="old"), loan(1, comment="new")]}, site=2)
    assert rows(connection, "SELECT comment FROM toy_loan") == [("new",)]


def test_integrating_twice_changes_nothing(connection):
    country(connection)
    for _ in range(2):
        push(connection, {"Loan": [loan(1)], "loan line": [line(1)]}, site=2)
    assert rows(connection, "SELECT count(*) FROM toy_loan_line") == [(1,)]
    assert rows(connection, "SELECT count(*) FROM changelog_queue") == [(2,)]


def test_extra_fields_survive_an_update_that_does_not_name_them(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, user1="a", user2="b")]}, site=2)
    push(connection, {"Loan": [loan(1, user2="c")]}, site=2)
    ((extra,),) = rows(connection, "SELECT extra FROM toy_loan")
    assert msgspec.json.decode(extra) == {"user1": "a", "user2": "c"}


def test_extra_fields_that_are_null_stay(connection):
    country(connection)
    for _ in range(2):
        push(connection, {"Loan": [loan(1, user1=None, user2={"deep": None})]}, site=2)
    ((extra,),) = rows(connection, "SELECT extra FROM toy_loan")
    assert msgspec.json.decode(extra) == {"user1": None, "user2": {"deep": None}}


def test_an_extra_field_is_replaced_as_a_whole(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, user1={"old": 1}, user2=2)]}, site=2)
    push(connection, {"Loan": [loan(1, user1={"new": 1})]}, site=2)
    ((extra,),) = rows(connection, "SELECT extra FROM toy_loan")
    assert msgspec.json.decode(extra) == {"user1": {"new": 1}, "user2": 2}


def test_columns_that_the_wire_does_not_carry_are_kept(connection):
    country(connection)
    machine = {"id": "M1", "shop_key": "S1", "label": "Oven"}
    push(connection, {"machine": [machine]}, site=2, wire=Wire.V6)
    rows_sql = "SELECT label, note FROM toy_machine"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE toy_machine SET note = 'ours'")
    push(connection, {"machine": [machine | {"label": "Stove"}]}, site=2, wire=Wire.V6)
    assert rows(connection, rows_sql) == [("Stove", "ours")]


@pytest.mark.parametrize("table", ["Loan", "thing"])
def test_the_last_word_about_a_record_holds(connection, table):
    country(connection)
    data = msgspec.json.encode({"Loan": loan(1), "thing": {"ID": "L1", "Title": "x"}}[table])
    update, delete = (Arrived(table, "L1", action, data) for action in ("update", "delete"))
    for message in ([update], [update, delete], [update]):
        buffer.store(connection, None, Wire.V5, message)
    integrate(connection, Origin(site_id=None))
    condition = "id = 'L1'" + (" AND is_active" if table == "thing" else "")
    assert rows(connection, f"SELECT count(*) FROM toy_{table} WHERE {condition}") == [(1,)]
    assert buffer.waiting(connection, None) == 0


def test_a_kept_record_does_not_come_in_over_a_newer_copy_that_waits(connection):
    country(connection)
    push(connection, {"loan line": [line(1, count=1)]}, site=2)
    newer = Arrived("loan line", "LL1", "update", msgspec.json.encode(line(1, count=2)))
    buffer.store(connection, 2, Wire.V5, [newer])
    push(connection, {"Loan": [loan(1)]}, trusted=True)
    integrate(connection, Origin(2, 2, ALL_LOGS))
    assert rows(connection, "SELECT count FROM toy_loan_line") == [(2,)]
    assert reasons(connection) == []


def test_a_delete_removes_the_row_and_leaves_a_tombstone(connection):
    country(connection)
    push(connection, {"Loan": [loan(1)]}, site=2)
    push(connection, {"Loan": [{"ID": "L1"}]}, site=2, action="Delete")
    assert rows(connection, "SELECT count(*) FROM toy_loan") == [(0,)]
    ((deleted, store),) = rows(connection, "SELECT deleted, store_id FROM changelog_queue")
    assert deleted
    assert store == "S1"


def test_a_delete_by_another_site_is_refused(connection):
    country(connection)
    push(connection, {"Loan": [loan(1)]}, site=2)
    push(connection, {"Loan": [{"ID": "L1"}]}, site=3, action="delete")
    assert rows(connection, "SELECT count(*) FROM toy_loan") == [(1,)]
    assert reasons(connection) == [("L1", "not_owner")]


def test_a_parent_with_children_left_is_not_deleted(connection):
    country(connection)
    push(connection, {"Loan": [loan(1)], "loan line": [line(1)]}, site=2)
    push(connection, {"Loan": [{"ID": "L1"}]}, site=2, action="delete")
    assert rows(connection, "SELECT count(*) FROM toy_loan") == [(1,)]


@pytest.mark.parametrize(("site", "code"), [(3, "not_owner"), (2, "database")])
def test_what_a_site_has_deleted_and_may_not_goes_back_to_it(connection, site, code):
    country(connection)
    push(connection, {"Loan": [loan(1)], "loan line": [line(1)]}, site=2)
    push(connection, {"Loan": [{"ID": "L1"}]}, site=site, action="delete")
    assert reasons(connection) == [("L1", code)]
    sources = rows(connection, "SELECT source_site FROM changelog_queue WHERE record_id = 'L1'")
    assert sources == [(None,)]


def test_parent_and_children_deleted_together_go(connection):
    country(connection)
    push(connection, {"Loan": [loan(1)], "loan line": [line(1)]}, site=2)
    push(
        connection, {"Loan": [{"ID": "L1"}], "loan line": [{"ID": "LL1"}]}, site=2, action="delete"
    )
    assert rows(connection, "SELECT count(*) FROM toy_loan") == [(0,)]


def test_a_change_made_here_is_not_overwritten_before_it_is_pushed(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, comment="theirs")]}, trusted=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE toy_loan SET comment = 'ours'")
    push(connection, {"Loan": [loan(1, comment="older")]})
    assert rows(connection, "SELECT comment FROM toy_loan") == [("ours",)]


def test_what_goes_nowhere_leaves_no_log(connection):
    arrived = [buffer.Arrived("thing", "T1", "update", msgspec.json.encode(THING))]
    buffer.store(connection, None, Wire.V5, arrived)
    integrate(connection, Origin(None))
    assert rows(connection, "SELECT count(*) FROM toy_thing") == [(1,)]
    assert rows(connection, "SELECT count(*) FROM changelog_central") == [(0,)]


def test_a_kept_record_can_be_put_back_by_hand(connection):
    country(connection)
    push(connection, {"Loan": [loan(1, "S2")]}, site=2)
    ((row_id,),) = rows(connection, "SELECT id FROM sync_quarantine")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE toy_shop SET site_id = 2")
    assert quarantine.requeue(connection, [row_id]) == {2}
    integrate(connection, Origin(2, 2, ALL_LOGS))
    assert rows(connection, "SELECT id FROM toy_loan") == [("L1",)]
