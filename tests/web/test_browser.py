"""The screens in a real browser, against real processes: a central server and two sites.

The tests of this module share one country and build on nobody's leftovers but the catalogue.
"""

import io
import time

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.cluster.instances import Instance, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN, PASSWORD, SITE_PASSWORD = "admin", "correct horse", "tide-4242"
LIMIT = 150_000
CATALOGUE = (
    "Sub catalogue,Code,Type,Manufacturer,Model,Class,Category,Hold over time (hours)\n"
    "WHO PQS,E003/901,Ice-lined refrigerator,Polar,P 1,Cold chain equipment,"
    "Refrigerators and freezers,40\n"
    "WHO PQS,E003/902,Ice-lined refrigerator,Polar,P 2,Cold chain equipment,"
    "Refrigerators and freezers,55\n"
)


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def country(tmp_path_factory, browser):
    """A central server with the catalogue and a nurse at each of two initialised sites."""
    folder = tmp_path_factory.mktemp("country")
    central, north, south = (Instance(folder / name) for name in ("central", "north", "south"))
    run("init", "central", "--data", central.data, "--url", central.url, "--admin", ADMIN,
        "--password", PASSWORD, "--store", "CMS=Central")  # fmt: skip
    for name, code in (("north", "NOR"), ("south", "SOU")):
        run("site", "add", name, "--data", central.data, "--password", SITE_PASSWORD,
            "--store", f"{code}={name.title()}")  # fmt: skip
    central.start()
    try:
        admin = log_in(browser, central, ADMIN)
        for name in ("north", "south"):
            add_nurse(admin, central, f"nurse-{name}", name.title())
        import_catalogue(admin, central)
        admin.context.close()
        for site in (north, south):
            run("init", "site", "--data", site.data, "--central", central.url,
                "--site", site.data.name, "--password", SITE_PASSWORD)  # fmt: skip
            site.start()
        yield central, north, south
    finally:
        for instance in (central, north, south):
            instance.kill()


def log_in(browser, instance, username, **options):
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{instance.url}/log-in")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{instance.url}/")
    return page


def add_nurse(admin, central, username, store):
    admin.goto(f"{central.url}/users/new")
    admin.fill("[name=username]", username)
    admin.fill("[name=password]", PASSWORD)
    admin.keyboard.press("Alt+s")
    admin.wait_for_url("**/users/rights/**")
    admin.fill("#id_store", store)
    admin.locator(".chooser-choice", has_text=store).first.click()
    for role in ("store_keeper", "cold_chain_officer", "site_technician"):
        admin.check(f"[name=roles][value={role}]")
    admin.keyboard.press("Alt+s")
    expect(admin.locator("#alerts")).to_contain_text("Saved")


def import_catalogue(admin, central):
    admin.goto(f"{central.url}/catalogue")
    admin.click("text=Import")
    file = {"name": "who.csv", "mimeType": "text/csv", "buffer": CATALOGUE.encode()}
    admin.set_input_files("[name=file]", file)
    admin.click("text=Preview")
    expect(admin.locator("main")).to_contain_text("Polar")
    admin.locator("form button", has_text="Import").click()
    expect(admin.locator("#alerts")).to_contain_text("Imported: 2 new")


