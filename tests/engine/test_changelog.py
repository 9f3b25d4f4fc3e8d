"""The changelog catches every writer: the ORM, bulk SQL, an administrator's prompt."""

from msupply.sync import triggers
from tests.engine.conftest import push, rows
from tests.engine.toyapp.models import Loan, LoanLine, Machine, Person, Shop, Thing

QUEUE = "SELECT record_type, record_id, deleted, store_id FROM changelog_queue ORDER BY cursor"


def shop(connection, key="S1", site=2):
    return Shop.objects.using(connection.alias).create(id=key, name=key, site_id=site)


def test_a_new_row_enters_its_log(connection):
    shop(connection)
    assert rows(connection, "SELECT record_id, everywhere FROM changelog_central") == [("S1", True)]
    assert rows(connection, QUEUE) == []


def test_a_change_moves_the_row_to_the_head(connection):
    shop(connection, "S1")
    shop(connection, "S2")
    Shop.objects.using(connection.alias).filter(id="S1").update(name="changed")
    found = rows(connection, "SELECT record_id FROM changelog_central ORDER BY cursor")
    assert found == [("S2",), ("S1",)]


def test_a_change_by_plain_sql_is_caught(connection):
    shop(connection)
    before = rows(connection, "SELECT cursor FROM changelog_central")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE toy_shop SET name = 'by hand'")
    assert rows(connection, "SELECT cursor FROM changelog_central") > before


def test_a_bulk_insert_is_caught_row_by_row(connection):
    Thing.objects.using(connection.alias).bulk_create(Thing(id=f"T{n}", name="x") for n in range(3))
    assert rows(connection, "SELECT count(*) FROM changelog_central") == [(3,)]


def test_a_line_carries_the_store_of_its_parent(connection):
    loan = Loan.objects.using(connection.alias).create(id="L1", shop=shop(connection))
    thing = Thing.objects.using(connection.alias).create(id="T1", name="x")
    LoanLine.objects.using(connection.alias).create(id="LL1", loan=loan, thing=thing, count=1)
    assert rows(connection, QUEUE) == [(5, "L1", False, "S1"), (6, "LL1", False, "S1")]


def test_a_deleted_row_leaves_a_tombstone_with_its_store(connection):
    loan = Loan.objects.using(connection.alias).create(id="L1", shop=shop(connection))
    loan.delete()
    assert rows(connection, QUEUE) == [(5, "L1", True, "S1")]


def test_a_row_that_moves_to_another_store_is_told_to_both(connection):
    first, second = shop(connection, "S1"), shop(connection, "S2", 3)
    machine = Machine.objects.using(connection.alias).create(id="M1", shop=first, label="x")
    machine.shop = second
    machine.save()
    found = rows(connection, "SELECT store_id, partner_id FROM changelog_modern")
    assert found == [("S2", "S1")]


def test_rows_of_one_table_enter_the_log_of_their_own_policy(connection):
    people = Person.objects.using(connection.alias)
    people.create(id="P1", name="Ana", kind="BORROWER")
    people.create(id="P2", name="Firm", kind="MAKER")
    assert rows(connection, "SELECT record_id, visible_id FROM changelog_queue") == [("P1", "P1")]
    assert rows(connection, "SELECT record_id FROM changelog_central") == [("P2",)]


def test_sync_fills_the_log_itself_and_names_the_source(connection):
    push(connection, {"shop": [{"ID": "S1", "Title": "x", "site": 2}]}, trusted=True)
    loan = {"ID": "L1", "shop_ID": "S1", "lent_date": "2025-01-01", "lent_time": 0}
    push(connection, {"Loan": [loan]}, site=2)
    assert rows(connection, "SELECT record_id, source_site FROM changelog_queue") == [("L1", 2)]
    Loan.objects.using(connection.alias).update(comment="a person's edit")
    assert rows(connection, "SELECT record_id, source_site FROM changelog_queue") == [("L1", None)]


def test_a_missing_trigger_is_noticed(connection):
    assert triggers.missing(connection) == set()
    suffix = "_0" if connection.vendor == "sqlite" else " ON toy_loan"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER changelog_toy_loan_update{suffix}")
    assert [name.removesuffix("_0") for name in triggers.missing(connection)] == [
        "changelog_toy_loan_update"
    ]
    triggers.install(connection)
