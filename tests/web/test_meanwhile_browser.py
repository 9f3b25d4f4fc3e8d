"""Two people give one item different names in real browsers, and the second one chooses."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.cluster.instances import Instance, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse"


@pytest.fixture
def central(tmp_path):
    central = Instance(tmp_path / "central")
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", "admin",
        "--password", PASSWORD, "--store", "CMS=Central")  # fmt: skip
    central.start()
    yield central
    central.kill()


def log_in(browser, central):
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{central.url}/log-in")
    page.fill("#id_username", "admin")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{central.url}/")
    return page


def save(page):
    page.keyboard.press("Alt+s")
    page.wait_for_load_state()


def test_the_second_one_sees_both_values_and_chooses(central, chromium, tmp_path):
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        ada, ben = log_in(browser, central), log_in(browser, central)
        ada.goto(f"{central.url}/list/items/new")
        ada.fill("[name=name]", "Amoxicillin")
        ada.fill("[name=code]", "AMX")
        save(ada)
        ada.wait_for_url("**/show/**")
        ada.goto(ada.url.replace("/show/", "/edit/"))
        ben.goto(ada.url)

        ada.fill("[name=name]", "Amoxicillin 250 mg")
        save(ada)
        ada.wait_for_url("**/show/**")
        ben.fill("[name=name]", "Amoxicillin 500 mg")
        ben.fill("[name=code]", "AMX-500")
        save(ben)

        told = ben.locator("main form")
        expect(told).to_contain_text("Others have saved: Amoxicillin 250 mg")
        expect(told).to_contain_text("You wrote: Amoxicillin 500 mg")
        expect(ben.locator("[name=name]")).to_be_focused()
        for width in (1280, 800):
            ben.set_viewport_size({"width": width, "height": 900})
            ben.screenshot(path=tmp_path / f"both-{width}.png")
            assert ben.evaluate("document.body.scrollWidth <= innerWidth")

        ben.check("text=Leave what others have saved")
        save(ben)
        expect(ben.locator("#alerts")).to_contain_text("Saved")
        expect(ben.locator("main")).to_contain_text("AMX-500")
        expect(ben.locator("main")).to_contain_text("Amoxicillin 250 mg")
        browser.close()
