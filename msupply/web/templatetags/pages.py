"""Template tags of all pages."""

import hashlib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, Select, Textarea
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from msupply.web.screens import filters

register = template.Library()

NOTHING = "\u2013"


@cache
def _version(path: str) -> str:
    """Return a mark of a file's content: with it in the address, browsers may keep the file."""
    found = finders.find(path)
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:8] if found else ""


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    return f"{static(path)}?v={_version(path)}"


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite; it is decoration, so its text stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        classes,
        asset("vendor/icons.svg"),
        name,
    )


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Show a moment of naive UTC; the browser turns it into the reader's zone."""
    if value is None:
        return NOTHING
    text = value.isoformat(timespec="seconds")
    shown = value.strftime("%Y-%m-%d %H:%M")
    return format_html('<time datetime="{}Z">{} UTC</time>', text, shown)


@register.filter
def moment_text(value: str) -> SafeString | str:
    """Show a moment given as ISO text."""
    return moment(datetime.fromisoformat(value)) if value else NOTHING


@register.filter
def day(value: str) -> SafeString:
    """Show a date given as ISO text; a day has no time zone."""
    return format_html('<time datetime="{}" data-day>{}</time>', value, value)


@register.filter
def lasting(value: timedelta | None) -> str:
    """Show a duration in minutes and seconds."""
    if value is None:
        return NOTHING
    seconds = max(0, round(value.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": seconds % 60}


@register.filter
def size(value: int | None) -> str:
    """Show a number of bytes."""
    if not value:
        return NOTHING
    if value < 1_000_000:
        return _("%(n)d kB") % {"n": max(1, round(value / 1000))}
    return _("%(n).1f MB") % {"n": value / 1_000_000}


@register.filter
def styled(field: BoundField) -> SafeString:
    """Show a form's control in the look of all others."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        classes = "form-check-input"
    elif isinstance(widget, Select):
        classes = "form-select"
    else:
        classes = "form-control"
    attrs: dict[str, Any] = {"class": classes + (" is-invalid" if field.errors else "")}
    if field.errors or field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}-note"
    if field.errors:
        attrs["aria-invalid"] = "true"
    return mark_safe(field.as_widget(attrs=attrs))  # noqa: S308 - Django escaped it


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell a tick box from other controls: its name stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_wide(field: BoundField) -> bool:
    """Tell controls that need a whole line."""
    return isinstance(field.field.widget, (Textarea,))


@register.filter
def active_filters(listing: Any) -> int:
    """Return how many filters of a list are set."""
    return filters.active(listing)


@register.simple_tag
def with_filter(listing: Any, name: str) -> str:
    """Return the address of a list with one more filter to fill in."""
    return str(listing.address(**{"with": ",".join([*listing.added, name])}))


@register.simple_tag
def list_address(listing: Any, **changes: Any) -> str:
    """Return the address of a list with some parameters changed."""
    return str(listing.address(**{k: v if v != "" else None for k, v in changes.items()}))
