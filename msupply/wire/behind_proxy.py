"""Behind a proxy: who sent a request that a proxy has passed on, and whether it came encrypted.

A proxy says so in X-Forwarded-For and X-Forwarded-Proto. Anybody can write these headers, so they
are believed from the peers alone that `msupply serve --behind-proxy` names; from all others they are
taken away (docs/decisions/0020-behind-a-proxy.md). Pages and wires see the request only after this.
"""

import ipaddress
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FORWARDED_FOR, _FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, divided by commas. Raises ValueError for what is none."""
    parts = (part.strip() for part in text.split(","))
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts if part)


class BehindProxyMiddleware:
    """Puts the real client's address and scheme in the place of the proxy's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._proxies = networks(settings.BEHIND_PROXY)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Believe a proxy of ours, and nobody else."""
        told_for = request.META.pop(_FORWARDED_FOR, "")
        told_proto = request.META.pop(_FORWARDED_PROTO, "")
        peer = _address(str(request.META.get("REMOTE_ADDR") or ""))
        if peer is not None and self._is_proxy(peer):
            request.META["REMOTE_ADDR"] = str(self._client(peer, told_for.split(",")))
            # Of several proxies the first one was asked by the client.
            scheme = told_proto.partition(",")[0].strip().lower()
            if scheme in ("http", "https"):
                request.META["wsgi.url_scheme"] = scheme
        return self._get_response(request)

    def _client(self, peer: Address, hops: Iterable[str]) -> Address:
        """Return the nearest address that is no proxy of ours; what stands before it may be made up."""
        for hop in reversed(list(hops)):
            found = _address(hop)
            if found is None:
                break
            peer = found
            if not self._is_proxy(found):
                break
        return peer

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _address(text: str) -> Address | None:
    """Read an address, with a port behind it or without."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A socket that takes both kinds writes IPv4 addresses in this way.
    return getattr(found, "ipv4_mapped", None) or found
