"""What makes a password good, of a user or a site; every door that sets one asks here.

Length and guessability are judged, never how it is made up (ASVS 5.0, 6.2; NIST SP 800-63B). Only
new passwords are: what is stored already goes on working, and so do hashes that came from elsewhere.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Iterator

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.records.sites import Site
from msupply.records.stores import Store
from msupply.records.users import LONGEST_PASSWORD, User
from msupply.sync import here as instance

# What somebody tries first everywhere.
_KNOWN_EVERYWHERE = ("msupply", "open msupply", "password", "mot de passe")
# Shorter words stand in every second password.
_SHORTEST_WORD = 3
# A part of a name, such as "of" or "de la", says less.
_SHORTEST_PART = 4
# A password must have this much beside one such word and the digits around it.
_LEAST_BESIDE = 4
# A row of the same letter is tried early, however long it is.
_LEAST_DIFFERENT = 4
# Letters and digits that nobody takes for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NO_WORDS: frozenset[str] = frozenset()


def words_here(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Return what everybody here knows: the names of sites, the names and codes of stores."""
    alias = connection.alias
    names = [*_KNOWN_EVERYWHERE, instance.load(connection).site_name]
    names += Site.objects.using(alias).values_list("name", flat=True)
    for code, name in Store.objects.using(alias).values_list("code", "name__name"):
        names += (code, name)
    return frozenset(_words(names))


def faults(
    words: frozenset[str], password: str, user: User | None = None, names: Iterable[str] = ()
) -> list[str]:
    """Return what is wrong with a password, nothing for a good one.

    `user` is whose it is to be, saved or not; `names` are further words that say nothing secret.
    """
    if len(password) > LONGEST_PASSWORD:
        return [_("The password can have {n} characters at most.").format(n=LONGEST_PASSWORD)]
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return [_in_our_words(one) for one in error.error_list]
    if len(set(password.casefold())) < _LEAST_DIFFERENT:
        return [_("The password has too few different characters.")]
    own = [*names, *((user.username, user.email or "") if user else ())]
    if any(_is_little_more_than(word, password) for word in words.union(_words(own))):
        text = _(
            "The password is little more than a name that is known here: of the user, a store, a"
            " site or this program."
        )
        return [text]
    return []


def check(
    connection: BaseDatabaseWrapper,
    password: str,
    user: User | None = None,
    names: Iterable[str] = (),
) -> None:
    """Raise ValidationError on `password` for one that is not good."""
    # Words are read for what is good without them: they may be those of a whole country.
    found = faults(_NO_WORDS, password, user, names)
    if found := found or faults(words_here(connection), password, user, names):
        raise ValidationError({"password": found})


def made_up() -> str:
    """Return a password that can be read out, of 59 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _g in range(3))


def _in_our_words(error: ValidationError) -> str:
    if error.code == "password_too_similar":
        # Django would name the field by its English name.
        return _("The password is too similar to the user's own name or e-mail.")
    return " ".join(error.messages)


def _words(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        whole = _plain(name)
        if len(whole) >= _SHORTEST_WORD and not whole.isdigit():
            yield whole
        for part in name.replace("-", " ").split():
            plain = _plain(part)
            if len(plain) >= _SHORTEST_PART and not plain.isdigit():
                yield plain


def _plain(text: str) -> str:
    """Return the letters and digits of a text, without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if letter.isalnum())


def _is_little_more_than(word: str, password: str) -> bool:
    plain = _plain(password)
    return word in plain and len(plain.replace(word, "").strip("0123456789")) < _LEAST_BESIDE
