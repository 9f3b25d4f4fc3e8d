"""The web app: templates, static files, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Screens have no tables of their own."""

    name = "msupply.web"

    def ready(self) -> None:
        """Let each session that is begun remember how."""
        from django.contrib.auth.signals import user_logged_in

        from msupply.web import session

        user_logged_in.connect(session.begin, dispatch_uid="msupply.web.session")
