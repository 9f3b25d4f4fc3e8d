"""Sync policies: who may edit a record, and where it travels (domain.md A.1, D.5).

A policy is plain data. Triggers, routing, the edit guard and acceptance are all derived from it.
Columns are named by their database name; `"invoice.store_id"` follows the reference
`invoice_id` of this table to the parent's `store_id`. Such a name is called a path.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop


class Editor(Enum):
    """Where a record may be edited."""

    CENTRAL = gettext_noop("the central server")
    MODERN = gettext_noop("the Open mSupply central server")
    PRIMARY = gettext_noop("the primary server")
    OWNER = gettext_noop("the site where the store is active")
    OWNER_OR_CENTRAL = gettext_noop("the site where the store is active, or the central server")
    HOME = gettext_noop("the site where the home store is active")
    VISIBLE = gettext_noop("a site where the patient is visible")
    PARTY = gettext_noop("the site of one of its two stores")
    ATTACHED = gettext_noop("the place where the record is edited that it is attached to")
    ANYWHERE = gettext_noop("any site")
    NOWHERE_YET = gettext_noop("the new site, once the store has moved there")
    NOWHERE = gettext_noop("no site")


@dataclass(frozen=True)
class Policy:
    """The facts that every policy boils down to; use one of the named policies below.

    A row without an owner (`store`, `home` and so on are blank) is the central server's to edit.

    - `store`, `partner`, `visible`, `home`: paths to the owning store, a second store that takes
      part, the patient or prescriber, and the home store.
    - `own_name`: path to a name; the store whose own name it is owns the row.
    - `attached`: the columns with the table and the id of the record that the row is about; who
      may edit that one may edit this.
    - `other_party`: path to a name; when it is a store's, that store is the partner.
    - `dispensary_only`: only for sites with an active dispensary store.
    - `suppressible`: stays at the site while "include transactions in sync" is off.
    - `procurement`: edited centrally while procurement is centralised.
    """

    editor: Editor
    everywhere: bool = False
    store: str | None = None
    partner: str | None = None
    other_party: str | None = None
    visible: str | None = None
    home: str | None = None
    own_name: str | None = None
    attached: tuple[str, str] | None = None
    everywhere_without_store: bool = False
    goes_down: bool = True
    goes_up: bool = True
    dispensary_only: bool = False
    suppressible: bool = False
    procurement: bool = False

    @property
    def is_central_store(self) -> bool:
        """True for data of a store that are edited centrally; copies of the store lack them."""
        return self.editor is Editor.CENTRAL and self.store is not None


def Central(*, dispensary_only: bool = False) -> Policy:
    """Edited on the central server only, travels to all sites (or all with a dispensary)."""
    return Policy(Editor.CENTRAL, everywhere=True, goes_up=False, dispensary_only=dispensary_only)


def CentralStore(store: str, *, everywhere_without_store: bool = False) -> Policy:
    """Edited on the central server only, travels to the site where the store is active."""
    return Policy(
        Editor.CENTRAL,
        store=store,
        everywhere_without_store=everywhere_without_store,
        goes_up=False,
    )


def Store(
    store: str,
    *,
    other_party: str | None = None,
    suppressible: bool = False,
    procurement: bool = False,
    shared_edit: bool = False,
    everywhere_without_store: bool = False,
) -> Policy:
    """Edited at the site where the store is active (with `shared_edit` on the central server too).

    Travels to every site that collects the store, and to the site of the other party's store.
    """
    return Policy(
        Editor.OWNER_OR_CENTRAL if shared_edit else Editor.OWNER,
        store=store,
        other_party=other_party,
        suppressible=suppressible,
        procurement=procurement,
        everywhere_without_store=everywhere_without_store,
    )


def Patient(visible: str, *, home: str | None = None) -> Policy:
    """Travels to every site where the patient (or prescriber) named by `visible` is visible.

    It is edited there too, or with `home` where that store is active.
    """
    editor = Editor.HOME if home else Editor.VISIBLE
    return Policy(editor, visible=visible, home=home)


def CentralPatient(visible: str) -> Policy:
    """Edited on the central server only, travels to every site where the patient is visible."""
    return Policy(Editor.CENTRAL, visible=visible, goes_up=False)


def Message(to_store: str, from_store: str) -> Policy:
    """Written at the sites of both stores, travels to them."""
    return Policy(Editor.PARTY, store=to_store, partner=from_store)


def Shared() -> Policy:
    """Owned by nobody, by design: any site adds it and edits it. Travels to all sites."""
    return Policy(Editor.ANYWHERE, everywhere=True)


def OfStoresName(name: str) -> Policy:
    """Edited by the store whose own name it is about and on the central server. Travels to all."""
    return Policy(Editor.OWNER_OR_CENTRAL, everywhere=True, own_name=name)


def Attached(table: str, record: str) -> Policy:
    """Edited where the record is edited that these columns name, travels to all sites."""
    return Policy(Editor.ATTACHED, everywhere=True, attached=(table, record))


def UpOnly(store: str | None = None) -> Policy:
    """Written at a site, travels to the central server and stays there.

    Without a store it is any site's to write.
    """
    return Policy(Editor.OWNER if store else Editor.ANYWHERE, store=store, goes_down=False)


def Reported() -> Policy:
    """Kept by the Open mSupply central server, which reports it to the mSupply central server."""
    return Policy(Editor.CENTRAL, goes_down=False, goes_up=False)


@dataclass(frozen=True)
class LocalOnly:
    """The table never travels; the reason is for readers. It is edited anywhere unless said."""

    reason: str
    editor: Editor = Editor.ANYWHERE


@dataclass(frozen=True)
class SplitBy:
    """Rows of one table under two policies: those whose `column` has `value`, and the others.

    `column` is a column of the table, or a path to one of its parent's.
    """

    column: str
    value: str
    match: Policy
    other: Policy


@dataclass(frozen=True)
class Visibility:
    """Declared on a join table: `subject` is visible to the site where `store` is active."""

    store: str
    subject: str


@dataclass(frozen=True)
class StoreColumns:
    """Declared on the table of stores: what the engine must know of a store.

    - `site`: the column with the number of the site where it is active.
    - `name`: the column with the id of the store's own name; None where stores have none.
    - `dispensary`: the SQL condition that says whether it is a dispensary.
    """

    site: str
    name: str | None = None
    dispensary: str = "TRUE"
