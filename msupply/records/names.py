"""Names: customers, suppliers, manufacturers, donors, patients, and who sees them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import names as quirks
from msupply.records.values import DATE_PART, FLAG, open_choice
from msupply.sync.declare import (
    BOOL,
    JSON,
    Central,
    CentralPatient,
    CentralStore,
    Direction,
    Field,
    HardDelete,
    Legacy,
    Merging,
    Modern,
    Once,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    SplitBy,
    Store,
    Visibility,
    choice,
)

# What is said centrally of a name goes where the name goes: patients are not known everywhere.
ABOUT_A_NAME = SplitBy("name.type", "PATIENT", CentralPatient("name_id"), Central())


class NameType(models.TextChoices):
    FACILITY = "FACILITY", _("Facility")
    PATIENT = "PATIENT", _("Patient")
    BUILD = "BUILD", _("Build")
    INVAD = "INVAD", _("Inventory adjustment")
    REPACK = "REPACK", _("Repack")
    STORE = "STORE", _("Store")
    OTHERS = "OTHERS", _("Other")


class Gender(models.TextChoices):
    FEMALE = "FEMALE", _("Female")
    MALE = "MALE", _("Male")
    TRANSGENDER = "TRANSGENDER", _("Transgender")
    TRANSGENDER_MALE = "TRANSGENDER_MALE", _("Transgender male")
    TRANSGENDER_MALE_HORMONE = "TRANSGENDER_MALE_HORMONE", _("Transgender male, hormone")
    TRANSGENDER_MALE_SURGICAL = "TRANSGENDER_MALE_SURGICAL", _("Transgender male, surgical")
    TRANSGENDER_FEMALE = "TRANSGENDER_FEMALE", _("Transgender female")
    TRANSGENDER_FEMALE_HORMONE = "TRANSGENDER_FEMALE_HORMONE", _("Transgender female, hormone")
    TRANSGENDER_FEMALE_SURGICAL = "TRANSGENDER_FEMALE_SURGICAL", _("Transgender female, surgical")
    UNKNOWN = "UNKNOWN", _("Unknown")
    NON_BINARY = "NON_BINARY", _("Non-binary")


# Other texts occur and are kept as they came; the program treats them as OTHERS.
_TYPES = {
    "facility": "FACILITY",
    "patient": "PATIENT",
    "build": "BUILD",
    "invad": "INVAD",
    "repack": "REPACK",
    "store": "STORE",
    "others": "OTHERS",
}


class Name(Record):
    """Anybody that a store deals with."""

    name = models.TextField()
    code = models.TextField()
    type = models.TextField(choices=NameType, default=NameType.FACILITY)
    is_customer = models.BooleanField(_("customer"), default=False)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_manufacturer = models.BooleanField(_("manufacturer"), default=False)
    is_donor = models.BooleanField(_("donor"), default=False)
    on_hold = models.BooleanField(_("on hold"), default=False)
    supplying_store = SoftRef("records.Store", verbose_name=_("supplying store"))
    first_name = models.TextField(_("first name"), null=True, blank=True)
    last_name = models.TextField(_("last name"), null=True, blank=True)
    gender = models.TextField(choices=Gender, null=True, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    phone = models.TextField(null=True, blank=True)
    charge_code = models.TextField(_("charge code"), null=True, blank=True)
    comment = models.TextField(null=True, blank=True)
    country = models.TextField(null=True, blank=True)
    address1 = models.TextField(_("address, line 1"), null=True, blank=True)
    address2 = models.TextField(_("address, line 2"), null=True, blank=True)
    email = models.TextField(_("e-mail"), null=True, blank=True)
    website = models.TextField(null=True, blank=True)
    next_of_kin = SoftRef("self", verbose_name=_("next of kin"))
    next_of_kin_name = models.TextField(_("name of the next of kin"), null=True, blank=True)
    created_datetime = models.DateTimeField(_("created at"), null=True, blank=True)
    national_health_number = models.TextField(_("national health number"), null=True, blank=True)
    is_deceased = models.BooleanField(_("deceased"), default=False)
    date_of_death = models.DateField(_("date of death"), null=True, blank=True)
    custom_data_string = models.TextField(_("custom data"), null=True, blank=True)
    hsh_code = models.TextField(_("HSH code"), null=True, blank=True)
    hsh_name = models.TextField(_("HSH name"), null=True, blank=True)
    margin = models.FloatField(null=True, blank=True)
    freight_factor = models.FloatField(_("freight factor"), null=True, blank=True)
    currency = SoftRef("records.Currency", verbose_name=_("currency"))
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    number = 20
    data_types = (2, 30)
    sync = SplitBy("type", "PATIENT", Patient(visible="id", home="supplying_store_id"), Central())
    removal = SoftDelete("deleted_datetime")
    merging = Merging(SoftDelete("deleted_datetime"))
    # Other names are edited with EDIT_CENTRAL_DATA; the policy refuses that on a remote site.
    permissions = Permissions(edit="PATIENT_MUTATE")
    legacy = Legacy(
        "name",
        {
            "ID": "id",
            "name": "name",
            "code": "code",
            "type": Field("type", open_choice(_TYPES)),
            "customer": "is_customer",
            "supplier": "is_supplier",
            "supplying_store_id": "supplying_store_id",
            "first": "first_name",
            "last": "last_name",
            "date_of_birth": "date_of_birth",
            "phone": "phone",
            "charge code": "charge_code",
            "comment": "comment",
            "country": "country",
            "bill_address1": "address1",
            "bill_address2": "address2",
            "email": "email",
            "url": "website",
            "manufacturer": "is_manufacturer",
            "donor": "is_donor",
            "hold": "on_hold",
            "NEXT_OF_KIN_ID": "next_of_kin_id",
            "next_of_kin_relative": "next_of_kin_name",
            "national_health_number": "national_health_number",
            "isDeceased": "is_deceased",
            "om_created_datetime": "created_datetime",
            "om_gender": Field("gender", choice({g: g for g in Gender.values}, optional=True)),
            "om_date_of_death": "date_of_death",
            "custom_data": Field("custom_data_string", JSON),
            "HSH_code": "hsh_code",
            "HSH_name": "hsh_name",
            "margin": "margin",
            "freightfac": "freight_factor",
            "currency_ID": "currency_id",
        },
        sends_deletes=True,
        quirk_keys={"female": Field(None, BOOL), "created_date": DATE_PART},
        decode=quirks.decode_name,
        encode=quirks.encode_name,
    )
    modern = Modern("name", legacy_shape=True, direction=Direction.UP)

    class Meta:
        db_table = "name"
        verbose_name = _("name")
        verbose_name_plural = _("names")


class NameStoreJoin(Record):
    """Makes a name visible in a store."""

    store = Ref("records.Store", verbose_name=_("store"))
    name = Ref("records.Name", verbose_name=_("name"))
    # Copies that some senders make; the flags of the name itself are those that count.
    name_is_customer = models.BooleanField(_("customer"), null=True, blank=True)
    name_is_supplier = models.BooleanField(_("supplier"), null=True, blank=True)

    number = 21
    data_types = (27, 28, 29)
    # A site makes its own patients visible; who else a store deals with is decided centrally.
    sync = SplitBy(
        "name.type",
        "PATIENT",
        Store("store_id", shared_edit=True),
        CentralStore("store_id"),
    )
    removal = HardDelete()
    once = Once(
        ("store_id", "name_id"),
        combined=("name_is_customer", "name_is_supplier"),
        never=("name_id", "store.name_id"),
    )
    visibility = Visibility(store="store_id", subject="name_id")
    permissions = Permissions(edit="PATIENT_MUTATE")
    legacy = Legacy(
        "name_store_join",
        {
            "ID": "id",
            "store_ID": "store_id",
            "name_ID": "name_id",
            "om_name_is_customer": "name_is_customer",
            "om_name_is_supplier": "name_is_supplier",
        },
        quirk_keys={"inactive": Field(None, FLAG)},
        decode=quirks.decode_join,
        encode=quirks.encode_join,
    )
    modern = Modern("name_store_join", legacy_shape=True, direction=Direction.UP)

    class Meta:
        db_table = "name_store_join"
        verbose_name = _("visible name")
        verbose_name_plural = _("visible names")
        indexes = [models.Index("store", "name", name="name_store_join_pair")]


class NameTag(Record):
    """A label on names; programmes give their order settings by it."""

    name = models.TextField()

    number = 22
    data_types = (2,)
    sync = Central()
    legacy = Legacy("name_tag", {"ID": "id", "description": "name"})

    class Meta:
        db_table = "name_tag"
        verbose_name = _("name tag")
        verbose_name_plural = _("name tags")


class NameTagJoin(Record):
    """A tag on a name."""

    name = Ref("records.Name", verbose_name=_("name"))
    name_tag = Ref("records.NameTag", verbose_name=_("tag"))

    number = 23
    data_types = (2,)
    sync = ABOUT_A_NAME
    removal = HardDelete()
    once = Once(("name_id", "name_tag_id"))
    legacy = Legacy(
        "name_tag_join", {"ID": "id", "name_ID": "name_id", "name_tag_ID": "name_tag_id"}
    )

    class Meta:
        db_table = "name_tag_join"
        verbose_name = _("tag of a name")
        verbose_name_plural = _("tags of names")
