"""The sites that a central server serves, and what it knows of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.sync.declare import LocalOnly, Permissions, Record
from msupply.sync.declare.policy import Editor


class InitialisationStatus(models.TextChoices):
    """As the V5 wire spells them."""

    NEW = "new", _("New")
    STARTED = "started", _("Initialising")
    COMPLETED = "completed", _("Initialised")
    ERROR = "error", _("Initialisation failed")


class SiteKind(models.TextChoices):
    CENTRAL = "CENTRAL", _("mSupply central server")
    REMOTE = "REMOTE", _("Remote site")


class ClientType(models.TextChoices):
    """The program that runs at a site; a move between two of them does not change it."""

    OPEN_MSUPPLY = "OPEN_MSUPPLY", _("Open mSupply")
    SERVER = "SERVER", _("mSupply server")
    SINGLE_USER = "SINGLE_USER", _("mSupply, single user")
    MOBILE = "MOBILE", _("mSupply Mobile")


class Site(Record):
    """One instance of the program, with what it needs to connect."""

    # What is not editable is set by the operations of central/, never as a value of the record.
    site_id = models.IntegerField(_("site number"), unique=True, editable=False)
    code = models.TextField(blank=True, default="")
    name = models.TextField(unique=True)
    # Argon2 over the hash that travels (sync-v5.md 2.2), never the password itself.
    password = models.TextField(blank=True, default="", editable=False)
    hardware_id = models.TextField(_("hardware id"), null=True, blank=True, editable=False)
    kind = models.TextField(choices=SiteKind, default=SiteKind.REMOTE, editable=False)
    client_type = models.TextField(
        _("client type"), choices=ClientType, default=ClientType.OPEN_MSUPPLY
    )
    is_oms_central = models.BooleanField(
        _("Open mSupply central server"), default=False, editable=False
    )
    url = models.TextField(_("address"), blank=True, default="")
    initialisation_status = models.TextField(
        _("initialisation"),
        choices=InitialisationStatus,
        default=InitialisationStatus.NEW,
        editable=False,
    )
    last_connection_datetime = models.DateTimeField(
        _("last connection"), null=True, blank=True, editable=False
    )
    app_version = models.TextField(_("app version"), null=True, blank=True, editable=False)
    app_name = models.TextField(_("app name"), null=True, blank=True, editable=False)
    created_datetime = models.DateTimeField(_("created at"), null=True, blank=True, editable=False)

    number = 12
    data_types = (23,)
    sync = LocalOnly(
        "Sites and their credentials exist on the central server alone.",
        editor=Editor.CENTRAL,
    )
    permissions = Permissions(view="SERVER_ADMIN", edit="SERVER_ADMIN")

    class Meta:
        db_table = "site"
        verbose_name = _("site")
        verbose_name_plural = _("sites")
