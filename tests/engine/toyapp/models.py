"""Shops that lend things to people: each policy of the engine once, and both wires."""

from typing import ClassVar

from django.db import models

from msupply.sync.declare import (
    DATE,
    Central,
    CentralPatient,
    CentralStore,
    Field,
    HardDelete,
    Legacy,
    LocalOnly,
    Modern,
    Patient,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    SplitBy,
    Store,
    StoreColumns,
    Visibility,
    time,
)


class Shop(Record):
    objects: ClassVar["models.Manager[Shop]"] = models.Manager()

    number = 1
    sync = Central()
    stores = StoreColumns(site="site_id", name="owner_id", dispensary="is_clinic")
    legacy = Legacy(
        "shop",
        {
            "ID": "id",
            "Title": "name",
            "site": "site_id",
            "owner": "owner_id",
            "clinic": "is_clinic",
        },
    )

    name = models.TextField()
    owner = SoftRef("toy.Person")
    is_clinic = models.BooleanField(null=True)
    site_id = models.IntegerField(default=0)

    class Meta:
        db_table = "toy_shop"


class Thing(Record):
    objects: ClassVar["models.Manager[Thing]"] = models.Manager()

    number = 2
    sync = Central()
    removal = SoftDelete("is_active")
    legacy = Legacy("thing", {"ID": "id", "Title": "name", "grams": "weight"})

    name = models.TextField()
    weight = models.FloatField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "toy_thing"


class Person(Record):
    objects: ClassVar["models.Manager[Person]"] = models.Manager()

    number = 3
    sync = SplitBy("kind", "BORROWER", Patient(visible="id", home="home_id"), Central())
    removal = HardDelete()
    legacy = Legacy(
        "person",
        {"ID": "id", "Title": "name", "kind": "kind", "home": "home_id"},
        sends_deletes=True,
    )

    name = models.TextField()
    home = SoftRef("toy.Shop")
    kind = models.TextField(default="BORROWER")

    class Meta:
        db_table = "toy_person"


class PersonShop(Record):
    objects: ClassVar["models.Manager[PersonShop]"] = models.Manager()

    number = 4
    sync = SplitBy(
        "person.kind", "BORROWER", Store("shop_id", shared_edit=True), CentralStore("shop_id")
    )
    visibility = Visibility(store="shop_id", subject="person_id")
    removal = HardDelete()
    legacy = Legacy("person_shop", {"ID": "id", "person_ID": "person_id", "shop_ID": "shop_id"})

    person = Ref("toy.Person", db_index=True)
    shop = Ref("toy.Shop")

    class Meta:
        db_table = "toy_person_shop"


def _join_date_and_time(batch):
    batch.columns["lent_at"] = [
        f"{day} {clock}" if day else None
        for day, clock in zip(batch.wire["lent_date"], batch.wire["lent_time"], strict=True)
    ]


def _split_date_and_time(columns, wire):
    moments = columns["lent_at"]
    wire["lent_date"] = [moment and moment[:10] for moment in moments]
    wire["lent_time"] = [moment[11:19] if moment else "00:00:00" for moment in moments]


class Loan(Record):
    objects: ClassVar["models.Manager[Loan]"] = models.Manager()

    number = 5
    sync = Store("shop_id", other_party="person_id", suppressible=True)
    removal = HardDelete()
    legacy = Legacy(
        "Loan",
        {
            "ID": "id",
            "shop_ID": "shop_id",
            "comment": "comment",
            "due": "due",
            "person_ID": "person_id",
            "more.colour": "colour",
        },
        sends_deletes=True,
        quirk_keys={"lent_date": Field(None, DATE), "lent_time": time()},
        decode=_join_date_and_time,
        encode=_split_date_and_time,
    )

    shop = Ref("toy.Shop")
    person = SoftRef("toy.Person")
    comment = models.TextField(null=True)
    colour = models.TextField(null=True)
    due = models.DateField(null=True)
    lent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "toy_loan"


class LoanLine(Record):
    objects: ClassVar["models.Manager[LoanLine]"] = models.Manager()

    number = 6
    sync = Store("loan.shop_id", other_party="loan.person_id", suppressible=True)
    removal = HardDelete()
    legacy = Legacy(
        "loan line",
        {"ID": "id", "loan_ID": "loan_id", "thing_ID": "thing_id", "count": "count"},
        sends_deletes=True,
    )

    loan = Ref("toy.Loan", db_index=True)
    thing = Ref("toy.Thing")
    count = models.IntegerField()

    class Meta:
        db_table = "toy_loan_line"


class Machine(Record):
    objects: ClassVar["models.Manager[Machine]"] = models.Manager()

    number = 7
    sync = Store("shop_id", shared_edit=True)
    modern = Modern("machine", {"shop_key": "shop_id"}, local=("note",), sends_deletes=True)
    removal = HardDelete()

    shop = Ref("toy.Shop", null=True)
    label = models.TextField()
    working = models.BooleanField(null=True)
    bought = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    note = models.TextField(default="")

    class Meta:
        db_table = "toy_machine"


class Leaflet(Record):
    objects: ClassVar["models.Manager[Leaflet]"] = models.Manager()

    number = 9
    sync = Central(dispensary_only=True)
    legacy = Legacy("leaflet", {"ID": "id", "Title": "name"})

    name = models.TextField()

    class Meta:
        db_table = "toy_leaflet"


class Hint(Record):
    objects: ClassVar["models.Manager[Hint]"] = models.Manager()

    number = 10
    sync = CentralStore("shop_id")
    legacy = Legacy("hint", {"ID": "id", "shop_ID": "shop_id", "Title": "text"})

    shop = Ref("toy.Shop")
    text = models.TextField()

    class Meta:
        db_table = "toy_hint"


class Badge(Record):
    objects: ClassVar["models.Manager[Badge]"] = models.Manager()

    number = 11
    sync = SplitBy("person.kind", "BORROWER", CentralPatient("person_id"), Central())
    removal = HardDelete()
    legacy = Legacy("badge", {"ID": "id", "person_ID": "person_id", "Title": "text"})

    person = Ref("toy.Person")
    text = models.TextField()

    class Meta:
        db_table = "toy_badge"


class Opinion(Record):
    objects: ClassVar["models.Manager[Opinion]"] = models.Manager()

    number = 8
    sync = LocalOnly("what the shop keeper thinks is nobody's business")
    text = models.TextField()

    class Meta:
        db_table = "toy_opinion"


class Repair(Record):
    objects: ClassVar["models.Manager[Repair]"] = models.Manager()

    number = 20
    sync = Store("shop_id")
    removal = HardDelete()
    legacy = Legacy.own("repair")

    shop = Ref("toy.Shop")
    note = models.TextField(null=True)
    kind = models.TextField(choices=[("SMALL", "small"), ("BIG", "big")])
    is_paid = models.BooleanField(default=False)
    promised = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "toy_repair"
