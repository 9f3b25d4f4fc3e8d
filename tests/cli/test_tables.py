"""Importing and exporting tables by commands."""

from tests.cli.conftest import run


def test_what_was_imported_is_exported_and_comes_back_unchanged(central, tmp_path):
    file = tmp_path / "items.csv"
    file.write_text("Code;Name\namox;Amoxicilline\n", "cp1252")
    options = ("--type", "item", "--data", central, "--json")
    dry = run("import", "table", file, "--dry-run", *options)
    assert (dry.code, dry.json["new"], dry.json["applied"]) == (0, 1, False)
    assert run("import", "table", file, *options).json["applied"] is True
    for name in ("out.csv", "out.xlsx"):
        done = run("export", "table", tmp_path / name, *options)
        assert done.code == 0, done.err
        again = run("import", "table", tmp_path / name, *options)
        assert again.code == 0, again.out
        assert (again.json["new"], again.json["changed"]) == (0, 0)
        assert again.json["unchanged"] == done.json["rows"]


def test_errors_are_told_and_the_faulty_rows_written(central, tmp_path):
    file = tmp_path / "items.csv"
    file.write_text("code,name\na,Good\nb,\n", "utf-8")
    options = ("--type", "item", "--data", central)
    refused = run("import", "table", file, *options)
    assert refused.code == 1
    assert "row 3: Name:" in refused.err
    assert "Nothing was imported." in refused.out
    assert "b,,Name:" in (tmp_path / "items-errors.csv").read_text("utf-8-sig")
    taken = run("import", "table", file, "--good-rows-only", "--json", *options)
    assert (taken.json["applied"], taken.json["new"], taken.json["faulty"]) == (True, 1, 1)


def test_bad_input_is_explained(central, tmp_path):
    file = tmp_path / "items.csv"
    file.write_bytes(b"PK\x03\x04 nothing")
    base = ("--data", central)
    assert "item" in run("import", "table", file, "--type", "itme", *base).err
    assert "damaged" in run("import", "table", file, "--type", "item", *base).err
    assert "no store" in run("import", "table", file, "--type", "item", "--store", "X", *base).err
    assert ".xlsx" in run("export", "table", tmp_path / "x.pdf", "--type", "item", *base).err
