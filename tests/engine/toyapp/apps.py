"""The toy app's configuration."""

from django.apps import AppConfig


class ToyConfig(AppConfig):
    """Shops that lend things to people."""

    name = "tests.engine.toyapp"
    label = "toy"
