"""A store is active on one site and copied to others; what travels follows from that."""

import pytest

from msupply.sync import here, orders, ownership, placement, push, queue, routing
from msupply.sync.declare.policy import Editor
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.models import StoreSettings, StoreSync
from msupply.sync.placement import SyncType
from msupply.sync.site_orders import SiteOrders
from tests.engine.conftest import push as arrive
from tests.engine.conftest import rows, sent

CENTRE, NORTH, SOUTH = 1, 2, 3
OWNERS = [
    {"ID": "ON", "Title": "North", "kind": "OWNER"},
    {"ID": "OS", "Title": "South", "kind": "OWNER"},
]
SHOPS = [
    {"ID": "N", "Title": "North", "site": NORTH, "owner": "ON", "clinic": True},
    {"ID": "S", "Title": "South", "site": SOUTH, "owner": "OS", "clinic": False},
]


@pytest.fixture
def country(connection):
    here.change(connection, is_central=True, site_id=CENTRE)
    arrive(connection, {"person": OWNERS, "shop": SHOPS}, trusted=True)
    return connection


def loan(record_id, shop="N", person=None):
    return {
        "ID": record_id,
        "shop_ID": shop,
        "person_ID": person,
        "lent_date": "2025-01-02",
        "lent_time": 0,
    }


def queued(connection, site):
    return [record.record_id for record in queue.first(connection, site, 100).records]


def copy(connection, shop, site, sync_with):
    StoreSync.objects.using(connection.alias).create(
        store_id=shop, site_id=site, sync_with=sync_with.value
    )


def central_records(connection, site):
    reader = routing.reader_for(connection, here.load(connection), site)
    found = routing.read(connection, Channel.CENTRAL, reader, 0, 10**9, 1000)
    return {change.record_id for change in found}


def kind(name):
    return registry().by_name[name]


def refusal(connection, name, **values):
    return ownership.refusal(connection, kind(name), values, here.load(connection))


def test_a_store_is_active_on_its_site_and_nothing_elsewhere(country):
    assert placement.of_store(country, "N") == {NORTH: SyncType.ACTIVE}
    assert placement.sync_type(country, "N", SOUTH) is SyncType.NONE


def test_a_copy_is_of_the_type_that_was_set(country):
    copy(country, "N", SOUTH, SyncType.TRANSFER)
    copy(country, "N", CENTRE, SyncType.COLLECTOR)
    assert placement.of_site(country, SOUTH) == placement.SiteStores(("S",), (), ("N",))
    assert placement.sync_type(country, "N", CENTRE) is SyncType.COLLECTOR


def test_a_collector_gets_the_stores_records(country):
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    arrive(country, {"Loan": [loan("L1")]}, site=NORTH)
    assert queued(country, SOUTH) == ["L1"]


def test_a_transfer_copy_gets_none_of_the_stores_own_records(country):
    copy(country, "N", SOUTH, SyncType.TRANSFER)
    arrive(country, {"Loan": [loan("L1")]}, site=NORTH)
    assert queued(country, SOUTH) == []


def test_a_collector_gets_no_central_store_data(country):
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    arrive(country, {"hint": [{"ID": "H1", "shop_ID": "N", "Title": "x"}]}, trusted=True)
    assert queued(country, NORTH) == ["H1"]
    assert queued(country, SOUTH) == []


@pytest.mark.parametrize("copied", [SyncType.COLLECTOR, SyncType.TRANSFER])
def test_the_primary_server_gets_the_central_store_data_of_every_store(country, copied):
    here.change(country, primary_site_id=SOUTH)
    copy(country, "N", SOUTH, copied)
    arrive(country, {"hint": [{"ID": "H1", "shop_ID": "N", "Title": "x"}]}, trusted=True)
    assert queued(country, SOUTH) == ["H1"]


def test_a_document_goes_to_the_site_of_the_other_partys_store_with_its_lines(country):
    arrive(country, {"thing": [{"ID": "T", "Title": "x", "grams": 1}]}, trusted=True)
    line = {"ID": "LL1", "loan_ID": "L1", "thing_ID": "T", "count": 2}
    arrive(country, {"Loan": [loan("L1", "N", "OS")], "loan line": [line]}, site=NORTH)
    assert queued(country, SOUTH) == ["L1", "LL1"]


def test_a_document_to_nobodys_store_stays(country):
    arrive(country, {"Loan": [loan("L1", "N")]}, site=NORTH)
    assert queued(country, SOUTH) == []


def test_lines_follow_when_the_document_gets_another_party(country):
    arrive(country, {"thing": [{"ID": "T", "Title": "x", "grams": 1}]}, trusted=True)
    line = {"ID": "LL1", "loan_ID": "L1", "thing_ID": "T", "count": 2}
    arrive(country, {"Loan": [loan("L1", "N")], "loan line": [line]}, site=NORTH)
    arrive(country, {"Loan": [loan("L1", "N", "OS")]}, site=NORTH)
    assert set(queued(country, SOUTH)) == {"L1", "LL1"}


