"""A warehouse of any size, as V5 wire records: invoices and lines, stock, requisitions, items.

Records have every field of the wire filled as a busy store would fill it. Ids are random text, as
in the field: they hit the indexes in no order.
"""

import random
import uuid
from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]

STORE, STORE_NAME, SUPPLIER, UNIT, CURRENCY = (
    "bench-store",
    "bench-name",
    "bench-supplier",
    "bench-unit",
    "bench-currency",
)
LINES_PER_INVOICE = 20
# Shares of one million records, after the few thousand items.
SHARES = {"invoice lines": 0.60, "stock lines": 0.15, "requisition lines": 0.20}


class Warehouse:
    """The records of one store on one site, `size` of them in all."""

    def __init__(self, size: int, site_id: int, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.site_id = site_id
        lines = int(size * SHARES["invoice lines"])
        self.invoices = [self.new_id() for _ in range(max(1, lines // LINES_PER_INVOICE))]
        self.lines = lines
        self.stock_lines = [self.new_id() for _ in range(int(size * SHARES["stock lines"]))]
        self.requisition_lines = int(size * SHARES["requisition lines"])
        self.requisitions = [self.new_id() for _ in range(max(1, self.requisition_lines // 50))]
        rest = size - lines - len(self.invoices) - len(self.stock_lines)
        rest -= self.requisition_lines + len(self.requisitions)
        self.items = [self.new_id() for _ in range(max(10, rest))]

    def new_id(self) -> str:
        """Return a random id, as sites make them."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def central(self) -> Iterator[tuple[str, Iterator[Record]]]:
        """Yield what must be there before the warehouse: its store, partner, unit and currency."""
        yield "currency", iter([currency()])
        yield "unit", iter([{"ID": UNIT, "units": "tab", "comment": "", "order_number": 1}])
        yield "name", iter([name(STORE_NAME, "store"), name(SUPPLIER, "facility")])
        yield "store", iter([store(self.site_id)])
        yield "item", (item(key, n) for n, key in enumerate(self.items))

    def records(self) -> Iterator[tuple[str, Iterator[Record]]]:
        """Yield the store's records by wire table, parents first."""
        yield "transact", (invoice(key, n) for n, key in enumerate(self.invoices))
        yield "requisition", (requisition(key, n) for n, key in enumerate(self.requisitions))
        yield "item_line", (self.stock_line(key) for key in self.stock_lines)
        yield "trans_line", self.invoice_lines(self.lines)
        yield "requisition_line", (self.requisition_line() for _ in range(self.requisition_lines))

    def invoice_lines(self, count: int) -> Iterator[Record]:
        """Yield `count` lines of the warehouse's invoices."""
        for number in range(count):
            quantity, price = self.random.randint(1, 500), self.random.randint(1, 5000) / 100
            yield {
                "ID": self.new_id(),
                "transaction_ID": self.invoices[number // LINES_PER_INVOICE % len(self.invoices)],
                "item_ID": self.random.choice(self.items),
                "item_name": "Amoxicillin 250mg dispersible tablet",
                "item_line_ID": self.random.choice(self.stock_lines) if self.stock_lines else "",
                "location_ID": "",
                "batch": f"B{self.random.randint(1000, 9999)}",
                "expiry_date": f"20{self.random.randint(26, 29)}-{self.random.randint(1, 12):02}-28",
                "pack_size": 100,
                "cost_price": price,
                "sell_price": price,
                "type": "stock_out",
                "quantity": quantity,
                "prescribedQuantity": None,
                "note": "",
                "om_item_code": f"amo{number % 1000}",
                "om_tax": 0,
                "om_total_before_tax": quantity * price,
                "om_total_after_tax": quantity * price,
                "optionID": "",
                "foreign_currency_price": 0,
                "om_item_variant_id": "",
                "linked_transact_id": "",
                "donor_id": "",
                "vaccine_vial_monitor_status_ID": "",
                "oms_fields": {
                    "campaign_id": "",
                    "program_id": "",
                    "status": None,
                    "manufacture_date": None,
                    "purchase_order_line_id": None,
                },
                "sentQuantity": quantity,
                "volume_per_pack": 0.0004,
                "sent_pack_size": 100,
                "manufacturer_ID": "",
            }

    def stock_line(self, key: str) -> Record:
        """Return one batch on a shelf."""
        packs = self.random.randint(0, 900)
        return {
            "ID": key,
            "store_ID": STORE,
            "item_ID": self.random.choice(self.items),
            "batch": f"B{self.random.randint(1000, 9999)}",
            "expiry_date": f"20{self.random.randint(26, 29)}-06-30",
            "hold": False,
            "location_ID": "",
            "pack_size": 100,
            "available": packs,
            "quantity": packs,
            "cost_price": 2.4,
            "sell_price": 2.4,
            "note": "",
            "name_ID": SUPPLIER,
            "barcodeID": "",
            "om_item_variant_id": "",
            "donor_id": "",
            "vvm_status_id": "",
            "manufacturer_ID": "",
            "oms_fields": {"campaign_id": "", "program_id": "", "manufacture_date": None},
            "total_volume": packs * 0.0004,
            "volume_per_pack": 0.0004,
        }

    def requisition_line(self) -> Record:
        """Return one line of an internal order."""
        usage = self.random.randint(1, 900) / 10
        return {
            "ID": self.new_id(),
            "requisition_ID": self.random.choice(self.requisitions),
            "item_ID": self.random.choice(self.items),
            "Cust_stock_order": 300,
            "suggested_quantity": 280,
            "actualQuan": 0,
            "stock_on_hand": self.random.randint(0, 900),
            "daily_usage": usage,
            "approved_quantity": 0,
            "authoriser_comment": "",
            "comment": "",
            "om_snapshot_datetime": "2025-03-01T09:40:00",
            "itemName": "Zinc sulfate 20mg dispersible tab",
            "Cust_prev_stock_balance": 0,
            "Cust_stock_received": 0,
            "Cust_stock_issued": 0,
            "stockLosses": 0,
            "stockAdditions": 0,
            "stockExpiring": 0,
            "days_out_or_new_demand": 0,
            "optionID": "",
            "Cust_loss_adjust": 0,
            "oms_fields": {"price_per_unit": 0.2},
        }


def item(key: str, number: int) -> Record:
    """Return one item of the catalogue."""
    return {
        "ID": key,
        "item_name": f"Item {number}",
        "code": f"it{number}",
        "unit_ID": UNIT,
        "type_of": "general",
        "default_pack_size": 100,
        "is_vaccine": False,
        "VEN_category": "E",
        "strength": "20mg",
        "doses": 0,
        "category_ID": "",
        "restricted_location_type_ID": "",
        "volume_per_pack": 0.0004,
        "universalcodes_code": "",
    }


def invoice(key: str, number: int) -> Record:
    """Return one outbound shipment."""
    return {
        "ID": key,
        "name_ID": SUPPLIER,
        "store_ID": STORE,
        "invoice_num": number,
        "type": "ci",
        "status": "fn",
        "user_ID": "",
        "hold": False,
        "comment": "",
        "their_ref": f"DN {number}",
        "prescriber_ID": "",
        "currency_ID": CURRENCY,
        "currency_rate": 1,
        "om_transport_reference": "",
        "goods_received_ID": "",
        "original_PO_ID": "",
        "requisition_ID": "",
        "linked_transaction_id": "",
        "nameInsuranceJoinID": "",
        "donor_default_id": "",
        "insuranceDiscountAmount": 0,
        "insuranceDiscountRate": 0,
        "entry_date": "2025-03-04",
        "entry_time": 34200,
        "confirm_date": "2025-03-05",
        "confirm_time": 36000,
        "finalised_date": "2025-03-05",
        "finalised_time": 37000,
        "mode": "store",
        "tax_rate": 0,
        "om_created_datetime": "2025-03-04T09:30:00",
        "om_allocated_datetime": "2025-03-04T10:30:00",
        "om_picked_datetime": "2025-03-05T10:00:00",
        "om_shipped_datetime": "2025-03-05T10:16:40",
        "om_delivered_datetime": "",
        "om_verified_datetime": "",
        "om_cancelled_datetime": "",
        "om_status": "SHIPPED",
        "om_type": "OUTBOUND_SHIPMENT",
        "om_colour": "",
        "om_original_shipment_id": "",
        "om_backdated_datetime": "",
        "diagnosis_ID": "",
        "programID": "",
        "is_cancellation": False,
        "arrival_date_estimated": "0000-00-00",
        "ship_method_ID": "",
        "oms_fields": {"charges_local_currency": 0, "charges_foreign_currency": 0},
    }


def requisition(key: str, number: int) -> Record:
    """Return one internal order."""
    return {
        "ID": key,
        "serial_number": number,
        "name_ID": SUPPLIER,
        "store_ID": STORE,
        "type": "request",
        "status": "fn",
        "user_ID": "",
        "date_entered": "2025-03-01",
        "lastModifiedAt": 1740822000,
        "requester_reference": "",
        "linked_requisition_id": "",
        "thresholdMOS": 3,
        "daysToSupply": 180,
        "comment": "",
        "om_created_datetime": "2025-03-01T08:00:00",
        "om_sent_datetime": "2025-03-01T09:40:00",
        "om_finalised_datetime": "",
        "om_expected_delivery_date": "0000-00-00",
        "om_max_months_of_stock": 6,
        "om_status": "SENT",
        "om_colour": "",
        "authorisationStatus": "",
        "orderType": "",
        "periodID": "",
        "programID": "",
        "is_emergency": False,
        "oms_fields": {},
    }


def store(site_id: int) -> Record:
    """Return the warehouse itself."""
    return {
        "ID": STORE,
        "name_ID": STORE_NAME,
        "code": "BENCH",
        "sync_id_remote_site": site_id,
        "logo": "",
        "store_mode": "store",
        "created_date": "2023-05-01",
        "disabled": False,
    }


def currency() -> Record:
    """Return the home currency of the benchmark."""
    return {
        "ID": CURRENCY,
        "rate": 1,
        "currency": "USD",
        "is_home_currency": True,
        "date_updated": "2025-01-01",
    }


def name(key: str, kind: str) -> Record:
    """Return a name: the warehouse's own, or its supplier."""
    text = dict.fromkeys(
        [
            "supplying_store_id", "first", "last", "phone", "charge code", "comment", "country",
            "bill_address1", "bill_address2", "email", "url", "NEXT_OF_KIN_ID",
            "next_of_kin_relative", "national_health_number", "om_created_datetime", "om_gender",
            "HSH_code", "HSH_name", "currency_ID",
        ],
        "",
    )  # fmt: skip
    return text | {
        "ID": key,
        "name": key,
        "code": key,
        "type": kind,
        "customer": True,
        "supplier": True,
        "female": False,
        "date_of_birth": "0000-00-00",
        "manufacturer": False,
        "donor": False,
        "hold": False,
        "created_date": "2024-02-11",
        "isDeceased": False,
        "om_date_of_death": "0000-00-00",
        "custom_data": None,
        "margin": 0,
        "freightfac": 0,
    }
