"""Without the permission nothing of a type can be done, whichever type and whichever page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from msupply.services import rights
from msupply.services.permissions import STORE_ACCESS
from msupply.sync.declare.registry import registry
from tests.web.conftest import log_in

KINDS = {kind.name: kind for kind in registry().types}


def needs_more(kind):
    """Tell types that somebody who may only enter the store cannot see."""
    return kind.permissions.view != STORE_ACCESS


def guarded(kind):
    """Tell types that somebody who may only enter the store cannot edit."""
    return kind.permissions.edit != STORE_ACCESS


@pytest.fixture
def visitor(remote):
    """Return the browser of somebody who may enter the store, and nothing else."""
    return log_in("bo", "store-north")


@pytest.mark.parametrize("page", ["list", "export", "export-excel"])
def test_what_may_not_be_seen_is_not_listed_nor_exported(visitor, page):
    wrong = {
        name: status
        for name, kind in KINDS.items()
        if needs_more(kind)
        and (status := visitor.get(reverse(page, args=[name])).status_code) != 403
    }
    assert wrong == {}


def test_what_may_not_be_seen_has_no_page_and_is_not_offered(visitor):
    wrong = {}
    for name, kind in KINDS.items():
        record = kind.model.objects.first()
        if record is None or not needs_more(kind):
            continue
        shown = visitor.get(reverse("detail", args=[name, record.pk])).status_code
        offered = visitor.get(reverse("choose", args=[name])).status_code
        if (shown, offered) != (403, 403):
            wrong[name] = (shown, offered)
    assert wrong == {}


@pytest.mark.parametrize("page", ["create", "import"])
def test_what_may_not_be_edited_is_not_made_nor_imported(visitor, page):
    wrong = {}
    for name, kind in KINDS.items():
        file = SimpleUploadedFile("x.csv", b"id\nx\n")
        status = visitor.post(reverse(page, args=[name]), {"file": file}).status_code
        if guarded(kind) and status != 403:
            wrong[name] = status
    assert wrong == {}


@pytest.mark.parametrize("page", ["edit", "delete"])
def test_what_may_not_be_edited_is_neither_changed_nor_deleted(visitor, page):
    wrong = {}
    for name, kind in KINDS.items():
        record = kind.model.objects.first()
        if record is None or not guarded(kind):
            continue
        status = visitor.post(reverse(page, args=[name, record.pk])).status_code
        # What belongs to another store is not found at all.
        if status not in (403, 404) or not kind.model.objects.filter(pk=record.pk).exists():
            wrong[name] = status
    assert wrong == {}


def test_all_records_offers_only_what_may_be_seen(visitor):
    page = visitor.get("/all-records")
    offered = {screen.kind.name for group in page.context["groups"] for screen in group.screens}
    hidden = {n for n, k in KINDS.items() if needs_more(k) and n not in rights.BY_TYPE}
    assert offered
    assert not offered & hidden


def test_all_records_are_searched_by_name(admin):
    page = admin.get("/all-records?q=master line", headers={"HX-Request": "true"})
    names = [screen.kind.name for group in page.context["groups"] for screen in group.screens]
    assert "masterlistline" in names
    assert "invoice" not in names
    assert "<html" not in page.text
