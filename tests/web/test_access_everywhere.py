"""Who may open which page: every address, by every kind of visitor, in both kinds of places.

An address that is new must be named below, with what one needs to open it.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from msupply.sync.clock import now
from msupply.web.administration import unlock
from msupply.web.urls import urlpatterns
from tests.web.addresses import address
from tests.web.conftest import ALL, log_in

METHODS = ("get", "post")
CENTRAL = ["SERVER_ADMIN", "EDIT_CENTRAL_DATA"]

OPEN = ["favicon", "log-in", "log-in-code", "log-out", "language", "initialising-progress"]
# They exist until the instance is set up; then they lead home.
FIRST_RUN = [
    "first-run",
    "first-run-central",
    "first-run-remote",
    "initialising",
    "initialising-retry",
]
# What one needs besides being logged in; every permission is needed.
NEEDS: dict[tuple[str, ...], list[str]] = {
    (): [
        *("home", "choose-store", "lock", "all-records", "merges", "sync-footer"),
        *("sync", "sync-status", "sync-now", "files-retry", "asset-reasons"),
        *("stores", "store-matrix"),
        *("my-password", "password-again", "session-end"),
        *("second-factor", "second-factor-remove"),
    ],
    ("SERVER_ADMIN",): [
        *("sync-settings", "quarantined-retry", "local-procurement", "system-settings", "unlock"),
        *("security-log", "security-log-export", "security-log-days"),
        *("sites", "site", "site-new", "site-wizard", "site-ready", "site-ready-text"),
        *("site-password", "site-reset", "site-start-over", "site-delete", "site-page"),
        *("site-retry", "sync-report", "sync-report-export", "country-map", "where-is"),
        *("user-new", "user-rights", "user-password", "user-revoke", "store-resync"),
        *("user-sessions-end", "user-second-factor"),
        *("store-move", "store-move-checklist", "store-move-start", "store-move-progress"),
        *("store-move-cancel", "store-users", "store-sync", "store-visibility"),
    ],
    ("EDIT_CENTRAL_DATA",): [
        *("store-new", "store", "store-visibility-add", "store-visibility-remove"),
        *("store-visibility-copy", "home-store"),
    ],
    ("EDIT_CENTRAL_DATA", "ASSET_CATALOGUE_ITEM_MUTATE"): [
        *("catalogue-import", "catalogue-import-now", "catalogue-import-errors"),
    ],
    ("ASSET_QUERY",): ["asset-catalogue", "catalogue-item", "equipment", "asset", "asset-file"],
    ("ASSET_MUTATE",): ["asset-register", "asset-edit", "asset-attach", "asset-file-remove"],
    ("ASSET_STATUS_MUTATE",): ["asset-log"],
    ("LOCATION_MUTATE",): ["merge"],
    ("STOCK_LINE_QUERY",): ["choose", "list", "export", "export-excel", "detail"],
    ("STOCK_LINE_MUTATE",): [
        *("create", "edit", "delete", "import", "import-template"),
        *("import-preview", "import-now", "import-errors"),
    ],
}
GUARDED = [page for pages in NEEDS.values() for page in pages]
# Pages of the mSupply central server; elsewhere everybody is told so.
AT_CENTRAL = {
    *(
        name
        for name in NEEDS["SERVER_ADMIN",]
        if not name.startswith(("sync-s", "quar", "local", "security-log"))
    ),
    *NEEDS["EDIT_CENTRAL_DATA",],
    *NEEDS["EDIT_CENTRAL_DATA", "ASSET_CATALOGUE_ITEM_MUTATE"],
    *("stores", "store-matrix", "second-factor", "second-factor-remove"),
    # Sites create users of their own.
} - {"user-new"}
# Who may not see the record's store finds no such record.
OF_A_STORE = {
    *("detail", "edit", "delete"),
    *("asset", "asset-edit", "asset-log", "asset-attach", "asset-file", "asset-file-remove"),
}
OF_NORTH = {
    "type_name": "stockline",
    "record_type": "stockline",
    "slug": "stockline",
    "record_id": "stock-1",
}
PATIENT = {"kind": "patient", "record_id": "patient-1"}


def of_north(page):
    """Return the address of a page, with ids of records of the store north."""
    return address(PAGES[page], **OF_NORTH | (PATIENT if page == "home-store" else {}))


PAGES = {pattern.name or "favicon": pattern for pattern in urlpatterns}


def needed(page):
    """Return the permissions that a page needs."""
    return next(set(held) for held, pages in NEEDS.items() if page in pages)


def test_every_page_says_who_may_open_it():
    assert sorted(PAGES) == sorted([*OPEN, *FIRST_RUN, *GUARDED])


VISITORS = {
    "enters": ("store-north", []),
    "looks": ("store-north", [name for name in ALL if name.endswith("_QUERY")]),
    "works": ("store-north", [name for name in ALL if name not in CENTRAL]),
    "stranger": ("store-south", [name for name in ALL if name not in CENTRAL]),
    "administrator": ("store-north", ALL),
}


@pytest.fixture
def visitor(place, request):
    store, held = VISITORS[request.param]
    client = log_in(request.param, store, *held)
    session = client.session
    session[unlock.KEY] = (now() + timedelta(minutes=5)).isoformat()
    session.save()
    client.held, client.store, client.place = set(held), store, place
    return client


def expected(visitor, page):
    """Return the statuses with which a page may answer a visitor, None for all that are good."""
    if page in AT_CENTRAL and visitor.place != "central":
        return {403}
    if not needed(page) <= visitor.held:
        return {403, 404} if page in OF_A_STORE else {403}
    if page in OF_A_STORE and visitor.store != "store-north":
        return {403, 404, 422}
    return None


def opened(client, method, url):
    """Return what a page answers, read to its end; what it has done is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer, content


@pytest.mark.parametrize("visitor", VISITORS, indirect=True)
def test_a_page_opens_for_whom_it_should(visitor):
    wrong = {}
    for page in GUARDED:
        wanted = expected(visitor, page)
        for method in METHODS:
            status = opened(visitor, method, of_north(page))[0].status_code
            # A page that takes no such request says so to anybody.
            good = status == 405 or (
                status < 500 and status != 403 if wanted is None else status in wanted
            )
            if not good:
                wrong[page, method] = status
    assert wrong == {}


def test_nobody_gets_further_than_log_in(place):
    wrong = {}
    for page in PAGES:
        for method in METHODS:
            answer, content = opened(Client(), method, of_north(page))
            status = answer.status_code
            leads = status == 302 and answer.url.startswith("/log-in")
            if page in FIRST_RUN:
                leads = status == 302
            # The footer is asked for by a page that may be open since before log-out.
            silent = page == "sync-footer" and status in (204, 405)
            good = status < 500 if page in OPEN else ((leads or silent) and not content)
            if not good:
                wrong[page, method] = status
    assert wrong == {}
