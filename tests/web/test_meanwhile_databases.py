"""Two who save at the very same moment, and a change that synchronisation brings meanwhile."""

import threading

import msgspec
import pytest
from django.db import connections, transaction

from msupply.records.assets import Asset
from msupply.records.items import Item
from msupply.services import edit
from msupply.sync import buffer
from msupply.sync.buffer import Arrived
from msupply.sync.declare.registry import Wire
from msupply.sync.integrate import Origin, integrate
from tests.examples import all_examples
from tests.web.conftest import ALL, log_in, make_central, take_examples
from tests.web.sent_forms import sent

ITEM = "/list/items/edit/item-mr"


@pytest.fixture
def admin(connection):
    """A browser at the central server, on either kind of database."""
    take_examples()
    make_central()
    return log_in("ada", "store-central", *ALL)


def test_what_synchronisation_brings_meanwhile_stays(admin, connection):
    mine = sent(admin.get(ITEM), "name")
    example = next(e for e in all_examples() if e.record_id == "item-mr")
    record = dict(example.record)
    name = next(key for key, value in record.items() if value == mine["name"][0])
    record[name] = "As the centre says"
    arrived = Arrived(example.table, "item-mr", "upsert", msgspec.json.encode(record))
    buffer.store(connection, None, Wire.V5, [arrived])
    integrate(connection, Origin(None, None, logs=frozenset(), trusted=True))
    assert Item.objects.get(pk="item-mr").name == "As the centre says"
    assert admin.post(ITEM, mine | {"code": "NEW-CODE"}).status_code == 302
    item = Item.objects.get(pk="item-mr")
    assert (item.name, item.code) == ("As the centre says", "NEW-CODE")
    answer = admin.post(ITEM, mine | {"name": "As I say"})
    assert answer.status_code == 409
    assert "As the centre says" in answer.text


@pytest.mark.parametrize(
    ("values", "shown"),
    [({"name": "Mine"}, {"name": "Measles and rubella vaccine"})],
)
def test_of_two_who_save_at_the_same_moment_one_is_asked(admin, connection, values, shown):
    """The second one waits for the first one, and then sees what that one has written."""
    waits, answers = threading.Event(), []

    def other(alias):
        mine = connections[alias]
        try:
            waits.set()
            edit.save(
                mine, admin.user, "store-central", Item, {"name": "Other"}, "item-mr", shown=shown
            )
        except edit.meanwhile.Conflict as conflict:
            answers.append(conflict.theirs)
        finally:
            mine.close()

    alias = connection.alias
    with transaction.atomic(using=alias):
        edit.save(connection, admin.user, "store-central", Item, values, "item-mr", shown=shown)
        thread = threading.Thread(target=other, args=[alias])
        thread.start()
        waits.wait(10)
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert answers == [{"name": "Mine"}]
    assert Item.objects.get(pk="item-mr").name == "Mine"


@pytest.mark.parametrize("address", [
    "/stores/show/store-north", "/sites/show/site-2", "/stores/synchronisation/store-north",
    "/system-settings", "/synchronisation/settings", "/users/rights/user-maria?store=store-north",
    "/home-store/patient/patient-1", "/list/items/edit/item-mr"])  # fmt: skip
def test_every_form_that_locks_can_be_saved_on_both_kinds_of_database(admin, address):
    admin.post("/unlock", {"password": "correct horse", "next": "/"})
    page = admin.get(address)
    form = sent(page, "csrfmiddlewaretoken", among=page.context["form"].fields)
    if "store" in page.context["form"].fields:
        form["store"] = "store-north"
    for name in {"code", "url", "own_url"} & form.keys():
        form[name] = "http://new.test"
    assert admin.post(address, form).status_code == 302


def test_equipment_is_saved_on_both_kinds_of_database(admin, connection):
    Asset.objects.update(deleted_datetime=None, store="store-central")
    address = f"/equipment/edit/{Asset.objects.first().pk}"
    form = sent(admin.get(address), "notes")
    properties = [name for name in form if name.startswith("property.")]
    assert properties
    form |= {"notes": "New", properties[0]: ""}
    assert admin.post(address, form).status_code == 302
    assert Asset.objects.first().notes == "New"
