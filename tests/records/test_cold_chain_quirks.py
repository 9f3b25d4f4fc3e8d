"""Sensors, breaches, logs, VVM readings and documents on the V5 wire."""

import msgspec
import pytest

from msupply.sync.declare.codecs import Form
from tests.records.test_quirks import decode, row, written


@pytest.mark.parametrize(
    ("address", "serial", "kind"),
    [
        ("AC:23 | LOG_TAG", "AC:23", "LOG_TAG"),
        ("AC:23 | BERLINGER", "AC:23", "BERLINGER"),
        ("AC:23", "AC:23", "BLUE_MAESTRO"),
        ("AC:23 |", "AC:23", "BLUE_MAESTRO"),
        ("AC:23 | Something", "AC:23", "BLUE_MAESTRO"),
        ("", "", "BLUE_MAESTRO"),
    ],
)
def test_the_type_of_a_sensor_stands_behind_its_serial_number(
    address: str, serial: str, kind: str
) -> None:
    found = row("sensor", {"macAddress": address})
    assert (found["serial"], found["type"]) == (serial, kind)
    assert written("sensor", found)["macAddress"] == f"{serial} | {kind}"


def test_a_newer_moment_wins_over_its_parts() -> None:
    newer = row("sensor", {"lastConnectionDate": "2020-01-01"})
    assert newer["last_connection_datetime"] == "2025-03-04 09:30:01.500000"
    older = row("sensor", {"om_last_connection_datetime": ""})
    assert older["last_connection_datetime"] == "2025-03-04 09:30:01"
    never = row("sensor", {"om_last_connection_datetime": "", "lastConnectionDate": ""})
    assert never["last_connection_datetime"] is None


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("temperature_breach", {"om_start_datetime": "", "start_date": "0000-00-00"}),
        ("temperature_log", {"om_datetime": "", "date": ""}),
    ],
)
def test_a_moment_that_must_be_there_is_missed(table: str, change: dict[str, str]) -> None:
    batch = decode(table, change, {})
    assert list(batch.errors) == [0]
    assert "missing" in str(batch.errors[0])


def test_a_breach_that_goes_on_has_no_end() -> None:
    change = {"om_end_datetime": "", "end_date": "0000-00-00", "end_time": 0}
    found = row("temperature_breach", change | {"acknowledged": False})
    assert found["end_datetime"] is None
    assert found["unacknowledged"] is True
    record = written("temperature_breach", found)
    assert record["acknowledged"] is False
    assert (record["end_date"], record["end_time"]) == ("0000-00-00", 0)


def test_a_reading_has_its_moment_in_two_parts() -> None:
    log = "vaccine_vial_monitor_status_log"
    pushed = row(log, {"date": "2025-03-06T00:00:00", "time": "09:30:01.5"})
    assert pushed["created_datetime"] == "2025-03-06 09:30:01"
    assert (written(log, pushed)["date"], written(log, pushed)["time"]) == ("2025-03-06", 34201)


@pytest.mark.parametrize("data", ['{"weight":9.10,"n":12345678901234567890}', "[]", '{"a":"\\""}'])
def test_a_document_goes_up_as_text_and_down_as_it_is(data: str) -> None:
    example = msgspec.json.decode(data)
    found = row("om_document", {"data": data})
    assert found["data"] == data
    assert written("om_document", found, Form.TO_CENTRAL)["data"] == data
    assert written("om_document", found)["data"] == example
    assert row("om_document", {"data": msgspec.Raw(data.encode())})["data"] == data


def test_a_document_that_is_no_json_is_refused() -> None:
    batch = decode("om_document", {"data": "{broken"}, {})
    assert list(batch.errors) == [0]


def test_an_unknown_kind_of_document_is_kept() -> None:
    found = row("om_document_registry", {"category": "SOMETHING_NEW"})
    assert written("om_document_registry", found)["category"] == "SOMETHING_NEW"
