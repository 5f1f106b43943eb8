"""How lists of workloads and spans of time are written."""

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
SHOWN = 2


@register.filter
def names(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workloads by name, and how many more: ``Microsoft Intune (MDM and MAM), +2``."""
    shown = ", ".join(known.get(code, code) for code in codes[:SHOWN])
    return f"{shown}, +{len(codes) - SHOWN}" if len(codes) > SHOWN else shown


@register.filter
def value_of(known: Mapping[str, str], key: str) -> str:
    """The words that stand for a key; the key itself when there are none."""
    return known.get(key, key)


@register.filter
def time_left(due: dt.datetime | None, now: dt.datetime) -> str:
    """How long until an instant, in its largest unit: ``2 d left``, ``5 h left``, ``overdue 3 d``."""
    if due is None:
        return ""
    span = abs(due - now)
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        words = f"{minutes // (24 * 60)} d"
    else:
        words = f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"
    if not minutes:
        return "now"
    return f"overdue {words}" if due < now else f"{words} left"


@register.simple_tag
def when(at: dt.datetime | None, now: dt.datetime | None = None) -> SafeString | str:
    """An instant in the reader's zone, exact for machines and on hover; with ``now``, how long until then."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    left = format_html(' <span class="quiet">({})</span>', time_left(at, now)) if now else ""
    shown = f"{local:%a} {local.day} {local:%b, %H:%M %Z}"
    return format_html('<time datetime="{0}" title="{0}">{1}</time>{2}', local.isoformat(), shown, left)
