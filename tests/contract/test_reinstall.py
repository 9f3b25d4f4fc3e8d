"""A site whose machine was lost: it starts anew on an empty database and has everything again."""

from typing import Any

import pytest

from msupply.sync.declare.removal import SoftDelete
from tests.contract import country, edits
from tests.contract.country import CENTRAL, NORTH, Row
from tests.contract.story import Chapter, Story

OWN = [row for row in country.rows() if row.origin == NORTH]
OTHERS = [row for row in country.rows() if row.origin != NORTH]


@pytest.mark.parametrize("row", [row for row in OWN if row.policy.goes_down], ids=str)
def test_what_a_site_pushed_comes_back_field_by_field(story: Story, row: Row) -> None:
    assert held(story.installed_again, row) == held(story.changed, row)


@pytest.mark.parametrize("row", OTHERS, ids=str)
def test_what_a_site_was_sent_comes_again(story: Story, row: Row) -> None:
    assert held(story.installed_again, row) == held(story.changed, row)


@pytest.mark.parametrize("row", [row for row in OWN if not row.policy.goes_down], ids=str)
def test_what_only_goes_up_stays_at_the_central_server(story: Story, row: Row) -> None:
    assert held(story.installed_again, row) is None
    assert row.id in story.installed_again.holdings[CENTRAL][row.kind.name]


def held(chapter: Chapter, row: Row) -> dict[str, Any] | None:
    """Return every column of a row at the site; of a delete's time, whether there is one."""
    found = chapter.holdings[NORTH][row.kind.name].get(row.id)
    if found and isinstance(row.kind.removal, SoftDelete):
        found = found | {row.kind.removal.column: edits.is_removed(row, found)}
    return found
