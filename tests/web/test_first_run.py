"""The first run of an instance."""

import pytest
from django.db import connection
from django.test import Client

from msupply.sync import here as here_module
from msupply.sync.clock import now
from msupply.sync.failure import FailureCode, SyncFailure
from msupply.sync.models import Setting, SyncLog
from msupply.web import first_run

CENTRAL = {
    "own_url": "http://central.test:8000/",
    "admin_name": "ada",
    "admin_password": "correct horse",
    "store_name": "Central medical store",
    "store_code": "CMS",
}
REMOTE = {"url": "http://central.test:8000", "site_name": "north", "password": "tide-42"}


@pytest.fixture
def browser(empty_instance):
    return Client()


@pytest.fixture
def waiting_site(empty_instance):
    """A remote site whose first cycle is not complete."""
    here_module.change(
        connection, central_url="http://central.test:8000", site_name="north", hardware_id="t"
    )
    return Client()


@pytest.mark.parametrize("path", ["/", "/log-in", "/list/items/", "/initialising", "/sites"])
def test_every_page_leads_to_the_choice(browser, path):
    answer = browser.get(path, follow=True)
    assert answer.redirect_chain[-1][0] == "/first-run"
    assert "Central server" in answer.text
    assert "Remote site" in answer.text


def test_a_central_server_is_set_up(browser):
    assert browser.post("/first-run/central", CENTRAL).url == "/log-in"
    here = here_module.load(connection)
    assert here.is_central
    assert here.is_oms_central
    browser.post("/log-in", {"username": "ada", "password": "correct horse"})
    assert "Central medical store" in browser.get("/").text


def test_the_first_run_is_over_then(browser):
    browser.post("/first-run/central", CENTRAL)
    for path in ("/first-run", "/first-run/central", "/first-run/remote", "/initialising"):
        assert browser.get(path).url == "/"
    assert browser.post("/first-run/central", CENTRAL | {"admin_name": "eve"}).url == "/"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"own_url": "central"}, "own_url"),
        ({"admin_password": "x"}, "admin_password"),
        ({"store_code": ""}, "store_code"),
        ({"admin_name": "a" * 300}, "admin_name"),
    ],
)
def test_wrong_values_are_explained_at_their_field(browser, wrong, field):
    answer = browser.post("/first-run/central", CENTRAL | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not here_module.load(connection).is_set_up


def test_a_password_does_not_come_back(browser):
    answer = browser.post("/first-run/central", CENTRAL | {"own_url": ""})
    assert "correct horse" not in answer.text


@pytest.mark.parametrize("code", FailureCode)
def test_each_failure_says_what_to_do(browser, monkeypatch, code):
    def refuse(*arguments, **named):
        raise SyncFailure(code, "detail for the support")

    monkeypatch.setattr(first_run.cycle, "initialise_site", refuse)
    answer = browser.post("/first-run/remote", REMOTE)
    title, advice = first_run.failure.explain(code)
    assert answer.status_code == 422
    assert answer.context["problem"]["title"] == title
    assert answer.context["problem"]["advice"] == advice
    assert "More information" in answer.text
    assert "detail for the support" in answer.text


def test_a_remote_site_begins_its_first_cycle(browser, monkeypatch):
    def initialise(connection, url, site_name, password):
        here_module.change(connection, central_url=url, site_name=site_name)

    monkeypatch.setattr(first_run.cycle, "initialise_site", initialise)
    assert browser.post("/first-run/remote", REMOTE).url == "/initialising"
    assert Setting.objects.filter(key="cycle_request").exists()


@pytest.mark.parametrize("path", ["/", "/log-in", "/list/items/", "/first-run"])
def test_until_it_is_complete_only_the_progress_is_shown(waiting_site, path):
    assert waiting_site.get(path, follow=True).redirect_chain[-1][0] == "/initialising"


def test_nobody_logs_in_before(waiting_site):
    answer = waiting_site.post("/log-in", {"username": "ada", "password": "x"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/initialising"


def test_progress_shows_the_steps_with_their_counts(waiting_site):
    SyncLog.objects.create(
        started_at=now(),
        steps='[{"name":"prepare","started_at":"2026-01-01T00:00:00","finished_at":"2026-01-01T00:00:01"},'
        '{"name":"pull_central","started_at":"2026-01-01T00:00:01","done":1200,"total":9000}]',
    )
    page = waiting_site.get("/initialising/progress").text
    assert "Push" not in page, "a new site has nothing to push"
    assert "1200 / 9000" in page
    assert page.count('data-step="done"') == 1
    assert page.count('data-step="active"') == 1
    assert "every 1s" in page


def test_a_failure_can_be_tried_again(waiting_site):
    SyncLog.objects.create(
        started_at=now(), error_code="CONNECTION_ERROR", error_message="no route to host"
    )
    page = waiting_site.get("/initialising").text
    assert "The central server cannot be reached" in page
    assert "no route to host" in page
    assert "every 1s" not in page
    again = waiting_site.post("/initialising/retry", headers={"HX-Request": "true"})
    assert "every 1s" in again.text
    assert Setting.objects.filter(key="cycle_request").exists()


def test_once_complete_it_leads_to_log_in(waiting_site):
    here_module.change(connection, initialised=True)
    answer = waiting_site.get("/initialising/progress", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/log-in"
