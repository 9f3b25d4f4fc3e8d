"""The pages about synchronisation in a real browser, against a central server that runs."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.cluster.instances import Instance, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN, PASSWORD, SITE_PASSWORD = "admin", "correct horse", "tide-4242"


@pytest.fixture(scope="module")
def page(tmp_path_factory, chromium):
    """A browser of the administrator, on a central server with two sites."""
    central = Instance(tmp_path_factory.mktemp("country") / "central")
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", ADMIN,
        "--password", PASSWORD, "--store", "CMS=Central")  # fmt: skip
    for name, code in (("north", "NOR"), ("south", "SOU")):
        run("site", "add", name, "--data", central.data, "--password", SITE_PASSWORD,
            "--store", f"{code}={name.title()}")  # fmt: skip
    central.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(base_url=central.url)
            page.set_default_timeout(20_000)
            page.goto("/log-in")
            page.fill("#id_username", ADMIN)
            page.fill("#id_password", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{central.url}/")
            yield page
            browser.close()
    finally:
        central.kill()


def test_the_report_is_narrowed_by_a_click_on_a_state_and_leads_to_the_site(page):
    page.goto("/sync-report/")
    page.click("[data-state=NEVER].health-count")
    page.wait_for_url("**state=NEVER**")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.click("tbody >> text=north")
    page.wait_for_url("**/sites/*/")
    expect(page.locator("main")).to_contain_text("Waiting for this site")
    expect(page.locator("[data-queue]")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_the_map_shows_one_drawing_that_fits_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/sync-report/", "/sync-report/?of=stores", "/map/", "/sites/2/", "/security-log"):
        page.goto(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
    page.goto("/map/")
    expect(page.locator("svg.map:visible")).to_have_count(1)
    shown = page.locator("svg.map:visible")
    expect(shown).to_contain_text("North")
    size = shown.locator("text").first.evaluate("e => e.getBoundingClientRect().height")
    assert size > 9, "names can be read"


def test_a_mark_of_the_map_leads_to_its_site(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/map/")
    page.locator("svg.map:visible a", has_text="South").click()
    page.wait_for_url("**/sites/*/")
    expect(page.locator("h2.page-title")).to_contain_text("south")
