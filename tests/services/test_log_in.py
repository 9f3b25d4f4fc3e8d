"""Logging in on a central server and on a remote site."""

import pytest
from django.contrib.auth.hashers import check_password

from msupply.records.users import User, UserPermission, UserStore
from msupply.services import log_in as service
from msupply.services import permissions
from msupply.services.log_in import LogInRefused, Reason, log_in
from msupply.sync import here
from msupply.wire import throttle, v4_client
from msupply.wire.messages import LogInAnswer, UserDetails, UserInfo, UserStoreDetails
from tests.services import people
from tests.services.people import make_user

HERE = "10.0.0.7"


def refused(connection, name, password, address=HERE):
    with pytest.raises(LogInRefused) as caught:
        log_in(connection, name, password, address)
    return caught.value


def test_the_right_password_lets_a_user_in_whatever_the_case_of_the_name(connection, admin):
    assert log_in(connection, "ADA ", people.PASSWORD, HERE).pk == admin.pk


def test_a_wrong_password_and_an_unknown_name_look_the_same(connection, admin):
    assert refused(connection, "ada", "wrong").reason is Reason.WRONG
    assert refused(connection, "nobody", "wrong").reason is Reason.WRONG
    assert refused(connection, "", "").reason is Reason.WRONG


def writes(queries):
    """The tables that were written to."""
    inserts = [q["sql"] for q in queries.captured_queries if "INSERT INTO" in q["sql"]]
    others = [
        q["sql"] for q in queries.captured_queries if q["sql"].startswith(("UPDATE", "DELETE"))
    ]
    return [sql.partition('INSERT INTO "')[2].partition('"')[0] for sql in inserts] + others


def test_a_good_log_in_writes_its_note_and_once_a_day_where_it_came_from(
    connection, admin, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20, connection=connection) as queries:
        log_in(connection, "ada", people.PASSWORD, HERE)
    assert writes(queries) == ["log_in_failure", "security_log"]
    with django_assert_max_num_queries(12, connection=connection) as queries:
        log_in(connection, "ada", people.PASSWORD, HERE)
    assert writes(queries) == ["security_log"]


def test_many_wrong_passwords_make_the_same_address_wait_and_nobody_else(connection, admin):
    for _ in range(throttle.FREE):
        refused(connection, "ada", "wrong")
    blocked = refused(connection, "ada", people.PASSWORD)
    assert blocked.reason is Reason.BLOCKED
    assert 0 < blocked.wait_seconds <= 30
    assert log_in(connection, "ada", people.PASSWORD, "10.0.0.8")


def test_a_user_without_a_store_here_is_refused(connection, admin, store):
    make_user(connection, "bo", store)
    store.site_id = 5
    store.save(using=connection.alias)
    assert refused(connection, "bo", people.PASSWORD).reason is Reason.NO_STORE


def test_an_inactive_user_is_refused(connection, admin):
    admin.is_active = False
    admin.save(using=connection.alias)
    assert refused(connection, "ada", people.PASSWORD).reason is Reason.WRONG


def test_of_two_users_with_one_name_the_password_decides(connection, admin, store):
    twin = make_user(connection, "bo", store, password="another one")
    twin.username = "ada"
    twin.save(using=connection.alias)
    assert log_in(connection, "ada", "another one", HERE).pk == twin.pk
    assert log_in(connection, "ada", people.PASSWORD, HERE).pk == admin.pk


@pytest.fixture
def site(connection, admin, store, monkeypatch):
    """Turn the instance into a remote site; its central server answers what `answers` holds."""
    UserPermission.objects.using(connection.alias).all().delete()
    UserStore.objects.using(connection.alias).all().delete()
    here.change(
        connection, is_central=False, is_oms_central=False, central_url="http://central.test"
    )
    answers = []

    def ask(url, username, password, site_name):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(v4_client, "log_in", ask)
    return answers


def answer(store, *numbers, user_id="u1", name="maria", **entry):
    """Return what a central server says of a user with some legacy permissions."""
    flags = [number + 1 in numbers for number in range(210)]
    values = {"can_login": True, "store_default": True, "permissions": flags} | entry
    stores = [UserStoreDetails("j1", user_id, store.id, **values)]
    return LogInAnswer(
        status="success",
        authenticated=True,
        username=name,
        user_first_name="Maria",
        user_last_name="",
        user_job_title="",
        user_type="user",
        service="mobile",
        store_name="",
        user_info=UserInfo(UserDetails(user_id, name, True, 1, first_name="Maria"), stores),
    )


def test_the_central_servers_answer_becomes_user_stores_and_permissions(connection, site, store):
    site.append(answer(store, 99, 135, 157))
    user = log_in(connection, "maria", "tide-42", HERE)
    assert (user.pk, user.first_name, user.language) == ("u1", "Maria", 1)
    assert permissions.allowed(user, store.id, "ASSET_MUTATE")
    assert permissions.allowed(user, None, "SERVER_ADMIN")
    assert not permissions.allowed(user, store.id, "LOCATION_MUTATE")
    assert [s.id for s in permissions.stores_of(user)] == [store.id]
    stored = User.objects.using(connection.alias).get(pk="u1")
    assert stored.password.startswith("argon2")
    assert check_password("tide-42", stored.password)


def test_a_second_log_in_with_the_same_answer_writes_its_note_alone(
    connection, site, store, django_assert_max_num_queries
):
    site += [answer(store, 99), answer(store, 99)]
    log_in(connection, "maria", "tide-42", HERE)
    with django_assert_max_num_queries(15, connection=connection) as queries:
        log_in(connection, "maria", "tide-42", HERE)
    assert writes(queries) == ["security_log"]


def test_a_permission_that_was_taken_away_is_gone_after_the_next_log_in(connection, site, store):
    site += [answer(store, 99, 135), answer(store, 99)]
    log_in(connection, "maria", "tide-42", HERE)
    user = log_in(connection, "maria", "tide-42", HERE)
    assert not permissions.allowed(user, store.id, "ASSET_MUTATE")


def test_without_the_central_server_the_last_good_password_is_good(connection, site, store):
    site += [answer(store, 99), *[v4_client.LogInUnavailable("down")] * 2]
    log_in(connection, "maria", "tide-42", HERE)
    assert log_in(connection, "Maria", "tide-42", HERE).pk == "u1"
    assert refused(connection, "maria", "wrong").reason is Reason.WRONG


def test_who_never_logged_in_here_needs_the_central_server(connection, site):
    site.append(v4_client.LogInUnavailable("down"))
    assert refused(connection, "maria", "tide-42").reason is Reason.UNKNOWN_OFFLINE


def test_a_refusal_of_the_central_server_is_final(connection, site, store):
    site += [answer(store, 99), v4_client.LogInInvalid(), v4_client.LogInBlocked(240)]
    log_in(connection, "maria", "tide-42", HERE)
    assert refused(connection, "maria", "tide-42").reason is Reason.WRONG
    blocked = refused(connection, "maria", "tide-42")
    assert (blocked.reason, blocked.wait_seconds) == (Reason.BLOCKED, 240)


def test_a_store_that_the_user_may_not_enter_counts_for_nothing(connection, site, store):
    site.append(answer(store, 99, can_login=False))
    assert refused(connection, "maria", "tide-42").reason is Reason.NO_STORE


def test_positions_in_the_array_count_from_one():
    assert service.granted([False] * 98 + [True]) == {"ASSET_QUERY"}
    assert service.granted([]) == set()
