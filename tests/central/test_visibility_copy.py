"""A store begins by seeing what another one sees, and by being seen where that one is."""

import pytest
from django.core.exceptions import ValidationError

from msupply.central import store_move, visibility_copy
from msupply.central.visibility_copy import Copied, Parts
from msupply.records.master_lists import MasterList, MasterListNameJoin
from msupply.records.names import NameStoreJoin
from msupply.sync import here
from msupply.sync.declare.policy import Editor
from msupply.sync.ownership import EditRefused
from tests.central.country import add_patient, add_sight, find, make_site, settle, types


@pytest.fixture
def clinic(connection, admin):
    """A clinic on a site of its own: supplied by CMS, with a master list and a patient."""
    make_site(connection, "north", "N1")
    make_site(connection, "west", "W1")
    add_sight(connection, "N1", "CMS")
    add_sight(connection, "CMS", "N1")
    add_patient(connection, "N1")
    lists = MasterList.objects.using(connection.alias)
    essential = lists.create(id="list-1", name="Essential medicines", code="EML")
    MasterListNameJoin.objects.using(connection.alias).create(
        name_id=find(connection, "N1").name_id, master_list=essential
    )
    settle(connection)
    return find(connection, "N1")


def copy(connection, clinic, to="W1", parts=None):
    return visibility_copy.copy(connection, None, None, clinic, find(connection, to), parts)


def names_seen(connection, code):
    joins = NameStoreJoin.objects.using(connection.alias).filter(store__code=code)
    return {join.name.name for join in joins.select_related("name")}


def test_names_and_items_are_copied_and_patients_are_not(connection, clinic):
    assert copy(connection, clinic) == Copied(names=1, items=1, seen_by=1)
    assert names_seen(connection, "W1") == {"Central medical store"}
    lists = MasterListNameJoin.objects.using(connection.alias)
    assert lists.filter(name_id=find(connection, "W1").name_id).count() == 1


def test_the_stores_that_see_the_one_see_the_other(connection, clinic):
    copy(connection, clinic)
    assert "Store W1" in names_seen(connection, "CMS")


def test_the_sync_types_follow_at_once(connection, clinic):
    assert "west" not in types(connection, "CMS")
    copy(connection, clinic)
    assert types(connection, "CMS")["west"] == "TRANSFER"


def test_a_store_does_not_see_itself_by_a_copy(connection, clinic):
    add_sight(connection, "N1", "W1")
    copy(connection, clinic)
    assert "Store W1" not in names_seen(connection, "W1")


def test_copying_twice_changes_nothing(connection, clinic):
    copy(connection, clinic)
    assert copy(connection, clinic) == Copied()


def test_only_what_was_asked_for_is_copied(connection, clinic):
    done = copy(connection, clinic, parts=Parts(names=False, items=True, seen_by=False))
    assert done == Copied(items=1)


def test_a_store_is_no_model_of_itself(connection, clinic):
    with pytest.raises(ValidationError):
        copy(connection, clinic, to="N1")


def test_a_store_that_is_being_moved_is_left_out_and_told(connection, clinic):
    make_site(connection, "south", "S1")
    add_sight(connection, "S1", "N1")
    store_move.start(connection, find(connection, "S1").pk, 2)
    assert copy(connection, clinic) == Copied(names=1, items=1, seen_by=1, left_out=1)
    assert "Store W1" not in names_seen(connection, "S1")


def test_in_a_mirrored_system_it_is_refused_with_the_place(connection, clinic):
    here.change(connection, primary_site_id=2)
    with pytest.raises(EditRefused) as refused:
        copy(connection, clinic)
    assert refused.value.refusal.editor is Editor.PRIMARY
    assert names_seen(connection, "W1") == set()
