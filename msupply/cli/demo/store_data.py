"""What each store of the demonstration has: stock, shipments, patients, an order, a stocktake."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from msupply.cli.demo.items import ITEMS, DemoItem
from msupply.cli.demo.tables import DemoStore, Tables, demo_id


@dataclass(frozen=True)
class _Batch:
    """What a store has of one item."""

    id: str
    item: DemoItem
    number: str
    expires: date
    packs: int
    left: int


class StoreData:
    """Builds the records of one store; the larger stores only pass goods on."""

    def __init__(self, tables: Tables, store: DemoStore, supplier: DemoStore) -> None:
        self.tables, self.store, self.supplier = tables, store, supplier
        self.numbers: Counter[str] = Counter()

    def build(self) -> None:
        """Add everything."""
        self._locations()
        batches = self._stock()
        self._shipment(batches)
        self._stocktake(batches)
        if self.store.scale < 8:
            self._patients(batches)
            self._order()

    def _locations(self) -> None:
        for code, title, kind in (
            ("A1", "Shelf A1", ""),
            ("A2", "Shelf A2", ""),
            ("FR1", "Refrigerator 1", demo_id("Location_type", "cold")),
        ):
            self.tables.add(
                "Location",
                self.store.code,
                code,
                Description=title,
                code=code,
                hold=False,
                store_ID=self.store.id,
                type_ID=kind,
                Volume=0.06 if kind else 0,
            )

    def _stock(self) -> list[_Batch]:
        batches = []
        for number, item in enumerate(ITEMS):
            if item.hospital_only and not self.store.is_hospital:
                continue
            # Every seventh item is out of stock, every ninth expires soon.
            left = 0 if number % 7 == 3 else self.store.scale * (3 + number * 5 % 17)
            days = 25 if number % 9 == 4 else 180 + number * 37 % 700
            if number % 31 == 30:
                days = -12
            batch = _Batch(
                demo_id("item_line", self.store.code, item.code),
                item,
                f"{item.code[:3].upper()}{number * 7919 % 9000 + 1000}",
                self.tables.today + timedelta(days=days),
                left + self.store.scale * 6,
                left,
            )
            batches.append(batch)
            self.tables.add(
                "item_line",
                self.store.code,
                item.code,
                store_ID=self.store.id,
                item_ID=demo_id("item", item.code),
                batch=batch.number,
                expiry_date=batch.expires.isoformat(),
                hold=False,
                location_ID=demo_id("Location", self.store.code, self._shelf(item, number)),
                pack_size=item.pack_size,
                available=left,
                quantity=left,
                cost_price=item.price,
                sell_price=item.price,
                name_ID=self.supplier.name_id,
                total_volume=0,
                volume_per_pack=0.00012 if item.doses else 0,
            )
        return batches

    def _shelf(self, item: DemoItem, number: int) -> str:
        return "FR1" if item.doses else f"A{number % 2 + 1}"

    def _shipment(self, batches: list[_Batch]) -> None:
        """What is in stock came with one shipment, a month ago."""
        moment = self.tables.moment(30)
        shipment = self._invoice(
            "shipment",
            self.supplier.name_id,
            type="si",
            mode="store",
            status="fn",
            om_type="INBOUND_SHIPMENT",
            om_status="VERIFIED",
            om_created_datetime=moment,
            om_delivered_datetime=moment,
            om_verified_datetime=moment,
            their_ref=f"{self.store.supplier} 2041",
        )
        for batch in batches:
            self._line(shipment, batch, "stock_in", batch.packs)

    def _invoice(self, key: str, name_id: str, **values: Any) -> str:
        self.numbers[values["type"]] += 1
        return self.tables.add(
            "transact",
            self.store.code,
            key,
            name_ID=name_id,
            store_ID=self.store.id,
            invoice_num=self.numbers[values["type"]],
            hold=False,
            currency_rate=1,
            **values,
        )

    def _line(self, invoice: str, batch: _Batch, kind: str, packs: float) -> None:
        self.tables.add(
            "trans_line",
            invoice,
            batch.id,
            transaction_ID=invoice,
            item_ID=demo_id("item", batch.item.code),
            item_name=batch.item.name,
            om_item_code=batch.item.code,
            item_line_ID=batch.id,
            batch=batch.number,
            expiry_date=batch.expires.isoformat(),
            pack_size=batch.item.pack_size,
            cost_price=batch.item.price,
            sell_price=batch.item.price,
            om_total_before_tax=round(packs * batch.item.price, 2),
            om_total_after_tax=round(packs * batch.item.price, 2),
            type=kind,
            quantity=packs,
            volume_per_pack=0,
        )

    def _stocktake(self, batches: list[_Batch]) -> None:
        counted = self.tables.moment(9)
        stocktake = self.tables.add(
            "Stock_take",
            self.store.code,
            status="fn",
            Description="Monthly count",
            Locked=False,
            serial_number=1,
            store_ID=self.store.id,
            stock_take_created_date=counted[:10],
            om_created_datetime=counted,
            om_finalised_datetime=counted,
            om_is_initial_stocktake=False,
        )
        for batch in batches[:25]:
            self.tables.add(
                "Stock_take_lines",
                self.store.code,
                batch.item.code,
                stock_take_ID=stocktake,
                item_ID=demo_id("item", batch.item.code),
                item_name=batch.item.name,
                item_line_ID=batch.id,
                Batch=batch.number,
                expiry=batch.expires.isoformat(),
                snapshot_qty=batch.left,
                stock_take_qty=batch.left,
                is_edited=True,
                snapshot_packsize=batch.item.pack_size,
                cost_price=batch.item.price,
                sell_price=batch.item.price,
                volume_per_pack=0,
            )

    def _patients(self, batches: list[_Batch]) -> None:
        doctor = self.tables.add(
            "clinician",
            self.store.code,
            code=f"DR-{self.store.code}",
            first_name="Esther" if self.store.is_hospital else "Daniel",
            last_name="Moyo" if self.store.is_hospital else "Kamara",
            initials="EM" if self.store.is_hospital else "DK",
            active=True,
            female=self.store.is_hospital,
            store_ID=self.store.id,
        )
        self.tables.add(
            "clinician_store_join", self.store.code, store_ID=self.store.id, prescriber_ID=doctor
        )
        usual = [batch for batch in batches if batch.left and not batch.item.doses]
        for number, (first, last, female, born) in enumerate(_PEOPLE[self.store.is_hospital]):
            code = f"{self.store.code}{number + 1:04}"
            patient = self.tables.name(
                code,
                f"{last}, {first}",
                "patient",
                customer=True,
                first=first,
                last=last,
                female=female,
                om_gender="FEMALE" if female else "MALE",
                date_of_birth=born,
                supplying_store_id=self.store.id,
                om_created_datetime=self.tables.moment(40 + number),
                created_date=self.tables.moment(40 + number)[:10],
            )
            self.tables.visible(self.store, patient, code)
            moment = self.tables.moment(number + 1)
            prescription = self._invoice(
                code,
                patient,
                type="ci",
                mode="dispensary",
                status="fn",
                om_type="PRESCRIPTION",
                om_status="VERIFIED",
                om_created_datetime=moment,
                om_picked_datetime=moment,
                om_verified_datetime=moment,
                prescriber_ID=doctor,
            )
            for batch in usual[number * 3 : number * 3 + 2]:
                self._line(prescription, batch, "stock_out", 0.2)

    def _order(self) -> None:
        """An internal order of everything that ran out."""
        moment = self.tables.moment(2)
        order = self.tables.add(
            "requisition",
            self.store.code,
            serial_number=1,
            name_ID=self.supplier.name_id,
            store_ID=self.store.id,
            type="request",
            status="fn",
            date_entered=moment[:10],
            lastModifiedAt=int(datetime.fromisoformat(moment).timestamp()),
            thresholdMOS=2,
            daysToSupply=90,
            comment="Out of stock",
            om_created_datetime=moment,
            om_sent_datetime=moment,
            om_status="SENT",
        )
        zeros = (
            "stock_on_hand",
            "Cust_prev_stock_balance",
            "Cust_stock_received",
            "Cust_stock_issued",
            "stockLosses",
            "stockAdditions",
            "stockExpiring",
            "days_out_or_new_demand",
            "Cust_loss_adjust",
            "approved_quantity",
            "actualQuan",
        )
        for item in ITEMS[3::7]:
            if item.hospital_only and not self.store.is_hospital:
                continue
            wanted = item.pack_size * self.store.scale * 10
            self.tables.add(
                "requisition_line",
                self.store.code,
                item.code,
                requisition_ID=order,
                item_ID=demo_id("item", item.code),
                itemName=item.name,
                Cust_stock_order=wanted,
                suggested_quantity=wanted,
                daily_usage=round(wanted / 90, 2),
                **dict.fromkeys(zeros, 0),
            )


# Patients of the health centre (False) and of the hospital (True): first, last, female, born.
_PEOPLE: dict[bool, list[tuple[str, str, bool, str]]] = {
    False: [
        ("Ada", "Banda", True, "1994-03-12"),
        ("Peter", "Lungu", False, "1958-11-02"),
        ("Ruth", "Sesay", True, "2001-07-25"),
        ("Moses", "Tembo", False, "2019-01-30"),
        ("Lucy", "Phiri", True, "1987-09-08"),
    ],
    True: [
        ("Samuel", "Okoro", False, "1971-05-19"),
        ("Miriam", "Diallo", True, "1990-12-01"),
        ("John", "Zulu", False, "2008-02-14"),
        ("Fatima", "Bah", True, "1966-06-06"),
        ("Isaac", "Mensah", False, "2023-10-21"),
        ("Joyce", "Mwale", True, "1979-04-04"),
    ],
}
