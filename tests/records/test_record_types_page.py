"""docs/record-types.md says what is declared, and every data type is declared."""

from msupply.sync.declare.registry import registry
from scripts import record_types_page

# Record types that the field's table of data types does not know.
BEYOND_THE_TABLE = {"backendplugin", "campaign", "contactform", "frontendplugin"}


def test_the_page_says_what_is_declared() -> None:
    written = record_types_page.PAGE.read_text(encoding="utf-8")
    assert written == record_types_page.page(), "run python scripts/record_types_page.py"


def test_every_data_type_is_one_or_more_record_types() -> None:
    rows = range(1, len(record_types_page.DATA_TYPES) + 1)
    assert len(rows) == 64
    declared = {row for kind in registry().types for row in kind.model.data_types}
    assert declared == set(rows)


def test_every_record_type_belongs_to_a_data_type() -> None:
    without = {kind.name for kind in registry().types if not kind.model.data_types}
    assert without == BEYOND_THE_TABLE
