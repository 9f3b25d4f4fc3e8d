"""What a fresh central server holds."""

import stat

import pytest
from django.core.exceptions import ValidationError

from msupply.records.assets import AssetCatalogueType, AssetClass
from msupply.records.currencies import Currency
from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store, StorePreference
from msupply.services.instance import check_url, create_central
from msupply.sync import here
from tests.services import people


def test_a_central_server_has_both_roles_and_site_number_one(connection, admin):
    now = here.load(connection)
    assert (now.is_central, now.is_oms_central, now.site_id, now.initialised) == (
        True,
        True,
        1,
        True,
    )
    assert now.oms_central_url == now.own_url == "http://central.test:8000"
    assert Site.objects.using(connection.alias).get().is_oms_central


def test_it_has_what_every_site_needs(connection, admin):
    alias = connection.alias
    assert Currency.objects.using(alias).filter(is_home_currency=True).count() == 1
    codes = set(Name.objects.using(alias).values_list("code", flat=True))
    assert {"invad", "repack", "build", "CMS"} <= codes
    assert AssetClass.objects.using(alias).count() == 1
    assert AssetCatalogueType.objects.using(alias).count() == 16


def test_its_store_is_a_dispensary_with_preferences_of_their_own_id(connection, admin, store):
    assert store.store_mode == "DISPENSARY"
    preference = StorePreference.objects.using(connection.alias).get(store=store)
    assert preference.id != store.id


def test_the_secret_key_is_readable_by_its_owner_only(admin, tmp_path):
    key = tmp_path / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) > 50


def test_a_second_set_up_is_refused(connection, admin):
    with pytest.raises(ValidationError, match="set up already"):
        create_central(connection, "http://x.test", "eve", people.PASSWORD, "X", "X")
    assert Store.objects.using(connection.alias).count() == 1


def test_a_bad_password_stores_nothing(connection, settings, tmp_path):
    settings.DATA = tmp_path
    with pytest.raises(ValidationError):
        create_central(connection, "http://x.test", "eve", "short", "X", "X")
    assert not here.load(connection).is_set_up


@pytest.mark.parametrize(
    "url",
    ["", "central", "ftp://x.test", "http://a:b@x.test", "http://x.test/path", "http://x:99999"],
)
def test_an_address_that_sites_could_not_use_is_refused(url):
    with pytest.raises(ValidationError):
        check_url(url)


def test_an_address_loses_its_last_slash():
    assert check_url(" https://x.test/ ") == "https://x.test"
