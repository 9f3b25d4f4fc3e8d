"""An administrator changes the password and sets up a second factor, in a real browser."""

import os
import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.cluster.instances import Instance, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN, PASSWORD, NEW = "admin", "correct horse", "four goats on a roof"


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        expect.set_options(timeout=15_000)
        yield browser
        browser.close()


@pytest.fixture
def central(tmp_path):
    central = Instance(tmp_path / "central")
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", ADMIN,
        "--password", PASSWORD, "--store", "CMS=Central")  # fmt: skip
    central.start()
    yield central
    central.kill()


def log_in(browser, central, password, **options):
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{central.url}/log-in")
    page.fill("#id_username", ADMIN)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    return page


def picture(page, name):
    """Keep a picture of a page where somebody wants to look at it."""
    folder = os.environ.get("MSUPPLY_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page, name):
    picture(page, name)
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_password_second_factor_and_recovery_code(browser, central):
    page = log_in(browser, central, PASSWORD)
    page.wait_for_url(f"{central.url}/")
    page.locator("summary", has_text=ADMIN).click()
    page.click("text=My password")
    page.wait_for_url("**/my-password")
    page.fill("[name=old]", PASSWORD)
    page.fill("[name=password]", NEW)
    page.fill("[name=repeated]", NEW)
    page.keyboard.press("Enter")
    expect(page.locator("#alerts")).to_contain_text("Your password is changed")

    page.click("a:has-text('Set up')")
    expect(page.locator(".qr svg")).to_be_visible()
    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.fill("[name=code]", app.now())
    page.keyboard.press("Alt+s")
    codes = page.locator("#recovery-codes li")
    expect(codes).to_have_count(10)
    code = codes.first.inner_text()
    picture(page, "recovery-codes")
    page.click("text=I have kept them")
    page.wait_for_url(f"{central.url}/")

    other = log_in(browser, central, NEW)
    other.wait_for_url("**/log-in/code")
    expect(other.locator("[name=code]")).to_be_focused()
    picture(other, "log-in-code")
    other.fill("[name=code]", code)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{central.url}/")

    page.goto(f"{central.url}/my-password")
    expect(page.locator("main")).to_contain_text("9 recovery codes are left")
    page.click("text=Log out everywhere else")
    other.goto(f"{central.url}/")
    other.wait_for_url("**/log-in")
    other.context.close()

    page.click("a:has-text('Remove')")
    page.fill("[name=password]", NEW)
    page.fill("[name=code]", app.at(time.time(), counter_offset=1))
    page.keyboard.press("Alt+s")
    expect(page.locator("#alerts")).to_contain_text("your password is enough")
    page.context.close()


def test_the_pages_fit_the_screen(browser, central):
    page = log_in(browser, central, PASSWORD)
    page.wait_for_url(f"{central.url}/")
    page.goto(f"{central.url}/my-password")
    for language in ("en", "fr"):
        page.locator(f"[name=language][value={language}]").first.dispatch_event("click")
        expect(page.locator("html")).to_have_attribute("lang", language)
        for width in (1280, 800, 390):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("my-password", "my-password/second-factor", "my-password/again",
                         "system-settings"):  # fmt: skip
                page.goto(f"{central.url}/{path}")
                assert fits(page, f"{path.replace('/', '-')}-{width}-{language}"), path
        page.goto(f"{central.url}/my-password")
    page.context.close()
