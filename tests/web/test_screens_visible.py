"""Lists and pickers show what the store sees; long lists are not counted to their end."""

import pytest

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.items import Item
from msupply.records.master_lists import MasterList, MasterListLine
from msupply.records.names import Name, NameStoreJoin
from msupply.sync.declare.registry import registry
from msupply.sync.models import StoreSync
from msupply.web.screens import presets, query
from tests.web.conftest import ALL, log_in


@pytest.fixture
def names(remote):
    """Two customers, of which the store sees one, and a supplier that it sees."""
    for n, flags in (("seen", {"is_customer": True}), ("unseen", {"is_customer": True}),
                     ("maker", {"is_supplier": True})):  # fmt: skip
        Name.objects.create(id=n, code=n, name=f"zz {n}", **flags)
    for n in ("seen", "maker"):
        NameStoreJoin.objects.create(name_id=n, store_id="store-north")


def test_customers_are_those_that_the_store_sees(nurse, names):
    page = nurse.get("/list/customers/?q=zz").context["page"]
    assert [record.pk for record in page.object_list] == ["seen"]


@pytest.mark.parametrize("slug", ["customers", "suppliers"])
@pytest.mark.parametrize("rights", [(), ("EDIT_CENTRAL_DATA",)])
def test_a_site_is_told_where_customers_and_suppliers_are_made(remote, slug, rights):
    client = log_in("keeper", "store-north", *rights)
    page = client.get(f"/list/{slug}/").text
    assert "This can only be done on the central server" in page
    assert "Permission denied" not in page
    refused = client.get(f"/list/{slug}/new")
    assert refused.status_code == 403
    assert "This can only be done on the central server" in refused.text


def test_a_copy_of_a_store_is_read_with_its_patients(central):
    StoreSync.objects.create(store_id="store-north", site_id=1, sync_with="COLLECTOR")
    client = log_in("ada", "store-north", *ALL)
    seen = NameStoreJoin.objects.filter(store_id="store-north", name__type="PATIENT")
    found = client.get("/list/patients/").context["page"].object_list
    assert {record.pk for record in found} == set(seen.values_list("name_id", flat=True)) != set()


def test_a_shipment_goes_to_customers_that_the_store_sees(nurse, names):
    text = nurse.get("/choose/name?for=outbound-shipments.name&q=zz").text
    assert "zz seen" in text
    assert "zz unseen" not in text
    assert "zz maker" not in text


def test_prescribers_are_those_that_the_store_sees(nurse):
    for n, store in (("mine", "store-north"), ("theirs", "store-south")):
        Clinician.objects.create(id=n, code=n, last_name=f"zz {n}", initials="Z", store_id=store)
        ClinicianStoreJoin.objects.create(clinician_id=n, store_id=store)
    page = nurse.get("/list/clinicians/?q=zz").context["page"]
    assert [record.pk for record in page.object_list] == ["mine"]
    text = nurse.get("/choose/clinician?for=prescriptions.clinician&q=zz").text
    assert "zz mine" in text
    assert "zz theirs" not in text


def test_items_are_those_on_lists_of_the_store(nurse):
    Item.objects.create(id="zz", code="zz", name="zz unlisted")
    assert nurse.get("/list/items/?q=zz").context["page"].paginator.count == 0
    assert nurse.get("/list/item/?q=zz").context["page"].paginator.count == 1


def test_a_long_list_is_counted_up_to_a_limit(admin, monkeypatch):
    monkeypatch.setattr(query, "COUNTED", 3)
    Item.objects.bulk_create(Item(id=f"z{n}", code=f"z{n}", name="zz") for n in range(5))
    page = admin.get("/list/item/?q=zz")
    assert "1 to 3 of more than 3" in page.text


@pytest.mark.parametrize(("most", "first"), [(100, "aa"), (3, "zz")])
def test_a_long_list_is_sorted_while_that_is_quick(admin, monkeypatch, most, first):
    monkeypatch.setattr(query, "COUNTED", 2)
    monkeypatch.setattr(query, "SORTED", most)
    Item.objects.bulk_create(
        Item(id=f"z{n}", code=f"z{n}", name=name, strength="77 mg")
        for n, name in enumerate(("zz", "yy", "xx", "ww", "aa"))
    )
    page = admin.get("/list/item/?f.strength=77").context["page"]
    assert page.object_list[0].name == first


def test_a_form_asks_for_what_concerns_its_part_of_the_names(admin):
    for slug, asked, not_asked in (
        ("customers", "website", "date_of_birth"),
        ("patients", "date_of_birth", "website"),
    ):
        fields = admin.get(f"/list/{slug}/new").context["form"].fields
        assert asked in fields
        assert not_asked not in fields


@pytest.mark.parametrize("preset", [p for p in presets.PRESETS if p.without])
def test_what_a_form_leaves_out_is_a_column(preset):
    columns = registry().by_name[preset.record_type].model._meta.get_fields()
    assert preset.without <= {column.name for column in columns}


def test_a_filter_can_be_added_for_any_text(admin):
    page = admin.get("/list/item/?with=strength")
    assert 'name="f.strength"' in page.text
    Item.objects.create(id="zz", code="zz", name="zz", strength="500 mg")
    found = admin.get("/list/item/?f.strength=500").context["page"].object_list
    assert [record.pk for record in found] == ["zz"]


def test_a_page_names_its_empty_columns_on_one_line(admin):
    Item.objects.create(id="zz", code="zz", name="Zinc")
    page = admin.get("/list/items/show/zz")
    assert "Strength" in page.context["empty"]
    assert all(cell.kind != "empty" for cell in page.context["cells"])


def test_lines_stand_in_the_order_of_what_they_name(admin):
    MasterList.objects.create(id="all", code="all", name="Everything")
    for n, name in enumerate(("Zinc", "Amoxicillin", "Paracetamol")):
        Item.objects.create(id=f"z{n}", code=f"z{n}", name=name)
        MasterListLine.objects.create(id=f"l{n}", master_list_id="all", item_id=f"z{n}")
    groups = admin.get("/list/master-lists/show/all").context["children"]
    (lines,) = [group for group in groups if group.screen.slug == "masterlistline"]
    assert [row.record.pk for row in lines.rows] == ["l1", "l2", "l0"]
