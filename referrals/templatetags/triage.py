"""How lists of workloads and spans of time are written."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from partners.choices import Filter, TieBreak

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


@register.filter
def percent(fraction: float) -> str:
    return f"{fraction * 100:.1f} %"


@register.filter
def duration(span: dt.timedelta) -> str:
    """A span in its two largest units: ``2 d 3 h``, ``4 min``, ``12 s``."""
    seconds = int(span.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    said = [f"{number} {unit}" for number, unit in parts if number][:2]
    return " ".join(said) or "0 s"


@register.filter
def filter_name(name: str) -> str:
    """The words for a routing filter, as receipts list it."""
    return Filter(name).label if name in Filter.values else name


@register.filter
def tie_break(name: str) -> str:
    return TieBreak(name).label.lower() if name in TieBreak.values else name


@register.simple_tag
def share_chart(rows: list[Any], most: float) -> SafeString:
    """Horizontal bars of each partner's share, with a line at the even share; widths are in percent of the widest."""
    bar, top = 26, 8
    scale = 62 / most if most else 0
    lines = [
        (row.partner.name[:34], top + place * bar, row.share * scale, row.even * scale, percent(row.share))
        for place, row in enumerate(rows)
    ]
    drawn = format_html_join(
        "",
        '<text x="0" y="{}" class="chart-label">{}</text>'
        '<rect x="30%" y="{}" width="{}%" height="16" class="chart-bar"></rect>'
        '<text x="{}%" y="{}" class="chart-value">{}</text>'
        '<line x1="{}%" x2="{}%" y1="{}" y2="{}" class="chart-even"></line>',
        (
            (y + 13, name, y, f"{wide:.2f}", f"{31 + wide:.2f}", y + 13, words, *even_line(even), y - 4, y + 20)
            for name, y, wide, even, words in lines
        ),
    )
    height = top * 2 + bar * len(rows)
    return format_html(
        '<svg class="chart" role="img" aria-labelledby="chart-title" width="100%" height="{}">{}</svg>', height, drawn
    )


def even_line(even: float) -> tuple[str, str]:
    return f"{30 + even:.2f}", f"{30 + even:.2f}"


@register.simple_tag
def when(at: dt.datetime | None, now: dt.datetime | None = None) -> SafeString | str:
    """An instant in the reader's zone, exact for machines and on hover; with ``now``, how long until then."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    left = format_html(' <span class="quiet">({})</span>', time_left(at, now)) if now else ""
    shown = f"{local:%a} {local.day} {local:%b, %H:%M %Z}"
    return format_html('<time datetime="{0}" title="{0}">{1}</time>{2}', local.isoformat(), shown, left)
