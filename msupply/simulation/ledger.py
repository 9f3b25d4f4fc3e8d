"""What really happened, kept outside of all machines: every edit, and what each site was sent."""

from collections import defaultdict
from dataclasses import dataclass, field

Key = tuple[str, str]


@dataclass(frozen=True)
class Version:
    """One state of a record, as people at a site left it; no content when they deleted it."""

    site: int
    content: bytes | None


@dataclass
class Checked:
    """How much was judged: a run that compares nothing passes, and says nothing."""

    edits: int = 0
    sent: int = 0
    rows: int = 0

    def __add__(self, other: "Checked") -> "Checked":
        return Checked(self.edits + other.edits, self.sent + other.sent, self.rows + other.rows)


@dataclass
class Ledger:
    """The memory of a run."""

    checked: Checked = field(default_factory=Checked)
    versions: dict[Key, list[Version]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[int, set[Key]] = field(default_factory=lambda: defaultdict(set))
    # Sites whose disk was lost with what they had not pushed.
    disks_lost: set[int] = field(default_factory=set)

    def edited(self, key: Key, site: int, content: bytes | None) -> None:
        """Note an edit."""
        self.checked.edits += 1
        self.versions[key].append(Version(site, content))

    def possible(self, key: Key, *, one_editor: bool = False) -> set[bytes | None]:
        """Return what a record may be in the end: the last word of each site that edited it.

        With `one_editor` at a time it is the last word of all. Of a site whose disk was lost any
        word may be its last that others know.
        """
        found: set[bytes | None] = set()
        versions = self.versions[key]
        editors = {version.site for version in versions}
        if one_editor and not editors & self.disks_lost:
            return {versions[-1].content}
        for editor in editors:
            own = [version.content for version in versions if version.site == editor]
            found |= set(own) if editor in self.disks_lost else {own[-1]}
        if editors & self.disks_lost:
            found.add(None)
        return found
