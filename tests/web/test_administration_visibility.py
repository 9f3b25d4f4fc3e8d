"""What a store sees is changed on its tab, and the sync types follow."""

import pytest

from msupply.records.master_lists import MasterList, MasterListNameJoin
from msupply.records.names import Name, NameStoreJoin
from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.sync.models import StoreSync
from tests.web.conftest import log_in

TAB = "/stores/visibility/store-north"
ADD = "/stores/visible/store-north"
HIDE = "/stores/hide/store-north"


@pytest.fixture
def far_store(admin):
    """A store of a third site that nobody sees yet."""
    Site.objects.create(id="site-3", site_id=3, name="south")
    name = Name.objects.create(
        id="name-far", name="Far", code="FAR", type="STORE", is_customer=True
    )
    return Store.objects.create(id="store-far", name=name, code="FAR", site_id=3)


def add(admin, record, part="names"):
    return admin.post(ADD, {"part": part, "record": record}, follow=True)


def test_a_store_that_becomes_visible_gets_a_transfer_copy_on_the_site(admin, far_store):
    page = add(admin, "name-far")
    assert NameStoreJoin.objects.filter(store_id="store-north", name_id="name-far").exists()
    copy = StoreSync.objects.get(store_id="store-far", site_id=2)
    assert copy.sync_with == "TRANSFER"
    assert "“Far” is now Transfer on the site north (#2)." in page.text


def test_a_store_that_is_hidden_loses_its_copy(admin, far_store):
    add(admin, "name-far")
    join = NameStoreJoin.objects.get(store_id="store-north", name_id="name-far")
    page = admin.post(HIDE, {"part": "names", "join": join.pk}, follow=True)
    assert not StoreSync.objects.filter(store_id="store-far", site_id=2).exists()
    assert "“Far” is no longer on the site north (#2)." in page.text


def test_making_visible_twice_changes_nothing(admin, far_store):
    add(admin, "name-far")
    page = add(admin, "name-far")
    assert "visible already" in page.text
    assert NameStoreJoin.objects.filter(store_id="store-north", name_id="name-far").count() == 1


def test_items_become_visible_by_master_lists(admin):
    MasterList.objects.create(id="list-new", name="Vaccines of the north", code="VN")
    page = add(admin, "list-new", "items")
    assert "Vaccines of the north" in page.text
    join = MasterListNameJoin.objects.get(master_list_id="list-new")
    assert join.name_id == "name-north"
    page = admin.post(HIDE, {"part": "items", "join": join.pk}, follow=True)
    assert "Vaccines of the north" not in page.text


def test_a_store_is_made_visible_in_another_one_from_its_own_page(admin, far_store):
    tab = "/stores/visibility/store-far?part=seen"
    assert "No store sees this one" in admin.get(tab).text
    form = {"part": "seen", "record": "store-north"}
    page = admin.post("/stores/visible/store-far", form, follow=True).text
    assert "“Far” is now Transfer on the site north (#2)." in page
    assert 'href="/stores/visibility/store-north"' in page
    join = NameStoreJoin.objects.get(store_id="store-north", name_id="name-far")
    page = admin.post("/stores/hide/store-far", {"part": "seen", "join": join.pk}, follow=True).text
    assert "“Far” is no longer on the site north (#2)." in page


def test_what_another_store_sees_is_copied(admin, far_store):
    page = admin.post(
        "/stores/copy/store-far", {"template": "store-north", "names": "on"}, follow=True
    ).text
    assert "become visible" in page
    assert NameStoreJoin.objects.filter(store_id="store-far", name_id="name-south").exists()
    page = admin.post(
        "/stores/copy/store-far", {"template": "store-north", "names": "on"}, follow=True
    ).text
    assert "Everything was visible already." in page


def test_a_patient_found_among_the_names_is_listed_with_the_patients(admin):
    NameStoreJoin.objects.filter(store_id="store-north", name_id="patient-1").delete()
    answer = admin.post(ADD, {"part": "names", "record": "patient-1"})
    assert answer.url.endswith("part=patients")


def test_patients_are_shown_apart_from_other_names(admin, far_store):
    add(admin, "name-far")
    NameStoreJoin.objects.get_or_create(store_id="store-north", name_id="patient-1")
    names, patients = (admin.get(TAB, {"part": p}).text for p in ("names", "patients"))
    assert "Far" in names
    assert "Okafor, Ada" in patients
    assert "Okafor, Ada" not in names


def test_a_store_is_never_visible_to_itself(admin):
    assert admin.post(ADD, {"part": "names", "record": "name-north"}).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"part": "names", "record": ""},
        {"part": "items", "record": "nothing"},
        {"part": "planets", "record": "name-south"},
    ],
)
def test_nonsense_is_not_found(admin, form):
    assert admin.post(ADD, form).status_code == 404
    assert admin.post(HIDE, form).status_code == 404


def test_what_no_database_keeps_is_refused(admin):
    form = {"part": "names", "record": "nobody\0"}
    assert admin.post(ADD, form).status_code == 422
    assert admin.post(HIDE, form).status_code == 422


def test_visibility_is_changed_by_those_who_edit_central_data(central):
    client = log_in("bo", "store-central", "STOCK_LINE_QUERY")
    answer = client.post(ADD, {"part": "names", "record": "name-south"})
    assert answer.status_code == 403
    assert "Make visible" not in client.get(TAB).text


def test_a_site_does_not_change_visibility(nurse):
    assert nurse.post(ADD, {"part": "names", "record": "name-south"}).status_code == 403
