"""Template tags of the pages that show how synchronisation is doing."""

from datetime import timedelta

from django import template

from msupply.central import clock_words

register = template.Library()


@register.filter
def spell(value: timedelta | None) -> str:
    """Say how long something lasts, in its largest unit."""
    return "" if value is None else clock_words.spell(value)