def test_an_edit_of_the_party_at_the_prompt_moves_the_lines_too(country):
    arrive(country, {"thing": [{"ID": "T", "Title": "x", "grams": 1}]}, trusted=True)
    line = {"ID": "LL1", "loan_ID": "L1", "thing_ID": "T", "count": 2}
    arrive(country, {"Loan": [loan("L1", "N")], "loan line": [line]}, site=NORTH)
    with country.cursor() as cursor:
        cursor.execute("UPDATE toy_loan SET person_id = 'OS' WHERE id = 'L1'")
    assert set(queued(country, SOUTH)) == {"L1", "LL1"}


def test_the_deletion_of_a_transferred_document_reaches_the_partner(country):
    arrive(country, {"Loan": [loan("L1", "N", "OS")]}, site=NORTH)
    arrive(country, {"Loan": [{"ID": "L1"}]}, site=NORTH, action="delete")
    (record,) = queue.first(country, SOUTH, 10).records
    assert (record.record_id, record.data) == ("L1", None)


def test_a_borrower_goes_where_they_are_visible_in_a_copied_store(country):
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "N"}
    arrive(country, {"person": [person], "person_shop": [join]}, site=NORTH)
    assert set(queued(country, SOUTH)) == {"P1", "J1"}


def test_a_collector_gets_no_join_of_anybody_but_borrowers(country):
    """The rows of one table differ in this: who else a store sees is decided centrally."""
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    arrive(
        country, {"person_shop": [{"ID": "J2", "person_ID": "OS", "shop_ID": "N"}]}, trusted=True
    )
    assert queued(country, NORTH) == ["J2"]
    assert queued(country, SOUTH) == []


def test_a_collector_is_told_that_a_borrowers_join_has_gone(country):
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "N"}
    arrive(country, {"person": [person], "person_shop": [join]}, site=NORTH)
    arrive(country, {"person_shop": [join]}, action="delete", trusted=True)
    assert "J1" in queued(country, SOUTH)


def test_what_is_said_centrally_of_a_borrower_goes_where_the_borrower_goes(country):
    """Elsewhere it would wait for ever for a person who never comes."""
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    badges = [
        {"ID": "B1", "person_ID": "P1", "Title": "loyal"},
        {"ID": "B2", "person_ID": "ON", "Title": "big"},
    ]
    arrive(country, {"person": [person], "badge": badges}, trusted=True)
    assert "B1" not in queued(country, SOUTH)
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "S"}
    arrive(country, {"person_shop": [join]}, trusted=True)
    assert {"P1", "B1"} <= set(queued(country, SOUTH))
    assert "B1" not in central_records(country, SOUTH)
    assert "B2" in central_records(country, SOUTH)


def test_a_site_may_not_push_what_is_said_centrally_of_a_borrower(country):
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    arrive(country, {"person": [person]}, site=NORTH)
    badge = {"ID": "B1", "person_ID": "P1", "Title": "loyal"}
    arrive(country, {"badge": [badge]}, site=NORTH)
    ((code,),) = rows(country, "SELECT code FROM sync_quarantine")
    assert code == "not_owner"


def test_what_only_dispensaries_need_goes_to_their_sites_alone(country):
    arrive(country, {"leaflet": [{"ID": "F1", "Title": "x"}]}, trusted=True)
    assert "F1" in central_records(country, NORTH)
    assert "F1" not in central_records(country, SOUTH)


def test_a_site_with_more_stores_than_a_statement_holds_reads_the_same(country, monkeypatch):
    copy(country, "N", SOUTH, SyncType.COLLECTOR)
    arrive(country, {"Loan": [loan("L1"), loan("L2", "N", "OS")]}, site=NORTH)
    arrive(country, {"hint": [{"ID": "H1", "shop_ID": "S", "Title": "x"}]}, trusted=True)
    before = queued(country, SOUTH)
    monkeypatch.setattr(routing, "MOST_STORES_BY_INDEX", 0)
    assert queued(country, SOUTH) == before == ["L1", "L2", "H1"]


def test_a_copy_is_not_edited(country):
    copy(country, "N", CENTRE, SyncType.COLLECTOR)
    found = refusal(country, "loan", shop_id="N")
    assert (found.editor, found.store) == (Editor.OWNER, "N")


def test_a_frozen_store_is_edited_nowhere(country):
    with country.cursor() as cursor:
        cursor.execute("UPDATE toy_shop SET site_id = 1 WHERE id = 'N'")
    assert refusal(country, "loan", shop_id="N") is None
    StoreSettings.objects.using(country.alias).create(
        store_id="N", frozen_since="2026-01-01T00:00:00"
    )
    assert refusal(country, "loan", shop_id="N").editor is Editor.NOWHERE_YET


def test_a_frozen_store_is_edited_nowhere_on_its_site(country):
    here.change(country, is_central=False, site_id=NORTH, central_url="http://c")
    assert refusal(country, "loan", shop_id="N") is None
    here.change(country, orders=SiteOrders(frozen_stores=("N",)))
    assert refusal(country, "loan", shop_id="N").editor is Editor.NOWHERE_YET


