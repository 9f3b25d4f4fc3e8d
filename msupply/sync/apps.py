"""The engine as a Django app: checks at start, triggers after migration."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class SyncConfig(AppConfig):
    """The synchronisation engine."""

    name = "msupply.sync"
    label = "sync"

    def ready(self) -> None:
        """Refuse bad declarations, and keep the triggers in step with them."""
        from msupply.sync.declare.checks import check_declarations
        from msupply.sync.triggers import install_after_migrate

        register(check_declarations)
        post_migrate.connect(install_after_migrate, dispatch_uid="msupply.triggers")
