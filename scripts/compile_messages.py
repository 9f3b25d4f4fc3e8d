"""Compiles the catalogues of messages, so that pages need no gettext tools.

`python scripts/compile_messages.py` writes each django.mo beside its django.po; both are committed,
and a test says when they no longer fit.
"""

import ast
import struct
from dataclasses import dataclass, field
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "msupply" / "locale"
MAGIC = 0x950412DE


@dataclass
class Entry:
    """One message with its translations: several when it counts something."""

    context: str | None = None
    text: str = ""
    plural: str | None = None
    translations: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    @property
    def key(self) -> str:
        """What programs look the translation up by."""
        key = self.text if self.plural is None else f"{self.text}\0{self.plural}"
        return key if self.context is None else f"{self.context}\4{key}"

    @property
    def is_complete(self) -> bool:
        """True when there is a translation for every form."""
        return bool(self.translations) and all(self.translations.values()) and not self.is_fuzzy

    def add(self, keyword: str, text: str) -> None:
        """Take one string, or a further line of it."""
        if keyword == "msgctxt":
            self.context = (self.context or "") + text
        elif keyword == "msgid":
            self.text += text
        elif keyword == "msgid_plural":
            self.plural = (self.plural or "") + text
        else:
            number = int(keyword.removeprefix("msgstr").strip("[]") or 0)
            self.translations[number] = self.translations.get(number, "") + text


def read(path: Path) -> list[Entry]:
    """Return the entries of a catalogue; the first is its header."""
    entries = []
    for block in path.read_text("utf-8").split("\n\n"):
        entry, keyword = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
                continue
            word, quote, rest = line.partition('"')
            keyword = word.strip() or keyword
            if quote:
                entry.add(keyword, ast.literal_eval(quote + rest))
        if entry.translations:
            entries.append(entry)
    return entries


def compiled(entries: list[Entry]) -> bytes:
    """Return a catalogue as programs read it."""
    pairs = sorted(
        (entry.key.encode(), "\0".join(entry.translations.values()).encode())
        for entry in entries
        if entry.is_complete
    )
    at = 7 * 4
    text_at = at + 16 * len(pairs)
    tables: list[bytes] = []
    texts = b""
    for side in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[side]), text_at + len(texts)))
            texts += pair[side] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), at, at + 8 * len(pairs), 0, text_at)
    return head + b"".join(tables) + texts


def main() -> None:
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        path.with_suffix(".mo").write_bytes(compiled(read(path)))


if __name__ == "__main__":
    main()
