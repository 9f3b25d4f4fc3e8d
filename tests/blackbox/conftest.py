"""One running central server for the tests that play a remote site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.blackbox.central_server import PASSWORDS, central_server
from tests.blackbox.stock_site import StockSite


@pytest.fixture(scope="session")
def central_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the central server's instance lies, as `central`."""
    return tmp_path_factory.mktemp("blackbox")


@pytest.fixture(scope="session")
def central(central_directory: Path) -> Iterator[str]:
    """The address of a central server that serves a small country."""
    with central_server(central_directory) as base:
        yield base


@pytest.fixture
def site_of(central: str) -> Iterator[Callable[..., StockSite]]:
    """Make stock sites by name; closed after the test."""
    made: list[StockSite] = []

    def make(name: str, password: str | None = None, hardware_id: str | None = None) -> StockSite:
        site = StockSite(
            central, name, password or PASSWORDS.get(name, "?"), hardware_id or f"HW-{name}"
        )
        made.append(site)
        return site

    yield make
    for site in made:
        site.close()


@pytest.fixture
def north(site_of: Callable[..., StockSite]) -> StockSite:
    """The site of store ST-NOR, installed and initialised."""
    site = site_of("clinic-north")
    site.initialise()
    return site


@pytest.fixture
def south(site_of: Callable[..., StockSite]) -> StockSite:
    """The site of store ST-SOU, installed and initialised."""
    site = site_of("clinic-south")
    site.initialise()
    return site
