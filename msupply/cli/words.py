"""The words of the command line, in the language of the terminal.

Help texts are made before Django has its settings, so the catalogue is read by the standard library;
`speak` has Django, and the library that reads the command line, use the same language.
"""

import gettext
import os
import sys
from pathlib import Path

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_DOMAIN = "django"
_ENGLISH = "en"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _chosen() -> str:
    """Return the code of the first language asked for that this program speaks."""
    if "--json" in sys.argv:
        # Programs read it: the same whatever the terminal speaks.
        return _ENGLISH
    known = {_ENGLISH, *(path.name for path in _LOCALE.glob("*") if path.is_dir())}
    asked = next((text for name in _VARIABLES if (text := os.environ.get(name))), "")
    codes = [name[:2].lower() for name in asked.split(":")]
    return next((code for code in codes if code in known), _ENGLISH)


LANGUAGE = _chosen()
_ = gettext.translation(_DOMAIN, _LOCALE, [LANGUAGE], fallback=True).gettext


def gettext_noop(text: str) -> str:
    """Mark a text that is translated where it is used."""
    return text


def speak_usage() -> None:
    """Have what typer says by itself translated too; it asks the standard library for it."""
    os.environ["LANGUAGE"] = LANGUAGE
    gettext.bindtextdomain(_DOMAIN, _LOCALE)
    gettext.textdomain(_DOMAIN)


def speak() -> None:
    """Have Django, once it is set up, speak this language in this thread."""
    from django.utils import translation

    translation.activate(LANGUAGE)
