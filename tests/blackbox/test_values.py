"""Values that not every reader takes: each is refused, or reaches every site as it was written."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.blackbox import country, modern_country
from tests.blackbox.processes import msupply
from tests.blackbox.stock_site import Record, StockSite

numbers = itertools.count(1)

# What a reader somewhere stops at.
UNFIT = {
    "a number beyond floats": "1e400",
    "such a number inside": '{"a": [1, -1e999]}',
    "more digits than any number has": "9" * 5000,
    "a list without end": "[" * 120 + "]" * 120,
    "objects without end": '{"a":' * 200 + "1" + "}" * 200,
    "the character NUL": '"\\u0000"',
}
# What is kept as it is; of two equal keys the last counts.
FIT = {
    "a whole number beyond 64 bits": "18446744073709551616",
    "one of 300 digits": "9" * 300,
    "a negative one": "-9223372036854775809",
    "a fraction": "1.10",
    "a power of ten": "1E2",
    "two equal keys": '{"a": 1, "a": 2}',
    "a smiling face": '"\\ud83d\\ude00"',
    "a sentence": '"Please send gloves."',
    "nothing": "null",
    "an empty text": '""',
}
ALL = FIT | UNFIT


def odd_ones(plain: Record, key: str, id_key: str) -> list[Record]:
    """A record for each of the values, which stands in a key of it."""
    return [plain | {id_key: f"{plain[id_key]}-{n}", key: f"RAW{n}"} for n in range(len(ALL))]


RAW = {f"RAW{n}": raw for n, raw in enumerate(ALL.values())}


def check(found: dict[str, Record], plain: Record, key: str, id_key: str) -> None:
    """What fits has arrived as it is, and the plain record beside them; the rest was refused."""
    own = plain[id_key]
    assert own in found
    for n, (kind, raw) in enumerate(ALL.items()):
        record = found.get(f"{own}-{n}")
        if kind in UNFIT:
            assert record is None, kind
        else:
            assert record is not None, kind
            # No message is without a body.
            value = json.loads(raw)
            assert record[key] == ("" if key == "body" and value is None else value), kind


def everybody_pulls(*sites: StockSite) -> None:
    """In an ordinary cycle, and everything anew."""
    for site in sites:
        site.cycle()
        site.initialise()


def test_values_of_unknown_keys_of_v6(north: StockSite, south: StockSite) -> None:
    asset = modern_country.asset(f"V{next(numbers)}", "ST-NOR")
    north.push_modern_raw({"asset": [*odd_ones(asset, "of tomorrow", "id"), asset]}, **RAW)
    everybody_pulls(north, south)
    check(north.tables["asset"], asset, "of tomorrow", "id")


def test_values_of_unknown_keys_of_v5(north: StockSite, south: StockSite) -> None:
    shelf = country.location(f"V{next(numbers)}", "ST-NOR")
    north.push_raw({"Location": [*odd_ones(shelf, "of tomorrow", "ID"), shelf]}, **RAW)
    everybody_pulls(north, south)
    check(north.tables["Location"], shelf, "of tomorrow", "ID")


def test_values_of_messages_to_another_site(north: StockSite, south: StockSite) -> None:
    message = a_message()
    north.push_raw({"message": [*odd_ones(message, "body", "ID"), message]}, **RAW)
    everybody_pulls(north, south)
    check(south.tables["message"], message, "body", "ID")


def a_message() -> Record:
    """A message from north to south, as a site pushes it."""
    message = country.message(f"V{next(numbers)}", "ST-NOR", "ST-SOU")
    return message | {"createdTime": "12:00:00"}


@pytest.fixture
def imported(central_directory: Path, tmp_path: Path) -> Callable[..., int]:
    """Import a file of one record at the central server, as its operator; the exit code."""

    def run(record_type: str, **cells: str) -> int:
        lines = [cells.keys(), [value.replace('"', '""') for value in cells.values()]]
        file = tmp_path / "file.csv"
        text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
        file.write_text(text, encoding="utf-8")
        options = ("import", "table", str(file), "--type", record_type)
        return msupply(central_directory / "central", *options).returncode

    return run


@pytest.mark.parametrize("words", ["plain words", '{"a": 1', "NaN", "1e400", '{"a": "\\u0000"}'])
def test_words_that_are_no_json_are_refused_at_the_central_server(
    imported: Callable[..., int], north: StockSite, words: str
) -> None:
    assert imported("name", id="NM-SUP", custom_data_string=words) == 1
    north.initialise()
    assert north.tables["name"]["NM-SUP"]["name"] == "Acme Supplies"


def test_json_of_the_central_server_arrives_as_it_was_written(
    imported: Callable[..., int], north: StockSite
) -> None:
    data = '{"tax": 1.10, "number": 18446744073709551616}'
    assert imported("name", id="NM-SUP", custom_data_string=data) == 0
    north.initialise()
    assert north.tables["name"]["NM-SUP"]["custom_data"] == json.loads(data)


def test_a_sentence_arrives_as_text(imported: Callable[..., int], north: StockSite) -> None:
    north.initialise()
    centre = next(
        store["ID"] for store in north.tables["store"].values() if store["code"] == "CENTRAL"
    )
    # The central server edits it as the site of one of its stores.
    message = a_message() | {"toStoreID": centre}
    north.push_raw({"message": [message]})
    sentence = 'Please send "gloves": 2 boxes {blue}.'
    assert imported("syncmessage", id=message["ID"], body=sentence) == 0
    north.initialise()
    assert north.tables["message"][message["ID"]]["body"] == sentence
