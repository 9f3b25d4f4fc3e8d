"""Lists and pickers show what the store sees; long lists are not counted to their end."""

import pytest

from msupply.records.items import Item
from msupply.records.names import Name, NameStoreJoin
from msupply.web.screens import query


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


def test_a_shipment_goes_to_customers_that_the_store_sees(nurse, names):
    text = nurse.get("/choose/name?for=outbound-shipments.name&q=zz").text
    assert "zz seen" in text
    assert "zz unseen" not in text
    assert "zz maker" not in text


def test_items_are_those_on_lists_of_the_store(nurse):
    Item.objects.create(id="zz", code="zz", name="zz unlisted")
    assert nurse.get("/list/items/?q=zz").context["page"].paginator.count == 0
    assert nurse.get("/list/item/?q=zz").context["page"].paginator.count == 1


def test_a_long_list_is_counted_up_to_a_limit(admin, monkeypatch):
    monkeypatch.setattr(query, "COUNTED", 3)
    Item.objects.bulk_create(Item(id=f"z{n}", code=f"z{n}", name="zz") for n in range(5))
    page = admin.get("/list/item/?q=zz")
    assert "1 to 3 of more than 3" in page.text


def test_a_filter_can_be_added_for_any_text(admin):
    page = admin.get("/list/item/?with=strength")
    assert 'name="f.strength"' in page.text
    Item.objects.create(id="zz", code="zz", name="zz", strength="500 mg")
    found = admin.get("/list/item/?f.strength=500").context["page"].object_list
    assert [record.pk for record in found] == ["zz"]
