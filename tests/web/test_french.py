"""French is complete: every string of the program, and every page as people see it."""

import ast
import html.parser
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

import msupply
from msupply.records.stocktakes import Stocktake
from msupply.sync.clock import now
from msupply.sync.declare.registry import registry
from msupply.sync.models import SyncLog
from msupply.web.screens import screen as screens
from msupply.web.screens import words
from scripts import compile_messages
from tests.web.conftest import PASSWORD
from tests.web.later import stand_still
from tests.web.test_second_factor import SET_UP, enrolled

PACKAGE = Path(msupply.__file__).parent
CATALOGUE = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
ENTRIES = compile_messages.read(CATALOGUE)
KNOWN = {(entry.context, entry.text): entry for entry in ENTRIES}


def strings_of_python(path):
    """Yield (context, text) of every string that a module has translated."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        texts = [text for text in texts if isinstance(text, str)]
        if name in SINGLE | {"ngettext"} and texts:
            yield None, texts[0]
        elif name.startswith("pgettext") and texts:
            yield texts[0], texts[1]


def strings_of_template(path):
    """Yield (context, text) of every string that a template has translated."""
    code = templatize(path.read_text("utf-8"), origin=str(path))
    for _function, quoted in re.findall(
        r"\b(n?gettext)\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")", code
    ):
        yield None, ast.literal_eval(quoted)


def every_string():
    for path in sorted(PACKAGE.rglob("*.py")):
        for found in strings_of_python(path):
            yield found
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        for found in strings_of_template(path):
            yield found


def test_every_string_has_its_french():
    missing = {key for key in every_string() if key not in KNOWN}
    assert missing == set()


def test_no_translation_outlives_its_string():
    assert KNOWN.keys() - set(every_string()) == {(None, "")}


def test_what_is_counted_has_both_forms():
    counted = set()
    for path in PACKAGE.rglob("templates/**/*.html"):
        code = templatize(path.read_text("utf-8"), origin=str(path))
        counted |= {ast.literal_eval(one) for one in re.findall(r"\bngettext\((u?'[^']*')", code)}
    for path in PACKAGE.rglob("*.py"):
        counted |= set(re.findall(r'\bngettext\(\s*"([^"]*)"', path.read_text("utf-8")))
    assert "record" in counted
    assert [text for text in counted if KNOWN[None, text].plural is None] == []


def test_no_translation_is_empty_or_a_guess():
    assert [entry.text for entry in ENTRIES if not entry.is_complete] == []


def test_placeholders_are_the_same():
    names = re.compile(r"%\(\w+\)[\d.]*\w|\{\w+\}")
    for entry in ENTRIES[1:]:
        for text in entry.translations.values():
            wanted = set(names.findall(entry.plural or entry.text))
            assert set(names.findall(text)) == wanted, entry.text


def test_the_compiled_catalogue_is_fresh():
    compiled = CATALOGUE.with_suffix(".mo").read_bytes()
    assert compiled == compile_messages.compiled(ENTRIES), "run scripts/compile_messages.py"


def test_columns_named_by_themselves_are_translated_too():
    implicit = {
        column.verbose_name
        for kind in registry().types
        for column in screens.visible_fields(kind.model)
        if isinstance(column.verbose_name, str)
    }
    assert implicit == words.IMPLICIT


class Texts(html.parser.HTMLParser):
    """The texts of a page that people read."""

    def __init__(self, page):
        super().__init__()
        self.found, self._ignored = set(), 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "pre", "code", "time"):
            self._ignored += 1
        for name, value in attrs:
            if name in ("title", "placeholder", "aria-label", "data-label") and value:
                self._take(value)

    def handle_endtag(self, tag):
        if tag in ("script", "style", "pre", "code", "time"):
            self._ignored -= 1

    def handle_data(self, data):
        if not self._ignored:
            self._take(data)

    def _take(self, text):
        text = " ".join(text.split())
        if re.search(r"[A-Za-z]{2}", text) and not text.startswith("http"):
            self.found.add(text)


def data_of_the_country():
    """Return every text that stands in the database."""
    found = set()
    for model in apps.get_models():
        columns = [f.attname for f in model._meta.concrete_fields if isinstance(
            f, (models.TextField, models.CharField, models.ForeignKey))]  # fmt: skip
        for row in model._default_manager.values_list(*columns):
            found |= {" ".join(str(value).split()) for value in row if value}
    return found


def in_both(client, path):
    """Return the texts that are the same in English and in French, and are no data."""
    pages = []
    for language in ("en", "fr"):
        client.post("/language", {"language": language})
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}"' in answer.text
        pages.append(Texts(answer.text).found)
    same_in_french = {e.text.lower() for e in ENTRIES if e.text.lower() in
                      {t.lower() for t in e.translations.values()}}  # fmt: skip
    names = {"Open mSupply", "mSupply", "English", "Français", "CSV", "Excel", "Ada", "ada", "awa",
             "north", "central", "Berlinger", "Blue Maestro", "Laird", "LogTag"}  # fmt: skip
    return {t for t in pages[0] & pages[1] if t.lower() not in same_in_french} - names


def untranslated(client, paths, typed=()):
    """Return by path what is English on a French page; `typed` is what the test itself entered."""
    data = data_of_the_country() | set(typed)
    long_data = [text for text in data if len(text) > 3]
    found = {}
    for path in paths:
        texts = {
            text
            for text in in_both(client, path)
            if text not in data and not any(part in text for part in long_data)
        }
        if texts:
            found[path] = texts
    return found


LISTS = [screens.of_type(kind).url for kind in registry().types]
PAGES = ["/", "/synchronisation", "/synchronisation/settings", "/all-records", "/store",
         "/equipment", "/equipment/new", "/catalogue", "/my-password",
         "/my-password/again"]  # fmt: skip
CENTRAL_PAGES = ["/sites", "/sites/new/kind", "/sites/show/site-2", "/sites/password/site-2",
                 "/sites/reset/site-2", "/sites/start-over/site-2", "/sites/delete/site-2",
                 "/sites/ready/site-2", "/sites/1/", "/sites/2/",
                 "/stores", "/stores?q=NOR", "/stores/matrix", "/stores/new",
                 "/stores/show/store-north", "/stores/synchronisation/store-north",
                 "/stores/visibility/store-north", "/stores/visibility/store-north?part=items",
                 "/stores/visibility/store-north?part=patients", "/stores/move/store-north",
                 "/system-settings", "/merge", "/merge/item", "/home-store/patient/patient-1",
                 "/sync-report/", "/sync-report/?of=stores", "/map/", "/map/?by=site",
                 "/map/?by=region", "/where-is/item/item-1", "/where-is/name/patient-1",
                 "/list/items/import", "/users/new", "/users/rights/user-maria",
                 "/users/password/user-maria", "/users/end-sessions/user-maria",
                 "/users/second-factor/user-maria", "/my-password/second-factor/remove", "/catalogue/import"]  # fmt: skip


def test_pages_of_a_site_are_french(nurse):
    SyncLog.objects.create(
        started_at=now(), error_code="SITE_HAS_NO_STORE", error_message="-",
        steps='[{"name":"push_v6","started_at":"2026-01-01T00:00:00"}]',
    )  # fmt: skip
    asset = registry().by_name["asset"].model.objects.first()
    paths = [*PAGES, f"/equipment/show/{asset.pk}", f"/equipment/edit/{asset.pk}"]
    assert untranslated(nurse, paths) == {}


def test_pages_of_the_central_server_are_french(admin):
    assert untranslated(admin, [*PAGES, *CENTRAL_PAGES]) == {}


@pytest.mark.parametrize("part", range(4))
def test_lists_and_records_are_french(admin, part):
    paths = LISTS[part::4]
    for kind in registry().types[part::4]:
        record = kind.model.objects.first()
        if record is not None:
            paths.append(reverse("detail", args=[kind.name, record.pk]))
    assert untranslated(admin, paths) == {}


def test_forms_are_french(nurse):
    record = Stocktake.objects.first()
    paths = ["/list/locations/new", reverse("edit", args=["stocktake", record.pk])]
    assert untranslated(nurse, paths) == {}


def test_the_second_factor_is_french(admin, monkeypatch):
    stand_still(monkeypatch)
    secret = admin.get(SET_UP).context["secret"]
    assert untranslated(admin, [SET_UP], typed=[secret]) == {}
    app, codes = enrolled(admin)
    assert untranslated(admin, ["/my-password"]) == {}
    with translation.override("fr"):
        kept = render_to_string("account/recovery_codes.html", {"codes": codes})
    assert "Chacun de ces codes" in kept
    waiting = Client()
    waiting.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert untranslated(waiting, ["/log-in/code"]) == {}
    assert "déjà servi" in waiting.post("/log-in/code", {"code": app.code(-1)}).text


def test_the_first_run_is_french(empty_instance, client):
    paths = ["/first-run", "/first-run/central", "/first-run/remote"]
    assert untranslated(client, paths) == {}
    assert connection.vendor == "sqlite"
