"""The web app: templates, static files, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Screens have no tables of their own."""

    name = "msupply.web"
