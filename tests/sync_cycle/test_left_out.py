"""What a site cannot send is left out of its push, and holds back nothing else."""

import pytest

from msupply.records.assets import Asset
from msupply.records.stock import Location
from msupply.sync import left_out, push
from msupply.sync.clock import now
from msupply.sync.cycle import run_cycle


def shelves(*extras):
    for number, extra in enumerate(extras):
        Location.objects.create(
            id=f"L{number}", name="Shelf", code="S", store_id="store-north", extra=extra
        )


@pytest.mark.parametrize("extras", [(None, "{", None), ("{",), ("[1]",), ("words", "{}")])
def test_others_are_pushed(site, servers, extras):
    run_cycle(site, servers)
    shelves(*extras)
    assert run_cycle(site, servers).error is None
    good = [f"L{n}" for n, extra in enumerate(extras) if extra in (None, "{}")]
    assert [record_id for _table, record_id in servers.legacy.pushed] == good
    assert push.waiting_to_push(site) == 0
    assert left_out.noted(site).count() == len(extras) - len(good)


def test_it_is_pushed_when_it_is_put_right(site, servers):
    run_cycle(site, servers)
    shelves("{")
    run_cycle(site, servers)
    assert [note.record_id for note in left_out.noted(site)] == ["L0"]
    Location.objects.filter(pk="L0").update(extra=None)
    assert left_out.noted(site).count() == 0
    assert run_cycle(site, servers).error is None
    assert servers.legacy.pushed == [("Location", "L0")]


def test_v6_is_pushed_to_its_end(site, servers):
    run_cycle(site, servers)
    moments = {"created_datetime": now(), "modified_datetime": now()}
    for number, extra in enumerate(("{", None, "{")):
        Asset.objects.create(
            id=f"A{number}", asset_number="1", store_id="store-north", extra=extra, **moments
        )
    assert run_cycle(site, servers).error is None
    assert ("asset", "A1") in servers.oms.pushed
    assert push.waiting_to_push(site) == 0
    assert {note.record_id for note in left_out.noted(site)} == {"A0", "A2"}
