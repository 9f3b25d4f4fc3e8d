"""The command line speaks the language of the terminal, and no line of it is English only."""

import ast
import re
from pathlib import Path

import pytest

import msupply.cli
from tests.cli.conftest import Done, run

PACKAGE = Path(msupply.cli.__file__).parent
# What prints its texts, or has them printed.
SPEAKERS = {"say", "title", "print", "Failure", "secret", "prompt", "add_task"}
# Those with a text that is for programs, or that every language has.
SAME = {"--password", "red", "yellow", "green", "http://localhost:"}


def french(*arguments):
    """Run a command in French; apostrophes are made those of a keyboard."""
    done = run(*arguments, LANGUAGE="fr")
    plain = {ord("\N{RIGHT SINGLE QUOTATION MARK}"): "'"}
    return Done(done.code, done.out.translate(plain), done.err.translate(plain))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("group", [(), ("site",), ("store",), ("init",), ("import",), ("export",)])
def test_what_a_command_does_is_told_to_the_end(group, language):
    table = run(*group, "--help", LANGUAGE=language).out.split("\n\n")[-1]
    assert "..." not in table
    assert "…" not in table


def test_help_is_in_the_language_of_the_terminal():
    done = french("--help")
    assert done.code == 0
    assert done.out.startswith("Utilisation : ")
    assert "[OPTIONS] COMMANDE [ARGUMENTS]" in done.out
    assert "Commandes:" in done.out
    assert "Servir les pages web" in done.out
    assert "Afficher ce message et quitter." in done.out
    assert "Usage" not in done.out


@pytest.mark.parametrize("asked", ["", "de", "C", "en_GB:fr"])
def test_english_is_spoken_where_it_is_asked_for_and_where_nothing_else_fits(asked):
    done = run("--help", LANGUAGE=asked)
    assert done.out.startswith("Usage: ")
    assert "Show this message and exit." in done.out


def test_the_language_of_the_system_is_enough():
    assert "Utilisation" in run("--help", LANGUAGE="", LC_ALL="fr_CM.UTF-8").out


def test_options_of_a_command_are_french():
    said = french("init", "central", "--help").out
    assert "[obligatoire]" in said
    assert "par défaut : msupply-data" in " ".join(said.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "La commande 'nowhere' n'existe pas."),
        (["init", "central"], "Il manque l'option '--url'."),
        (["explain", "unit"], "Il manque l'argument 'record'."),
        (["sync", "--jsno"], "Cette option n'existe pas : --jsno"),
        (["sync", "more"], "Argument(s) en trop (more)"),
        (["serve", "--port"], "L'option '--port' demande un argument."),
        (["serve", "--port", "x"], "'--port' : ce n'est pas un nombre entier"),
        (["serve", "--port", "70000"], "le nombre doit être au plus 65535"),
        (["serve", "--port", "0"], "le nombre doit être au moins 1"),
    ],
)
def test_a_wrong_command_line_is_explained_in_french(arguments, said):
    done = french(*arguments)
    assert done.code == 2
    assert f"Erreur : {said}" in done.err or said in done.err
    assert "Error" not in done.err


def test_a_wrong_command_line_in_english_is_told_with_its_usage():
    done = run("init", "central")
    assert done.code == 2
    usage, hint, empty, error = done.err.splitlines()
    assert usage.startswith("Usage: ")
    assert usage.endswith("init central [OPTIONS]")
    assert hint.startswith("Try '")
    assert hint.endswith("init central --help' for help.")
    assert (empty, error) == ("", "Error: Missing option '--url'.")


def test_a_failure_before_the_settings_are_known_is_french(tmp_path):
    done = french("check", "--data", tmp_path)
    assert done.code == 1
    assert "Erreur : Il n'y a pas d'instance dans" in done.err


def test_a_failure_from_the_services_is_french(central):
    done = french("site", "reset", "nowhere", "--data", central)
    assert done.code == 1
    assert "Il n'y a pas de site « nowhere »" in done.err


def test_check_is_french(central):
    done = french("check", "--data", central)
    assert done.code == 0
    assert "✓ déclencheurs : Chaque modification est journalisée." in done.out
    assert done.out.endswith("Tout est en ordre.\n")


def test_codes_and_keys_for_programs_stay_english(central):
    done = french("check", "--data", central, "--json")
    assert set(done.json) == {"in_order", "findings"}
    assert {"triggers", "cursors"} <= {finding["subject"] for finding in done.json["findings"]}


def test_what_an_import_could_not_take_is_french_for_people_and_english_for_programs(
    central, tmp_path
):
    file = tmp_path / "country.json"
    file.write_text('{"v5": {"unit": [{"ID": "u1"}], "weather": [{"ID": "w1"}]}}')
    said = french("import", "wire", file, "--data", central).out
    assert "v5 unit u1: il manque units" in said
    assert "v5 weather w1: cette version ne connaît pas de table V5 « weather »" in said
    checked = french("check", "--data", central).out
    assert "il manque units" in checked
    done = french("import", "wire", file, "--data", central, "--json")
    assert [problem["reason"] for problem in done.json["problems"]] == [
        "units is missing",
        "this version knows no V5 table “weather”",
    ]


def test_an_error_for_programs_is_english(central):
    done = french("site", "reset", "nowhere", "--data", central, "--json")
    assert "no site" in done.json["error"]["what"]


def texts(node):
    """Yield what stands in a call as it is printed: strings, and the fixed parts of f-strings."""
    for part in (
        [node] if not isinstance(node, ast.IfExp | ast.BoolOp) else ast.iter_child_nodes(node)
    ):
        if isinstance(part, ast.JoinedStr):
            yield from (v.value for v in part.values if isinstance(v, ast.Constant))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def untranslated(path):
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        said = list(call.args) if name in SPEAKERS else []
        said += [k.value for k in call.keywords if k.arg == "help"]
        for argument in said:
            for text in texts(argument):
                word = re.search(r"[A-Za-z]{2}", text)
                if word and text.strip() not in SAME and not re.fullmatch("[A-Z_]+", text):
                    yield f"{path.name}:{call.lineno}: {text}"


def test_nothing_is_said_that_cannot_be_translated():
    assert [found for path in PACKAGE.rglob("*.py") for found in untranslated(path)] == []
