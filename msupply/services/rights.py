"""Which permission the records of a type need to be seen and to be edited (domain.md E.2).

A type names its permissions in its declaration. Documents of several kinds in one table need
different ones, and some changes of status need one more: those stand here, and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """What one needs to see, and to edit."""

    view: str
    edit: str


@dataclass(frozen=True)
class ByValue:
    """`path` leads to the column that decides, of the row or of its parent (`invoice__type`).

    A value that is not named needs the type's own permissions. Rows of `external_value` that fill
    in the column `external` need the permissions of external documents.
    """

    path: str
    pairs: Mapping[str, Pair]
    external: str = ""
    external_value: str = ""

    def pair(self, value: Any, external: Any) -> Pair | None:
        """Return what a row needs, None for what its type says."""
        if external and value == self.external_value:
            return EXTERNAL_INBOUND
        return self.pairs.get(str(value))

    def hidden(self, held: set[str]) -> Q:
        """Return the condition of the rows that somebody with these permissions may not see."""
        values = [value for value, pair in self.pairs.items() if pair.view not in held]
        condition = Q(**{f"{self.path}__in": values})
        if not self.external:
            return condition
        plain = Q(**{f"{self.external}__isnull": True}) | Q(**{self.external: ""})
        outside = Q(**{self.path: self.external_value}) & ~plain
        if EXTERNAL_INBOUND.view in held:
            return condition & ~outside
        return condition | outside

    @property
    def views(self) -> set[str]:
        """The permissions with which one sees at least some of the rows."""
        outside = {EXTERNAL_INBOUND.view} if self.external else set()
        return {pair.view for pair in self.pairs.values()} | outside

    @property
    def edits(self) -> set[str]:
        """The permissions with which one edits at least some of the rows."""
        outside = {EXTERNAL_INBOUND.edit} if self.external else set()
        return {pair.edit for pair in self.pairs.values()} | outside


def always(row: Values) -> bool:
    """A step that every row of the type takes."""
    return True


@dataclass(frozen=True)
class Step:
    """A change of one column that needs a permission of its own.

    `to` None stands for any value but none; `before` None for any other value than the new one.
    """

    permission: str
    to: tuple[str, ...] | None
    column: str = "status"
    before: str | None = None
    when: Callable[[Values], bool] = always

    def is_taken(self, before: Values | None, after: Values) -> bool:
        """Tell whether a row takes this step; `before` is None for a new one."""
        old, new = before.get(self.column) if before else None, after.get(self.column)
        reaches = bool(new) if self.to is None else new in self.to
        return old != new and reaches and self.before in (None, old) and self.when(after)


# An inbound shipment that was made from a purchase order: what used to be goods received.
EXTERNAL_INBOUND = Pair("INBOUND_SHIPMENT_EXTERNAL_QUERY", "INBOUND_SHIPMENT_EXTERNAL_MUTATE")
_ADJUSTMENT = Pair("STOCK_LINE_QUERY", "INVENTORY_ADJUSTMENT_MUTATE")
INVOICES = {
    "OUTBOUND_SHIPMENT": Pair("OUTBOUND_SHIPMENT_QUERY", "OUTBOUND_SHIPMENT_MUTATE"),
    "INBOUND_SHIPMENT": Pair("INBOUND_SHIPMENT_QUERY", "INBOUND_SHIPMENT_MUTATE"),
    "PRESCRIPTION": Pair("PRESCRIPTION_QUERY", "PRESCRIPTION_MUTATE"),
    "SUPPLIER_RETURN": Pair("SUPPLIER_RETURN_QUERY", "SUPPLIER_RETURN_MUTATE"),
    "CUSTOMER_RETURN": Pair("CUSTOMER_RETURN_QUERY", "CUSTOMER_RETURN_MUTATE"),
    "INVENTORY_ADDITION": _ADJUSTMENT,
    "INVENTORY_REDUCTION": _ADJUSTMENT,
    "REPACK": Pair("STOCK_LINE_QUERY", "CREATE_REPACK"),
}

BY_TYPE: dict[str, ByValue] = {
    "invoice": ByValue("type", INVOICES, "purchase_order_id", "INBOUND_SHIPMENT"),
    "invoiceline": ByValue(
        "invoice__type", INVOICES, "invoice__purchase_order_id", "INBOUND_SHIPMENT"
    ),
    "transactionnote": ByValue(
        "invoice__type", INVOICES, "invoice__purchase_order_id", "INBOUND_SHIPMENT"
    ),
    "transactioncategoryjoin": ByValue(
        "invoice__type", INVOICES, "invoice__purchase_order_id", "INBOUND_SHIPMENT"
    ),
    "payment": ByValue(
        "direction", {"RECEIVED": Pair("OUTBOUND_SHIPMENT_QUERY", "OUTBOUND_SHIPMENT_MUTATE")}
    ),
    "name": ByValue("type", {"PATIENT": Pair("PATIENT_QUERY", "PATIENT_MUTATE")}),
    "namenote": ByValue("name__type", {"PATIENT": Pair("PATIENT_QUERY", "PATIENT_MUTATE")}),
}


def _is_plain_inbound(row: Values) -> bool:
    return row.get("type") == "INBOUND_SHIPMENT" and not row.get("purchase_order_id")


def _is_external_inbound(row: Values) -> bool:
    return row.get("type") == "INBOUND_SHIPMENT" and bool(row.get("purchase_order_id"))


STEPS: dict[str, tuple[Step, ...]] = {
    "invoice": (
        Step("INBOUND_SHIPMENT_VERIFY", ("VERIFIED",), when=_is_plain_inbound),
        Step("INBOUND_SHIPMENT_EXTERNAL_VERIFY", ("VERIFIED",), when=_is_external_inbound),
        Step("CANCEL_FINALISED_INVOICES", ("CANCELLED",), before="VERIFIED"),
        Step(
            "REQUISITION_CREATE_OUTBOUND_SHIPMENT",
            None,
            column="requisition_id",
            when=lambda row: row.get("type") == "OUTBOUND_SHIPMENT",
        ),
    ),
    "invoiceline": (Step("INBOUND_SHIPMENT_EXTERNAL_AUTHORISE", ("PASSED", "REJECTED")),),
    "goodsreceived": (Step("INBOUND_SHIPMENT_EXTERNAL_VERIFY", ("FINALISED",)),),
    "requisition": (
        Step(
            "REQUISITION_SEND",
            ("SENT",),
            before="DRAFT",
            when=lambda row: row.get("type") == "REQUEST",
        ),
    ),
    "purchaseorder": (
        Step("PURCHASE_ORDER_AUTHORISE", ("CONFIRMED",), before="REQUEST_APPROVAL"),
        Step("PURCHASE_ORDER_FINALISE", ("FINALISED",)),
    ),
}

# Written by the program alone; people read them.
BY_PROGRAM = frozenset({"activitylog", "systemlog", "merge", "storemove", "number", "sitecycle"})


def steps(kind: str, before: Values | None, after: Values) -> list[str]:
    """Return the permissions that the steps of a change need."""
    return [step.permission for step in STEPS.get(kind, ()) if step.is_taken(before, after)]
