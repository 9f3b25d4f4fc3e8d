"""Prescribers, and the stores that see them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.names import Gender
from msupply.records.quirks import clinicians as quirks
from msupply.sync.declare import (
    BOOL,
    TEXT,
    Field,
    HardDelete,
    Legacy,
    Merging,
    Once,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftDelete,
    SoftRef,
    Store,
    Visibility,
)


class Clinician(Record):
    """Somebody who prescribes."""

    code = models.TextField()
    last_name = models.TextField(_("last name"))
    initials = models.TextField()
    first_name = models.TextField(_("first name"), null=True, blank=True)
    address1 = models.TextField(_("address, line 1"), null=True, blank=True)
    address2 = models.TextField(_("address, line 2"), null=True, blank=True)
    phone = models.TextField(null=True, blank=True)
    mobile = models.TextField(null=True, blank=True)
    email = models.TextField(_("e-mail"), null=True, blank=True)
    gender = models.TextField(choices=Gender, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    store = SoftRef("records.Store", verbose_name=_("store"))

    number = 80
    data_types = (30,)
    sync = Patient(visible="id", home="store_id")
    merging = Merging(SoftDelete("is_active"))
    permissions = Permissions(edit="MUTATE_CLINICIAN")
    legacy = Legacy(
        "clinician",
        {
            "ID": "id",
            "code": "code",
            "last_name": "last_name",
            "initials": "initials",
            "first_name": "first_name",
            "address1": "address1",
            "address2": "address2",
            "phone": "phone",
            "mobile": "mobile",
            "email": "email",
            "active": "is_active",
            "store_ID": "store_id",
            # A gender that this program does not know is kept: it harms nobody.
            "oms_fields.gender": Field("gender", TEXT),
        },
        quirk_keys={"female": Field(None, BOOL)},
        decode=quirks.decode_clinician,
        encode=quirks.encode_clinician,
    )

    class Meta:
        db_table = "clinician"
        verbose_name = _("prescriber")
        verbose_name_plural = _("prescribers")


class ClinicianStoreJoin(Record):
    """Makes a prescriber visible in a store."""

    store = Ref("records.Store", verbose_name=_("store"))
    clinician = Ref("records.Clinician", verbose_name=_("prescriber"))

    number = 81
    data_types = (28, 29)
    sync = Store("store_id", shared_edit=True)
    removal = HardDelete()
    once = Once(("store_id", "clinician_id"))
    visibility = Visibility(store="store_id", subject="clinician_id")
    permissions = Permissions(edit="MUTATE_CLINICIAN")
    legacy = Legacy(
        "clinician_store_join",
        {"ID": "id", "store_ID": "store_id", "prescriber_ID": "clinician_id"},
    )

    class Meta:
        db_table = "clinician_store_join"
        verbose_name = _("visible prescriber")
        verbose_name_plural = _("visible prescribers")
