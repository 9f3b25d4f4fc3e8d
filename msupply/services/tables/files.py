"""Reading files that people give us: CSV of any spreadsheet program, and Excel workbooks.

What is too large, or no table, is refused in words before it costs memory.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
# What is read of a workbook besides its first sheet costs memory or time as a whole: the texts of
# all cells, of which each is kept once, and everything else, such as styles.
LARGEST_TEXTS, MOST_TAGS_OF_TEXTS = 20 * 1024 * 1024, 2_000_000
LARGEST_OTHER_PART = 5 * 1024 * 1024
MOST_CELLS = 2_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 300
LONGEST_CELL = 1_000_000
# Names the kind of each part of a workbook.
_CONTENTS = "[Content_Types].xml"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# A PDF, a web page (as which some programs save their Excel files), and JSON.
_NO_TABLES = ("%PDF", "<", "{", "[")
SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class FilledSheet:
    """The titles, and the rows that hold anything with their number as a spreadsheet counts."""

    titles: list[str]
    rows: list[tuple[int, Sequence[Any]]]


def read(content: bytes) -> FilledSheet:
    """Read a file. Raises ValidationError for one that is no table, or too large."""
    if len(content) > LARGEST_FILE:
        raise ValidationError(
            _("The file is larger than {n} MB. Split it.").format(n=LARGEST_FILE // 2**20)
        )
    if content.startswith(_ZIP):
        return _sheet(_excel_rows(content))
    if content.startswith(_OLD_EXCEL):
        raise ValidationError(
            _(
                "This is an old or protected Excel file. Save it as “Excel workbook (.xlsx)”"
                " without a password, or as CSV."
            )
        )
    return _sheet(_csv_rows(_text(content)))


def _sheet(rows: Iterable[tuple[int, Sequence[Any]]]) -> FilledSheet:
    titles: list[str] | None = None
    found: list[tuple[int, Sequence[Any]]] = []
    cells_read = 0
    for number, cells in rows:
        cells_read += len(cells)
        if cells_read > MOST_CELLS:
            text = _("The file has more than {n} cells. Split it.")
            raise ValidationError(text.format(n=MOST_CELLS))
        if len(found) >= MOST_ROWS or number > MOST_ROWS * 10:
            raise ValidationError(
                _("The file has more than {n} rows. Split it.").format(n=MOST_ROWS)
            )
        if all(cell is None or cell == "" or str(cell).strip() == "" for cell in cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise ValidationError(_("The file has more than {n} columns.").format(n=MOST_COLUMNS))
        if titles is None:
            titles = ["" if cell is None else str(cell).strip() for cell in cells]
        else:
            found.append((number, cells))
    if titles is None:
        raise ValidationError(_("The file is empty."))
    if not found:
        raise ValidationError(_("The file has titles, but no rows below them."))
    return FilledSheet(titles, found)


def _text(content: bytes) -> str:
    """Decode as spreadsheet programs write: Unicode with a mark, UTF-8, or the Windows page."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes stand for nothing in Windows-1252; a letter that is lost shows in the preview.
        text = content.decode("cp1252", errors="replace")
    if "\0" in text or text.lstrip().startswith(_NO_TABLES):
        raise ValidationError(_("The file is neither CSV nor an Excel workbook."))
    return text


def _csv_rows(text: str) -> Iterable[tuple[int, Sequence[str]]]:
    first, _newline, rest = text.partition("\n")
    begins = 1
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text, begins = first.strip()[4], rest, 2
    else:
        separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        lines_before = begins - 1
        for cells in reader:
            yield begins, cells
            begins = lines_before + reader.line_num + 1
    except csv.Error as error:
        text = _("The file is no CSV: the quotation marks of row {row} do not pair up.")
        if "limit" in str(error):
            text = _("Row {row} has a cell that is too long.")
        raise ValidationError(text.format(row=begins)) from None
    finally:
        csv.field_size_limit(before)


def _separator(text: str) -> str:
    """Return what separates the titles; quoted ones may hold anything."""
    quoted, counts = False, dict.fromkeys(SEPARATORS, 0)
    for letter in text[:100_000]:
        if letter == '"':
            quoted = not quoted
        elif letter in "\r\n" and not quoted:
            if any(counts.values()):
                break
        elif letter in counts and not quoted:
            counts[letter] += 1
    return max(SEPARATORS, key=lambda separator: counts[separator])


def _excel_rows(content: bytes) -> Iterable[tuple[int, Sequence[Any]]]:
    _check_archive(content)
    import openpyxl

    with warnings.catch_warnings():
        # It warns of decoration that it drops; we want values.
        warnings.simplefilter("ignore")
        try:
            _check_parts(content)
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
            empty: Sequence[Any] | None = None
            for number, row in enumerate(rows, 1):
                # One row at the end of a sheet makes a million empty ones before it, all the same.
                if row is empty or row.count(None) == len(row):
                    empty = row
                    continue
                yield number, _trimmed(row)
        except ValidationError:
            raise
        except Exception as error:  # what a broken workbook raises has no common class
            raise ValidationError(
                _("The Excel file cannot be read. Save it again as .xlsx, or as CSV.")
            ) from error


def _trimmed(cells: Sequence[Any]) -> Sequence[Any]:
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _check_archive(content: bytes) -> None:
    """Refuse what would not fit once unpacked, and archives of anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ValidationError(_("The Excel file is damaged.")) from error
    sizes = {part.filename: part.file_size for part in parts}
    too_large = sum(part.file_size for part in parts) > LARGEST_UNPACKED
    if too_large or len(parts) > 5000 or sizes.get(_CONTENTS, 0) > LARGEST_OTHER_PART:
        raise _too_large_unpacked()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise ValidationError(_("The file is neither CSV nor an Excel workbook."))


def _check_parts(content: bytes) -> None:
    """Refuse parts that would cost minutes and gigabytes to read, by what they are, not their name.

    Only sheets may be large, and what nobody reads: caches of pivot tables, and pictures.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS, WORKSHEET_TYPE

    reader = ExcelReader(io.BytesIO(content), read_only=True)
    reader.read_manifest()
    kinds: dict[str, set[str]] = {}
    for override in reader.package.Override:
        kinds.setdefault(override.PartName.removeprefix("/"), set()).add(override.ContentType)
    with reader.archive as archive:
        for part in archive.infolist():
            of_part = kinds.get(part.filename, set())
            if SHARED_STRINGS in of_part:
                _check_texts(archive, part)
            elif of_part and all(k == WORKSHEET_TYPE or "pivotCache" in k for k in of_part):
                continue
            elif part.filename.endswith((".xml", ".rels")) and part.file_size > LARGEST_OTHER_PART:
                raise _too_large_unpacked()


def _check_texts(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.file_size > LARGEST_TEXTS:
        raise _too_large_unpacked()
    tags = 0
    with archive.open(part) as texts:
        while block := texts.read(2**20):
            tags += block.count(b"<")
    if tags > MOST_TAGS_OF_TEXTS:
        raise _too_large_unpacked()


def _too_large_unpacked() -> ValidationError:
    return ValidationError(_("The Excel file is too large once unpacked. Split it."))
