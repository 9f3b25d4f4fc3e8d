"""The WSGI application that `msupply serve` runs."""

import os

from django.core.wsgi import get_wsgi_application

from msupply.sync import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msupply.settings")
application = get_wsgi_application()
collector.tune()
