"""References to attached files; the bytes travel apart from records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import Attached, Modern, Permissions, Record, integer


class SyncFileReference(Record):
    """A file attached to a record of any table."""

    class Direction(models.TextChoices):
        UPLOAD = "UPLOAD", _("Upload")
        DOWNLOAD = "DOWNLOAD", _("Download")

    class Status(models.TextChoices):
        NEW = "NEW", _("Waiting")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        ERROR = "ERROR", _("Failed, will be tried again")
        DONE = "DONE", _("Done")
        PERMANENT_FAILURE = "PERMANENT_FAILURE", _("Failed")

    table_name = models.TextField(_("table"))
    record_id = models.TextField(_("record"))
    file_name = models.TextField(_("file name"))
    mime_type = models.TextField(_("kind of file"), null=True, blank=True)
    total_bytes = models.IntegerField(_("size"), default=0)
    created_datetime = models.DateTimeField(_("created at"))
    deleted_datetime = models.DateTimeField(_("deleted at"), null=True, blank=True)
    # How far the transfer of the bytes is, on this site.
    uploaded_bytes = models.IntegerField(default=0)
    downloaded_bytes = models.IntegerField(default=0)
    retries = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    direction = models.TextField(choices=Direction, default=Direction.DOWNLOAD)
    status = models.TextField(choices=Status, default=Status.NEW)
    error = models.TextField(null=True, blank=True)

    number = 140
    data_types = (49,)
    sync = Attached("table_name", "record_id")
    # So that nobody's bytes, once here, become those of something else.
    fixed = ("table_name", "record_id", "file_name", "mime_type", "total_bytes")
    # Only equipment has files.
    permissions = Permissions(view="ASSET_QUERY", edit="ASSET_MUTATE")
    modern = Modern(
        "sync_file_reference",
        local=(
            "uploaded_bytes",
            "downloaded_bytes",
            "retries",
            "retry_at",
            "direction",
            "status",
            "error",
        ),
        fields={"total_bytes": integer("total_bytes")},
    )

    class Meta:
        db_table = "sync_file_reference"
        verbose_name = _("attached file")
        verbose_name_plural = _("attached files")
