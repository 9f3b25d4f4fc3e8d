"""An Open mSupply central server reports vaccinations to the mSupply central server (13C)."""

from dataclasses import replace

import pytest

from msupply.records.vaccines import Vaccination, VaccineCourse
from msupply.sync import push
from msupply.sync.cycle import run_cycle
from msupply.sync.declare.registry import Channel


def reported(servers) -> set[tuple[str, str]]:
    return {(table, record_id) for table, record_id in servers.legacy.pushed if "om_v" in table}


@pytest.fixture
def oms_central(site, servers):
    """The site is the Open mSupply central server from now on."""
    servers.legacy.info = replace(servers.legacy.info, is_oms_central=True)
    assert run_cycle(site, servers).error is None
    return site


def test_its_own_changes_are_reported_once(oms_central, servers):
    VaccineCourse.objects.filter(id="course-1").update(name="Rubella")
    assert push.waiting_to_push(oms_central) == 1
    assert run_cycle(oms_central, servers).error is None
    assert reported(servers) == {("om_vaccine_course", "course-1")}
    assert push.waiting_to_push(oms_central) == 0
    servers.legacy.pushed.clear()
    assert run_cycle(oms_central, servers).error is None
    assert reported(servers) == set()


def test_what_sites_told_it_is_reported_too(oms_central, servers):
    Vaccination.objects.filter(id="vaccination-1").update(comment="From another site")
    with oms_central.cursor() as cursor:
        cursor.execute(f"UPDATE {Channel.MODERN.value} SET source_site = 7")
    assert run_cycle(oms_central, servers).error is None
    assert reported(servers) == {("om_vaccination", "vaccination-1")}


def test_another_site_reports_nothing(site, servers):
    Vaccination.objects.filter(id="vaccination-1").update(comment="Here")
    assert run_cycle(site, servers).error is None
    assert reported(servers) == set()
    assert ("vaccination", "vaccination-1") in servers.oms.pushed
