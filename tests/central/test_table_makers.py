"""New sites, stores and users from a spreadsheet."""

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from msupply.central import table_makers
from msupply.central.sites import add_site
from msupply.records.names import Name
from msupply.records.sites import Site
from msupply.records.stores import Store, StoreMode, StorePreference
from msupply.records.users import User, UserPermission
from msupply.services import edit
from msupply.services.scope import Viewer
from msupply.services.tables import files, importing, writing
from msupply.sync import here
from msupply.wire.credentials import wire_hash


@pytest.fixture
def viewer(connection, admin):
    store = Store.objects.using(connection.alias).get(code="CMS")
    return Viewer(connection, here.load(connection), admin, store.pk)


def plan(viewer, model, text):
    kind = edit.kind_of(model)
    maker = table_makers.of(viewer.connection, kind)
    return importing.plan(viewer, kind, files.read(text.encode()), maker=maker)


def load(viewer, model, text):
    planned = plan(viewer, model, text)
    writing.apply(viewer, planned)
    return planned


def rows(viewer, model):
    return model.objects.using(viewer.connection.alias)


def errors(planned):
    return [(error.row, error.column) for error in planned.errors]


def test_stores_come_with_their_names_and_preferences_on_their_sites(viewer):
    site = add_site(viewer.connection, "north", "secret words")
    planned = load(viewer, Store, "Code,Name,Site\nN1,North clinic,North\nC2,Second store,\n")
    assert (planned.new, errors(planned)) == (2, [])
    north = rows(viewer, Store).select_related("name").get(code="N1")
    assert (north.site_id, north.name.name, north.name.type) == (
        site.site_id, "North clinic", "STORE",
    )  # fmt: skip
    assert north.store_mode == StoreMode.DISPENSARY
    assert rows(viewer, StorePreference).filter(store=north).exists()
    assert rows(viewer, Store).get(code="C2").site_id == here.load(viewer.connection).site_id


def test_a_store_that_is_here_keeps_its_name_and_its_site(viewer):
    load(viewer, Store, "Code,Name\nN1,North clinic\n")
    again = plan(viewer, Store, "Code,Name,Disabled\nN1,North clinic,yes\n")
    assert (again.new, again.changed, errors(again)) == (0, 1, [])
    other = plan(viewer, Store, "Code,Name\nN1,Another name\n")
    assert errors(other) == [(2, "Name")]
    assert rows(viewer, Name).filter(name="North clinic").count() == 1


def test_what_is_wrong_with_a_new_store_is_told_by_row(viewer):
    planned = plan(viewer, Store, "Code,Name,Site\nN1,One,nowhere\nn2,Two,\nN2,Three,\nN4,,\n")
    assert errors(planned) == [(2, "Site"), (4, "Code"), (5, "Name")]
    assert planned.new == 1


def test_sites_get_numbers_and_passwords(viewer):
    planned = load(viewer, Site, "Name,Password\nnorth,secret words\nsouth,\n")
    north, south = (rows(viewer, Site).get(name=name) for name in ("north", "south"))
    assert south.site_id == north.site_id + 1
    assert check_password(wire_hash("secret words"), north.password)
    ((name, password),) = planned.maker.made_up
    assert name == "south"
    assert check_password(wire_hash(password), south.password)


def test_what_is_wrong_with_a_new_site_is_told_by_row(viewer):
    planned = plan(viewer, Site, "Name,Password\na:b,\nnorth,north-2026\nCentral,\n")
    assert errors(planned) == [(2, "Name"), (3, "Password"), (4, "Name")]


def test_what_is_wrong_with_the_password_of_a_new_user_is_told_by_row(viewer):
    table = "Username,Password\nawa,short\nbernadette,Bernadette1\nbo,password1\ndan,tide-4242\n"
    planned = plan(viewer, User, table)
    assert errors(planned) == [(2, "Password"), (3, "Password"), (4, "Password")]


def test_users_come_without_permissions(viewer):
    planned = load(viewer, User, "Username,First name,Password\nawa,Awa,secret words\nbo,Bo,\n")
    awa = rows(viewer, User).get(username="awa")
    assert awa.check_password("secret words")
    assert not rows(viewer, UserPermission).filter(user=awa).exists()
    ((name, password),) = planned.maker.made_up
    assert rows(viewer, User).get(username=name).check_password(password)


def test_a_password_of_somebody_who_is_here_stays(viewer):
    load(viewer, User, "Username,Password\nawa,secret words\n")
    again = plan(viewer, User, "Username,Password\nawa,other words\n")
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


def test_nothing_is_half_made(viewer):
    with pytest.raises(ValidationError):
        load(viewer, Store, "Code,Name\nN1,North clinic\nN2,\n")
    assert not rows(viewer, Name).filter(name="North clinic").exists()


def test_a_site_cannot_be_given_another_number_by_a_file(viewer):
    add_site(viewer.connection, "north", "secret words")
    planned = plan(viewer, Site, "Name,Site number,Open mSupply central server\nnorth,77,yes\n")
    assert planned.changed == 0
    assert len(planned.ignored) == 2


def test_elsewhere_they_are_not_made(viewer):
    here.change(viewer.connection, is_central=False, central_url="http://c.test")
    planned = plan(viewer, User, "Username\nawa\n")
    assert planned.new == 0
    assert len(planned.errors) == 1
