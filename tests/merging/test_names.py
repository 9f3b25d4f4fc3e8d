"""Merging names: joins, stores, properties and partners."""

from msupply.records.invoices import Invoice
from msupply.records.merges import NameMerge
from msupply.records.names import Name, NameStoreJoin
from msupply.records.properties import NameOmsFields
from msupply.sync.models import ChangelogCentral, ChangelogModern, ChangelogQueue
from tests.merging.conftest import merge


def joins(country):
    rows = NameStoreJoin.objects.using(country.alias).order_by("id")
    return [(row.id, row.name_id, row.name_is_customer, row.name_is_supplier) for row in rows]


def join(country, record_id, name, store="S-north", **flags):
    return country.make(NameStoreJoin, record_id, name_id=name, store_id=store, **flags)


def test_the_name_lost_is_softly_deleted(country):
    country.names("A", "B")
    country.arrive(merge("name", "B", "A"))
    assert country.row(Name, "A").deleted_datetime is not None
    assert country.row(Name, "B").deleted_datetime is None


def test_joins_of_one_store_become_one_with_the_flags_of_both(country):
    country.names("A", "B")
    join(country, "JA", "A", name_is_customer=True)
    join(country, "JB", "B", name_is_supplier=True)
    join(country, "JC", "A", store="S-south")
    country.arrive(merge("name", "B", "A"))
    assert joins(country) == [("JA", "B", True, True), ("JC", "B", None, None)]


def test_a_store_does_not_see_itself(country):
    country.names("A")
    join(country, "J", "A")
    country.arrive(merge("name", "name-of-S-north", "A"))
    assert joins(country) == []


def test_readers_are_told_which_join_has_gone(country):
    country.names("A", "B")
    join(country, "JA", "A")
    join(country, "JB", "B")
    country.arrive(merge("name", "B", "A"), site=9)
    assert country.kept_back()[0][3] == "not_owner"
    country.arrive_trusted(merge("name", "B", "A"))
    assert country.log(ChangelogQueue, "JB").deleted
    assert not country.log(ChangelogQueue, "JA").deleted


def test_properties_go_to_the_name_kept(country):
    country.names("A", "B")
    country.make(NameOmsFields, "A", properties='{"a":1}')
    country.arrive_trusted(merge("name", "B", "A"))
    assert country.row(NameOmsFields, "B").properties == '{"a":1}'
    assert not country.has(NameOmsFields, "A")
    assert country.log(ChangelogModern, "A") is None
    assert country.log(ChangelogModern, "B") is not None


def test_properties_of_the_name_kept_hold(country):
    country.names("A", "B")
    country.make(NameOmsFields, "A", properties='{"a":1}')
    country.make(NameOmsFields, "B", properties='{"b":1}')
    country.arrive_trusted(merge("name", "B", "A"))
    assert country.row(NameOmsFields, "B").properties == '{"b":1}'
    assert not country.has(NameOmsFields, "A")


def test_documents_go_to_the_store_whose_name_is_kept(country):
    country.names("A")
    country.make(
        Invoice,
        "I",
        store_id="S-north",
        name_id="A",
        type="OUTBOUND_SHIPMENT",
        status="PICKED",
        invoice_number=1,
        created_datetime="2026-01-01 00:00:00",
    )
    before = country.log(ChangelogQueue, "I")
    assert before.partner_id is None
    country.arrive_trusted(merge("name", "name-of-S-south", "A"))
    after = country.log(ChangelogQueue, "I")
    assert after.partner_id == "S-south"
    assert after.cursor > before.cursor


def test_a_merge_of_names_goes_to_all_sites(country):
    country.names("A", "B")
    country.arrive_trusted(merge("name", "B", "A"))
    row = ChangelogCentral.objects.using(country.alias).get(
        record_type=NameMerge.number, record_id="A"
    )
    assert row.everywhere
