"""A script that knows the protocol references only plays stock remote sites, by V4.

Log-in, patient search and making patients visible, at `msupply serve` on SQLite.
"""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.blackbox import country, wire_rules
from tests.blackbox.central_server import ADMIN
from tests.blackbox.stock_site import StockSite, pushed_form, wire_hash

Sites = Callable[..., StockSite]

numbers = itertools.count(1)

LOG_IN_TYPES: dict[str, type] = {
    "status": str,
    "authenticated": bool,
    "username": str,
    "userFirstName": str,
    "userLastName": str,
    "userJobTitle": str,
    "userType": str,
    "service": str,
    "storeName": str,
    "userInfo": dict,
}
USER_TYPES: dict[str, type] = (
    dict.fromkeys(("nblogins", "lasttime", "Language"), int)
    | dict.fromkeys(
        ("active", "responsible_officer", "use_ldap", "receives_sms_errors", "is_group"), bool
    )
    | {"isInactiveAuthoriser": bool}
    | dict.fromkeys(
        (
            *("ID", "name", "startup_method", "group_id", "mode", "initials", "first_name"),
            *("last_name", "address_1", "address_2", "e_mail", "phone1", "phone2", "job_title"),
            *("ldap_login_string", "windows_user_name", "license_category_id", "spare_1"),
        ),
        str,
    )
)
JOIN_TYPES: dict[str, type] = {
    "ID": str,
    "user_ID": str,
    "store_ID": str,
    "can_login": bool,
    "store_default": bool,
    "can_action_replenishments": bool,
    "permissions": list,
}


def prefix() -> str:
    """A prefix for the ids of one test."""
    return f"V{next(numbers)}"


def log_in(central: str, username: str, password: str) -> httpx.Response:
    body = {"username": username, "password": password, "loginType": "User"}
    return httpx.post(f"{central}/api/v4/login", json=body | {"siteName": "clinic-north"})


def v4_auth(site: StockSite) -> tuple[str, str]:
    return site.name, wire_hash(site.password)


def search(site: StockSite, **query: str) -> Any:
    url = f"{site.base}/api/v4/patient"
    answer = httpx.get(url, params={"is_deleted": "false", **query}, auth=v4_auth(site))
    assert answer.status_code == 200, answer.text
    return answer.json()


def make_visible(site: StockSite, patient_id: str, store_id: str) -> httpx.Response:
    body = {"name_ID": patient_id, "store_ID": store_id}
    return httpx.post(f"{site.base}/api/v4/name_store_join", json=body, auth=v4_auth(site))


def wrong_types(data: dict[str, Any], types: dict[str, type]) -> list[str]:
    return [
        f"{key}: {data.get(key)!r}"
        for key, kind in types.items()
        if type(data.get(key)) is not kind
    ]


def test_log_in_answers_every_key_with_its_type(central: str) -> None:
    answer = log_in(central, *ADMIN)
    assert answer.status_code == 200
    body = answer.json()
    assert wrong_types(body, LOG_IN_TYPES) == []
    assert wrong_types(body["userInfo"]["user"], USER_TYPES) == []
    assert (body["status"].lower(), body["authenticated"]) == ("success", True)
    assert body["userInfo"]["user"]["name"] == ADMIN[0]


def test_log_in_tells_the_users_stores_and_permissions(central: str, north: StockSite) -> None:
    info = log_in(central, *ADMIN).json()["userInfo"]
    assert info["userStores"]
    for join in info["userStores"]:
        assert wrong_types(join, JOIN_TYPES) == []
        assert join["user_ID"] == info["user"]["ID"]
        assert join["store_ID"] in north.tables["store"]
        assert {type(one) for one in join["permissions"]} == {bool}


@pytest.mark.parametrize("username", [ADMIN[0], "nobody"])
def test_a_wrong_password_is_401(central: str, username: str) -> None:
    assert log_in(central, username, "guessed").status_code == 401


def test_many_wrong_passwords_block_for_a_told_time(central: str) -> None:
    answers = (log_in(central, "mallory", f"guess {n}") for n in range(30))
    last = next(one for one in answers if one.status_code != 401)
    assert last.status_code == 403
    assert last.json()["status"] == "user_login_timeout"
    assert last.json()["timeoutRemaining"] > 0


@pytest.mark.parametrize(
    "query",
    [
        {"first_name": "@ada old@"},
        {"last_name": "@KAFO@"},
        {"code": "old-pat"},
        {"dob": "1991-04-02", "last_name": "@okafor@"},
        {"first_name": "@Ada@", "last_name": "@Okafor@", "code": "old-pat"},
    ],
)
def test_a_patient_is_found(site_of: Sites, query: dict[str, str]) -> None:
    found = {one["ID"]: one for one in search(site_of("clinic-south"), **query)}
    keys = ("ID", "name", "phone", "email", "code", "last", "first")
    assert {type(found["OLD-PAT"][key]) for key in keys} == {str}
    assert found["OLD-PAT"]["date_of_birth"] == "1991-04-02T00:00:00"


@pytest.mark.parametrize(
    "query",
    [{"code": "old-pa"}, {"first_name": "@nobody@"}, {"dob": "1900-01-01"}, {"last_name": "@%@"}],
)
def test_no_match_is_an_empty_array(site_of: Sites, query: dict[str, str]) -> None:
    assert search(site_of("clinic-south"), **query) == []


def test_the_search_finds_patients_only(site_of: Sites) -> None:
    assert search(site_of("clinic-south"), last_name="@", code="nm-sup") == []


def test_patient_endpoints_refuse_a_wrong_password(site_of: Sites) -> None:
    site = site_of("clinic-north", password="guessed")
    found = httpx.get(f"{site.base}/api/v4/patient", auth=v4_auth(site))
    assert (found.status_code, make_visible(site, "OLD-PAT", "ST-NOR").status_code) == (401, 401)


def test_a_patient_made_visible_arrives_with_its_join(north: StockSite, south: StockSite) -> None:
    own = prefix()
    data = country.remote_data(own, "ST-NOR", "NM-SUP")
    north.cycle(push=pushed_form({t: data[t] for t in ("name", "name_store_join")}))
    answer = make_visible(south, f"{own}-PAT", "ST-SOU")
    assert answer.status_code == 200
    join = answer.json()
    assert (join["name_ID"], join["store_ID"]) == (f"{own}-PAT", "ST-SOU")
    assert join["inactive"] is False
    received = south.cycle()
    assert received.of("name") == [f"{own}-PAT"]
    assert received.of("name_store_join") == [join["ID"]]
    assert wire_rules.faults_v5("name", received.data(f"{own}-PAT")) == []


def test_making_a_patient_visible_twice_gives_the_same_join(
    north: StockSite, site_of: Sites
) -> None:
    first, again = (make_visible(north, "OLD-PAT", "ST-NOR").json() for _ in range(2))
    assert first == again
    assert first["ID"] == "OLD-NSJ"


@pytest.mark.parametrize(
    ("patient_id", "store_id"),
    [("no-such", "ST-NOR"), ("OLD-PAT", "no-such"), ("OLD-PAT", "ST-SOU")],
)
def test_what_cannot_be_made_visible_is_told(
    north: StockSite, patient_id: str, store_id: str
) -> None:
    answer = make_visible(north, patient_id, store_id)
    assert 400 <= answer.status_code < 500
