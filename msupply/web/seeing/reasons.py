"""Why records are kept back and sites refused, in plain words, and how that is mended."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msupply.sync import quarantine

# By reason code: what is the matter, and what helps.
_RECORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    quarantine.INVALID: (
        _("The record's content cannot be read"),
        _(
            "Correct the field that the reason names at the site, and save the record there: the"
            " next synchronisation brings the corrected copy. If the field looks right, the site's"
            " program may be newer than this server: update the server, then retry."
        ),
    ),
    quarantine.NOT_OWNER: (
        _("The site may not change this record"),
        _(
            "The store is active on another site, or the data belong to the central server. Make"
            " the change there. If the store should be active on this site, move the store, then"
            " retry."
        ),
    ),
    quarantine.MISSING_PARENT: (
        _("Something that the record refers to is not here yet"),
        _(
            "Nothing has to be done as a rule: the record comes in by itself when what it lacks"
            " arrives. If it waits for days, look for the missing record at the site and save it"
            " there again."
        ),
    ),
    quarantine.UNKNOWN_TABLE: (
        _("This server does not know this kind of record"),
        _("The site's program is newer than this server. Update the server, then retry."),
    ),
    quarantine.UNSUPPORTED: (
        _("This server does not do this with such records"),
        _("Tell your support. Nothing is lost: the record stays here until it can be taken."),
    ),
    quarantine.DATABASE: (
        _("The database refused the record"),
        _(
            "Another record with the same number or code may be here. Correct one of the two, then"
            " retry."
        ),
    ),
    quarantine.DEFECT: (
        _("The program fails on the record"),
        _(
            "This is a defect of this version. Tell your support the reason. Nothing is lost: update"
            " the server, then retry."
        ),
    ),
}
_OTHER = (
    _("The record could not be taken"),
    _("Read the reason, mend it at the site, and retry."),
)

# By the wire's code: why a site is not let in, and what helps.
_SITES: dict[str, tuple[str | Promise, str | Promise]] = {
    "site_incorrect_hardware_id": (
        _("It came from another device"),
        _("If the device was replaced on purpose, reset the hardware id of the site."),
    ),
    "site_has_no_store": (
        _("No store is active on it"),
        _("Make a store active on the site."),
    ),
    "api_version_incompatible": (
        _("Its program speaks another version of the protocol"),
        _("Update the program at the site, or this server."),
    ),
}
_OTHER_SITE = (_("It was refused"), _("Look into the server's log."))


def of_record(code: str) -> tuple[str | Promise, str | Promise]:
    """Return what is the matter with a kept record, and what helps."""
    return _RECORDS.get(code, _OTHER)


def of_site(code: str) -> tuple[str | Promise, str | Promise]:
    """Return why a site was not let in, and what helps."""
    return _SITES.get(code, _OTHER_SITE)
