"""Who may merge what, where, and what is refused before anything happens."""

import pytest
from django.core.exceptions import ValidationError

from msupply.records.activity import ActivityLog
from msupply.records.items import Item
from msupply.records.merges import ItemMerge, LocationMerge, NameMerge
from msupply.records.names import Name
from msupply.records.stock import Location, StockLine
from msupply.services.merges import merge, preview
from msupply.services.permissions import PermissionMissing
from msupply.services.users import create_user
from msupply.sync import here as instance
from msupply.sync.models import ChangelogCentral, ChangelogQueue
from msupply.sync.ownership import EditRefused
from msupply.sync.site_orders import SiteOrders
from tests.services.people import make_user

PERMISSIONS = ("EDIT_CENTRAL_DATA", "PATIENT_MUTATE", "MUTATE_CLINICIAN", "LOCATION_MUTATE")


@pytest.fixture
def store(country):
    from msupply.records.stores import Store

    Store.objects.using(country.alias).filter(pk="S-north").update(site_id=1)
    return country.row(Store, "S-north")


@pytest.fixture
def keeper(country, store):
    return make_user(country.connection, "keeper", store, *PERMISSIONS)


def as_remote(country, **orders):
    instance.change(
        country.connection,
        is_central=False,
        is_oms_central=False,
        central_url="http://c.test",
        orders=SiteOrders(**orders),
    )


def test_items_are_merged_and_it_is_logged(country, keeper):
    country.items("A", "B")
    country.stock("L", "A")
    merge(country.connection, keeper, "S-north", "item", "B", "A")
    assert country.row(StockLine, "L").item_id == "B"
    logged = ChangelogCentral.objects.using(country.alias).filter(record_id="A")
    assert ItemMerge.number in {row.record_type for row in logged}
    entry = ActivityLog.objects.using(country.alias).get(type="RECORDS_MERGED")
    assert (entry.record_id, entry.changed_from, entry.changed_to, entry.store_id) == (
        "B",
        "A item A",
        "B item B",
        None,
    )


def test_a_preview_counts_what_would_change_and_changes_nothing(country, keeper):
    country.items("A", "B")
    for line in ("L1", "L2"):
        country.stock(line, "A")
    shown = preview(country.connection, keeper, "S-north", "item", "B", "A")
    assert (shown.kept.pk, shown.lost.pk, shown.total) == ("B", "A", 2)
    assert [number for _label, number in shown.counts] == [2]
    assert country.row(StockLine, "L1").item_id == "A"


@pytest.mark.parametrize(("keep", "lose"), [("A", "A"), ("A", "none"), ("none", "A"), ("", "A")])
def test_impossible_merges_are_refused(country, keeper, keep, lose):
    country.items("A", "B")
    with pytest.raises(ValidationError):
        merge(country.connection, keeper, "S-north", "item", keep, lose)


def test_a_record_is_merged_once(country, keeper):
    country.items("A", "B", "C")
    merge(country.connection, keeper, "S-north", "item", "B", "A")
    for keep, lose in (("C", "A"), ("A", "B")):
        with pytest.raises(ValidationError, match="already"):
            merge(country.connection, keeper, "S-north", "item", keep, lose)


def test_a_patient_is_not_merged_into_another_kind_of_name(country, keeper):
    country.patients("P")
    country.names("N")
    for kind in ("name", "patient"):
        with pytest.raises(ValidationError):
            merge(country.connection, keeper, "S-north", kind, "P", "N")


def test_the_name_of_a_store_is_never_lost(country, keeper):
    country.names("N")
    with pytest.raises(ValidationError, match="store"):
        merge(country.connection, keeper, "S-north", "name", "N", "name-of-S-south")


def test_locations_of_two_stores_are_not_merged(country, keeper):
    country.locations("S-north", "A")
    country.locations("S-south", "B")
    with pytest.raises((ValidationError, EditRefused, PermissionMissing)):
        merge(country.connection, keeper, "S-north", "location", "A", "B")


@pytest.mark.parametrize("kind", ["item", "unit", "name", "patient", "prescriber", "location"])
def test_each_kind_needs_its_permission(country, store, kind):
    user = make_user(country.connection, "reader", store)
    country.items("A", "B")
    country.units("A", "B")
    country.prescribers("A", "B")
    country.locations("S-north", "A", "B")
    country.names("A", "B", type="PATIENT" if kind == "patient" else "FACILITY")
    with pytest.raises(PermissionMissing):
        merge(country.connection, user, "S-north", kind, "B", "A")


def test_a_user_of_no_store_merges_nothing(country):
    country.items("A", "B")
    user = create_user(country.connection, "nobody", "correct horse")
    with pytest.raises(PermissionMissing):
        merge(country.connection, user, None, "item", "B", "A")


def test_a_remote_site_merges_no_items(country, keeper):
    country.items("A", "B")
    as_remote(country)
    with pytest.raises(EditRefused):
        merge(country.connection, keeper, "S-north", "item", "B", "A")
    assert country.row(Item, "A").is_active


def test_a_home_site_merges_its_patients(country, keeper):
    country.patients("A", "B", supplying_store_id="S-north")
    as_remote(country)
    merge(country.connection, keeper, "S-north", "patient", "B", "A")
    assert country.row(Name, "A").deleted_datetime is not None
    assert country.log(ChangelogQueue, "A").record_type in (NameMerge.number, Name.number)


def test_a_patient_of_another_home_is_not_merged_there(country, keeper):
    country.patients("A", supplying_store_id="S-south")
    country.patients("B", supplying_store_id="S-north")
    as_remote(country)
    with pytest.raises(EditRefused):
        merge(country.connection, keeper, "S-north", "patient", "B", "A")


def test_patients_are_not_merged_below_a_server_that_takes_no_merges(country, keeper):
    country.patients("A", "B", supplying_store_id="S-north")
    as_remote(country, takes_our_tables=False)
    with pytest.raises(ValidationError, match="takes no merges"):
        merge(country.connection, keeper, "S-north", "patient", "B", "A")


def test_locations_are_merged_and_the_changed_rows_told(country, keeper):
    country.items("I")
    country.locations("S-north", "A", "B")
    country.stock("L", "I", location_id="A")
    before = country.log(ChangelogQueue, "L").cursor
    as_remote(country, takes_our_tables=False)
    merge(country.connection, keeper, "S-north", "location", "B", "A")
    assert country.row(StockLine, "L").location_id == "B"
    assert country.log(ChangelogQueue, "L").cursor > before
    assert not country.has(Location, "A")
    assert country.row(LocationMerge, "A").store_id == "S-north"


def test_the_operator_of_the_machine_needs_no_permission(country):
    country.items("A", "B")
    merge(country.connection, None, None, "item", "B", "A")
    assert country.has(ItemMerge, "A")
