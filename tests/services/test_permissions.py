"""Who may do what, where."""

import pytest

from msupply.records.users import UserPermission
from msupply.services import permissions
from msupply.services.permissions import PermissionMissing
from msupply.services.stores import create_store
from tests.services.people import make_user


@pytest.fixture
def other_store(connection, admin):
    return create_store(connection, "B", "Second store", 1)


def test_a_permission_holds_in_its_store_only(connection, admin, store, other_store):
    user = make_user(connection, "bo", store, "ASSET_QUERY")
    assert permissions.allowed(user, store.id, "ASSET_QUERY")
    assert not permissions.allowed(user, other_store.id, "ASSET_QUERY")
    assert not permissions.allowed(user, store.id, "ASSET_MUTATE")


def test_without_access_to_the_store_nothing_counts(connection, admin, store):
    user = make_user(connection, "bo", store, "ASSET_QUERY")
    rows = UserPermission.objects.using(connection.alias)
    rows.filter(user=user, permission="STORE_ACCESS").delete()
    for where in (store.id, None):
        assert not permissions.allowed(user, where, "ASSET_QUERY")
    assert permissions.stores_of(user) == []


def test_rights_over_a_server_count_where_the_store_is_active(connection, admin, other_store):
    type(other_store).objects.using(connection.alias).update(site_id=2)
    user = make_user(connection, "bo", other_store, "SERVER_ADMIN", "STOCK_LINE_QUERY")
    for where in (other_store.id, None):
        assert not permissions.allowed(user, where, "SERVER_ADMIN")
        assert permissions.allowed(user, where, "STOCK_LINE_QUERY")


def test_the_default_store_comes_first(connection, admin, store, other_store):
    user = make_user(connection, "bo", other_store)
    join = make_user(connection, "cy", store)
    assert [s.code for s in permissions.stores_of(user)] == ["B"]
    assert [s.code for s in permissions.stores_of(join)] == ["CMS"]


def test_a_lost_store_is_noticed_by_the_next_request(connection, admin, store):
    user = make_user(connection, "bo", store)
    assert permissions.store_of(user, store.id)
    UserPermission.objects.using(connection.alias).filter(user=user).delete()
    fresh = type(user).objects.using(connection.alias).get(pk=user.pk)
    assert not permissions.store_of(fresh, store.id)


def test_the_refusal_names_the_permission_in_words(connection, admin, store):
    user = make_user(connection, "bo", store)
    with pytest.raises(PermissionMissing, match="Edit equipment"):
        permissions.require(user, store.id, "ASSET_MUTATE")
