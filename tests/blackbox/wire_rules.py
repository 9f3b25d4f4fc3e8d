"""The rules of both wires as facts (`wire_facts.json`), and what a stock app would reject."""

import json
import math
import re
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

FACTS: dict[str, Facts] = json.loads(Path(__file__).with_name("wire_facts.json").read_text())
V5: Facts = FACTS["v5"]
V6: Facts = FACTS["v6"]

DATE = re.compile(r"\d{4}-\d\d-\d\d")
DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?")
NOTHING: tuple[Any, ...] = (None, "", "0000-00-00", {}, [])
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "enum": (str,),
    "date": (str,),
    "datetime": (str,),
    "bytes": (list,),
    "array<enum>": (list,),
    "array<string>": (list,),
    "array<object>": (list,),
}


# serde_json goes no deeper.
DEEPEST = 128


def read(content: bytes) -> Any:
    """Read JSON as a stock app does: one number or escape that it cannot read stops it."""
    value = json.loads(
        content.decode(), parse_int=_number, parse_float=float_number, parse_constant=_no_number
    )
    # Half a surrogate pair is no text.
    json.dumps(value, ensure_ascii=False).encode()
    level, depth = [value], 0
    while level := [inner for one in level for inner in _inside(one)]:
        depth += 1
        assert depth < DEEPEST, "nested too deeply"
    return value


def float_number(digits: str) -> float:
    """A number with a fraction or an exponent."""
    value = float(digits)
    assert math.isfinite(value), f"number out of range: {digits[:50]}"
    return value


def _number(digits: str) -> int:
    float_number(digits)
    return int(digits)


def _no_number(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def faults_v5(table: str, data: dict[str, Any]) -> list[str]:
    """Why a stock app would reject this pulled record, or read something else than meant."""
    return _faults(V5[table]["fields"], data, table)


def faults_v6(table: str, data: dict[str, Any]) -> list[str]:
    """Why a stock app would reject this record pulled by V6."""
    fields = V6[table]["fields"]
    faults = _faults(
        {name: f for name, f in fields.items() if not f.get("local_only")}, data, table
    )
    local = [name for name, f in fields.items() if f.get("local_only") and name in data]
    return faults + [f"{table}.{name} is local and must not be sent" for name in local]


def _faults(fields: Facts, data: dict[str, Any], path: str) -> list[str]:
    faults = []
    for name, fact in fields.items():
        where = f"{path}.{name}"
        if name in data:
            faults += _value_faults(fact, data[name], where)
        elif fact.get("required"):
            faults.append(f"{where} is missing")
    return faults


def _value_faults(fact: Facts, value: Any, where: str) -> list[str]:
    if value is None:
        return [] if fact.get("nullable") else [f"{where} is null"]
    if fact.get("empty_is_null") and value in ("", {}, []):
        return []
    wrong = [f"{where} = {value!r} is no {fact['type']}"]
    if not _has_type(fact["type"], value) or not _has_format(fact, value):
        return wrong
    known = [*fact.get("enum", ()), *fact.get("enum_aliases", ())]
    if known and not fact.get("open_enum"):
        values = value if isinstance(value, list) else [value]
        if any(one not in known for one in values):
            return [f"{where} = {value!r} is none of {known}"]
    return _nested_faults(fact, value, where)


def _nested_faults(fact: Facts, value: Any, where: str) -> list[str]:
    if isinstance(value, dict) and "fields" in fact:
        return _faults(fact["fields"], value, where)
    if isinstance(value, dict) and "values" in fact:
        pairs = value.items()
        return [
            f for key, one in pairs for f in _value_faults(fact["values"], one, f"{where}.{key}")
        ]
    if isinstance(value, list) and "items" in fact:
        return [f for one in value for f in _value_faults(fact["items"], one, f"{where}[]")]
    return []


def _has_type(kind: str | list[str], value: Any) -> bool:
    if isinstance(kind, list):
        return any(_has_type(one, value) for one in kind)
    if kind in ("any", "json"):
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, PYTHON_TYPES[kind])


def _has_format(fact: Facts, value: Any) -> bool:
    form = fact.get("format") or fact["type"]
    if form == "seconds_since_midnight":
        return 0 <= int(value) < 86400
    if form == "datetime":
        return bool(DATETIME.fullmatch(value))
    if form == "number_as_string":
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", value))
    if form != "date":
        return True
    if fact.get("zero_date_is_null") and value in ("", "0000-00-00"):
        return True
    plain = bool(DATE.fullmatch(value)) and value != "0000-00-00"
    return plain or (bool(fact.get("zero_date_is_null")) and bool(DATE_AND_TIME.fullmatch(value)))


def pushed(table: str, pulled: dict[str, Any]) -> dict[str, Any]:
    """The same record as a stock app pushes it: nulls, midnight datetimes, times as text."""
    return _pushed(V5[table]["fields"], pulled)


def _pushed(fields: Facts, pulled: dict[str, Any]) -> dict[str, Any]:
    return {name: _pushed_value(fields.get(name, {}), value) for name, value in pulled.items()}


def _pushed_value(fact: Facts, value: Any) -> Any:
    if isinstance(value, dict) and value and "fields" in fact:
        return _pushed(fact["fields"], value)
    if fact.get("format") == "seconds_since_midnight":
        return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
    if value in NOTHING and not isinstance(value, dict) and fact.get("push_nullable"):
        return None
    if fact.get("zero_is_null") and value == 0:
        return None
    if fact.get("push_format") == "YYYY-MM-DDT00:00:00":
        return f"{value}T00:00:00"
    return value


def meaning(table: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a V5 record says, however it is written: pulled and pushed forms give equal meanings."""
    return _meaning(V5[table]["fields"], data)


def _meaning(fields: Facts, data: dict[str, Any]) -> dict[str, Any]:
    said = {name: _meant(fields.get(name, {}), value) for name, value in data.items()}
    return {name: value for name, value in said.items() if value is not None}


def _meant(fact: Facts, value: Any) -> Any:
    if isinstance(value, dict) and "fields" in fact:
        return _meaning(fact["fields"], value) or None
    if fact.get("format") == "seconds_since_midnight":
        return _seconds(value)
    if value in NOTHING or (fact.get("zero_is_null") and value == 0):
        return None
    if fact.get("format") == "date":
        return value[:10]
    return value


def _seconds(value: Any) -> int | None:
    if isinstance(value, str):
        hours, minutes, seconds = value.split(":")
        value = int(hours) * 3600 + int(minutes) * 60 + int(float(seconds))
    return value or None


def missing_parents(table: str, data: dict[str, Any], known: dict[str, set[str]]) -> list[str]:
    """References of a V5 record to what the site has not received."""
    pairs = [(name, fact, data.get(name)) for name, fact in V5[table]["fields"].items()]
    for name, fact, value in list(pairs):
        if isinstance(value, dict):
            inner = fact.get("fields", {})
            pairs += [(f"{name}.{n}", f, value.get(n)) for n, f in inner.items()]
    return [
        f"{table} {data.get('ID')}: {name} -> {fact['fk']} {value}"
        for name, fact, value in pairs
        if fact.get("fk") in V5
        and value not in NOTHING
        and value not in known.get(fact["fk"], set())
    ]
