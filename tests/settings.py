"""Settings of the tests: the program's own, with temporary data and quick password hashes."""

import atexit
import os
import tempfile

from django.contrib.auth.hashers import Argon2PasswordHasher

_folder = tempfile.TemporaryDirectory(prefix="msupply-tests-")
atexit.register(_folder.cleanup)
os.environ["MSUPPLY_DATA"] = _folder.name
os.environ.pop("DATABASE_URL", None)

from msupply.settings import *  # noqa: F403
from msupply.settings import DATABASES, STATIC_ROOT

STATIC_ROOT.mkdir()

# Nothing outlives the tests, so nothing needs to reach the disk.
DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
PASSWORD_HASHERS = ["tests.settings.QuickHasher"]


class QuickHasher(Argon2PasswordHasher):
    """Argon2 at its cheapest: hundreds of passwords are hashed in the tests."""

    time_cost, memory_cost, parallelism = 1, 8, 1
