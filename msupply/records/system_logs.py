"""What servers report about themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import open_choice
from msupply.sync.declare import Field, Modern, Permissions, Record, UpOnly


class SystemLog(Record):
    """One entry of a server's log."""

    class Type(models.TextChoices):
        PROCESSOR_ERROR = "PROCESSOR_ERROR", _("Processor error")
        LEDGER_FIX_ERROR = "LEDGER_FIX_ERROR", _("Ledger fix error")
        LEDGER_FIX = "LEDGER_FIX", _("Ledger fix")
        MIGRATION = "MIGRATION", _("Migration")
        SERVER_STATUS = "SERVER_STATUS", _("Server status")
        SYNC_TRANSLATION_FK_ERROR = "SYNC_TRANSLATION_FK_ERROR", _("Missing reference in sync")

    type = models.TextField(choices=Type)
    sync_site_id = models.IntegerField(_("site"), null=True, blank=True)
    datetime = models.DateTimeField(_("at"))
    message = models.TextField(null=True, blank=True)
    is_error = models.BooleanField(_("error"), default=False)

    number = 196
    data_types = (62,)
    sync = UpOnly()
    written_once = True
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")
    modern = Modern(
        "system_log",
        fields={
            "type": Field(
                "type",
                # Newer servers have more types.
                open_choice(
                    {
                        "ProcessorError": "PROCESSOR_ERROR",
                        "LedgerFixError": "LEDGER_FIX_ERROR",
                        "LedgerFix": "LEDGER_FIX",
                        "Migration": "MIGRATION",
                        "ServerStatus": "SERVER_STATUS",
                        "SyncTranslationFkError": "SYNC_TRANSLATION_FK_ERROR",
                    }
                ),
            )
        },
    )

    class Meta:
        db_table = "system_log"
        verbose_name = _("system log entry")
        verbose_name_plural = _("system log")
