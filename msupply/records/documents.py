"""Documents about patients: their forms, where each kind belongs, and every version written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks.documents import DOCUMENT
from msupply.records.values import JsonText, null_text, open_choice
from msupply.sync.declare import (
    ANY_JSON,
    JSON,
    Central,
    Field,
    Legacy,
    Patient,
    Permissions,
    Record,
    Ref,
    SoftRef,
    choice,
)


class DocumentFormSchema(Record):
    """A form in which a document is shown and edited, described for JSON Forms.

    Forms that ask for the arguments of reports are other records, with an owner of their own:
    `records.FormSchema`.
    """

    type = models.TextField(_("type"))
    json_schema = models.TextField(_("data schema"))
    ui_schema = models.TextField(_("layout"))

    number = 230
    data_types = (21,)
    sync = Central()
    legacy = Legacy(
        "form_schema",
        {
            "ID": "id",
            "type": "type",
            "json_schema": Field("json_schema", ANY_JSON),
            "ui_schema": Field("ui_schema", ANY_JSON),
        },
    )

    class Meta:
        db_table = "document_form_schema"
        verbose_name = _("document form")
        verbose_name_plural = _("document forms")


class DocumentRegistry(Record):
    """A kind of document: what it is about, in which programme, and its form."""

    class Category(models.TextChoices):
        PATIENT = "PATIENT", _("Patient")
        PROGRAM_ENROLMENT = "PROGRAM_ENROLMENT", _("Programme enrolment")
        ENCOUNTER = "ENCOUNTER", _("Encounter")
        CONTACT_TRACE = "CONTACT_TRACE", _("Contact trace")
        CUSTOM = "CUSTOM", _("Other")

    category = models.TextField(_("category"), choices=Category)
    document_type = models.TextField(_("document type"))
    # A programme, or the built-in context "Patient".
    context = SoftRef("records.MasterList", null=False, verbose_name=_("programme"))
    name = models.TextField(_("name"), null=True, blank=True)
    form_schema = SoftRef("records.DocumentFormSchema", verbose_name=_("form"))
    # JSON text.
    config = models.TextField(_("settings"), null=True, blank=True)

    number = 231
    data_types = (30,)
    sync = Central()
    legacy = Legacy(
        "om_document_registry",
        {
            "ID": "id",
            "category": Field("category", open_choice({c: c for c in Category.values})),
            "document_type": "document_type",
            "context_ID": "context_id",
            "name": null_text("name"),
            "form_schema_ID": "form_schema_id",
            "config": Field("config", JSON),
        },
    )

    class Meta:
        db_table = "document_registry"
        verbose_name = _("kind of document")
        verbose_name_plural = _("kinds of documents")


class Document(Record):
    """One version of a document. Versions are never changed; a newer one names its parents."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        DELETED = "DELETED", _("Deleted")

    # Like a path: all versions of a document have it in common.
    name = models.TextField(_("name"))
    # A JSON array of ids.
    parent_ids = JsonText(_("parents"), default="[]")
    user = SoftRef("records.User", null=False, verbose_name=_("user"))
    datetime = models.DateTimeField(_("written at"))
    type = models.TextField(_("type"))
    # JSON text.
    data = models.TextField(_("contents"))
    form_schema = SoftRef("records.DocumentFormSchema", verbose_name=_("form"))
    status = models.TextField(_("status"), choices=Status, default=Status.ACTIVE)
    owner_name = Ref("records.Name", null=True, verbose_name=_("patient"))
    context = SoftRef("records.MasterList", null=False, verbose_name=_("programme"))

    number = 232
    data_types = (30, 33)
    # Versions are only ever added, so whoever sees the patient may write one.
    sync = Patient(visible="owner_name_id")
    written_once = True
    permissions = Permissions(view="DOCUMENT_QUERY", edit="DOCUMENT_MUTATE")
    legacy = Legacy(
        "om_document",
        {
            "ID": "id",
            "name": "name",
            "parent_IDs": "parent_ids",
            "user_ID": "user_id",
            "datetime": "datetime",
            "type": "type",
            "data": Field("data", DOCUMENT),
            "form_schema_ID": "form_schema_id",
            "status": Field("status", choice({s: s for s in Status.values})),
            "owner_name_ID": "owner_name_id",
            "context_ID": "context_id",
        },
    )

    class Meta:
        db_table = "document"
        verbose_name = _("document")
        verbose_name_plural = _("documents")
