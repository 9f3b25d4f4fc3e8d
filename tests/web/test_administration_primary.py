"""In a mirrored system, stores and what they see are entered on the primary server."""

import pytest
from django.db import connection

from msupply.records.names import NameStoreJoin
from msupply.records.stores import Store
from msupply.sync import here


@pytest.fixture
def primary(nurse):
    """A browser at the remote site that is the primary server."""
    here.change(connection, orders={"is_primary": True})
    return nurse


def test_a_store_is_made_there_and_is_active_on_the_central_server(primary):
    form = {"store_name": "East", "code": "EAST", "template": "store-north"}
    page = primary.post("/stores/new", form, follow=True)
    assert page.status_code == 200
    store = Store.objects.get(code="EAST")
    assert store.site_id == 1
    seen = NameStoreJoin.objects.filter(store=store).values_list("name_id", flat=True)
    assert "name-south" in seen


def test_what_a_store_sees_is_changed_there(primary):
    join = NameStoreJoin.objects.get(store_id="store-north", name_id="name-south")
    tab = "/stores/visibility/store-north"
    assert "/stores/synchronisation/" not in primary.get(tab).text
    primary.post("/stores/hide/store-north", {"part": "names", "join": join.pk})
    assert not NameStoreJoin.objects.filter(pk=join.pk).exists()
    primary.post("/stores/visible/store-north", {"part": "names", "record": "name-south"})
    assert NameStoreJoin.objects.filter(store_id="store-north", name_id="name-south").exists()
    for part in ("names", "items", "patients", "seen"):
        assert primary.get(tab, {"part": part}).status_code == 200


def test_another_site_is_told_to_do_it_on_the_central_server(nurse):
    for address in ("/stores/new", "/stores/visibility/store-north"):
        assert nurse.get(address).status_code == 403
