"""V5: who is calling, and what the site is told about itself."""

import pytest

from msupply.records.sites import Site
from msupply.sync import here
from tests.wire.conftest import Hand, add_site, add_store


def code(answer):
    return answer.json()["error"]["code"]


def test_site_info_has_every_documented_field(clinic, site):
    assert clinic.get("site").json() == {
        "id": site.id,
        "siteId": 12,
        "code": "",
        "name": "clinic-north",
        "initialisationStatus": "new",
        "isOmSupplyCentralServer": False,
        "omSupplyCentralServerUrl": "http://central.example",
        "mSupplyCentralSiteId": 1,
        # Our own sites read it; here it has nothing to say.
        "msupply": {},
    }


def test_site_info_offers_larger_batches(clinic):
    assert clinic.get("site")["msupply-batch-limit"] == "5000"


def test_the_address_of_a_separate_open_msupply_central_server_is_told(clinic, central):
    here.change(central, is_oms_central=False)
    add_site(20, "oms", store=None, is_oms_central=True, url="http://oms.example")
    info = clinic.get("site").json()
    assert info["omSupplyCentralServerUrl"] == "http://oms.example"
    assert info["isOmSupplyCentralServer"] is False


def test_the_open_msupply_central_server_is_told_that_it_is_one(central):
    here.change(central, is_oms_central=False)
    add_site(20, "oms", store=None, is_oms_central=True, url="http://oms.example")
    info = Hand(name="oms").get("site").json()
    assert info["isOmSupplyCentralServer"] is True
    assert info["siteId"] == 20


def test_without_an_open_msupply_central_server_its_address_is_empty(clinic, central):
    here.change(central, is_oms_central=False)
    assert clinic.get("site").json()["omSupplyCentralServerUrl"] == ""


@pytest.mark.parametrize(
    ("wrong", "expected", "status"),
    [
        ({"name": "nowhere"}, "site_name_not_found", 401),
        ({"wire_hash": "00"}, "site_incorrect_password", 401),
        ({"version": "10000"}, "api_version_incompatible", 409),
        ({"version": ""}, "api_version_incompatible", 409),
        ({"version": "fourteen"}, "api_version_incompatible", 409),
        ({"name": "nul\0"}, "site_name_not_found", 401),
    ],
)
def test_a_wrong_claim_is_refused_with_its_code(site, wrong, expected, status):
    answer = Hand(**wrong).get("site")
    assert (code(answer), answer.status_code) == (expected, status)


def test_a_refusal_over_versions_names_those_that_are_served(site):
    data = Hand(version="15").get("site").json()["error"]["data"]
    assert data == {"minVersion": 1, "maxVersion": 14, "received": "15"}


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer abc", "Basic /w=="])
def test_a_broken_authorization_header_is_refused(clinic, header):
    clinic.headers["Authorization"] = header
    answer = clinic.get("site")
    assert (code(answer), answer.status_code) == ("site_name_not_found", 401)


def test_the_first_machine_is_bound_and_another_is_refused(clinic, site):
    assert clinic.get("site").status_code == 200
    answer = Hand(hardware_id="HW-78").get("site")
    assert (code(answer), answer.status_code) == ("site_incorrect_hardware_id", 401)
    assert clinic.get("site").status_code == 200


def test_a_wrong_password_binds_no_machine(clinic, site):
    Hand(wire_hash="00", hardware_id="HW-78").get("site")
    assert clinic.get("site").status_code == 200


def test_a_machine_without_an_id_is_refused_once_another_is_bound(clinic, site):
    clinic.get("site")
    assert code(Hand(hardware_id="").get("site")) == "site_incorrect_hardware_id"


def test_a_freed_site_takes_a_new_machine(clinic, site):
    clinic.get("site")
    Site.objects.update(hardware_id=None)
    assert Hand(hardware_id="HW-78").get("site").status_code == 200


def test_a_site_without_a_store_is_refused(central):
    add_site(store=None)
    assert code(Hand().get("site")) == "site_has_no_store"
    add_store("ST-01", 12)
    assert Hand().get("site").status_code == 200


def test_a_changed_password_counts_at_once(clinic, site):
    from msupply.wire.credentials import stored_hash

    assert clinic.get("site").status_code == 200
    Site.objects.filter(pk=site.pk).update(password=stored_hash("another"))
    assert code(clinic.get("site")) == "site_incorrect_password"


def test_the_hash_is_verified_once_for_many_requests(clinic, site, monkeypatch):
    clinic.get("site")
    monkeypatch.setattr("msupply.wire.credentials.check_password", None)
    assert clinic.get("site_status").status_code == 200


def test_guessing_ends_in_a_time_out(clinic, site):
    for _ in range(10):
        assert code(Hand(wire_hash="00").get("site")) == "site_incorrect_password"
    answer = Hand(wire_hash="00").get("site")
    assert (code(answer), answer.status_code) == ("site_auth_timeout", 429)
    # The right password does not help either, or one could go on guessing.
    assert code(clinic.get("site")) == "site_auth_timeout"


def test_guessing_from_elsewhere_keeps_nobody_out(clinic, site):
    for _ in range(11):
        clinic.client.get(
            "/sync/v5/site",
            headers=Hand(wire_hash="00").v5_headers(),
            REMOTE_ADDR="10.9.9.9",
        )
    assert clinic.get("site").status_code == 200


def test_a_site_that_works_is_not_stopped_by_guesses_from_its_own_address(clinic, site):
    clinic.get("site")
    for _ in range(11):
        Hand(wire_hash="00").get("site")
    assert clinic.get("site").status_code == 200


def test_the_site_record_tells_when_and_with_what_a_site_connected(clinic, site):
    clinic.get("site")
    site.refresh_from_db()
    assert site.last_connection_datetime is not None
    assert (site.app_version, site.app_name) == ("2.20.0", "Open mSupply Desktop")


def test_other_instances_do_not_serve_v5(connection):
    here.change(connection, site_id=12, central_url="http://central.example")
    answer = Hand().get("site")
    assert answer.status_code == 405
    assert answer["Connection"] == "close"
    assert answer["Content-Type"].startswith("text/plain")


def test_a_wrong_method_is_refused(clinic):
    answer = clinic.post("site", {})
    assert (code(answer), answer.status_code) == ("method_not_allowed", 405)
    assert answer["Allow"] == "GET"


def test_an_unknown_path_is_told_in_the_error_shape(clinic):
    answer = clinic.get("nothing")
    assert (code(answer), answer.status_code) == ("not_found", 404)
