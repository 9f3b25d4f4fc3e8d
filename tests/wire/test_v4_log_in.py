"""V4: users log in through the central server."""

import json

import pytest
from django.test import Client

from msupply.records.users import User, UserPermission, UserStore
from msupply.sync import here
from msupply.wire.messages import LogInAnswer
from msupply.wire.v4_server import positional
from tests.wire.conftest import add_store


@pytest.fixture
def maria(central):
    """A user of two stores, with some permissions in one."""
    user = User.objects.create_user("maria", "secret", first_name="Maria", language=1)
    store = add_store("ST-01", 12)
    UserStore.objects.create(user=user, store_id="ST-C", is_default=True)
    UserStore.objects.create(user=user, store=store)
    for permission in ("STORE_ACCESS", "LOCATION_MUTATE", "OUTBOUND_SHIPMENT_MUTATE"):
        UserPermission.objects.create(user=user, store=store, permission=permission)
    return user


def log_in(username="maria", password="secret", **where):
    body = {"username": username, "password": password, "loginType": "User", "siteName": None}
    return Client().generic(
        "POST", "/api/v4/login", json.dumps(body).encode(), "application/json", **where
    )


def test_the_answer_has_every_key_that_a_site_requires(maria):
    answer = log_in()
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "success"
    assert body["authenticated"] is True
    assert body["userFirstName"] == "Maria"
    assert body["userInfo"]["user"]["ID"] == maria.id
    assert body["userInfo"]["user"]["Language"] == 1
    assert set(body["userInfo"]["user"]) >= {
        *("startup_method", "nblogins", "group_id", "mode", "active", "lasttime", "initials"),
        *(
            "address_1",
            "address_2",
            "e_mail",
            "phone1",
            "phone2",
            "job_title",
            "responsible_officer",
        ),
        *("use_ldap", "ldap_login_string", "receives_sms_errors", "is_group", "spare_1"),
        *("windows_user_name", "license_category_id", "isInactiveAuthoriser", "last_name"),
    }
    assert set(body) == set(LogInAnswer.__struct_encode_fields__)


def test_permissions_are_told_by_their_position(maria):
    stores = {s["store_ID"]: s for s in log_in().json()["userInfo"]["userStores"]}
    flags = stores["ST-01"]["permissions"]
    assert [number for number, flag in enumerate(flags, start=1) if flag] == [84]
    assert stores["ST-01"]["can_login"] is True
    assert stores["ST-C"]["store_default"] is True
    assert stores["ST-C"]["can_login"] is False


def test_a_number_that_grants_two_permissions_needs_both():
    assert not positional({"OUTBOUND_SHIPMENT_MUTATE"})[41]
    assert positional({"OUTBOUND_SHIPMENT_MUTATE", "PRESCRIPTION_MUTATE"})[41]


def test_the_case_of_a_name_does_not_matter(maria):
    assert log_in("MARIA").json()["username"] == "maria"


@pytest.mark.parametrize(
    ("username", "password"),
    [("maria", "wrong"), ("nobody", "secret"), ("", ""), ("maria", ""), ("nul\0", "x")],
)
def test_a_wrong_log_in_is_refused(maria, username, password):
    assert log_in(username, password).status_code == 401


def test_an_inactive_user_is_refused(maria):
    User.objects.update(is_active=False)
    assert log_in().status_code == 401


def test_guessing_blocks_this_user_at_this_address_only(maria):
    for _ in range(10):
        assert log_in(password="wrong").status_code == 401
    answer = log_in()
    assert answer.status_code == 403
    assert answer.json()["status"] == "user_login_timeout"
    assert 0 < answer.json()["timeoutRemaining"] <= 30
    assert log_in(REMOTE_ADDR="10.9.9.9").status_code == 200


def test_a_good_log_in_ends_the_row_of_bad_ones(maria):
    for _ in range(3):
        for _ in range(9):
            log_in(password="wrong")
        assert log_in().status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"username":1,"password":"x"}', b"[" * 99999])
def test_a_bad_body_is_refused(central, body):
    answer = Client().generic("POST", "/api/v4/login", body, "application/json")
    assert answer.status_code == 400


def test_other_instances_let_nobody_in(connection):
    here.change(connection, site_id=12, central_url="http://central.example")
    assert log_in().status_code == 405
