"""What a new password must be, at every door that sets one; what is stored already stays."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import translation

from msupply.central import sites, users
from msupply.central.site_wizard import PlannedStore, SitePlan, check
from msupply.services import new_users, passwords
from msupply.services.log_in import log_in
from msupply.services.users import create_user
from msupply.sync import here

GOOD = ["tide-4242", "correct horse", "Zwölf Boxkämpfer", "7391846205", "x" * 120 + "yes, Sir"]
BAD = {
    "1234567": "too short",
    "password1": "too common",
    "Msupply2026": "little more than a name",
    "open-msupply-1": "little more than a name",
    "2026 Cëntral": "little more than a name",
    "Motdepasse!2026": "little more than a name",
    "q" * 1001: "at most",
    " " * 8: "too few different",
    "aaaaaaAAAAAAaa": "too few different",
}


def faults(connection, password, **about):
    with pytest.raises(ValidationError) as caught:
        passwords.check(connection, password, **about)
    return " ".join(caught.value.message_dict["password"])


@pytest.mark.parametrize("password", GOOD)
def test_long_and_rare_passwords_are_good_however_they_are_made_up(connection, admin, password):
    passwords.check(connection, password)


@pytest.mark.parametrize(("password", "said"), BAD.items(), ids=[p[:20] for p in BAD])
def test_short_common_and_local_passwords_are_refused(connection, admin, password, said):
    assert said in faults(connection, password)


@pytest.mark.parametrize("password", ["Bernadette1", "1986bernadette", "mbeki-bernadette"])
def test_the_name_of_the_user_is_no_password(connection, admin, password):
    with pytest.raises(ValidationError) as caught:
        create_user(connection, "bernadette", password, last_name="Mbeki")
    assert set(caught.value.message_dict) == {"password"}


def test_a_name_as_a_part_of_more_is_no_fault(connection, admin):
    assert create_user(connection, "bernadette", "four goats of bernadette")


def test_names_and_codes_of_stores_and_sites_are_no_password(connection, admin):
    sites.add_site(connection, "lowa-clinic", "tide-4242", [("LOW", "Lowa Health Centre")])
    for password in ("lowaclinic", "Lowa-2026!", "LOW20262026", "lowa health centre"):
        assert "little more" in faults(connection, password), password


def test_a_new_site_cannot_be_opened_by_its_own_stores(connection, admin):
    plan = SitePlan("west", "Kisumu_2026", stores=(PlannedStore(code="KIS", name="Kisumu"),))
    assert "little more" in check(connection, plan)["password"][0]
    with pytest.raises(ValidationError, match="little more"):
        sites.add_site(connection, "west", "Kisumu_2026", [("KIS", "Kisumu")])


def test_every_door_asks(connection, admin, store):
    site = sites.add_site(connection, "west", "tide-4242")
    doors = [
        lambda: users.add_user(connection, "bo", "password1"),
        lambda: users.set_password(connection, admin, "password1"),
        lambda: sites.add_site(connection, "east", "password1"),
        lambda: sites.set_password(connection, site, "password1"),
    ]
    for door in doors:
        with pytest.raises(ValidationError, match="too common"):
            door()
    here.change(connection, is_central=False, central_url="http://central.test")
    with pytest.raises(ValidationError, match="too common"):
        new_users.add(connection, admin, store.pk, "bo", "password1")


def test_the_reasons_are_told_in_french(connection, admin):
    with translation.override("fr"):
        assert "trop court" in faults(connection, "abc")
        assert "trop courant" in faults(connection, "password1")
        assert "guère plus" in faults(connection, "msupply2026")


def test_a_weak_password_of_before_still_lets_in(connection, admin):
    admin.password = make_password("123456")
    admin.save(using=connection.alias)
    assert log_in(connection, "ada", "123456", "10.0.0.1")
