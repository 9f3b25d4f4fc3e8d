"""Insurance providers, and the policies that patients hold with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import null_text
from msupply.sync.declare import (
    Central,
    Field,
    Legacy,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftRef,
    choice,
    date,
)


class InsuranceProvider(Record):
    """Somebody who pays a part of prescriptions."""

    provider_name = models.TextField(_("name"))
    is_active = models.BooleanField(_("active"), default=True)
    prescription_validity_days = models.IntegerField(
        _("days that a prescription is valid"), null=True, blank=True
    )
    comment = models.TextField(_("comment"), null=True, blank=True)

    number = 215
    data_types = (19,)
    sync = Central(dispensary_only=True)
    legacy = Legacy(
        "insuranceProvider",
        {
            "ID": "id",
            "providerName": "provider_name",
            "isActive": "is_active",
            "prescriptionValidityDays": "prescription_validity_days",
            "comment": null_text("comment"),
        },
    )

    class Meta:
        db_table = "insurance_provider"
        verbose_name = _("insurance provider")
        verbose_name_plural = _("insurance providers")


class NameInsuranceJoin(Record):
    """The policy of a patient."""

    class PolicyType(models.TextChoices):
        PERSONAL = "PERSONAL", _("Personal")
        BUSINESS = "BUSINESS", _("Business")

    name = Ref("records.Name", db_index=True, verbose_name=_("patient"))
    # Providers go to dispensaries only; the patient may be seen elsewhere too.
    insurance_provider = SoftRef(
        "records.InsuranceProvider", null=False, verbose_name=_("provider")
    )
    policy_type = models.TextField(_("type"), choices=PolicyType)
    policy_number = models.TextField(_("policy number"))
    policy_number_person = models.TextField(_("number of the person"), null=True, blank=True)
    policy_number_family = models.TextField(_("number of the family"), null=True, blank=True)
    discount_percentage = models.FloatField(_("discount, percent"), default=0)
    expiry_date = models.DateField(_("expiry date"))
    is_active = models.BooleanField(_("active"), default=True)
    name_of_insured = models.TextField(_("name of the insured"), null=True, blank=True)
    entered_by = SoftRef("records.User", verbose_name=_("entered by"))

    number = 216
    data_types = (30,)
    sync = Patient(visible="name_id", home="name.supplying_store_id")
    permissions = Permissions(view="PATIENT_QUERY", edit="PATIENT_MUTATE")
    legacy = Legacy(
        "nameInsuranceJoin",
        {
            "ID": "id",
            "nameID": "name_id",
            "insuranceProviderID": "insurance_provider_id",
            "discountRate": "discount_percentage",
            "enteredByID": "entered_by_id",
            "expiryDate": date("expiry_date"),
            "isActive": "is_active",
            "policyNumberFamily": "policy_number_family",
            "policyNumberPerson": "policy_number_person",
            "policyNumberFull": "policy_number",
            "type": Field("policy_type", choice({"personal": "PERSONAL", "business": "BUSINESS"})),
            "oms_fields.name_of_insured": "name_of_insured",
        },
    )

    class Meta:
        db_table = "name_insurance_join"
        verbose_name = _("insurance policy")
        verbose_name_plural = _("insurance policies")