def test_a_borrower_is_edited_at_the_home_store(country):
    here.change(country, is_central=False, site_id=NORTH, central_url="http://c")
    assert refusal(country, "person", kind="BORROWER", home_id="N") is None
    assert refusal(country, "person", kind="BORROWER", home_id="S").editor is Editor.HOME


def test_a_borrower_without_a_home_is_edited_on_the_central_server(country):
    assert refusal(country, "person", kind="BORROWER", home_id=None) is None
    here.change(country, is_central=False, site_id=NORTH, central_url="http://c")
    assert refusal(country, "person", kind="BORROWER", home_id=None).editor is Editor.CENTRAL


def test_borrowers_may_be_edited_where_they_are_visible_if_the_country_wants_it(country):
    here.change(country, is_central=False, site_id=NORTH, central_url="http://c")
    here.change(country, orders=SiteOrders(patients_edited_where_visible=True))
    of_south = {"id": "P1", "kind": "BORROWER", "home_id": "S"}
    assert refusal(country, "person", **of_south).editor is Editor.VISIBLE
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "S"}
    join = {"ID": "J1", "person_ID": "P1", "shop_ID": "N"}
    arrive(country, {"person": [person], "person_shop": [join]}, trusted=True)
    assert refusal(country, "person", **of_south) is None


def test_with_another_primary_server_the_central_server_edits_no_central_data(country):
    assert refusal(country, "thing") is None
    here.change(country, primary_site_id=SOUTH)
    assert refusal(country, "thing").editor is Editor.PRIMARY


def test_the_primary_server_edits_central_data(country):
    here.change(country, is_central=False, site_id=NORTH, central_url="http://c")
    assert refusal(country, "thing").editor is Editor.CENTRAL
    here.change(country, orders=SiteOrders(is_primary=True))
    assert refusal(country, "thing") is None


def test_central_data_are_taken_from_the_primary_server_alone(country):
    thing = {"ID": "T", "Title": "x", "grams": 1}
    assert arrive(country, {"thing": [thing]}, site=SOUTH).taken == 0
    here.change(country, primary_site_id=SOUTH)
    assert arrive(country, {"thing": [thing]}, site=SOUTH).taken == 1
    assert "T" in central_records(country, NORTH)
    assert "T" not in central_records(country, SOUTH)


def test_a_borrower_is_taken_from_the_home_stores_site_alone(country):
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    assert arrive(country, {"person": [person]}, site=SOUTH).taken == 0
    assert arrive(country, {"person": [person]}, site=NORTH).taken == 1
    moved = person | {"home": "S"}
    assert arrive(country, {"person": [moved]}, site=SOUTH).taken == 0
    assert arrive(country, {"person": [{"ID": "P1"}]}, site=SOUTH, action="delete").taken == 0


def test_a_site_that_changed_what_is_not_its_own_gets_the_true_record_back(country):
    person = {"ID": "P1", "Title": "Ana", "kind": "BORROWER", "home": "N"}
    joins = [{"ID": "J1", "person_ID": "P1", "shop_ID": "S"}]
    arrive(country, {"person": [person]}, site=NORTH)
    arrive(country, {"person_shop": joins}, trusted=True)
    queue.acknowledge(
        country, SOUTH, [str(r.cursor) for r in queue.first(country, SOUTH, 9).records]
    )
    arrive(country, {"person": [person | {"Title": "Eva"}]}, site=SOUTH)
    (record,) = queue.first(country, SOUTH, 9).records
    assert b'"Ana"' in bytes(record.data)


@pytest.fixture
def site(connection):
    """North as an instance of its own."""
    arrive(connection, {"person": OWNERS, "shop": SHOPS}, trusted=True)
    here.change(connection, site_id=NORTH, central_url="http://c", initialised=True)
    push.skip_everything(connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO toy_loan (id, shop_id) VALUES ('own', 'N')")
        cursor.execute(
            "INSERT INTO toy_loan (id, shop_id, person_id) VALUES ('transfer', 'N', 'OS')"
        )
    return connection


def test_a_site_pushes_its_records(site):
    assert push.waiting_to_push(site) == 2
    assert sent(site) == ["own", "transfer"]


def test_transactions_that_are_not_wanted_stay_but_transfers_go(site):
    here.change(site, orders=SiteOrders(stores_without_transactions=("N",)))
    assert sent(site) == ["transfer"]


def test_a_store_that_the_central_server_has_no_copy_of_stays_but_transfers_go(site):
    here.change(site, orders=SiteOrders(kept_home_stores=("N",)))
    assert sent(site) == ["transfer"]


def test_the_central_servers_orders_name_the_stores_that_stay(country):
    copy(country, "N", CENTRE, SyncType.TRANSFER)
    StoreSettings.objects.using(country.alias).create(store_id="N", include_transactions=False)
    told = orders.for_site(country, here.load(country), NORTH)
    assert told == SiteOrders(kept_home_stores=("N",), stores_without_transactions=("N",))
    assert rows(country, "SELECT count(*) FROM store_settings") == [(1,)]
