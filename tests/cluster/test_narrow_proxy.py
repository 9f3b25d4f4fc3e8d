"""A proxy that refuses large requests, between a site and its central server."""

import pytest

from tests.cluster.tls_proxy import make_certificate, tls_proxy

LIMIT = 100_000


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def proxy(pair, certificate):
    """A proxy between both, which takes bodies of 100 kB."""
    central, north = pair
    with tls_proxy(central.port, certificate) as proxy:
        proxy.largest = LIMIT
        central.set(own_url=proxy.url, oms_central_url=proxy.url)
        north.set(central_url=proxy.url)
        north.environment = {"SSL_CERT_FILE": str(certificate.with_name("cert.pem"))}
        yield proxy


def add_shelf(site, code: str, size: int) -> None:
    store = site.execute("SELECT id FROM store WHERE code = 'NOR'")[0][0]
    site.execute(
        "INSERT INTO location (id, name, code, on_hold, volume, store_id) VALUES (?, ?, ?, ?, 0, ?)",
        f"shelf-{code}", "x" * size, code, False, store,
    )  # fmt: skip


def shelves(instance) -> int:
    found: int = instance.execute("SELECT count(*) FROM location WHERE code LIKE 'N%'")[0][0]
    return found


def test_a_large_push_goes_in_what_the_proxy_takes(pair, proxy):
    central, north = pair
    central.start()
    for number in range(60):
        add_shelf(north, f"N{number}", 5_000)
    north.run("sync")
    assert proxy.refused
    assert shelves(central) == 60


def test_what_is_too_large_by_itself_waits_and_is_named(pair, proxy):
    central, north = pair
    central.start()
    add_shelf(north, "N1", 10)
    add_shelf(north, "N2", 200_000)
    add_shelf(north, "N3", 10)
    for _ in range(2):
        said = north.fail("sync")
        assert "A record is too large to be sent" in said
        assert "Location shelf-N2 (0.2 MB)" in said
        assert shelves(central) == 2
    proxy.largest = 1_000_000
    north.run("sync")
    assert shelves(central) == 3
