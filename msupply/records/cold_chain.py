"""Temperature sensors, what they measured, and when it was too warm or too cold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from msupply.records.quirks import cold_chain as quirks
from msupply.records.values import DATE_PART
from msupply.sync.declare import (
    BOOL,
    Field,
    Legacy,
    Permissions,
    Record,
    Ref,
    SoftRef,
    Store,
    choice,
    time,
)
from msupply.sync.declare.codecs import REQUIRED_TEXT

_PERMISSIONS = Permissions(view="SENSOR_QUERY", edit="SENSOR_MUTATE")


class SensorType(models.TextChoices):
    BLUE_MAESTRO = "BLUE_MAESTRO", "Blue Maestro"
    LAIRD = "LAIRD", "Laird"
    BERLINGER = "BERLINGER", "Berlinger"
    LOG_TAG = "LOG_TAG", "LogTag"


class TemperatureBreachType(models.TextChoices):
    COLD_CONSECUTIVE = "COLD_CONSECUTIVE", _("Cold, consecutive")
    COLD_CUMULATIVE = "COLD_CUMULATIVE", _("Cold, cumulative")
    HOT_CONSECUTIVE = "HOT_CONSECUTIVE", _("Hot, consecutive")
    HOT_CUMULATIVE = "HOT_CUMULATIVE", _("Hot, cumulative")
    EXCURSION = "EXCURSION", _("Excursion")


class Sensor(Record):
    """A thermometer of a store."""

    store = Ref("records.Store", verbose_name=_("store"))
    name = models.TextField(_("name"))
    serial = models.TextField(_("serial number"))
    type = models.TextField(_("type"), choices=SensorType, default=SensorType.BLUE_MAESTRO)
    location = Ref("records.Location", null=True, verbose_name=_("location"))
    battery_level = models.IntegerField(_("battery, percent"), null=True, blank=True)
    log_interval = models.IntegerField(_("interval of logs, seconds"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    last_connection_datetime = models.DateTimeField(_("last connection"), null=True, blank=True)

    number = 250
    data_types = (48,)
    sync = Store("store_id")
    permissions = _PERMISSIONS
    legacy = Legacy(
        "sensor",
        {
            "ID": "id",
            "name": "name",
            "locationID": "location_id",
            "storeID": "store_id",
            "batteryLevel": "battery_level",
            "logInterval": "log_interval",
            "is_active": "is_active",
            "om_last_connection_datetime": "last_connection_datetime",
        },
        quirk_keys={
            "macAddress": Field(None, REQUIRED_TEXT),
            "lastConnectionDate": DATE_PART,
            "lastConnectionTime": time(),
        },
        decode=quirks.decode_sensor,
        encode=quirks.encode_sensor,
    )

    class Meta:
        db_table = "sensor"
        verbose_name = _("sensor")
        verbose_name_plural = _("sensors")


class TemperatureBreach(Record):
    """A time in which a sensor was outside its limits for too long."""

    store = Ref("records.Store", verbose_name=_("store"))
    sensor = Ref("records.Sensor", verbose_name=_("sensor"))
    location = SoftRef("records.Location", verbose_name=_("location"))
    type = models.TextField(_("type"), choices=TemperatureBreachType)
    start_datetime = models.DateTimeField(_("from"))
    end_datetime = models.DateTimeField(_("until"), null=True, blank=True)
    duration_milliseconds = models.IntegerField(_("duration, milliseconds"), default=0)
    threshold_minimum = models.FloatField(_("lowest temperature"))
    threshold_maximum = models.FloatField(_("highest temperature"))
    threshold_duration_milliseconds = models.IntegerField(_("tolerated, milliseconds"))
    unacknowledged = models.BooleanField(_("unacknowledged"), default=True)
    comment = models.TextField(_("comment"), null=True, blank=True)

    number = 251
    data_types = (48,)
    sync = Store("store_id")
    permissions = _PERMISSIONS
    legacy = Legacy(
        "temperature_breach",
        {
            "ID": "id",
            "duration": "duration_milliseconds",
            "type": Field("type", choice({t: t for t in TemperatureBreachType.values})),
            "sensor_ID": "sensor_id",
            "location_ID": "location_id",
            "store_ID": "store_id",
            "threshold_minimum_temperature": "threshold_minimum",
            "threshold_maximum_temperature": "threshold_maximum",
            "threshold_duration": "threshold_duration_milliseconds",
            "om_start_datetime": "start_datetime",
            "om_end_datetime": "end_datetime",
            "om_comment": "comment",
        },
        quirk_keys={
            "acknowledged": Field(None, BOOL),
            "start_date": DATE_PART,
            "start_time": time(),
            "end_date": DATE_PART,
            "end_time": time(),
        },
        decode=quirks.decode_breach,
        encode=quirks.encode_breach,
    )

    class Meta:
        db_table = "temperature_breach"
        verbose_name = _("temperature breach")
        verbose_name_plural = _("temperature breaches")


class TemperatureLog(Record):
    """One measurement."""

    store = Ref("records.Store", verbose_name=_("store"))
    sensor = Ref("records.Sensor", verbose_name=_("sensor"))
    location = SoftRef("records.Location", verbose_name=_("location"))
    temperature = models.FloatField(_("temperature"))
    datetime = models.DateTimeField(_("measured at"))
    temperature_breach = SoftRef("records.TemperatureBreach", verbose_name=_("breach"))

    number = 252
    data_types = (48,)
    sync = Store("store_id")
    permissions = _PERMISSIONS
    legacy = Legacy(
        "temperature_log",
        {
            "ID": "id",
            "temperature": "temperature",
            "sensor_ID": "sensor_id",
            "location_ID": "location_id",
            "store_ID": "store_id",
            "temperature_breach_ID": "temperature_breach_id",
            "om_datetime": "datetime",
        },
        quirk_keys={"date": DATE_PART, "time": time()},
        decode=quirks.decode_log,
        encode=quirks.encode_log,
    )

    class Meta:
        db_table = "temperature_log"
        verbose_name = _("temperature log")
        verbose_name_plural = _("temperature logs")
