"""Excel workbooks, written row by row: bounded memory, ready to be sent while they are made.

Only what tables need: texts, numbers, dates, a fixed first row. Texts are stored as texts, so that
none of them is a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape, quoteattr

LARGEST_ROWS = 1_000_000
LONGEST_TEXT = 32_767
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - what Excel counts days from
# Excel believes that 1900 was a leap year.
_FIRST = date(1900, 3, 1)
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="171" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf numFmtId="170" applyNumberFormat="1"/><xf numFmtId="171" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Sheet:
    """One sheet; `choices` are lists of allowed values by the number of their column, from 0."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Any]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


class _Pipe:
    """Collects what the archive writes until it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is passed on anyway."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def stream(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """Yield the bytes of a workbook."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:  # type: ignore[call-overload]
        for path, text in _frame(sheets).items():
            archive.writestr(path, _HEAD + text)
        for number, sheet in enumerate(sheets, 1):
            path = f"xl/worksheets/sheet{number}.xml"
            with archive.open(path, "w", force_zip64=True) as file:
                for text in _sheet(sheet):
                    file.write(text.encode())
                    if sent := pipe.take():
                        yield sent
    yield pipe.take()


def _frame(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Return the small parts of a workbook that name the others."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_CONTENT}.worksheet+xml"/>'
        for n in numbers
    )
    entries = "".join(
        f'<sheet name={quoteattr(_sheet_name(sheet.name))} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
        f'{_CONTENT}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="'
        f'{_CONTENT}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1"'
        f' Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_DOCUMENT}/styles"'
        ' Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:31].strip() or "1"


def _sheet(sheet: Sheet) -> Iterator[str]:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{min(40, max(10, len(title) + 3))}" customWidth="1"/>'
        for n, title in enumerate(sheet.titles, 1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    )
    yield "<row>" + "".join(_text(title, ' s="3"') for title in sheet.titles) + "</row>"
    for row in sheet.rows:
        yield "<row>" + "".join([_cell(value) for value in row]) + "</row>"
    yield f"</sheetData>{_choices(sheet)}</worksheet>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c><v>{value!r}</v></c>" if isfinite(value) else "<c/>"
    if isinstance(value, date):
        return _moment(value)
    return _text(str(value))


def _moment(value: date) -> str:
    if (value.date() if isinstance(value, datetime) else value) < _FIRST:
        return _text(value.isoformat())
    if isinstance(value, datetime):
        return f'<c s="2"><v>{(value - _EPOCH).total_seconds() / 86400:.8f}</v></c>'
    return f'<c s="1"><v>{(value - _EPOCH.date()).days}</v></c>'


def _text(text: str, style: str = "") -> str:
    clean = escape(_ILLEGAL.sub("", text)[:LONGEST_TEXT])
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


def _choices(sheet: Sheet) -> str:
    """Return the lists that cells of a column offer; Excel takes short ones only."""
    rules = []
    for place, values in sheet.choices.items():
        text = ",".join(values)
        if len(text) < 255 and not any("," in value for value in values):
            formula = escape('"' + text.replace('"', '""') + '"')
            column = _letters(place)
            rules.append(
                f'<dataValidation type="list" allowBlank="1" sqref="{column}2:{column}10000">'
                f"<formula1>{formula}</formula1></dataValidation>"
            )
    return (
        f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>' if rules else ""
    )


def _letters(place: int) -> str:
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text
