"""The ASGI application that `msupply serve` runs: the gateway to the WSGI application."""

from dataclasses import replace

from django.conf import settings

from msupply.gateway.application import Gateway
from msupply.gateway.bounds import Bounds
from msupply.web.access import API_PATHS, LARGEST_REQUEST
from msupply.wire.server_urls import largest_body
from msupply.wsgi import application as wsgi_application

# Requests that one process works on at the same time.
THREADS = 4


def _largest(path: str) -> int:
    return largest_body(path) if path.startswith(API_PATHS) else LARGEST_REQUEST


# What is cut off with its process can be found there, and is removed.
settings.TEMPORARY.mkdir(mode=0o700, exist_ok=True)
settings.FILE_UPLOAD_TEMP_DIR = settings.TEMPORARY
bounds = Bounds(_largest, folder=settings.TEMPORARY)
if settings.BEHIND_PROXY:
    # All come from the address of the proxy.
    bounds = replace(bounds, of_address=bounds.in_all)
application = Gateway(wsgi_application, bounds, THREADS)
