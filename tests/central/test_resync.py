"""Sending again, starting a site over, deleting a site; decisions for the whole system."""

import pytest
from django.core.exceptions import ValidationError

from msupply.central import home_store, resync, settings, store_move
from msupply.records.activity import ActivityLog
from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.items import Unit
from msupply.records.names import NameStoreJoin
from msupply.records.sites import ClientType, InitialisationStatus, Site
from msupply.records.stock import Location
from msupply.services import edit
from msupply.services.permissions import PermissionMissing
from msupply.sync import buffer, here, orders, queue
from msupply.sync.clock import now
from msupply.sync.declare.registry import Wire
from msupply.sync.models import BufferChunk, SiteState, StoreSync
from msupply.sync.ownership import EditRefused
from tests.central import country
from tests.central.country import find, make_site, settle, types
from tests.services import people


@pytest.fixture
def two(connection, admin):
    """Two initialised sites that have received everything."""
    made = make_site(connection, "north", "N1"), make_site(connection, "south", "S1")
    settle(connection)
    return made


def tables(connection, site):
    return [record.table for record in queue.first(connection, site.site_id, 1000).records]


def test_a_store_is_sent_again(connection, two, admin):
    Location.objects.using(connection.alias).create(
        name="x", code="x", store=find(connection, "N1")
    )
    country.acknowledge_all(connection, two[0])
    assert tables(connection, two[0]) == []
    resync.resync_store(connection, find(connection, "N1").pk, admin)
    assert "Location" in tables(connection, two[0])
    assert tables(connection, two[1]) == []


def test_patients_are_sent_again_with_the_prescribers_first(connection, two, admin):
    alias, store = connection.alias, find(connection, "N1")
    country.add_patient(connection, "N1")
    doctor = Clinician.objects.using(alias).create(
        code="D", last_name="Doe", initials="D", store=store
    )
    ClinicianStoreJoin.objects.using(alias).create(store=store, clinician=doctor)
    country.acknowledge_all(connection, two[0])
    resent = resync.resync_patients(connection, store.pk, admin)
    assert (resent.prescribers, resent.patients) == (1, 1)
    sent = tables(connection, two[0])
    assert sent.index("clinician") < sent.index("name_store_join") < sent.index("name")
    first = country.acknowledge_all(connection, two[0])
    resync.resync_patients(connection, store.pk, admin)
    assert country.acknowledge_all(connection, two[0]) == first


def test_a_reset_must_be_confirmed_with_the_name(connection, two):
    with pytest.raises(ValidationError, match="Type the name"):
        resync.reset_site(connection, two[0], "nord")


def test_a_reset_frees_the_device_and_sends_everything_again(connection, two, admin):
    site = two[0]
    Location.objects.using(connection.alias).create(
        name="x", code="x", store=find(connection, "N1")
    )
    country.acknowledge_all(connection, site)
    site.hardware_id = "HW"
    site.save(using=connection.alias)
    resync.reset_site(connection, site, "north", admin)
    site.refresh_from_db(using=connection.alias)
    assert (site.hardware_id, site.initialisation_status) == (None, InitialisationStatus.NEW)
    assert "Location" in tables(connection, site)
    entry = ActivityLog.objects.using(connection.alias).get(type="SITE_RESET")
    assert (entry.record_id, entry.changed_from) == (site.pk, "HW")


def test_the_central_server_is_not_reset(connection, admin):
    site = Site.objects.using(connection.alias).get(site_id=1)
    with pytest.raises(ValidationError, match="central server itself"):
        resync.reset_site(connection, site, "central")


def test_an_empty_site_is_deleted_with_what_was_kept_of_it(connection, two, admin):
    site = make_site(connection, "west")
    resync.delete_site(connection, site, admin)
    assert not Site.objects.using(connection.alias).filter(name="west").exists()
    assert not SiteState.objects.using(connection.alias).filter(site_id=4).exists()
    assert not StoreSync.objects.using(connection.alias).filter(site_id=4).exists()


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        ("store", "Stores are active"),
        ("sent", "wait for integration"),
        ("oms", "Open mSupply central"),
        ("primary", "primary server"),
        ("move", "being moved"),
        ("central", "central server itself"),
    ],
)
def test_a_site_with_something_left_is_not_deleted(connection, two, prepare, said):
    site = two[0] if prepare in ("store", "move") else make_site(connection, "west")
    if prepare == "sent":
        record = buffer.Arrived("Location", "L", BufferChunk.UPSERT, b"{}")
        buffer.store(connection, site.site_id, Wire.V5, [record])
    elif prepare == "oms":
        site.is_oms_central = True
    elif prepare == "primary":
        here.change(connection, primary_site_id=site.site_id)
    elif prepare == "move":
        store_move.start(connection, find(connection, "S1").pk, site.site_id)
    elif prepare == "central":
        site = Site.objects.using(connection.alias).get(site_id=1)
    with pytest.raises(ValidationError, match=said):
        resync.delete_site(connection, site)
    assert Site.objects.using(connection.alias).filter(pk=site.pk).exists()


