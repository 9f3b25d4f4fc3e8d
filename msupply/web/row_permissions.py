"""Record types whose rows need different permissions to be seen, by one of their columns."""

from dataclasses import dataclass

from django.db.models import Q

INVOICES = {
    "OUTBOUND_SHIPMENT": "OUTBOUND_SHIPMENT_QUERY",
    "INBOUND_SHIPMENT": "INBOUND_SHIPMENT_QUERY",
    "PRESCRIPTION": "PRESCRIPTION_QUERY",
    "SUPPLIER_RETURN": "SUPPLIER_RETURN_QUERY",
    "CUSTOMER_RETURN": "CUSTOMER_RETURN_QUERY",
    "INVENTORY_ADDITION": "STOCK_LINE_QUERY",
    "INVENTORY_REDUCTION": "STOCK_LINE_QUERY",
    "REPACK": "STOCK_LINE_QUERY",
}


@dataclass(frozen=True)
class ByValue:
    """`path` leads to the column; a value that is not named needs the type's own permission."""

    path: str
    permissions: dict[str, str]

    def hidden(self, held: set[str]) -> Q:
        """Return the condition of the rows that somebody with these permissions may not see."""
        values = [value for value, name in self.permissions.items() if name not in held]
        return Q(**{f"{self.path}__in": values})


BY_TYPE = {
    "invoice": ByValue("type", INVOICES),
    "invoiceline": ByValue("invoice__type", INVOICES),
    "name": ByValue("type", {"PATIENT": "PATIENT_QUERY"}),
}
