"""All paths: those of machines first, then the screens."""

from django.urls import include, path

urlpatterns = [
    path("", include("msupply.wire.server_urls")),
    path("", include("msupply.web.urls")),
]

handler500 = "msupply.web.access.failed"
