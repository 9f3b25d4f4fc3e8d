"""The demonstration's country as records in wire form: a district with stores, stock and patients.

Everything follows from the day on which it is made, so that expiry dates are always believable.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from msupply.cli.demo.items import ITEMS, VACCINES, DemoItem

Row = dict[str, Any]


@dataclass(frozen=True)
class DemoStore:
    """A store with its ids on the central server; `supplier` is the code of who supplies it."""

    code: str
    id: str
    name_id: str
    name: str
    supplier: str
    is_hospital: bool
    scale: int


@dataclass(frozen=True)
class _Batch:
    """What a store has of one item."""

    id: str
    item: DemoItem
    number: str
    expires: date
    packs: int
    left: int


def demo_id(*parts: str) -> str:
    """Return an id as records of the legacy server have them, the same for the same words."""
    return uuid5(NAMESPACE_URL, "msupply demo " + " ".join(parts)).hex.upper()


class Country:
    """Builds the records. `stores` are those of the sites, `central` supplies them."""

    def __init__(self, stores: list[DemoStore], central: DemoStore, units: dict[str, str]) -> None:
        self.stores, self.central, self.units = stores, central, units
        self.by_code = {store.code: store for store in [*stores, central]}
        self.today = date.today()  # noqa: DTZ011 - the demonstration has the day of its user
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.numbers: dict[tuple[str, str], int] = defaultdict(int)

    def build(self) -> dict[str, dict[str, list[Row]]]:
        """Return the whole country, ready to be imported."""
        self._items()
        self._names()
        self._lists()
        for store in self.stores:
            self._locations(store)
            batches = self._stock(store)
            self._shipment(store, batches)
            self._stocktake(store, batches)
            if store.scale < 8:
                self._patients(store, batches)
                self._order(store)
        return {"v5": dict(self.tables)}

    def _add(self, table: str, *key: str, **values: Any) -> str:
        record_id = demo_id(table, *key)
        self.tables[table].append({"ID": record_id, **values})
        return record_id

    # --- what the whole country shares ----------------------------------------------------------

    def _items(self) -> None:
        top = self._add("item_category_level1", "top", Description="Essential list", sort_order=1)
        middle = self._add(
            "item_category_level2", "mid", Description="Medicines", sort_order=1, parent_ID=top
        )
        cold = self._add(
            "Location_type", "cold", Description="Cold 2-8 °C", Temperature_min=2, Temperature_max=8
        )
        names = list(dict.fromkeys(item.category for item in ITEMS))
        categories = {
            name: self._add(
                "item_category", name, Description=name, sort_order=number, parent_ID=middle
            )
            for number, name in enumerate(names, 1)
        }
        for item in ITEMS:
            self._add(
                "item",
                item.code,
                item_name=item.name,
                code=item.code,
                unit_ID=self.units.get(item.unit, ""),
                type_of="general",
                default_pack_size=item.pack_size,
                is_vaccine=item.category == VACCINES,
                VEN_category=item.ven,
                doses=item.doses,
                volume_per_pack=0.00012 if item.doses else 0,
                category_ID=categories[item.category],
                restricted_location_type_ID=cold if item.doses else "",
            )

    def _names(self) -> None:
        for code, name, roles in (
            ("INTMED", "International Medicines Agency", {"supplier": True, "manufacturer": True}),
            ("VACPOOL", "Vaccine Pooled Purchase", {"supplier": True, "donor": True}),
            ("HEALTHFUND", "National Health Fund", {"donor": True}),
        ):
            self._name(code, name, "facility", **roles)
        for store in [*self.stores, self.central]:
            for other in [*self.stores, self.central]:
                if other is not store:
                    self._visible(store, other.name_id, other.code)
        for code in ("INTMED", "VACPOOL", "HEALTHFUND"):
            self._visible(self.central, demo_id("name", code), code)

    def _name(self, code: str, name: str, kind: str, **more: Any) -> str:
        flags = dict.fromkeys(("customer", "supplier", "manufacturer", "donor", "hold"), False)
        values = flags | {"isDeceased": False, "female": False} | more
        return self._add("name", code, name=name, code=code, type=kind, **values)

    def _visible(self, store: DemoStore, name_id: str, key: str) -> None:
        self._add(
            "name_store_join", store.code, key, store_ID=store.id, name_ID=name_id, inactive=False
        )

    def _lists(self) -> None:
        for code, title, stores in (
            ("EML-HC", "Essential medicines, health centres", self.stores),
            (
                "EML-HOSP",
                "Essential medicines, hospitals",
                [store for store in self.stores if store.is_hospital],
            ),
        ):
            hospital = code == "EML-HOSP"
            list_id = self._add(
                "list_master",
                code,
                description=title,
                code=code,
                note="",
                isProgram=False,
                inactive=False,
            )
            for item in ITEMS:
                if item.hospital_only == hospital:
                    item_id = demo_id("item", item.code)
                    self._add(
                        "list_master_line",
                        code,
                        item.code,
                        item_master_ID=list_id,
                        item_ID=item_id,
                        price=item.price / item.pack_size,
                    )
            for store in [*stores, self.central]:
                self._add(
                    "list_master_name_join",
                    code,
                    store.code,
                    name_ID=store.name_id,
                    list_master_ID=list_id,
                )

    # --- what each store has --------------------------------------------------------------------

    def _locations(self, store: DemoStore) -> None:
        for code, title, kind in (
            ("A1", "Shelf A1", ""),
            ("A2", "Shelf A2", ""),
            ("FR1", "Refrigerator 1", demo_id("Location_type", "cold")),
        ):
            self._add(
                "Location",
                store.code,
                code,
                Description=title,
                code=code,
                hold=False,
                store_ID=store.id,
                type_ID=kind,
                Volume=0.06 if kind else 0,
            )

    def _stock(self, store: DemoStore) -> list[_Batch]:
        batches = []
        for number, item in enumerate(ITEMS):
            if item.hospital_only and not store.is_hospital:
                continue
            # Every seventh item is out of stock, every ninth expires soon.
            left = 0 if number % 7 == 3 else store.scale * (3 + number * 5 % 17)
            days = 25 if number % 9 == 4 else 180 + number * 37 % 700
            if number % 31 == 30:
                days = -12
            batch = _Batch(
                demo_id("item_line", store.code, item.code),
                item,
                f"{item.code[:3].upper()}{number * 7919 % 9000 + 1000}",
                self.today + timedelta(days=days),
                left + store.scale * 6,
                left,
            )
            batches.append(batch)
            self._add(
                "item_line",
                store.code,
                item.code,
                store_ID=store.id,
                item_ID=demo_id("item", item.code),
                batch=batch.number,
                expiry_date=batch.expires.isoformat(),
                hold=False,
                location_ID=demo_id("Location", store.code, self._shelf(item, number)),
                pack_size=item.pack_size,
                available=left,
                quantity=left,
                cost_price=item.price,
                sell_price=item.price,
                name_ID=self.by_code[store.supplier].name_id,
                total_volume=0,
                volume_per_pack=0.00012 if item.doses else 0,
            )
        return batches

    def _shelf(self, item: DemoItem, number: int) -> str:
        return "FR1" if item.doses else f"A{number % 2 + 1}"

    def _shipment(self, store: DemoStore, batches: list[_Batch]) -> None:
        """What is in stock came with one shipment, a month ago."""
        moment = self._moment(30)
        shipment = self._invoice(
            store,
            "shipment",
            self.by_code[store.supplier].name_id,
            type="si",
            mode="store",
            status="fn",
            om_type="INBOUND_SHIPMENT",
            om_status="VERIFIED",
            om_created_datetime=moment,
            om_delivered_datetime=moment,
            om_verified_datetime=moment,
            their_ref=f"{store.supplier} 2041",
        )
        for batch in batches:
            self._line(store, shipment, batch, "stock_in", batch.packs)

    def _invoice(self, store: DemoStore, key: str, name_id: str, **values: Any) -> str:
        self.numbers[store.code, values["type"]] += 1
        return self._add(
            "transact",
            store.code,
            key,
            name_ID=name_id,
            store_ID=store.id,
            invoice_num=self.numbers[store.code, values["type"]],
            hold=False,
            currency_rate=1,
            **values,
        )

    def _line(self, store: DemoStore, invoice: str, batch: _Batch, kind: str, packs: float) -> None:
        self._add(
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

    def _stocktake(self, store: DemoStore, batches: list[_Batch]) -> None:
        counted = self._moment(9)
        stocktake = self._add(
            "Stock_take",
            store.code,
            status="fn",
            Description="Monthly count",
            Locked=False,
            serial_number=1,
            store_ID=store.id,
            stock_take_created_date=counted[:10],
            om_created_datetime=counted,
            om_finalised_datetime=counted,
            om_is_initial_stocktake=False,
        )
        for batch in batches[:25]:
            self._add(
                "Stock_take_lines",
                store.code,
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

    def _patients(self, store: DemoStore, batches: list[_Batch]) -> None:
        doctor = self._add(
            "clinician",
            store.code,
            code=f"DR-{store.code}",
            first_name="Esther" if store.is_hospital else "Daniel",
            last_name="Moyo" if store.is_hospital else "Kamara",
            initials="EM" if store.is_hospital else "DK",
            active=True,
            female=store.is_hospital,
            store_ID=store.id,
        )
        self._add("clinician_store_join", store.code, store_ID=store.id, prescriber_ID=doctor)
        usual = [batch for batch in batches if batch.left and not batch.item.doses]
        for number, (first, last, female, born) in enumerate(_PEOPLE[store.is_hospital]):
            code = f"{store.code}{number + 1:04}"
            patient = self._name(
                code,
                f"{last}, {first}",
                "patient",
                customer=True,
                first=first,
                last=last,
                female=female,
                om_gender="FEMALE" if female else "MALE",
                date_of_birth=born,
                supplying_store_id=store.id,
                om_created_datetime=self._moment(40 + number),
                created_date=self._moment(40 + number)[:10],
            )
            self._visible(store, patient, code)
            moment = self._moment(number + 1)
            prescription = self._invoice(
                store,
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
                self._line(store, prescription, batch, "stock_out", 0.2)

    def _order(self, store: DemoStore) -> None:
        """An internal order of everything that ran out."""
        moment = self._moment(2)
        order = self._add(
            "requisition",
            store.code,
            serial_number=1,
            name_ID=self.by_code[store.supplier].name_id,
            store_ID=store.id,
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
            if item.hospital_only and not store.is_hospital:
                continue
            wanted = item.pack_size * store.scale * 10
            self._add(
                "requisition_line",
                store.code,
                item.code,
                requisition_ID=order,
                item_ID=demo_id("item", item.code),
                itemName=item.name,
                Cust_stock_order=wanted,
                suggested_quantity=wanted,
                daily_usage=round(wanted / 90, 2),
                **dict.fromkeys(zeros, 0),
            )

    def _moment(self, days_ago: int) -> str:
        day = self.today - timedelta(days=days_ago)
        return f"{day.isoformat()}T08:{days_ago % 60:02}:00"


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
