"""Django settings of one instance, from its data directory and the environment.

- `MSUPPLY_DATA`: the instance's directory (secret key, files, SQLite database).
- `DATABASE_URL`: the database; SQLite inside the data directory when it is not set.
- `MSUPPLY_BEHIND_PROXY`: the proxies before this server (`msupply serve --behind-proxy`).
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

DATA = Path(os.environ.get("MSUPPLY_DATA", "msupply-data")).absolute()


def _secret_key() -> str:
    """Return the instance's key; an instance that is not set up yet gets one for this process."""
    path = DATA / "secret.key"
    return path.read_text().strip() if path.exists() else secrets.token_urlsafe(50)


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of a database, by its URL."""
    found: dict[str, Any] = dict(
        # A connection that broke between two requests is made anew before anybody sees it.
        dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
    )
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["CONN_MAX_AGE"] = None
        found["OPTIONS"] = {
            # A writer takes the lock at once; upgrading a read lock later could fail.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: what was acknowledged to a peer must survive a power cut.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;"
                "PRAGMA wal_autocheckpoint=8000; PRAGMA journal_size_limit=67108864;"
            ),
        }
    return found


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("MSUPPLY_DEBUG") == "1"
# A site is reached by whatever name its LAN gives it; no link is made from the Host header.
ALLOWED_HOSTS = ["*"]
# Whose word on the client's address and scheme is taken (msupply/wire/behind_proxy.py).
BEHIND_PROXY = os.environ.get("MSUPPLY_BEHIND_PROXY", "")
# Said in answers to encrypted requests alone; others reach this server in clear as before.
SECURE_HSTS_SECONDS = 365 * 24 * 3600

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "msupply.sync",
    "msupply.records",
    "msupply.web",
]

MIDDLEWARE = [
    "msupply.wire.behind_proxy.BehindProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "msupply.web.gate.GateMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "msupply.web.secure_cookies.SecureCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "msupply.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "msupply.web.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "msupply.urls"
WSGI_APPLICATION = "msupply.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "msupply.web.context.page",
            ],
        },
    },
]

DATABASES = {
    "default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'msupply.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "records.User"
# User names come by sync, and two may be equal: log-in takes the one whose password it is.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["msupply.services.log_in.Backend"]
PASSWORD_HASHERS = ["msupply.records.passwords.PasswordHasher"]
# Asked by services/passwords.py, which judges by the names of this place besides.
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "log-in"
# With whose they are (records/sessions.py).
SESSION_ENGINE = "msupply.services.sessions"
# From log-in on, whatever is done meanwhile; a session without requests ends sooner (web/idle.py).
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
# Cookies of encrypted requests: msupply/web/secure_cookies.py.
CSRF_FAILURE_VIEW = "msupply.web.refused_forms.refuse"

# Every moment is naive UTC, in the database and on the wire; pages show it in the reader's zone.
USE_TZ = False
TIME_ZONE = "UTC"

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Pages name each file with a mark of its content, so a browser may keep it.
WHITENOISE_MAX_AGE = 365 * 24 * 3600

# The engine asks its central servers through this; it knows nothing of HTTP itself.
SYNC_NETWORK = "msupply.wire.network.Network"

FILES = DATA / "files"
# Bodies and answers that are too large for memory, while the server works on them.
TEMPORARY = DATA / "temporary"
# Bodies of sync requests are larger than forms; the wire checks its own limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("MSUPPLY_LOG", "WARNING")},
    # httpx writes whole URLs at INFO.
    "loggers": {
        "httpx": {"level": "WARNING"},
        # `msupply serve` tells of every event; commands print what they do themselves.
        "msupply.security": {"level": os.environ.get("MSUPPLY_SECURITY_LOG", "WARNING")},
    },
}
