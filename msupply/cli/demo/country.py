"""The demonstration's country as records in wire form: a district with stores, stock and patients.

Everything follows from the day on which it is made, so that expiry dates are always believable.
"""

from msupply.cli.demo.items import ITEMS, VACCINES
from msupply.cli.demo.store_data import StoreData
from msupply.cli.demo.tables import DemoStore, Row, Tables, demo_id


class Country:
    """Builds the records. `stores` are those of the sites, `central` supplies them."""

    def __init__(self, stores: list[DemoStore], central: DemoStore, units: dict[str, str]) -> None:
        self.stores, self.central, self.units = stores, central, units
        self.tables = Tables()

    def build(self) -> dict[str, dict[str, list[Row]]]:
        """Return the whole country, ready to be imported."""
        self._items()
        self._names()
        self._lists()
        by_code = {store.code: store for store in [*self.stores, self.central]}
        for store in self.stores:
            StoreData(self.tables, store, by_code[store.supplier]).build()
        return {"v5": dict(self.tables.rows)}

    def _items(self) -> None:
        top = self.tables.add(
            "item_category_level1", "top", Description="Essential list", sort_order=1
        )
        middle = self.tables.add(
            "item_category_level2", "mid", Description="Medicines", sort_order=1, parent_ID=top
        )
        cold = self.tables.add(
            "Location_type", "cold", Description="Cold 2-8 °C", Temperature_min=2, Temperature_max=8
        )
        names = list(dict.fromkeys(item.category for item in ITEMS))
        categories = {
            name: self.tables.add(
                "item_category", name, Description=name, sort_order=number, parent_ID=middle
            )
            for number, name in enumerate(names, 1)
        }
        for item in ITEMS:
            self.tables.add(
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
            self.tables.name(code, name, "facility", **roles)
        for store in [*self.stores, self.central]:
            for other in [*self.stores, self.central]:
                if other is not store:
                    self.tables.visible(store, other.name_id, other.code)
        for code in ("INTMED", "VACPOOL", "HEALTHFUND"):
            self.tables.visible(self.central, demo_id("name", code), code)

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
            list_id = self.tables.add(
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
                    self.tables.add(
                        "list_master_line",
                        code,
                        item.code,
                        item_master_ID=list_id,
                        item_ID=item_id,
                        price=item.price / item.pack_size,
                    )
            for store in [*stores, self.central]:
                self.tables.add(
                    "list_master_name_join",
                    code,
                    store.code,
                    name_ID=store.name_id,
                    list_master_ID=list_id,
                )
