"""The site wizard: from choices to a site that is ready to be initialised (domain.md D.10)."""

import io
from collections import Counter
from dataclasses import dataclass

import msgspec
import segno
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from msupply.central import (
    acting,
    active_site,
    sites,
    store_move,
    store_sync,
    visibility,
    visibility_copy,
)
from msupply.central.stores import add_store
from msupply.central.stores import refusal as stores_refused
from msupply.records.activity_types import ActivityType
from msupply.records.names import Name, NameStoreJoin, NameType
from msupply.records.sites import ClientType, Site
from msupply.records.stores import Store, StoreMode
from msupply.records.users import User
from msupply.sync import here as instance
from msupply.sync.declare import new_id
from msupply.sync.placement import SyncType

_JOINS_AT_ONCE = 5_000


@dataclass(frozen=True)
class PlannedStore:
    """A store of the new site: one that exists, by `store_id`, or a new one with code and name.

    - `mode`: STORE or DISPENSARY, of a new store.
    - `central_type`: what the store is on this server: COLLECTOR, or TRANSFER where its records
      are to stay at the site.
    - `include_transactions`: of a dispensary, see domain.md D.6.
    - `patients_of`: the id of a store whose patients the store sees from the beginning.
    - `sees_like`: the id of a store whose names and items it sees from the beginning.
    """

    store_id: str = ""
    code: str = ""
    name: str = ""
    mode: str = StoreMode.DISPENSARY
    central_type: SyncType = SyncType.COLLECTOR
    include_transactions: bool = True
    patients_of: str = ""
    sees_like: str = ""


@dataclass(frozen=True)
class SitePlan:
    """Everything that is chosen for a new site; `url` is needed by an Open mSupply central server."""

    name: str
    password: str
    client_type: str = ClientType.OPEN_MSUPPLY
    stores: tuple[PlannedStore, ...] = ()
    is_oms_central: bool = False
    url: str = ""


@dataclass(frozen=True)
class SiteSummary:
    """What a technician needs to initialise a site; the password is told in another way.

    `qr_text` is JSON with the keys `url` and `site`.
    """

    site: Site
    url: str
    stores: tuple[str, ...]
    moving: tuple[str, ...]
    qr_text: str

    def text(self) -> str:
        """Return the summary as plain text, to print or to download."""
        lines = [
            _("Site: {name}").format(name=self.site.name),
            _("Site number: {number}").format(number=self.site.site_id),
            _("Central server: {url}").format(url=self.url),
            _("Password: as it was chosen for this site"),
            _("Client: {client}").format(client=self.site.get_client_type_display()),
            _("Stores:"),
            *(f"  {store}" for store in self.stores),
        ]
        if self.moving:
            lines += [_("Stores that are on their way to it:"), *(f"  {s}" for s in self.moving)]
        return "\n".join(lines) + "\n"

    def qr_svg(self) -> str:
        """Return the QR code as an SVG element, to show in a page."""
        return segno.make(self.qr_text, micro=False).svg_inline(scale=4)

    def qr_terminal(self) -> str:
        """Return the QR code as text, to show in a terminal."""
        out = io.StringIO()
        segno.make(self.qr_text, micro=False).terminal(out, compact=True)
        return out.getvalue()


def check(connection: BaseDatabaseWrapper, plan: SitePlan) -> dict[str, list[str]]:
    """Return what is wrong with a plan, by field; nothing when it can be carried out.

    Fields are `name`, `password`, `client_type`, `url`, and for each store `stores.0` and so on.
    """
    problems: dict[str, list[str]] = {}
    try:
        known = [text for planned in plan.stores for text in (planned.code, planned.name)]
        sites.check_new(connection, plan.name, plan.password, plan.is_oms_central, plan.url, known)
    except ValidationError as error:
        problems |= error.message_dict
    if plan.client_type not in ClientType.values:
        problems["client_type"] = [_("There is no such client type.")]
    if plan.client_type == ClientType.MOBILE and len(plan.stores) > 1:
        problems["stores"] = [_("A mobile site has one store at most.")]
    codes = Counter(planned.code.strip().lower() for planned in plan.stores if planned.code)
    for index, planned in enumerate(plan.stores):
        found = _store_problems(connection, planned)
        if codes[planned.code.strip().lower()] > 1:
            found.append(_("Two of the stores have the same code."))
        if found:
            problems[f"stores.{index}"] = found
    return problems


def create(connection: BaseDatabaseWrapper, plan: SitePlan, user: User | None = None) -> Site:
    """Create the site with its stores; a store in use elsewhere begins to move here.

    Raises ValidationError with the problems of `check`, EditRefused or PermissionMissing; then
    nothing has been stored.
    """
    acting.require(connection, user)
    problems = check(connection, plan)
    if problems:
        raise ValidationError(problems)
    with transaction.atomic(using=connection.alias):
        site = sites.add_site(
            connection, plan.name, plan.password, (), plan.is_oms_central, plan.url
        )
        site.client_type = plan.client_type
        site.save(using=connection.alias, update_fields=["client_type"])
        acting.note(connection, user, ActivityType.SITE_CREATED, site.pk, None, site.name)
        for planned in plan.stores:
            _give(connection, site, planned, user)
    return site


