"""Merging patients and prescribers: they travel where they are visible, edited at home."""

import pytest

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.insurance import InsuranceProvider, NameInsuranceJoin
from msupply.records.merges import NameMerge
from msupply.records.names import Name, NameStoreJoin
from msupply.sync import here as instance
from msupply.sync import routing
from msupply.sync.declare.registry import Channel, registry
from msupply.sync.models import ChangelogQueue
from tests.merging.conftest import NORTH, SOUTH, merge


def sees(country, record_id, name, store):
    return country.make(NameStoreJoin, record_id, name_id=name, store_id=store)


def queue(country, site, after=0):
    """Return what goes to a site, as (type, id)."""
    connection = country.connection
    reader = routing.reader_for(connection, instance.load(connection), site)
    changes = routing.read(connection, Channel.QUEUE, reader, after, 10**6, 1000)
    names = registry().by_number
    return [(names[change.record_type].name, change.record_id) for change in changes]


def head(country):
    return ChangelogQueue.objects.using(country.alias).order_by("-cursor").first().cursor


def policy(country, record_id, patient):
    country.make(InsuranceProvider, "P", provider_name="Provider")
    return country.make(
        NameInsuranceJoin,
        record_id,
        name_id=patient,
        insurance_provider_id="P",
        expiry_date="2030-01-01",
    )


def test_what_is_about_the_patient_lost_goes_where_the_one_kept_is_visible(country):
    country.patients("A", "B")
    sees(country, "J1", "A", "S-north")
    sees(country, "J2", "B", "S-north")
    policy(country, "V", "A")
    before = country.log(ChangelogQueue, "V")
    assert before.visible_id == "A"
    country.arrive_trusted(merge("name", "B", "A"))
    after = country.log(ChangelogQueue, "V")
    assert (after.visible_id, after.cursor) == ("B", before.cursor)


def test_a_site_that_saw_only_the_one_lost_gets_the_one_kept_before_the_merge(country):
    country.patients("A", "B")
    sees(country, "J1", "A", "S-north")
    sees(country, "J2", "B", "S-south")
    before = head(country)
    country.arrive_trusted(merge("name", "B", "A"))
    for site in (NORTH, SOUTH):
        sent = queue(country, site, before)
        assert ("name", "B") in sent
        assert ("name", "A") in sent
        assert sent[-1] == ("namemerge", "A")


def test_a_site_where_neither_is_visible_hears_nothing(country):
    country.patients("A", "B")
    sees(country, "J1", "A", "S-north")
    country.arrive_trusted(merge("name", "B", "A"))
    assert ("namemerge", "A") not in queue(country, SOUTH)


def test_the_home_site_merges_its_patients(country):
    country.patients("A", "B", supplying_store_id="S-north")
    country.arrive(merge("name", "B", "A"), site=NORTH)
    assert country.kept_back() == []
    assert country.row(Name, "A").deleted_datetime is not None


@pytest.mark.parametrize("homes", [("S-south", "S-north"), ("S-north", "S-south")])
def test_no_other_site_merges_them(country, homes):
    country.patients("A", supplying_store_id=homes[0])
    country.patients("B", supplying_store_id=homes[1])
    country.arrive(merge("name", "B", "A"), site=NORTH)
    assert country.kept_back() == [("name", "merge", "A", "not_owner")]
    assert not country.has(NameMerge, "A")


def test_a_site_cannot_merge_names_that_are_central(country):
    country.names("A", "B")
    country.arrive(merge("name", "B", "A"), site=NORTH)
    assert country.kept_back() == [("name", "merge", "A", "not_owner")]


def test_prescribers_merge_and_the_one_lost_is_inactive(country):
    country.prescribers("A", "B", store_id="S-north")
    for record_id, prescriber in (("J1", "A"), ("J2", "B")):
        country.make(ClinicianStoreJoin, record_id, clinician_id=prescriber, store_id="S-north")
    country.arrive(merge("clinician", "B", "A"), site=NORTH)
    assert not country.row(Clinician, "A").is_active
    found = ClinicianStoreJoin.objects.using(country.alias).values_list("id", "clinician_id")
    assert list(found) == [("J1", "B")]