def photo():
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    return {"name": "fridge.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def sync_now(page, site):
    """Press the button; return the states of the steps as they were seen."""
    page.goto(f"{site.url}/synchronisation")
    before = page.locator("[data-busy] time").first.get_attribute("datetime", timeout=20_000)
    time.sleep(1)  # The page shows whole seconds.
    page.click("text=Sync now")
    seen = set()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        busy = page.locator("[data-busy]")
        states = tuple(
            step.get_attribute("data-step") for step in page.locator("[data-step]").all()
        )
        seen.add((busy.get_attribute("data-busy"), states))
        started = page.locator("[data-busy] time").first.get_attribute("datetime")
        if busy.get_attribute("data-busy") == "no" and started != before:
            return seen
        page.wait_for_timeout(100)
    raise AssertionError("the cycle does not end")


def register(page, site, number):
    page.goto(f"{site.url}/equipment/new")
    page.fill("#id_asset_catalogue_item", "polar 902")
    page.locator(".chooser-choice", has_text="E003/902").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.fill("[name=asset_number]", number)
    page.keyboard.press("Alt+s")
    expect(page.locator("#alerts")).to_contain_text("registered")


def test_a_site_is_initialised_in_the_browser(country, browser, tmp_path):
    central, *_others = country
    run("site", "add", "east", "--data", central.data, "--password", SITE_PASSWORD,
        "--store", "EAS=East")  # fmt: skip
    east = Instance(tmp_path / "east")
    east.data.mkdir()
    east.start()
    try:
        page = browser.new_context().new_page()
        page.goto(east.url)
        page.click("text=Remote site")
        page.fill("[name=url]", central.url)
        page.fill("[name=site_name]", "east")
        page.fill("[name=password]", "wrong one")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("The site password is wrong")
        page.click("text=More information")
        page.fill("[name=password]", SITE_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/initialising")
        expect(page.locator("[data-step]")).to_have_count(5)
        page.wait_for_url("**/log-in", timeout=30_000)
    finally:
        east.kill()


def test_a_refrigerator_with_its_photo_reaches_the_central_server_and_no_other_site(
    country, browser
):
    central, north, south = country
    nurse = log_in(browser, north, "nurse-north")
    register(nurse, north, "FRIDGE-1")
    nurse.set_input_files("#file", photo())
    nurse.click("text=Attach")
    expect(nurse.locator("#alerts")).to_contain_text("attached")
    nurse.click("[data-opens=update-status]")
    nurse.select_option("#id_status", "FUNCTIONING_BUT_NEEDS_ATTENTION")
    nurse.fill("#id_comment", "Door seal")
    nurse.locator("#update-status button[type=submit]").click()
    expect(nurse.locator("#alerts")).to_contain_text("updated")

    seen = sync_now(nurse, north)
    assert any(busy == "yes" for busy, _states in seen)
    assert max(seen, key=lambda s: s[1].count("done"))[1] == ("done",) * 6
    expect(nurse.locator("[data-queue]")).to_have_text("0")
    expect(nurse.locator("#queue-count")).to_contain_text("0 records")

    admin = log_in(browser, central, ADMIN)
    admin.goto(f"{central.url}/equipment?q=FRIDGE-1")
    expect(admin.locator("tbody")).to_contain_text("Functioning but needs attention")
    admin.click("text=FRIDGE-1")
    expect(admin.locator("main")).to_contain_text("Door seal")
    await_photo(admin)

    other = log_in(browser, south, "nurse-south")
    sync_now(other, south)
    other.goto(f"{south.url}/equipment")
    expect(other.locator("tbody")).to_contain_text("Nothing found")
    other.goto(f"{south.url}/catalogue?q=902")
    expect(other.locator("tbody")).to_contain_text("Polar")


def await_photo(page):
    """The bytes come after the cycle, at their own pace."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        page.reload()
        page.wait_for_load_state("networkidle")
        if page.evaluate("[...document.querySelectorAll('img.photo')].some(i => i.naturalWidth)"):
            return
        page.wait_for_timeout(500)
    raise AssertionError("the photo does not arrive")


def test_a_site_works_alone_and_catches_up(country, browser):
    central, north, _south = country
    nurse = log_in(browser, north, "nurse-north")
    central.kill()
    try:
        register(nurse, north, "ALONE-1")
        sync_now(nurse, north)
        expect(nurse.locator("main")).to_contain_text("The central server cannot be reached")
        expect(nurse.locator("[data-step=failed]")).to_have_count(1)
        expect(nurse.locator("[data-badge=alert]")).to_have_count(0)
    finally:
        central.start()
    sync_now(nurse, north)
    expect(nurse.locator("[data-queue]")).to_have_text("0")
    admin = log_in(browser, central, ADMIN)
    admin.goto(f"{central.url}/equipment")
    expect(admin.locator("tbody")).to_contain_text("ALONE-1")


def test_the_bar_and_the_alert(country, browser):
    central, north, _south = country
    admin = log_in(browser, central, ADMIN)
    bar = admin.locator("footer.bar-central")
    expect(bar).to_contain_text("Central server")
    box = bar.bounding_box()
    assert box["y"] + box["height"] == admin.viewport_size["height"]
    nurse = log_in(browser, north, "nurse-north")
    expect(nurse.locator("footer.bar-central")).to_have_count(0)
    nurse.goto(f"{north.url}/catalogue")
    expect(nurse.get_by_role("button", name="Import")).to_be_disabled()
    nurse.goto(f"{north.url}/catalogue/import")
    expect(nurse.locator("[data-alert]")).to_contain_text("only be done on the central server")
    # A screen that asks without leaving its page gets the alert on top of it.
    nurse.goto(f"{north.url}/list/items/")
    nurse.evaluate("htmx.ajax('GET', '/list/items/new', '#list')")
    expect(nurse.locator("#alerts [data-alert]")).to_be_visible()


def test_first_pages_are_light(country, browser):
    central, north, _south = country
    for path, page in first_pages(browser, central, north):
        finished = []
        page.on("requestfinished", lambda request, found=finished: found.append(request))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        sizes = [request.sizes() for request in finished]
        weight = sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes)
        print(f"{path}: {weight} bytes in {len(sizes)} answers")
        assert len(sizes) >= 5
        assert weight < LIMIT, path


def first_pages(browser, central, north):
    """Yield pages as a browser with an empty cache sees them."""
    yield f"{central.url}/log-in", browser.new_context().new_page()
    for instance, user, path in ((central, ADMIN, "/"), (north, "nurse-north", "/equipment"),
                                 (north, "nurse-north", "/synchronisation")):  # fmt: skip
        state = log_in(browser, instance, user).context.storage_state()
        yield instance.url + path, browser.new_context(storage_state=state).new_page()


def test_a_second_page_takes_its_files_from_the_browser(country, browser):
    central, *_others = country
    page = log_in(browser, central, ADMIN)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{central.url}/list/items/")
    fetched = []
    page.on("response", lambda r: fetched.append((r.url, r.from_service_worker, r.status)))
    page.goto(f"{central.url}/list/stock/")
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/static/'))"
        ".map(e => e.transferSize)"
    )
    assert sizes
    assert set(sizes) == {0}


def test_keys_do_what_buttons_do(country, browser):
    _central, north, _south = country
    page = log_in(browser, north, "nurse-north")
    page.goto(f"{north.url}/equipment")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/equipment/new")
    page.locator("[name=asset_number]").focus()
    page.keyboard.press("Escape")
    page.wait_for_url("**/equipment")


def test_times_are_those_of_the_reader(country, browser):
    central, *_others = country
    for zone, hours in (("Pacific/Auckland", 12), ("UTC", 0)):
        page = log_in(browser, central, ADMIN, timezone_id=zone)
        page.goto(f"{central.url}/sites")
        time_ = page.locator("tbody time").first
        moment = time_.get_attribute("datetime")
        shown = page.evaluate(
            "([at, zone]) => new Intl.DateTimeFormat('en', {dateStyle: 'medium',"
            " timeStyle: 'short', timeZone: zone}).format(new Date(at))",
            [moment, zone],
        )
        assert time_.inner_text() == shown, hours


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_no_page_is_wider_than_its_screen(country, browser, width):
    central, north, _south = country
    for instance, user in ((central, ADMIN), (north, "nurse-north")):
        page = log_in(browser, instance, user, viewport={"width": width, "height": 800})
        paths = ["/", "/list/items/", "/equipment", "/catalogue", "/synchronisation", "/stores",
                 "/sites", "/list/stock/", "/equipment/new", "/all-records"]  # fmt: skip
        for path in paths:
            page.goto(instance.url + path)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{path} at {width}"


def test_the_menu_opens_on_a_narrow_screen(country, browser):
    central, *_others = country
    page = log_in(browser, central, ADMIN, viewport={"width": 390, "height": 800})
    menu = page.locator("#menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
