"""Users and roles on the central server."""

import pytest
from django.core.exceptions import ValidationError

from msupply.central import users
from msupply.central.stores import add_store
from msupply.records.permissions import LEGACY_NUMBERS, Permission
from msupply.records.users import UserPermission, UserStore
from msupply.services import permissions
from msupply.services.log_in import LogInRefused, log_in
from msupply.services.roles import ROLES

PASSWORD = "tide-4242"


def test_a_user_may_what_the_roles_say_and_nothing_else(connection, admin, store):
    user = users.add_user(connection, "bo", PASSWORD, first_name="Bo", language=1)
    users.grant(connection, user, store, ["cold_chain_officer"])
    assert permissions.allowed(user, store.id, "ASSET_MUTATE")
    assert not permissions.allowed(user, store.id, "EDIT_CENTRAL_DATA")


def test_a_new_grant_replaces_the_former_one(connection, admin, store):
    user = users.add_user(connection, "bo", PASSWORD)
    users.grant(connection, user, store, ["administrator"])
    users.grant(connection, user, store, [], ["ASSET_QUERY"])
    permissions.forget(user)
    assert permissions.allowed(user, store.id, "ASSET_QUERY")
    assert not permissions.allowed(user, store.id, "SERVER_ADMIN")


def test_a_new_grant_leaves_the_default_store_the_default(connection, admin, store):
    user = users.add_user(connection, "bo", PASSWORD)
    users.grant(connection, user, store, ["viewer"])
    users.grant(connection, user, add_store(connection, "N1", "North", 1), ["viewer"])
    users.grant(connection, user, store, ["store_keeper"])
    joins = UserStore.objects.using(connection.alias).filter(user=user, is_default=True)
    assert [join.store_id for join in joins] == [store.pk]


def test_who_loses_the_only_store_cannot_log_in(connection, admin, store):
    user = users.add_user(connection, "bo", PASSWORD)
    users.grant(connection, user, store, ["viewer"])
    assert log_in(connection, "bo", PASSWORD, "10.0.0.1")
    users.revoke(connection, user, store)
    with pytest.raises(LogInRefused):
        log_in(connection, "bo", PASSWORD, "10.0.0.1")


def test_a_changed_password_ends_sessions_with_the_old_one(connection, admin):
    before = admin.get_session_auth_hash()
    users.set_password(connection, admin, "something new")
    assert admin.get_session_auth_hash() != before
    assert log_in(connection, "ada", "something new", "10.0.0.1")


@pytest.mark.parametrize(("roles", "held"), [(["king"], []), ([], ["FLY"])])
def test_unknown_roles_and_permissions_are_refused(connection, admin, store, roles, held):
    with pytest.raises(ValidationError):
        users.grant(connection, admin, store, roles, held)


def test_a_name_is_given_once(connection, admin):
    with pytest.raises(ValidationError, match="already"):
        users.add_user(connection, "ADA", PASSWORD)


def test_roles_consist_of_known_permissions():
    for role in ROLES.values():
        assert role.permissions <= set(Permission.values)


@pytest.mark.parametrize("role", ROLES)
def test_sites_learn_of_every_permission_of_a_role(connection, admin, store, role):
    user = users.add_user(connection, "bo", PASSWORD)
    users.grant(connection, user, store, [role])
    held = UserPermission.objects.using(connection.alias).filter(user=user)
    names = set(held.values_list("permission", flat=True)) - {"STORE_ACCESS"}
    sent = {n for right in LEGACY_NUMBERS.values() if names >= set(right) for n in right}
    unknown_to_the_wire = names - {n for right in LEGACY_NUMBERS.values() for n in right}
    assert names - sent == unknown_to_the_wire
