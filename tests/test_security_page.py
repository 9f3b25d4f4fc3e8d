"""docs/security.md answers every requirement of ASVS 5.0, levels 1 and 2, and names tests that exist."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "security.md").read_text("utf-8")
DASH = "\N{EN DASH}"
ROW = re.compile(rf"^\| ([\d., {DASH}]+) \| (.+) \| (.+) \|$", re.MULTILINE)

# By section of ASVS 5.0.0, the numbers of levels 1 and 2; chapters 9, 10 and 17 as a whole.
REQUIREMENTS = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1", "8.4": "1",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1", "11.6": "1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4",
    "13.1": "1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3",
}  # fmt: skip


def numbers(text):
    """Return the numbers that one cell names: one, several with commas, or from one to another."""
    found = []
    for part in text.split(", "):
        first, _, last = part.strip().partition(DASH)
        section, _, start = first.rpartition(".")
        end = last.rpartition(".")[2] or start
        found += [f"{section}.{n}".lstrip(".") for n in range(int(start), int(end) + 1)]
    return found


def wanted():
    found = ["9", "10", "17"]
    for section, span in REQUIREMENTS.items():
        first, _, last = span.partition("-")
        found += [f"{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return found


def test_every_requirement_is_answered_once():
    answered = [number for row in ROW.findall(PAGE) for number in numbers(row[0])]
    assert sorted(answered) == sorted(wanted())


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_every_test_that_is_named_exists(name):
    sources = (path.read_text("utf-8") for path in HERE.rglob("test_*.py"))
    assert any(f"def {name}(" in source for source in sources)