def summary(connection: BaseDatabaseWrapper, site: Site) -> SiteSummary:
    """Return what a technician needs to initialise a site."""
    alias = connection.alias
    url = instance.load(connection).own_url
    stores = Store.objects.using(alias).select_related("name").order_by("code")
    own = stores.filter(site_id=site.site_id)
    coming = stores.filter(pk__in=store_move.stores_on_their_way(connection, site.site_id))
    return SiteSummary(
        site,
        url,
        tuple(f"{store.code}  {store.name.name}" for store in own),
        tuple(f"{store.code}  {store.name.name}" for store in coming),
        msgspec.json.encode({"url": url, "site": site.name}).decode(),
    )


def _store_problems(connection: BaseDatabaseWrapper, planned: PlannedStore) -> list[str]:
    stores = Store.objects.using(connection.alias)
    problems: list[str] = []
    if planned.store_id:
        store = stores.filter(pk=planned.store_id).first()
        if store is None:
            return [_("There is no such store.")]
        problems += store_move.obstacles(connection, store)
        mode = store.store_mode
    else:
        problems += _new_store_problems(connection, planned)
        mode = planned.mode
    if stores_refused(connection) and (planned.sees_like or not planned.store_id):
        text = _(
            "New stores, and what stores see, are entered on the primary server. Choose a store"
            " that exists."
        )
        problems.append(text)
    if mode != StoreMode.DISPENSARY and not planned.include_transactions:
        problems.append(_("Only dispensaries may leave their transactions out."))
    if mode != StoreMode.DISPENSARY and planned.patients_of:
        problems.append(_("Only dispensaries have patients."))
    if planned.central_type not in (SyncType.COLLECTOR, SyncType.TRANSFER):
        problems.append(_("This server has every store: choose a transfer copy at least."))
    if planned.patients_of and not stores.filter(pk=planned.patients_of).exists():
        problems.append(_("The store with the patients does not exist."))
    if planned.sees_like and not stores.filter(pk=planned.sees_like).exists():
        problems.append(_("The store of which it sees the same does not exist."))
    return problems


def _new_store_problems(connection: BaseDatabaseWrapper, planned: PlannedStore) -> list[str]:
    code, name = planned.code.strip(), planned.name.strip()
    problems: list[str] = []
    if not code or not name:
        problems.append(_("A new store needs a code and a name."))
    elif len(code) > 200 or len(name) > 200 or "\0" in code + name:
        problems.append(_("Code and name can have up to 200 characters."))
    elif Store.objects.using(connection.alias).filter(code__iexact=code).exists():
        problems.append(_("There is a store with the code “{code}” already.").format(code=code))
    if planned.mode not in StoreMode.values:
        problems.append(_("There is no such mode."))
    return problems


def _give(
    connection: BaseDatabaseWrapper, site: Site, planned: PlannedStore, user: User | None
) -> None:
    alias = connection.alias
    if planned.store_id:
        store = Store.objects.using(alias).get(pk=planned.store_id)
        if not active_site.is_unused(connection, store.site_id):
            # Its sync types are chosen once it has moved.
            store_move.start(connection, store.pk, site.site_id, user=user)
            return
        store_sync.set_local(connection, store.pk, site.site_id, user)
    else:
        store = add_store(connection, planned.code, planned.name, site.site_id)
        if store.store_mode != planned.mode:
            store.store_mode = planned.mode
            store.save(using=alias, update_fields=["store_mode"])
    visibility.recompute(connection, [store.pk])
    own = instance.load(connection).site_id or 0
    store_sync.set_sync_type(connection, store.pk, own, planned.central_type, user)
    if not planned.include_transactions:
        store_sync.set_include_transactions(connection, store.pk, False, user)
    if planned.sees_like:
        template = Store.objects.using(alias).get(pk=planned.sees_like)
        visibility_copy.copy(connection, None, None, template, store)
    if planned.patients_of:
        _show_patients(connection, planned.patients_of, store.pk)


def _show_patients(connection: BaseDatabaseWrapper, from_store: str, to_store: str) -> None:
    """Make the patients of one store visible in another; a new site gets them with the rest."""
    joins = NameStoreJoin.objects.using(connection.alias)
    patients = Name.objects.using(connection.alias).filter(
        type=NameType.PATIENT,
        deleted_datetime__isnull=True,
        pk__in=joins.filter(store_id=from_store).values("name_id"),
    )
    missing = patients.exclude(pk__in=joins.filter(store_id=to_store).values("name_id"))
    ids = list(missing.values_list("pk", flat=True))
    for start in range(0, len(ids), _JOINS_AT_ONCE):
        joins.bulk_create(
            NameStoreJoin(id=new_id(), store_id=to_store, name_id=name_id)
            for name_id in ids[start : start + _JOINS_AT_ONCE]
        )
