"""Merging items: what referred to the one lost refers to the one kept."""

import pytest

from msupply.records.items import Item, ItemStoreJoin
from msupply.records.merges import ItemMerge
from msupply.records.stock import StockLine
from msupply.sync.models import ChangelogQueue
from tests.merging.conftest import merge


def line_of(country, line="L"):
    return country.row(StockLine, line).item_id


def test_references_lead_to_the_item_kept(country):
    country.items("A", "B")
    country.stock("L", "A")
    country.arrive(merge("item", "B", "A"))
    assert line_of(country) == "B"
    assert country.kept_back() == []


def test_the_item_lost_is_no_longer_active(country):
    country.items("A", "B")
    country.arrive(merge("item", "B", "A"))
    assert not country.row(Item, "A").is_active
    assert country.row(Item, "B").is_active


def test_log_rows_stay_where_they_are(country):
    country.items("A", "B")
    country.stock("L", "A")
    before = country.log(ChangelogQueue, "L").cursor
    country.arrive(merge("item", "B", "A"))
    assert country.log(ChangelogQueue, "L").cursor == before


@pytest.mark.parametrize("pairs", [[("B", "A"), ("C", "B")], [("C", "B"), ("B", "A")]])
@pytest.mark.parametrize("together", [True, False])
def test_chains_lead_to_their_end_in_any_order(country, pairs, together):
    country.items("A", "B", "C")
    for line, item in (("LA", "A"), ("LB", "B"), ("LC", "C")):
        country.stock(line, item)
    merges = [merge("item", *pair) for pair in pairs]
    for batch in [merges] if together else [[one] for one in merges]:
        country.arrive(*batch)
    assert {line_of(country, line) for line in ("LA", "LB", "LC")} == {"C"}
    found = ItemMerge.objects.using(country.alias).values_list("id", "kept_id")
    assert set(found) == {("A", "C"), ("B", "C")}


def test_a_merge_that_comes_again_changes_nothing(country):
    country.items("A", "B")
    country.stock("L", "A")
    for _ in range(2):
        country.arrive(merge("item", "B", "A"))
    assert line_of(country) == "B"
    assert country.kept_back() == []


def test_an_item_cannot_be_merged_into_itself(country):
    country.items("A", "B")
    country.arrive(merge("item", "A", "A"))
    assert country.kept_back() == [("item", "merge", "A", "invalid")]


@pytest.mark.parametrize("together", [True, False])
def test_the_second_merge_of_a_circle_is_kept_back(country, together):
    country.items("A", "B")
    merges = [merge("item", "B", "A"), merge("item", "A", "B")]
    for batch in [merges] if together else [[one] for one in merges]:
        country.arrive(*batch)
    assert country.kept_back() == [("item", "merge", "B", "invalid")]
    assert country.row(Item, "B").is_active


def test_rows_of_one_store_that_become_alike_are_one(country):
    country.items("A", "B")
    country.make(ItemStoreJoin, "J1", item_id="A", store_id="S-north")
    country.make(ItemStoreJoin, "J2", item_id="B", store_id="S-north")
    country.make(ItemStoreJoin, "J3", item_id="A", store_id="S-south")
    country.arrive(merge("item", "B", "A"))
    found = ItemStoreJoin.objects.using(country.alias).values_list("id", "item_id")
    assert set(found) == {("J1", "B"), ("J3", "B")}
