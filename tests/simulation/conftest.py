"""A simulator for the tests of a process: the disks that every run begins with are made once."""

from itertools import product

import pytest

from msupply.simulation.run import simulator


@pytest.fixture(scope="session")
def simulation(django_db_blocker):
    """The simulator."""
    with django_db_blocker.unblock(), simulator() as found:
        for sites, apart in product((2, 3), (False, True)):
            # Made now: a planted bug must not be at work when a country is founded.
            with found.world(sites, apart=apart):
                pass
        yield found


@pytest.fixture
def world(simulation, django_db_blocker):
    """A quiet country of three sites (2, 3 and 4); the central server is number 1."""
    with django_db_blocker.unblock(), simulation.world(sites=3) as found:
        yield found


@pytest.fixture
def two_centres(simulation, django_db_blocker):
    """The same country, with site 2 as the Open mSupply central server."""
    with django_db_blocker.unblock(), simulation.world(sites=3, apart=True) as found:
        yield found
