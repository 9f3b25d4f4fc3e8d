"""Which medicines do not go together."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, HardDelete, Legacy, Record, Ref, SoftDelete


class Severity(models.TextChoices):
    MINOR = "MINOR", _("Minor")
    MODERATE = "MODERATE", _("Moderate")
    MAJOR = "MAJOR", _("Major")
    CONTRAINDICATED = "CONTRAINDICATED", _("Contraindicated")


class DrugInteractionGroup(Record):
    """Items that interact in the same way."""

    name = models.TextField()
    description = models.TextField(null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 323
    data_types = (16,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("drug_interaction_group")

    class Meta:
        db_table = "drug_interaction_group"
        verbose_name = _("drug interaction group")
        verbose_name_plural = _("drug interaction groups")


class DrugInteractionItem(Record):
    """An item in a group."""

    drug_interaction_group = Ref(
        "records.DrugInteractionGroup", db_index=True, verbose_name=_("group")
    )
    item = Ref("records.Item", verbose_name=_("item"))

    number = 324
    data_types = (16,)
    sync = Central()
    removal = HardDelete()
    legacy = Legacy.own("drug_interaction_item")

    class Meta:
        db_table = "drug_interaction_item"
        verbose_name = _("item of an interaction group")
        verbose_name_plural = _("items of interaction groups")


class DrugInteraction(Record):
    """What happens between the items of two groups; the order of the two says nothing."""

    first_group = Ref("records.DrugInteractionGroup", verbose_name=_("group"))
    second_group = Ref("records.DrugInteractionGroup", verbose_name=_("other group"))
    severity = models.TextField(_("severity"), choices=Severity, default=Severity.MODERATE)
    description = models.TextField(null=True, blank=True)
    deleted_datetime = deleted_at()

    number = 325
    data_types = (16,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("drug_interaction")

    class Meta:
        db_table = "drug_interaction"
        verbose_name = _("drug interaction")
        verbose_name_plural = _("drug interactions")