def seen_now(connection, site):
    site.last_connection_datetime = now()
    site.save(using=connection.alias)


def test_a_primary_server_is_named_told_and_taken_back(connection, two, admin):
    site = two[0]
    country.acknowledge_all(connection, site)
    seen_now(connection, site)
    settings.set_primary(connection, site, admin)
    assert settings.current(connection).primary == site
    assert orders.for_site(connection, here.load(connection), site.site_id).is_primary
    assert not here.load(connection).is_primary
    assert types(connection, "S1")["north"] == "TRANSFER"
    with pytest.raises(EditRefused):
        edit.save(connection, admin, None, Unit, {"name": "box"})
    settings.set_primary(connection, None, admin)
    assert here.load(connection).is_primary
    entries = ActivityLog.objects.using(connection.alias).order_by("datetime")
    changes = [(e.changed_from, e.changed_to) for e in entries]
    assert changes == [
        ("primary_site: ", "primary_site: north"),
        ("primary_site: north", "primary_site: "),
    ]


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        ("mobile", "client type"),
        ("new", "not initialised"),
        ("silent", "since yesterday"),
        ("behind", "Records wait for the site"),
        ("unread", "wait for integration"),
    ],
)
def test_not_every_site_can_be_the_primary_server(connection, two, prepare, said):
    site = two[0]
    country.acknowledge_all(connection, site)
    seen_now(connection, site)
    if prepare == "mobile":
        site.client_type = ClientType.MOBILE
    elif prepare == "new":
        site.initialisation_status = InitialisationStatus.NEW
    elif prepare == "silent":
        site.last_connection_datetime = None
    elif prepare == "behind":
        Location.objects.using(connection.alias).create(
            name="x", code="x", store=find(connection, "N1")
        )
    else:
        record = buffer.Arrived("Location", "L", BufferChunk.UPSERT, b"{}")
        buffer.store(connection, site.site_id, Wire.V5, [record])
    site.save(using=connection.alias)
    with pytest.raises(ValidationError, match=said):
        settings.set_primary(connection, site)
    assert here.load(connection).is_primary


def test_decisions_are_told_to_sites_and_logged(connection, two, admin):
    settings.set_centralised_procurement(connection, True, admin)
    settings.set_patients_edited_where_visible(connection, True, admin)
    settings.set_patients_edited_where_visible(connection, True, admin)
    told = orders.for_site(connection, here.load(connection), 2)
    assert (told.centralised_procurement, told.patients_edited_where_visible) == (True, True)
    assert ActivityLog.objects.using(connection.alias).count() == 2


def test_decisions_need_a_server_administrator(connection, two, store):
    user = people.make_user(connection, "bob", store, "EDIT_CENTRAL_DATA")
    with pytest.raises(PermissionMissing):
        settings.set_centralised_procurement(connection, True, user)


def test_local_procurement_comes_with_a_warning(connection, admin):
    with pytest.raises(ValidationError, match="remote site"):
        settings.set_local_procurement(connection, True, admin)
    told = orders.SiteOrders(centralised_procurement=True)
    here.change(connection, is_central=False, central_url="http://c.test", orders=told)
    assert here.load(connection).procures_centrally
    warning = settings.set_local_procurement(connection, True, admin)
    assert "Both this site and the primary server" in warning
    assert not here.load(connection).procures_centrally
    assert settings.set_local_procurement(connection, False, admin) == ""


def test_a_patient_gets_another_home_and_both_sites_learn_of_it(connection, two, admin):
    patient = country.add_patient(connection, "N1")
    for site in two:
        country.acknowledge_all(connection, site)
    home_store.change(connection, admin, patient, find(connection, "S1"))
    patient.refresh_from_db(using=connection.alias)
    assert home_store.home_of(patient) == find(connection, "S1").pk
    joins = NameStoreJoin.objects.using(connection.alias).filter(name=patient)
    assert {join.store.code for join in joins} == {"N1", "S1"}
    for site in two:
        assert "name" in tables(connection, site)
    entry = ActivityLog.objects.using(connection.alias).get()
    assert (entry.changed_from, entry.changed_to) == ("N1", "S1")


def test_a_prescriber_gets_another_home(connection, two, admin):
    doctor = Clinician.objects.using(connection.alias).create(
        code="D", last_name="Doe", initials="D", store=find(connection, "N1")
    )
    home_store.change(connection, admin, doctor, find(connection, "S1"))
    doctor.refresh_from_db(using=connection.alias)
    assert doctor.store_id == find(connection, "S1").pk
    assert "clinician" in tables(connection, two[1])


def test_other_names_have_no_home(connection, two, admin):
    name = find(connection, "N1").name
    with pytest.raises(ValidationError, match="Only patients"):
        home_store.change(connection, admin, name, find(connection, "S1"))


def test_a_home_is_changed_by_those_who_keep_central_data(connection, two, store):
    patient = country.add_patient(connection, "N1")
    user = people.make_user(connection, "bob", store, "PATIENT_MUTATE")
    with pytest.raises(PermissionMissing):
        home_store.change(connection, user, patient, find(connection, "S1"))
