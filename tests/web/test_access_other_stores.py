"""No page tells a store's user about records of another store, whatever the address asks for."""

import pytest
from django.db import models
from django.urls import reverse

from msupply.records.names import Name
from msupply.records.stores import Store
from msupply.services.scope import store_path
from msupply.sync.clock import now
from msupply.sync.declare.registry import registry
from msupply.sync.models import Quarantined
from tests.web.conftest import ALL, log_in

# No page says this by itself.
SECRET = "Quagga"
OWN = "store-south"
# Their rows are the stranger's too, and name what they are about.
NAMING = {"authorisationrequest", "vaccination"}
TYPES = [kind for kind in registry().types if store_path(kind)]


def of_others(kind):
    """Return the records of a type that belong to other stores."""
    path = store_path(kind)
    found = kind.model.objects.filter(**{f"{path}__isnull": False}).exclude(**{path: OWN})
    partner = getattr(kind.policy, "partner", None)
    return found.exclude(**{partner.replace(".", "__"): OWN}) if partner else found


def texts_of(kind):
    """Return the columns that hold any text."""
    return [
        column.name
        for column in kind.columns.values()
        if isinstance(column, models.TextField) and not column.choices and column.name != "id"
    ]


@pytest.fixture
def stranger(place):
    """Somebody with every right in the own store; all that is of others holds the secret."""
    for kind in TYPES:
        of_others(kind).update(**dict.fromkeys(texts_of(kind), SECRET))
    if place == "central":
        # Where both stores are active each knows the patients of the other (domain.md A.7).
        Store.objects.filter(pk="store-north").update(site_id=2)
        texts = dict.fromkeys(("name", "first_name", "last_name", "code"), SECRET)
        Name.objects.filter(pk="patient-1").update(**texts)
    Quarantined.objects.create(
        source_site=2, wire="v5", table_name="item", record_id=SECRET, action="upsert",
        data=SECRET, code="invalid", reason=SECRET, received_at=now(),
    )  # fmt: skip
    return log_in("stranger", OWN, *sorted(set(ALL) - {"SERVER_ADMIN", "EDIT_CENTRAL_DATA"}))


def told(client, url):
    """Tell whether a page says the secret."""
    answer = client.get(url, headers={"HX-Request": "true"} if "/choose/" in url else None)
    content = b"".join(answer) if answer.streaming else answer.content
    return SECRET.encode() in content


@pytest.mark.parametrize("page", ["list", "export", "choose"])
def test_lists_files_and_pickers_leave_them_out(stranger, page):
    names = {kind.name for kind in (TYPES if page == "choose" else registry().types)} - NAMING
    assert [n for n in sorted(names) if told(stranger, reverse(page, args=[n]))] == []


@pytest.mark.parametrize("page", ["detail", "edit", "delete"])
def test_their_own_pages_are_not_found(stranger, page):
    wrong = {}
    for kind in TYPES:
        record = of_others(kind).order_by("pk").first()
        if record is None:
            continue
        answer = stranger.get(reverse(page, args=[kind.name, record.pk]))
        if answer.status_code not in (403, 404) or SECRET.encode() in answer.content:
            wrong[kind.name] = answer.status_code
    assert wrong == {}


PAGES = [
    "/",
    "/synchronisation",
    "/stores",
    "/stores/matrix",
    "/stores/synchronisation/store-north",
    "/stores/visibility/store-north?part=patients",
    "/equipment",
    "/equipment/show/asset-1",
    "/equipment/file/asset-1/file-1",
    "/merge/location?keep=location-1&delete=location-1",
    "/merge/patient?keep=patient-1&delete=patient-1",
    "/home-store/patient/patient-1",
    "/where-is/invoice/invoice-1",
    "/list/patients/",
    "/list/name/show/patient-1",
    "/list/invoice/new?name=patient-1",
    "/choose/name?q=quag",
    "/map/",
    "/sync-report/",
]


@pytest.mark.parametrize("url", PAGES)
def test_pages_with_a_view_of_their_own_leave_them_out(stranger, url):
    assert not told(stranger, url)
