"""Whose word is taken on where a request comes from, and whether it was encrypted."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from msupply.wire.behind_proxy import BehindProxyMiddleware, networks


def told(settings, peer, proxies="10.0.0.0/24, ::1", **headers):
    """Return the address and scheme that a server sees."""
    settings.BEHIND_PROXY = proxies
    seen = []

    def page(request):
        seen.append((request.META["REMOTE_ADDR"], request.scheme))
        return HttpResponse()

    meta = {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
    BehindProxyMiddleware(page)(RequestFactory().get("/", REMOTE_ADDR=peer, **meta))
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "hops", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"),
        ("10.0.0.1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.7", "10.0.0.3"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, unknown, 10.0.0.7", "10.0.0.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.1.1", "203.0.113.9", "10.0.1.1"),
    ],
)
def test_the_client_is_the_last_hop_that_is_no_proxy_of_ours(settings, peer, hops, client):
    assert told(settings, peer, **{"for": hops}) == (client, "http")


@pytest.mark.parametrize(
    ("peer", "proto", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS, http", "https"),
        ("10.0.0.1", "http", "http"),
        ("10.0.0.1", "gopher", "http"),
        ("10.0.0.1", "", "http"),
        ("203.0.113.9", "https", "http"),
    ],
)
def test_the_scheme_is_what_a_proxy_of_ours_says(settings, peer, proto, scheme):
    assert told(settings, peer, proto=proto) == (peer, scheme)


def test_without_proxies_nothing_is_believed(settings):
    headers = {"for": "203.0.113.9", "proto": "https"}
    assert told(settings, "127.0.0.1", "", **headers) == ("127.0.0.1", "http")


@pytest.mark.parametrize("text", ["proxy", "10.0.0.1/33", "10.0.0.1 10.0.0.2", "http://10.0.0.1"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="does not appear"):
        networks(text)
