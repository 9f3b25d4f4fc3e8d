"""Settings of the engine's tests: the engine, the toy app, and both databases."""

import atexit
import tempfile

from msupply.settings import database
from tests.postgres import start_postgres

SECRET_KEY = "only for tests"
INSTALLED_APPS = ["msupply.sync", "tests.engine.toyapp"]
USE_TZ = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_folder = tempfile.TemporaryDirectory(prefix="msupply-engine-")
atexit.register(_folder.cleanup)
DATABASES = {"default": database(f"sqlite:///{_folder.name}/engine.sqlite3")}

_server = start_postgres()
_url = _server.__enter__()
atexit.register(_server.__exit__, None, None, None)
if _url:
    DATABASES["postgres"] = database(_url)
