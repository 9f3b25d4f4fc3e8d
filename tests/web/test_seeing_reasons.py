"""Why a record was kept back is told in the language of whoever reads it."""

import msgspec
import pytest
from django.db import connection
from django.utils import translation

from msupply.central import explanation, health
from msupply.records.sites import Site
from msupply.sync import buffer, quarantine
from msupply.sync.buffer import Arrived
from msupply.sync.clock import now
from msupply.sync.declare.message import refused, unreadable
from msupply.sync.declare.registry import Wire, registry
from msupply.sync.integrate import Origin, integrate
from msupply.sync.models import Quarantined
from msupply.wire import pushed
from tests.examples import all_examples

LOCATION = {
    "ID": "l-1", "code": "L1", "Description": "Shelf", "store_ID": "store-north", "hold": False,
    "Volume": 0, "asset_ID": "", "comment": "", "type_ID": "", "priority": 0, "object_type": "",
    "parent_id": "", "summary_only": False,
}  # fmt: skip


def arrive(table, record, action="update"):
    """Take a record in as one that site 2 has pushed; return what was kept of it."""
    raw = msgspec.json.encode(record)
    sent = [Arrived(table, record["ID"], action, raw)]
    pushed.store(connection, 2, Wire.V5, pushed.sort_out(sent))
    integrate(connection, Origin(2, 2, logs=frozenset()))
    return Quarantined.objects.get(source_site=2)


def sensor(**changed):
    """Return a sensor that differs from the example."""
    example = next(e.record for e in all_examples() if e.table == "sensor")
    return example | {"ID": "s-1", "storeID": "store-north"} | changed


def kept_for(code):
    """Let a record arrive that is kept for this reason."""
    if code == quarantine.INVALID:
        return arrive("Location", LOCATION | {"hold": "perhaps"})
    if code == quarantine.NOT_OWNER:
        return arrive("Location", LOCATION | {"store_ID": "store-central"})
    if code == quarantine.MISSING_PARENT:
        return arrive("sensor", sensor(locationID="l-9"))
    if code == quarantine.UNKNOWN_TABLE:
        return arrive("weather", {"ID": "w-1"})
    if code == quarantine.UNSUPPORTED:
        return arrive("sensor", sensor(), "delete")
    arrive_whole()
    return arrive("Location", LOCATION, "delete")


def arrive_whole():
    """Take in a location of site 2 with a sensor in it."""
    for table, record in (("Location", LOCATION), ("sensor", sensor(locationID="l-1"))):
        sent = Arrived(table, record["ID"], "update", msgspec.json.encode(record))
        buffer.store(connection, 2, Wire.V5, [sent])
    integrate(connection, Origin(2, 2, logs=frozenset()))
    assert not Quarantined.objects.exists()


SAID = {
    quarantine.INVALID: (
        "hold: expected yes or no, found a text",
        "hold : on attendait oui ou non, on a trouvé un texte",
    ),
    quarantine.NOT_OWNER: (
        "location: the site does not own it, as store “store-central” is not active there",
        "appartient pas au site, car le dépôt « store-central »",
    ),
    quarantine.MISSING_PARENT: (
        "location_id: there is no location “l-9” here (yet)",
        ") : emplacement « l-9 »",
    ),
    quarantine.UNKNOWN_TABLE: (
        "this version knows no V5 table “weather”",
        "cette version ne connaît pas de table V5 « weather »",
    ),
    quarantine.UNSUPPORTED: (
        "sensor: such records cannot be deleted",
        "capteur : de tels enregistrements ne peuvent pas être supprimés",
    ),
    quarantine.DATABASE: (
        "sensor: such records still refer to it",
        "capteur : de tels enregistrements y font encore référence",
    ),
}


def said(row):
    return quarantine.in_words(row.reason, row.reason_values)


@pytest.mark.parametrize("code", SAID)
def test_a_site_page_tells_the_reason_in_the_readers_language(admin, code):
    assert kept_for(code).code == code
    for language, text in zip(("en", "fr"), SAID[code], strict=True):
        admin.post("/language", {"language": language})
        assert text in admin.get("/sites/2/").text


@pytest.mark.parametrize("page", ["/synchronisation", "/where-is/sensor/s-1"])
def test_other_pages_with_kept_records_tell_it_too(admin, page):
    kept_for(quarantine.UNSUPPORTED)
    admin.post("/language", {"language": "fr"})
    assert SAID[quarantine.UNSUPPORTED][1] in admin.get(page).text


def test_explain_and_check_tell_it_in_the_language_of_the_terminal(admin):
    row = kept_for(quarantine.NOT_OWNER)
    kind = registry().by_name["location"]
    for language, text in zip(("en", "fr"), SAID[quarantine.NOT_OWNER], strict=True):
        with translation.override(language):
            told = explanation.explain(connection, kind, row.record_id, Site.objects.none())
            assert [text in kept.reason for kept in told.quarantine] == [True]
            assert any(text in finding.text for finding in health.examine(connection))


def test_what_an_earlier_version_kept_is_shown_as_it_is(admin):
    Quarantined.objects.create(
        source_site=2, wire="v5", table_name="Location", record_id="l-1", action="upsert",
        data="{}", code="invalid", reason="hold: {odd} 50% wrong", received_at=now(),
    )  # fmt: skip
    admin.post("/language", {"language": "fr"})
    assert "hold: {odd} 50% wrong" in admin.get("/sites/2/").text


def test_no_reason_is_no_text():
    assert quarantine.in_words("", "{}") == ""


def test_a_type_that_is_known_no_more_has_its_name_from_the_wire():
    text = quarantine.in_words("{type}: such records cannot be deleted", '{"type": "Wall"}')
    assert text == "Wall: such records cannot be deleted"


def test_braces_and_nul_in_a_record_are_no_harm(admin):
    row = arrive("Location", LOCATION | {"ID": "{type}", "store_ID": "{store}\0"})
    assert row.code == quarantine.INVALID
    row.delete()
    row = arrive("Location", LOCATION | {"store_ID": "{type} %s"})
    assert "“{type} %s”" in said(row)
    assert admin.get("/sites/2/").status_code == 200


@pytest.mark.parametrize(
    ("change", "english", "french"),
    [
        ({"store_ID": ""}, "store_ID must not be empty", "store_ID ne doit pas être vide"),
        ({"Volume": 10**400}, "it cannot be read (", "enregistrement est illisible ("),
        (
            {"code": None},
            "code: expected a text, found nothing",
            "attendait un texte, on a trouvé rien",
        ),
    ],
)
def test_what_cannot_be_read_is_told_by_field(admin, change, english, french):
    row = arrive("Location", LOCATION | change)
    assert english in said(row)
    with translation.override("fr"):
        assert french in said(row)


def test_a_required_field_is_missed_by_its_name(admin):
    record = {key: value for key, value in LOCATION.items() if key != "code"}
    assert said(arrive("Location", record)) == "code is missing"


def test_an_action_that_no_wire_has_is_told_in_french(admin):
    row = arrive("Location", LOCATION, "explode")
    with translation.override("fr"):
        assert said(row).startswith("action inconnue « explode »")


def test_numbers_that_are_too_large_have_their_bound_told():
    message = unreadable(ValueError("Expected `int` <= 2147483647 - at `$.value`"))
    assert str(message) == "value must be <= 2147483647"


def test_long_values_are_cut():
    message = refused("code", "x" * 500, ValueError("odd"))
    assert str(message) == f"code: “{'x' * 99}…” cannot be read"
