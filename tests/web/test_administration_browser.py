"""A national administrator sets up a country in a real browser, and moves a store in it."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.cluster.instances import Instance, run, start

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN, PASSWORD, SITE_PASSWORD = "admin", "correct horse", "tide-4242"
PATIENCE = 90_000


@pytest.fixture
def page(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        yield page
        browser.close()


@pytest.fixture
def country(tmp_path):
    """A central server without any site yet, and two empty devices."""
    central, north, south = (Instance(tmp_path / name) for name in ("central", "north", "south"))
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", ADMIN,
        "--password", PASSWORD, "--store", "CMS=Central")  # fmt: skip
    central.start()
    yield central, north, south
    for instance in (central, north, south):
        instance.kill()


def log_in(page, central):
    page.goto(f"{central.url}/log-in")
    page.fill("#id_username", ADMIN)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{central.url}/")


def wizard(page, central, site, code, name):
    """Add a site with a new store, by the keyboard alone."""
    page.goto(f"{central.url}/sites/new")
    page.keyboard.press("Alt+s")
    page.wait_for_url("**/new/name")
    page.fill("[name=name]", site)
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/stores")
    page.fill("[name=new_name]", name)
    page.fill("[name=new_code]", code)
    page.keyboard.press("Enter")
    expect(page.locator(".list-group-item")).to_contain_text(f"{name} ({code})")
    for step in ("options", "role", "summary"):
        page.keyboard.press("Alt+s")
        page.wait_for_url(f"**/new/{step}")
    page.fill("[name=password]", SITE_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sites/ready/**")
    expect(page.locator("main")).to_contain_text(central.url)
    expect(page.locator(".qr svg")).to_be_visible()


def open_store(page, central, code, tab):
    page.goto(f"{central.url}/stores?q={code}")
    page.click(f"tbody a.row-link:text-is('{code}')")
    page.locator(".tabs").get_by_text(tab, exact=True).click()
    page.wait_for_load_state()


def make_visible(page, name):
    page.fill("#id_record", name)
    page.locator(".chooser-choice", has_text=name).click()
    page.click("text=Make visible")


def unlock(page):
    page.click("text=Click to unlock")
    page.fill("#unlock-password", PASSWORD)
    page.keyboard.press("Enter")


def initialise(central, *sites):
    for site in sites:
        run("init", "site", "--data", site.data, "--central", central.url,
            "--site", site.data.name, "--password", SITE_PASSWORD)  # fmt: skip
    start(*sites)


def test_a_country_is_set_up_and_a_store_moves_in_it(country, page):
    central, north, south = country
    log_in(page, central)
    wizard(page, central, "north", "NOR", "North")
    wizard(page, central, "south", "SOU", "South")

    open_store(page, central, "NOR", "Visibility")
    make_visible(page, "South")
    expect(page.locator("#alerts")).to_contain_text("“South” is now Transfer on the site north")
    page.goto(f"{central.url}/stores/matrix")
    row = page.locator("tr", has_text="South")
    expect(row.locator("td")).to_have_text(["Collector", "Transfer", "Active"])

    open_store(page, central, "SOU", "Synchronisation")
    unlock(page)
    page.select_option("[aria-label='Sync with north']", "COLLECTOR")
    page.keyboard.press("Alt+s")
    expect(page.locator("#alerts")).to_contain_text("Saved")
    expect(page.locator("main")).to_contain_text("north: Collector")

    initialise(central, north, south)
    open_store(page, central, "SOU", "Move")
    page.fill("#id_to", "north")
    page.locator(".chooser-choice", has_text="north").click()
    expect(page.locator("#checklist")).to_contain_text("Nothing stands against the move.")
    page.click("text=Move the store to north")
    expect(page.locator("[data-step=active]")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("being moved to another site")
    for site in (south, north):
        site.cycle()
    # The page finds out by itself.
    try:
        expect(page.locator("main")).to_contain_text("Earlier moves", timeout=20_000)
    except AssertionError:
        for site in (south, north, south, north):
            site.cycle()
        expect(page.locator("main")).to_contain_text("Earlier moves", timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text("The store is active on the site north now.")
    page.goto(f"{central.url}/stores?q=SOU")
    expect(page.locator("tbody [title$='Active']")).to_have_text("north")
