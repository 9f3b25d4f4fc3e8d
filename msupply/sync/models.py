"""The engine's own tables. None of them travels."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ChangelogRow(models.Model):
    """The latest change of one record; a new change moves the row to the head of its log.

    A row routes to a site when it goes `everywhere`, when `store_id` or `partner_id` is active
    there, or when `visible_id` (a patient or prescriber) is visible there.
    """

    cursor = models.BigAutoField(primary_key=True)
    record_type = models.SmallIntegerField()
    record_id = models.TextField()
    deleted = models.BooleanField()
    store_id = models.TextField(null=True)
    partner_id = models.TextField(null=True)
    visible_id = models.TextField(null=True)
    everywhere = models.BooleanField()
    # The site whose push made the change; null when it was made here.
    source_site = models.IntegerField(null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint("record_type", "record_id", name="%(class)s_record")
        ]


def _routing_indexes(name: str) -> list[models.Index]:
    return [
        models.Index(
            "store_id", "cursor", name=f"{name}_store", condition=Q(store_id__isnull=False)
        ),
        models.Index(
            "partner_id", "cursor", name=f"{name}_partner", condition=Q(partner_id__isnull=False)
        ),
        models.Index("cursor", name=f"{name}_visible", condition=Q(visible_id__isnull=False)),
        models.Index("cursor", name=f"{name}_all", condition=Q(everywhere=True)),
    ]


class ChangelogCentral(ChangelogRow):
    """The log of V5 central records."""

    class Meta(ChangelogRow.Meta):
        db_table = "changelog_central"


class ChangelogQueue(ChangelogRow):
    """The log from which the V5 queue of every site is read."""

    class Meta(ChangelogRow.Meta):
        db_table = "changelog_queue"
        indexes: ClassVar = _routing_indexes("queue")


class ChangelogModern(ChangelogRow):
    """The log of V6 records."""

    class Meta(ChangelogRow.Meta):
        db_table = "changelog_modern"
        indexes: ClassVar = _routing_indexes("modern")


class BulkSwitch(models.Model):
    """One row. While `on` is set, triggers stay silent; only SQLite needs it, see sql/sqlite.py."""

    on = models.BooleanField(default=False)

    class Meta:
        db_table = "sync_bulk_switch"


class BufferChunk(models.Model):
    """Records of one wire table as they arrived in one message, waiting to be integrated.

    `payload` is JSON: `[[id, record], ...]` for upserts, `[id, ...]` for deletes,
    `[[id, data], ...]` for merges.
    """

    UPSERT, DELETE, MERGE = "upsert", "delete", "merge"

    # The site that sent it; null on a remote site, where everything comes from a central server.
    source_site = models.IntegerField(null=True)
    wire = models.TextField()
    table_name = models.TextField()
    action = models.TextField()
    records = models.IntegerField()
    payload = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "sync_buffer"
        indexes: ClassVar = [models.Index("table_name", "id", name="sync_buffer_table")]


class Quarantined(models.Model):
    """A record that could not be taken, with its reason; tried again when what it lacked arrives.

    `reason` is a template, `reason_values` what its places hold, as JSON; `quarantine.in_words`
    says them.
    """

    source_site = models.IntegerField(null=True)
    wire = models.TextField()
    table_name = models.TextField()
    record_id = models.TextField()
    action = models.TextField()
    data = models.TextField()
    code = models.TextField()
    reason = models.TextField()
    reason_values = models.TextField(default="{}")
    waits_table = models.TextField(null=True)
    waits_id = models.TextField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "sync_quarantine"
        indexes: ClassVar = [
            models.Index("table_name", "record_id", name="sync_quarantine_record"),
            models.Index(
                "waits_table",
                "waits_id",
                name="sync_quarantine_waits",
                condition=Q(waits_table__isnull=False),
            ),
        ]


class LeftOut(models.Model):
    """A record that cannot be written as the wire has it, and why; see left_out.py.

    `log` and `cursor` say which change of the record it was. `reason` and `reason_values` are as in
    quarantine.
    """

    log = models.TextField()
    cursor = models.BigIntegerField()
    record_type = models.SmallIntegerField()
    record_id = models.TextField()
    reason = models.TextField()
    reason_values = models.TextField()
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "sync_left_out"
        constraints: ClassVar = [
            models.UniqueConstraint("log", "cursor", name="sync_left_out_change")
        ]


class Cursor(models.Model):
    """How far this site has read a log, its own or a central server's."""

    name = models.TextField(primary_key=True)
    value = models.BigIntegerField()

    class Meta:
        db_table = "sync_cursor"


class SiteState(models.Model):
    """What a central server remembers of one site's synchronisation.

    - `queue_cursor`: everything in the V5 queue up to here is acknowledged.
    - `acknowledged_ahead`: acknowledged cursors above it, as a JSON list.
    - `resend_up_to`: rows up to here go to the site even when the site was their source.
    - `central_up_to`: where the log of central records ended when the site was initialised.
    - `waiting_since`: records of a finished push wait for integration, or are in it.
    - `failing_since`, `failed_at`, `failures`, `failure`: integration of its records has failed that
      often in a row, from when on, when last, and why (central/failing.py).
    - `takes_orders`: it reads what it is told of freezes (orders.py); a site of another make does
      not.
    """

    site_id = models.IntegerField(primary_key=True)
    queue_cursor = models.BigIntegerField(default=0)
    acknowledged_ahead = models.TextField(default="[]")
    resend_up_to = models.BigIntegerField(default=0)
    central_up_to = models.BigIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    failure = models.TextField(default="")
    takes_orders = models.BooleanField(default=True)

    class Meta:
        db_table = "sync_site_state"


class StoreSync(models.Model):
    """A copy of a store on a site where it is not active; kept on the mSupply central server.

    A site without a row has no copy of the store's data (domain.md D.1).
    """

    class SyncWith(models.TextChoices):
        COLLECTOR = "COLLECTOR"
        TRANSFER = "TRANSFER"

    store_id = models.TextField()
    site_id = models.IntegerField()
    sync_with = models.TextField(choices=SyncWith)

    class Meta:
        db_table = "store_sync"
        constraints: ClassVar = [
            models.UniqueConstraint("store_id", "site_id", name="store_sync_once")
        ]
        indexes: ClassVar = [models.Index("site_id", "store_id", name="store_sync_site")]


class StoreSettings(models.Model):
    """What the mSupply central server has decided about a store; a store without a row has these.

    - `include_transactions`: invoices and stock of a dispensary are sent up (domain.md D.6).
    - `frozen_since`: the store is being moved to another site; nobody may edit its records.
    - `late_site`: the site that it has left and that could not be told of the freeze. What it
      sends of this store is taken until it has learnt that the store has left.
    """

    store_id = models.TextField(primary_key=True)
    include_transactions = models.BooleanField(default=True)
    frozen_since = models.DateTimeField(null=True)
    late_site = models.IntegerField(null=True)

    class Meta:
        db_table = "store_settings"


class Setting(models.Model):
    """What this instance is and whom it talks to (see here.py)."""

    key = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "sync_setting"


class SyncLog(models.Model):
    """One cycle of this site; `steps` is JSON by step name (sync-v6.md 13)."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error_code = models.TextField(null=True)
    error_message = models.TextField(null=True)
    steps = models.TextField(default="{}")

    class Meta:
        db_table = "sync_log"
