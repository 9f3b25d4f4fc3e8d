"""What a store may see and deal with: names, items, and who may be the other party (domain.md A.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from msupply.records.clinicians import Clinician, ClinicianStoreJoin
from msupply.records.items import Item
from msupply.records.master_lists import MasterListLine, MasterListNameJoin
from msupply.records.names import Name, NameStoreJoin
from msupply.records.stock import StockLine
from msupply.records.stores import Store
from msupply.sync.declare import Record

SYSTEM_TYPES = ("INVAD", "REPACK", "BUILD")
CUSTOMER, SUPPLIER, MANUFACTURER, DONOR = (
    "is_customer",
    "is_supplier",
    "is_manufacturer",
    "is_donor",
)


def names(connection: BaseDatabaseWrapper, store_id: str) -> QuerySet[Name]:
    """Return the names that a store sees: without patients, deleted ones and its own.

    Patients are known to every store of a site once they are on the site.
    """
    joins = NameStoreJoin.objects.using(connection.alias).filter(
        store_id=store_id, name_id=OuterRef("pk")
    )
    stores = Store.objects.using(connection.alias).filter(name_id=OuterRef("pk"))
    return (
        Name.objects.using(connection.alias)
        .filter(Exists(joins), deleted_datetime__isnull=True)
        .exclude(type__in=(*SYSTEM_TYPES, "PATIENT"))
        .exclude(Q(Exists(stores.filter(Q(is_disabled=True) | Q(pk=store_id)))))
    )


def clinicians(connection: BaseDatabaseWrapper, store_id: str) -> QuerySet[Clinician]:
    """Return the prescribers that a store sees."""
    joins = ClinicianStoreJoin.objects.using(connection.alias).filter(store_id=store_id)
    return Clinician.objects.using(connection.alias).filter(pk__in=joins.values("clinician_id"))


def items(connection: BaseDatabaseWrapper, store_id: str) -> QuerySet[Item]:
    """Return the items on a master list of the store, and those that it has in stock."""
    alias = connection.alias
    own_name = Store.objects.using(alias).filter(pk=store_id).values("name_id")[:1]
    lists = MasterListNameJoin.objects.using(alias).filter(
        name_id=own_name, master_list__is_active=True
    )
    lines = MasterListLine.objects.using(alias).filter(
        item_id=OuterRef("pk"), master_list_id__in=lists.values("master_list_id")
    )
    stock = StockLine.objects.using(alias).filter(
        item_id=OuterRef("pk"), store_id=store_id, total_number_of_packs__gt=0
    )
    return Item.objects.using(alias).filter(Q(Exists(lines), is_active=True) | Q(Exists(stock)))


@dataclass(frozen=True)
class Party:
    """A column that names another party, and what that name must be to the store.

    `roles` is by the document's type, `every` holds for the types that are not named there; a name
    without a role is not checked.
    """

    field: str
    roles: dict[str, str]
    every: str = ""

    def role(self, values: Record) -> str:
        """Return the flag that the name must have."""
        return self.roles.get(str(getattr(values, "type", "")), self.every)


PARTIES: dict[str, tuple[Party, ...]] = {
    "invoice": (
        Party(
            "name",
            {
                "OUTBOUND_SHIPMENT": CUSTOMER,
                "CUSTOMER_RETURN": CUSTOMER,
                "INBOUND_SHIPMENT": SUPPLIER,
                "SUPPLIER_RETURN": SUPPLIER,
            },
        ),
        Party("default_donor", {}, DONOR),
    ),
    "requisition": (
        Party("name", {"REQUEST": SUPPLIER, "RESPONSE": CUSTOMER}),
        Party("destination_customer", {}, CUSTOMER),
    ),
    "purchaseorder": (Party("supplier_name", {}, SUPPLIER), Party("donor", {}, DONOR)),
    "goodsreceived": (Party("name", {}, SUPPLIER),),
}

Fault = tuple[str, str]


def faults(
    connection: BaseDatabaseWrapper, records: Sequence[Record], touched: Iterable[str]
) -> list[list[Fault]]:
    """Return for each record of one type what is wrong with its other parties, by field.

    In this order: does not exist, not visible, wrong type. Only fields that were `touched` are
    looked at; what came by sync may stay.
    """
    found: list[list[Fault]] = [[] for _record in records]
    names_touched = set(touched)
    kind = records[0]._meta.model_name or "" if records else ""
    for party in PARTIES.get(kind, ()):
        if party.field in names_touched:
            _check_party(connection, party, records, found)
    return found


def _check_party(
    connection: BaseDatabaseWrapper,
    party: Party,
    records: Sequence[Record],
    found: list[list[Fault]],
) -> None:
    asked: dict[str, set[str]] = {}
    for record in records:
        name_id = getattr(record, f"{party.field}_id", None)
        if name_id and party.role(record):
            asked.setdefault(str(getattr(record, "store_id", "")), set()).add(name_id)
    known = {store: _Known.of(connection, store, ids) for store, ids in asked.items()}
    for place, record in enumerate(records):
        name_id = getattr(record, f"{party.field}_id", None)
        role = party.role(record)
        if name_id and role:
            text = known[str(getattr(record, "store_id", ""))].fault(str(name_id), role)
            if text:
                found[place].append((party.field, text))


@dataclass(frozen=True)
class _Known:
    flags: dict[str, dict[str, Any]]
    visible: frozenset[str]

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper, store_id: str, ids: set[str]) -> "_Known":
        columns = ("id", CUSTOMER, SUPPLIER, MANUFACTURER, DONOR)
        rows = Name.objects.using(connection.alias).filter(pk__in=ids).values(*columns)
        visible = names(connection, store_id).filter(pk__in=ids).values_list("pk", flat=True)
        return cls({row["id"]: row for row in rows}, frozenset(visible))

    def fault(self, name_id: str, role: str) -> str:
        flags = self.flags.get(name_id)
        if flags is None:
            return _("There is no such name.")
        if name_id not in self.visible:
            return _("This name is not visible in the store.")
        return "" if flags[role] else _wrong_type(role)


def _wrong_type(role: str) -> str:
    return {
        CUSTOMER: _("This name is not a customer."),
        SUPPLIER: _("This name is not a supplier."),
        MANUFACTURER: _("This name is not a manufacturer."),
        DONOR: _("This name is not a donor."),
    }[role]
