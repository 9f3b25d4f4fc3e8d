"""A user who is created at a site works there at once, and becomes a user of the whole system."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import connections

from msupply.central import background
from msupply.records.new_users import NewUser
from msupply.records.permissions import Permission
from msupply.records.users import User, UserPermission, UserStore
from msupply.services import log_in, new_users
from msupply.services.log_in import LogInRefused
from msupply.services.permissions import PermissionMissing
from msupply.wire import v4_client
from tests.contract.country import CENTRAL, NORTH, SITES, SOUTH
from tests.contract.world import Instance, World

STORE, PASSWORD = "store-north", "correct horse"


@pytest.fixture(scope="module")
def world(new_sqlite, django_db_blocker) -> Iterator[World]:
    """A central server and two sites, with stores and an administrator in the north."""
    with django_db_blocker.unblock():
        central = Instance(new_sqlite("users_central"), CENTRAL)
        sites = {n: Instance(new_sqlite(f"users_site_{n}"), n) for n in SITES}
        world = World(central, sites, Instance(new_sqlite("users_spare"), NORTH))
        world.set_up()
        _make_administrator(world[NORTH])
        yield world
        for instance in world.everyone:
            instance.connection.close()
            del connections.settings[instance.alias]


@pytest.fixture
def joana(world: World) -> User:
    """A user whom the north's administrator has created."""
    alias = world[NORTH].alias
    found = User.objects.using(alias).filter(username="joana").first()
    if found:
        return found
    admin = User.objects.using(alias).get(username="chief")
    return new_users.add(
        world[NORTH].connection,
        admin,
        STORE,
        "joana",
        PASSWORD,
        ["STOCK_LINE_QUERY"],
        first_name="Joana",
    )


@pytest.fixture
def refused_by_central(monkeypatch: pytest.MonkeyPatch) -> None:
    """The central server knows no password of the user."""

    def refuse(*args: object) -> None:
        raise v4_client.LogInInvalid

    monkeypatch.setattr(v4_client, "log_in", refuse)


def test_the_user_logs_in_where_it_was_created(
    world: World, joana: User, refused_by_central: None
) -> None:
    connection = world[NORTH].connection
    assert log_in.log_in(connection, "joana", PASSWORD, "10.0.0.1").pk == joana.pk
    with pytest.raises(LogInRefused):
        log_in.log_in(connection, "joana", "another", "10.0.0.1")


def test_nobody_gives_what_they_lack(world: World, joana: User) -> None:
    connection = world[NORTH].connection
    with pytest.raises(PermissionMissing):
        new_users.add(connection, joana, STORE, "eve", PASSWORD)


def test_a_name_is_given_once(world: World, joana: User) -> None:
    admin = User.objects.using(world[NORTH].alias).get(username="chief")
    with pytest.raises(ValidationError, match="already"):
        new_users.add(world[NORTH].connection, admin, STORE, "Joana", PASSWORD)


def test_the_account_travels_without_its_password_and_is_taken_over_once(
    world: World, joana: User
) -> None:
    world.cycle(NORTH)
    background.work(world.central.connection)
    background.work(world.central.connection)
    world.synchronise()
    alias = world.central.alias
    taken = User.objects.using(alias).get(pk=joana.pk)
    assert (taken.username, taken.first_name, taken.password) == ("joana", "Joana", "")
    stores = UserStore.objects.using(alias).filter(user=taken)
    assert list(stores.values_list("store_id", flat=True)) == [STORE]
    held = UserPermission.objects.using(alias).filter(user=taken)
    assert list(held.values_list("permission", flat=True)) == ["STORE_ACCESS"]
    south = User.objects.using(world[SOUTH].alias).get(pk=joana.pk)
    assert (south.username, south.password) == ("joana", "")
    north = User.objects.using(world[NORTH].alias).get(pk=joana.pk)
    assert check_password(PASSWORD, north.password)
    assert not NewUser.objects.using(world[SOUTH].alias).exists()


def test_the_central_server_can_end_the_account(
    world: World, joana: User, refused_by_central: None
) -> None:
    world.cycle(NORTH)
    background.work(world.central.connection)
    user = User.objects.using(world.central.alias).get(pk=joana.pk)
    user.is_active = False
    user.save(using=world.central.alias)
    world.cycle(NORTH)
    with pytest.raises(LogInRefused):
        log_in.log_in(world[NORTH].connection, "joana", PASSWORD, "10.0.0.1")
    user.is_active = True
    user.save(using=world.central.alias)
    world.cycle(NORTH)


def _make_administrator(instance: Instance) -> None:
    users = User.objects.using(instance.alias)
    chief = users.create(username="chief", password=make_password(PASSWORD))
    UserStore.objects.using(instance.alias).create(user=chief, store_id=STORE, is_default=True)
    UserPermission.objects.using(instance.alias).bulk_create(
        UserPermission(user=chief, store_id=STORE, permission=permission)
        for permission in Permission.values
    )
