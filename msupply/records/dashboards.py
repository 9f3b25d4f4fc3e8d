"""Dashboards of the central server: pages of panels, each a question and the way to draw it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.values import JsonText
from msupply.sync.declare import LocalOnly, Permissions, Record, Ref, SoftRef
from msupply.sync.declare.policy import Editor

_SERVER = Permissions(edit="SERVER_ADMIN")


class Dashboard(Record):
    """A page of panels; with a store it is for that store alone."""

    name = models.TextField()
    description = models.TextField(null=True, blank=True)
    store = SoftRef("records.Store", verbose_name=_("store"))
    sort_order = models.IntegerField(_("sort order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    number = 330
    data_types = (24,)
    sync = LocalOnly("Set up on the central server, and drawn there.", editor=Editor.CENTRAL)
    permissions = _SERVER

    class Meta:
        db_table = "dashboard"
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")


class PanelKind(models.TextChoices):
    NUMBER = "NUMBER", _("Number")
    TABLE = "TABLE", _("Table")
    BAR_CHART = "BAR_CHART", _("Bar chart")
    LINE_CHART = "LINE_CHART", _("Line chart")
    MAP = "MAP", _("Map")


class DashboardPanel(Record):
    """One panel of a dashboard."""

    dashboard = Ref("records.Dashboard", db_index=True, verbose_name=_("dashboard"))
    title = models.TextField(_("title"))
    kind = models.TextField(choices=PanelKind, default=PanelKind.NUMBER)
    report = SoftRef("records.Report", verbose_name=_("report"))
    # The arguments of the report.
    arguments = JsonText(_("arguments"), blank=True, default="{}")
    sort_order = models.IntegerField(_("sort order"), default=0)

    number = 331
    data_types = (24,)
    sync = LocalOnly("Set up on the central server, and drawn there.", editor=Editor.CENTRAL)
    permissions = _SERVER

    class Meta:
        db_table = "dashboard_panel"
        verbose_name = _("dashboard panel")
        verbose_name_plural = _("dashboard panels")
