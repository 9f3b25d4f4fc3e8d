"""Sites on the central server."""

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from msupply.central import sites
from msupply.central.stores import add_store
from msupply.records.sites import InitialisationStatus, Site
from msupply.records.stores import Store
from msupply.sync import here
from msupply.sync.ownership import EditRefused
from msupply.wire.credentials import wire_hash

PASSWORD = "tide-4242"


def messages(caught):
    return caught.value.message_dict


def test_a_site_gets_the_next_number_its_stores_and_a_hash(connection, admin):
    site = sites.add_site(
        connection, "north", PASSWORD, [("N1", "North"), ("N2", "North dispensary")]
    )
    assert site.site_id == 2
    assert Store.objects.using(connection.alias).filter(site_id=2).count() == 2
    assert PASSWORD not in site.password
    assert wire_hash(PASSWORD) not in site.password
    assert check_password(wire_hash(PASSWORD), site.password)


def test_numbers_of_stores_that_came_from_elsewhere_are_not_given_again(connection, admin, store):
    store.site_id = 40
    store.save(using=connection.alias)
    assert sites.add_site(connection, "north", PASSWORD).site_id == 41


def test_a_store_that_came_from_elsewhere_can_be_given_to_a_new_site(connection, admin, store):
    store.site_id = 40
    store.save(using=connection.alias)
    site = sites.add_site(connection, "north", PASSWORD, [("cms", None)])
    store.refresh_from_db(using=connection.alias)
    assert store.site_id == site.site_id


def test_a_store_in_use_on_an_initialised_site_stays_there(connection, admin, store):
    with pytest.raises(ValidationError, match="in use on the site “central”"):
        sites.add_site(connection, "north", PASSWORD, [("CMS", None)])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a:b"}, "name"),
        ({"name": "CENTRAL"}, "name"),
        ({"password": "short"}, "password"),
        ({"is_oms_central": True}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"stores": [("CMS", "Again")]}, "store"),
        ({"stores": [("XX", None)]}, "store"),
    ],
)
def test_each_wrong_value_has_its_message_and_nothing_is_stored(connection, admin, values, field):
    values = {"name": "north", "password": PASSWORD} | values
    with pytest.raises(ValidationError) as caught:
        sites.add_site(connection, **values)
    assert field in messages(caught)
    assert Site.objects.using(connection.alias).count() == 1


def test_the_open_msupply_role_moves_to_the_ticked_site(connection, admin):
    site = sites.add_site(
        connection, "oms", PASSWORD, [], is_oms_central=True, url="http://oms.test:8000/"
    )
    now = here.load(connection)
    assert (now.is_central, now.is_oms_central) == (True, False)
    assert now.oms_central_url == "http://oms.test:8000"
    ticked = Site.objects.using(connection.alias).filter(is_oms_central=True)
    assert [s.pk for s in ticked] == [site.pk]


def test_a_reset_frees_the_device(connection, admin):
    site = sites.add_site(connection, "north", PASSWORD)
    site.hardware_id, site.initialisation_status = "HW", InitialisationStatus.COMPLETED
    site.save(using=connection.alias)
    site = sites.reset_hardware_id(connection, "North")
    assert site.hardware_id is None
    assert site.initialisation_status == InitialisationStatus.NEW


def test_resetting_an_unknown_site_names_the_known_ones(connection, admin):
    with pytest.raises(ValidationError, match="central"):
        sites.reset_hardware_id(connection, "nowhere")


def test_the_backlog_counts_what_the_queue_holds(connection, admin):
    from msupply.records.stock import Location

    site = sites.add_site(connection, "north", PASSWORD, [("N1", "North")])
    before = sites.backlogs(connection, [site])[site.site_id]
    store = Store.objects.using(connection.alias).get(code="N1")
    Location.objects.using(connection.alias).create(name="x", code="x", store=store)
    assert sites.backlogs(connection, [site])[site.site_id] == before + 1


def test_only_the_central_server_has_sites(connection, admin):
    here.change(connection, is_central=False, central_url="http://c.test")
    with pytest.raises(EditRefused):
        sites.add_site(connection, "north", PASSWORD)
    with pytest.raises(EditRefused):
        add_store(connection, "N", "North", 1)


def test_a_store_needs_a_site(connection, admin):
    with pytest.raises(ValidationError, match="77"):
        add_store(connection, "N", "North", 77)
