"""How lists of workloads and spans of time are written."""

import datetime as dt
from collections.abc import Mapping

from django import template

register = template.Library()
SHOWN = 2


@register.filter
def names(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workloads by name, and how many more: ``Microsoft Intune (MDM and MAM), +2``."""
    shown = ", ".join(known.get(code, code) for code in codes[:SHOWN])
    return f"{shown}, +{len(codes) - SHOWN}" if len(codes) > SHOWN else shown


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
    return f"overdue {words}" if due < now else f"{words} left"
