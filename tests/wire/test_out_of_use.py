"""V5: what is out of use, where the wire has no key for it and a site keeps one word per record.

A site of another make replaces what it has received of a record, within a cycle, by what comes
later: a new site that got a delete behind the update would lack the record and all that refers to
it.
"""

import pytest
from django.utils import timezone

from msupply.records.items import Item, Unit
from msupply.records.names import Name, NameStoreJoin


def words(answer, record_id):
    return [r["action"] for r in answer.json().get("data", []) if r["recordId"] == record_id]


@pytest.fixture
def old_item(central, clinic):
    """An item that was taken out of use before the site was installed."""
    Item.objects.create(id="IT-OLD", name="Old", code="old", is_active=False)
    clinic.post("initialise", {})
    return "IT-OLD"


def test_a_new_site_gets_what_is_out_of_use_without_a_delete(clinic, old_item):
    assert words(clinic.get("central_records", cursor=0), old_item) == ["update"]


def test_what_goes_out_of_use_later_is_deleted_at_the_site(clinic, old_item):
    Unit.objects.create(id="U-1", name="Tab")
    clinic.post("initialise", {})
    head = clinic.get("central_records", cursor=0, limit=5000).json()["maxCursor"]
    Unit.objects.filter(pk="U-1").update(is_active=False)
    answer = clinic.get("central_records", cursor=head)
    assert words(answer, "U-1") == ["delete"]


def test_a_reader_of_both_words_gets_both(clinic, old_item):
    answer = clinic.get("central_records", cursor=0, deletes="apart")
    assert words(answer, old_item) == ["update", "delete"]


def test_the_queue_says_one_word_likewise(central, clinic, old_item):
    gone = {"type": "PATIENT", "name": "P", "deleted_datetime": timezone.now()}
    for record_id in ("PT-1", "PT-2"):
        Name.objects.create(id=record_id, code=record_id, supplying_store_id="ST-01", **gone)
        NameStoreJoin.objects.create(id=f"J-{record_id}", name_id=record_id, store_id="ST-01")
    clinic.post("initialise", {})
    Name.objects.filter(pk="PT-2").update(comment="changed")
    answer = clinic.get("queued_records")
    assert (words(answer, "PT-1"), words(answer, "PT-2")) == (["update"], ["delete"])
    both = clinic.get("queued_records", deletes="apart")
    assert words(both, "PT-2") == ["update", "delete"]
