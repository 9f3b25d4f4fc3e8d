"""Guessing is slow, from one address and from many; who is at the usual place never waits for it."""

import pytest

from msupply.records.log_in_failures import LogInFailure
from msupply.wire import throttle
from tests import clocks

HOME, ELSEWHERE = "10.0.0.7", "203.0.113.9"


@pytest.fixture
def guess(connection):
    """Refuse some names from an address, one attempt each."""

    def guess(names, address):
        for name in names:
            throttle.refused(connection, name, address)

    return guess


def many(names="user"):
    return [f"{names}{number}" for number in range(throttle.MOST_NAMES)]


def places():
    return [f"198.51.100.{number}" for number in range(throttle.MOST_OF_NAME)]


def waits(connection, name, address):
    return throttle.wait_seconds(connection, name, address)


def test_an_address_that_tries_many_names_waits_whatever_name_comes_next(connection, guess):
    guess(many()[:-1], ELSEWHERE)
    assert waits(connection, "another", ELSEWHERE) == 0
    guess(many()[-1:], ELSEWHERE)
    assert 0 < waits(connection, "another", ELSEWHERE) <= throttle.FIRST_WAIT.total_seconds()
    assert waits(connection, "another", HOME) == 0


def test_names_tried_long_ago_do_not_count(connection, guess):
    with clocks.ahead(minutes=-11):
        guess(many(), ELSEWHERE)
    assert waits(connection, "another", ELSEWHERE) == 0


def test_a_name_that_is_tried_from_many_addresses_waits_at_those_where_it_was_never_let_in(
    connection, guess
):
    throttle.let_in(connection, "ada", HOME)
    for address in places():
        guess(["ada"], address)
    assert 0 < waits(connection, "Ada ".strip(), ELSEWHERE) <= throttle.FIRST_WAIT.total_seconds()
    assert waits(connection, "ada", HOME) == 0
    assert waits(connection, "bo", ELSEWHERE) == 0


def test_who_has_been_let_in_from_an_address_does_not_wait_for_the_guesses_of_others_there(
    connection, guess
):
    throttle.let_in(connection, "site: north", HOME)
    guess(many(), HOME)
    assert waits(connection, "site: north", HOME) == 0
    assert waits(connection, "site: south", HOME) > 0


def test_the_own_wrong_passwords_cost_a_wait_at_the_usual_address_too(connection, guess):
    throttle.let_in(connection, "ada", HOME)
    guess(["ada"] * throttle.FREE, HOME)
    assert waits(connection, "ada", HOME) > 0


def test_being_let_in_ends_a_row_of_refusals(connection, guess):
    guess(["ada"] * (throttle.FREE - 1), HOME)
    throttle.let_in(connection, "ada", HOME)
    guess(["ada"], HOME)
    assert waits(connection, "ada", HOME) == 0


@pytest.mark.parametrize("refusals", [throttle.FREE, throttle.FREE + 30])
def test_refusals_of_a_clock_that_was_ahead_make_nobody_wait(connection, guess, refusals):
    with clocks.ahead(days=3650):
        guess(["ada"] * refusals, HOME)
        guess(many(), HOME)
    assert waits(connection, "ada", HOME) == 0
    assert waits(connection, "bo", HOME) == 0
    guess(["ada"], HOME)
    assert waits(connection, "ada", HOME) == 0


def test_nobody_waits_longer_than_the_longest_wait(connection, guess):
    with clocks.ahead(minutes=3):
        guess(["ada"] * (throttle.FREE + 30), HOME)
    assert waits(connection, "ada", HOME) == throttle.LONGEST_WAIT.total_seconds()


def test_old_refusals_are_forgotten_and_usual_places_are_not(connection, guess):
    with clocks.ahead(days=-2):
        guess(many(), ELSEWHERE)
        throttle.let_in(connection, "ada", HOME)
    with clocks.ahead(days=3650):
        guess(["bo"], ELSEWHERE)
        throttle.let_in(connection, "cy", HOME)
    throttle.forget(connection)
    kept = LogInFailure.objects.using(connection.alias).values_list("username", flat=True)
    assert list(kept) == ["ada"]
