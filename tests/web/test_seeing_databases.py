"""The questions of the pages about synchronisation, on both kinds of database."""

import pytest

from msupply.central import log_marks
from msupply.records.sites import Site
from msupply.records.stock import Location
from msupply.sync.clock import now
from msupply.sync.models import Quarantined
from msupply.wire import site_cycles
from tests.web.conftest import ALL, log_in, make_central, take_examples


def test_every_page_answers(connection):
    take_examples()
    make_central()
    Site.objects.filter(site_id=2).update(last_connection_datetime=now())
    site_cycles.begin(connection, 2)
    site_cycles.exchanged(connection, 2, pulled=3)
    Location.objects.create(id="l-new", store_id="store-north", code="L", name="Shelf")
    log_marks.mark(connection)
    kept = Quarantined.objects.create(
        source_site=2, wire="v5", table_name="item", record_id="i", action="upsert", data="{}",
        code="invalid", reason="-", received_at=now(),
    )  # fmt: skip
    admin = log_in("ada", "store-central", *ALL)
    for of in ("sites", "stores"):
        for asked in ("", "&q=north", "&q=2", "&state=FRESH", "&sort=-title", "&sort=version"):
            answer = admin.get(f"/sync-report/?of={of}{asked}")
            assert answer.status_code == 200
            assert answer.context["rows"], asked
        for form in ("csv", "xlsx"):
            assert admin.get(f"/sync-report/export.{form}?of={of}").getvalue()
    for level in ("stores", "sites", "regions"):
        assert "<svg" in admin.get(f"/map/?by={level}").text
    page = admin.get("/sites/2/")
    assert page.context["queue"].length > 0
    assert page.context["queue"].oldest_before is not None
    kind, record_id = page.context["queue"].oldest
    assert admin.get(f"/where-is/{kind.name}/{record_id}").context["verdicts"]
    assert admin.post("/sites/2/retry", {"id": str(kept.pk)}).status_code == 302
    assert not Quarantined.objects.exists()


@pytest.mark.parametrize("slug", ["items", "locations"])
def test_a_record_leads_to_where_it_is(connection, slug):
    take_examples()
    make_central()
    admin = log_in("ada", "store-central", *ALL)
    row = admin.get(f"/list/{slug}/").context["page"].object_list[0]
    text = admin.get(f"/list/{slug}/show/{row.pk}").text
    assert f"/where-is/{row._meta.model_name}/{row.pk}" in text
