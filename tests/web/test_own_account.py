"""The page “My password”: a user changes the own password, where that can be done."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client

from msupply.records.users import User
from msupply.services.log_in import log_in as log_in_service
from msupply.wire import throttle
from tests.web.conftest import PASSWORD, log_in

NEW = "four goats on a roof"


def change(client, old=PASSWORD, new=NEW, repeated=None):
    sent = {"old": old, "password": new, "repeated": new if repeated is None else repeated}
    return client.post("/my-password", sent)


def test_the_menu_leads_to_it(admin):
    assert 'href="/my-password"' in admin.get("/").text


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"old": "guess"}, "old", "wrong"),
        ({"repeated": "four goats on a rock"}, "repeated", "not the same"),
        ({"new": "short"}, "password", "at least 8"),
        ({"new": "Ada_Ada_12"}, "password", "the user"),
        ({"new": "password1"}, "password", "too common"),
        ({"new": PASSWORD}, "password", "that you have"),
        ({"new": "", "repeated": ""}, "password", "required"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_changes_nothing(admin, sent, field, said):
    answer = change(admin, **sent)
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    assert "guess" not in answer.text
    assert log_in_service(connection, "ada", PASSWORD, "10.0.0.1")


def test_guessing_the_old_one_is_slowed_down_as_at_log_in(admin):
    for _n in range(throttle.FREE):
        change(admin, old="guess")
    assert "Try again in" in change(admin).text
    assert log_in_service(connection, "ada", PASSWORD, "10.0.0.1")


def test_at_a_site_the_page_says_where_it_is_changed(nurse):
    page = nurse.get("/my-password").text
    assert 'href="http://central.test:8000/my-password"' in page
    assert 'name="old"' not in page
    assert change(nurse).status_code == 422
    assert check_password(PASSWORD, User.objects.get(pk=nurse.user.pk).password)


def test_a_user_of_the_site_changes_it_there(nurse):
    form = {"username": "bintu", "password": PASSWORD, "roles": ["viewer"]}
    nurse.post("/users/new", form)
    bintu = Client()
    bintu.post("/log-in", {"username": "bintu", "password": PASSWORD})
    assert change(bintu).url == "/my-password"
    assert log_in_service(connection, "bintu", NEW, "10.0.0.1")


def test_an_administrator_needs_the_old_one_too(admin):
    page = f"/users/password/{admin.user.pk}"
    assert admin.post(page, {"password": NEW}).url == "/my-password"
    assert log_in_service(connection, "ada", PASSWORD, "10.0.0.1")


def test_an_administrator_cannot_set_a_weak_one_for_others(admin):
    page = f"/users/password/{log_in('bo', 'store-central').user.pk}"
    answer = admin.post(page, {"password": "password1"})
    assert answer.status_code == 422
    assert "too common" in answer.text
    assert admin.post(page, {"password": NEW}).status_code == 302
