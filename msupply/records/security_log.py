"""The security log: who came in, who was refused, who changed what others may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SecurityEvent(models.TextChoices):
    """What is written down."""

    LOGGED_IN = "LOGGED_IN", _("Log-in")
    LOGGED_OUT = "LOGGED_OUT", _("Log-out")
    SITE_CONNECTED = "SITE_CONNECTED", _("Site connected")
    THROTTLED = "THROTTLED", _("Attempt while waiting")
    UNLOCKED = "UNLOCKED", _("Padlock opened")
    PASSWORD_GIVEN = "PASSWORD_GIVEN", _("Own password given again")
    PERMISSION_REFUSED = "PERMISSION_REFUSED", _("Permission refused")
    FORGED_FORM = "FORGED_FORM", _("Form without its token")
    USER_CREATED = "USER_CREATED", _("User created")
    USER_CHANGED = "USER_CHANGED", _("User changed")
    RIGHTS_CHANGED = "RIGHTS_CHANGED", _("Permissions changed")
    PASSWORD_SET = "PASSWORD_SET", _("Password set")
    SECOND_FACTOR_GIVEN = "SECOND_FACTOR_GIVEN", _("Code of the second factor")
    SECOND_FACTOR_SET = "SECOND_FACTOR_SET", _("Second factor set up")
    SECOND_FACTOR_REMOVED = "SECOND_FACTOR_REMOVED", _("Second factor removed")
    SESSIONS_ENDED = "SESSIONS_ENDED", _("Sessions ended")
    SITE_CREATED = "SITE_CREATED", _("Site created")
    SITE_CHANGED = "SITE_CHANGED", _("Site changed")
    SITE_PASSWORD_SET = "SITE_PASSWORD_SET", _("Site password set")
    SITE_FREED = "SITE_FREED", _("Hardware id of a site released")
    SITE_RESET = "SITE_RESET", _("Site reset")
    SITE_DELETED = "SITE_DELETED", _("Site deleted")
    STORE_SYNC_SET = "STORE_SYNC_SET", _("Synchronisation of a store changed")
    STORE_MOVE_STARTED = "STORE_MOVE_STARTED", _("Store move started")
    STORE_MOVE_CANCELLED = "STORE_MOVE_CANCELLED", _("Store move cancelled")
    SETTING_CHANGED = "SETTING_CHANGED", _("Setting changed")
    DATA_IMPORTED = "DATA_IMPORTED", _("Data imported")
    DATA_EXPORTED = "DATA_EXPORTED", _("Data exported")


class Outcome(models.TextChoices):
    """How it ended."""

    DONE = "DONE", _("Done")
    REFUSED = "REFUSED", _("Refused")


class SecurityNote(models.Model):
    """One event. Never travels: each instance keeps its own."""

    at = models.DateTimeField()
    # A value of SecurityEvent, and one of Outcome.
    event = models.TextField()
    outcome = models.TextField()
    # A user's or site's name, the one that was typed if it is nobody's, or who ran a command.
    who = models.TextField()
    # Blank where there is none: the command line, the program itself.
    address = models.TextField()
    # JSON of short texts; never a secret.
    what = models.TextField()

    class Meta:
        db_table = "security_log"
        indexes = [
            models.Index(fields=("at",), name="security_log_at"),
            models.Index(fields=("event", "at"), name="security_log_event"),
            models.Index(fields=("who", "at"), name="security_log_who"),
            models.Index(fields=("outcome", "at"), name="security_log_outcome"),
        ]
