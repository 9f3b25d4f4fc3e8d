"""Merging records, the home store of patients, and what is said when an edit is refused."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from msgspec import structs

from msupply.records.clinicians import Clinician
from msupply.records.items import Item
from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.sync import here as here_module
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import Refusal
from msupply.web import alerts
from tests.web.conftest import ALL, log_in


@pytest.fixture
def twins(admin):
    """Two items that mean the same, one of them used by nobody."""
    kept = Item.objects.order_by("pk").first()
    Item.objects.create(id="twin", name="Amoxicilin tabs", code="TWIN", type="STOCK")
    return kept, "twin"


def test_a_merge_is_shown_before_it_is_done(admin, twins):
    kept, lost = twins
    page = admin.get("/merge/item", {"keep": kept.pk, "delete": lost})
    assert "What would change" in page.text
    assert "Amoxicilin tabs" in page.text
    assert "cannot be undone" in page.text
    assert Item.objects.filter(pk=lost).exists()


@pytest.mark.parametrize(
    ("kind", "offered", "left_out"),
    [("patient", "Okafor, Ada", "South"), ("name", "South", "Okafor, Ada")],
)
def test_the_search_for_two_names_offers_those_that_can_be_merged(admin, kind, offered, left_out):
    page = admin.get(f"/merge/{kind}").text
    address = re.search(r'hx-get="([^"]+)"', page)[1]
    choices = admin.get(address).text
    assert offered in choices
    assert left_out not in choices


def test_what_refers_to_the_record_that_goes_is_counted(admin, twins):
    kept, lost = twins
    page = admin.get("/merge/item", {"keep": lost, "delete": kept.pk})
    assert page.context["preview"].total > 0
    assert f"delete={lost}" in page.context["swap"]


def test_two_records_are_merged(admin, twins):
    kept, lost = twins
    done = admin.post("/merge/item", {"keep": kept.pk, "delete": lost}, follow=True)
    assert "Merged." in done.text
    refused = admin.get("/merge/item", {"keep": kept.pk, "delete": lost})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("keep", "delete"), [("twin", "twin"), ("twin", "nothing"), ("a\0", "twin")]
)
def test_impossible_merges_are_explained(admin, twins, keep, delete):
    assert admin.get("/merge/item", {"keep": keep, "delete": delete}).status_code == 422
    assert admin.post("/merge/item", {"keep": keep, "delete": delete}).status_code == 422


def test_the_first_page_offers_what_one_may_merge(central):
    client = log_in("bo", "store-central", "LOCATION_MUTATE")
    page = client.get("/merge").text
    assert "/merge/location" in page
    assert "/merge/item" not in page
    assert 'href="/merge"' in page


def test_the_menu_offers_no_merging_to_those_who_may_not(central):
    client = log_in("bo", "store-central", "REPORT")
    assert 'href="/merge"' not in client.get("/stores").text


def test_a_records_page_leads_to_its_merge(admin, twins):
    page = admin.get("/list/items/show/twin").text
    assert "/merge/item?keep=twin" in page


def test_central_records_are_not_merged_at_a_site(nurse):
    kept = Item.objects.order_by("pk").first().pk
    Item.objects.create(id="twin", name="Amoxicilin tabs", code="TWIN", type="STOCK")
    answer = nurse.post("/merge/item", {"keep": kept, "delete": "twin"})
    assert answer.status_code == 403
    assert "This can only be done on the central server" in answer.text


def test_a_kind_that_is_not_merged_is_not_found(admin):
    assert admin.get("/merge/planet").status_code == 404


def test_what_is_merged_elsewhere_is_said_beside_the_choice(admin):
    Name.objects.create(id="twin", code="twin", name="Twin", type="PATIENT")
    Name.objects.filter(pk__in=["patient-1", "twin"]).update(supplying_store_id="store-north")
    page = admin.get("/merge/patient", {"keep": "patient-1", "delete": "twin"})
    assert page.status_code == 422
    assert "This can only be done at the home store" in page.text
    assert "The record that stays" in page.text


def test_a_patient_gets_another_home_store(admin):
    assert "/home-store/patient/patient-1" in admin.get("/list/patients/show/patient-1").text
    assert "North" in admin.get("/home-store/patient/patient-1").text
    answer = admin.post("/home-store/patient/patient-1", {"store": "store-central"})
    assert answer.status_code == 302
    assert Name.objects.get(pk="patient-1").supplying_store_id == "store-central"
    assert "NOR" in admin.get("/home-store/patient/patient-1").text


def test_a_prescriber_gets_a_home_store(admin):
    clinician = Clinician.objects.order_by("pk").first()
    path = f"/home-store/prescriber/{clinician.pk}"
    assert admin.post(path, {"store": "store-central"}).status_code == 302
    assert Clinician.objects.get(pk=clinician.pk).store_id == "store-central"


def test_without_a_home_store_the_page_says_where_the_record_is_edited(admin):
    Name.objects.filter(pk="patient-1").update(supplying_store_id=None)
    page = admin.get("/home-store/patient/patient-1").text
    assert "There is no home store yet: the record is edited on the central server alone." in page


@pytest.mark.parametrize("store", ["", "mars", "store-south"])
def test_an_impossible_home_store_is_refused_at_the_field(admin, store):
    answer = admin.post("/home-store/patient/patient-1", {"store": store})
    assert answer.status_code == 422
    assert "store" in answer.context["form"].errors


@pytest.mark.parametrize("path", ["patient/name-north", "prescriber/nobody", "dog/patient-1"])
def test_other_records_have_no_home_store(admin, path):
    assert admin.get(f"/home-store/{path}").status_code == 404


def test_the_home_store_is_changed_by_those_who_edit_central_data(central):
    client = log_in("bo", "store-central", *sorted(set(ALL) - {"EDIT_CENTRAL_DATA"}))
    assert client.get("/home-store/patient/patient-1").status_code == 403


def test_a_copy_says_at_which_store_and_site_it_is_edited(admin):
    alert = alerts.of_refusal(Refusal(Editor.OWNER, "store-north"), here_module.load(connection))
    assert "This is a copy." in alert.text
    assert "site north (#2)" in alert.text


def test_a_remote_site_knows_the_number_of_the_other_site(remote):
    Site.objects.all().delete()
    alert = alerts.of_refusal(Refusal(Editor.OWNER, "store-central"), remote)
    assert "site #1" in alert.text


def test_a_patient_of_another_store_is_edited_at_its_home_store(remote):
    alert = alerts.of_refusal(Refusal(Editor.HOME, "store-central"), remote)
    assert "home store" in alert.title
    assert "site #1" in alert.text or "(#1)" in alert.text


def test_a_store_that_is_moved_is_edited_nowhere(remote):
    alert = alerts.of_refusal(Refusal(Editor.NOWHERE_YET, "store-north"), remote)
    assert "being moved" in alert.title
    assert "nothing is lost" in alert.text


def test_central_data_of_a_mirrored_system_are_edited_on_the_primary_server(admin):
    here = here_module.change(connection, primary_site_id=2)
    alert = alerts.of_refusal(Refusal(Editor.PRIMARY), here)
    assert "primary server" in alert.title
    assert "north (#2)" in alert.text


def test_other_sites_of_a_mirrored_system_know_its_primary_server_by_name(remote):
    here = here_module.load(connection)
    told = structs.replace(here.orders, primary_name="Head office")
    alert = alerts.of_refusal(Refusal(Editor.PRIMARY), replace(here, orders=told))
    assert "Head office" in alert.text


@pytest.mark.parametrize("editor", list(Editor))
def test_a_refusal_without_a_known_store_is_explained_too(remote, editor):
    for store in (None, "nobody"):
        alert = alerts.of_refusal(Refusal(editor, store), remote)
        assert alert.title
        assert alert.text


def test_the_page_of_a_record_says_where_it_is_edited(nurse):
    patient = Name.objects.get(pk="patient-1")
    patient.supplying_store_id = "store-central"
    patient.save()
    page = nurse.get("/list/patients/show/patient-1").text
    assert "This can only be done at the home store" in page
    assert "site #1" in page or "(#1)" in page
