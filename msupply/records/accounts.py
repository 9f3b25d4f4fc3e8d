"""Accounts and budgets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.columns import deleted_at
from msupply.sync.declare import Central, Legacy, Record, Ref, SoftDelete, SoftRef


class AccountType(models.TextChoices):
    ASSET = "ASSET", _("Asset")
    LIABILITY = "LIABILITY", _("Liability")
    INCOME = "INCOME", _("Income")
    EXPENSE = "EXPENSE", _("Expense")


class Account(Record):
    """An account of the ledger to which stock, purchases and income are booked."""

    code = models.TextField()
    name = models.TextField()
    type = models.TextField(choices=AccountType, default=AccountType.ASSET)
    is_active = models.BooleanField(_("active"), default=True)
    deleted_datetime = deleted_at()

    number = 311
    data_types = (6,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("account")

    class Meta:
        db_table = "account"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class Budget(Record):
    """What may be spent in a period, by a department, on an account or by a name."""

    name = models.TextField()
    period = Ref("records.Period", verbose_name=_("period"))
    department = SoftRef("records.ItemDepartment", verbose_name=_("department"))
    account = SoftRef("records.Account", verbose_name=_("account"))
    for_name = SoftRef("records.Name", verbose_name=_("for"))
    amount = models.FloatField(_("amount"), default=0)
    deleted_datetime = deleted_at()

    number = 312
    data_types = (6,)
    sync = Central()
    removal = SoftDelete("deleted_datetime")
    legacy = Legacy.own("budget")

    class Meta:
        db_table = "budget"
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
