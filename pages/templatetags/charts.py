"""Charts of server data, drawn as SVG; the same figures always stand in a table beside them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from pages.templatetags.triage import percent

register = template.Library()
WIDEST, ROW = 80, 44  # percent of the chart that the longest bar takes; pixels a partner


@register.simple_tag
def share_chart(rows: list[Any], most: float) -> SafeString:
    """Horizontal bars of each partner's share below its name, with a line at the even share."""
    scale = WIDEST / most if most else 0
    drawn = format_html_join(
        "",
        '<text x="0" y="{}" class="chart-label">{}</text>'
        '<rect x="0" y="{}" width="{}%" height="14" class="chart-bar"></rect>'
        '<text x="{}%" y="{}" class="chart-value">{}</text>'
        '<line x1="{}%" x2="{}%" y1="{}" y2="{}" class="chart-even"></line>',
        (_bar(row, place * ROW, row.share * scale, f"{row.even * scale:.2f}") for place, row in enumerate(rows)),
    )
    height = ROW * len(rows)
    return format_html(
        '<svg class="chart" role="img" aria-labelledby="chart-title" width="100%" height="{}">{}</svg>', height, drawn
    )


def _bar(row: Any, top: int, wide: float, even: str) -> tuple[object, ...]:
    bar = top + 20
    value = f"{wide + 1:.2f}", bar + 12, percent(row.share)
    return top + 14, row.partner.name[:40], bar, f"{wide:.2f}", *value, even, even, bar - 4, bar + 18


TALL, FOOT, GAP = 160, 22, 0.25  # pixels of the tallest column and of the labels below; part of a place left empty


@register.simple_tag
def columns_chart(rows: Sequence[tuple[str, Sequence[float]]], title: str) -> SafeString:
    """Stacked columns, each a label and its values from the bottom up; ``title`` is the id of what names the chart.

    At most a dozen labels are written; the others have their column only.
    """
    most = max((sum(values) for _label, values in rows), default=0) or 1
    wide = 100 / max(len(rows), 1)
    every = -(-len(rows) // 12)
    parts: list[tuple[object, ...]] = []
    for place, (_label, values) in enumerate(rows):
        below = 0.0
        for series, value in enumerate(values):
            high = value / most * TALL
            left, width = f"{wide * (place + GAP / 2):.2f}", f"{wide * (1 - GAP):.2f}"
            parts.append((left, f"{TALL - below - high:.1f}", width, f"{high:.1f}", series))
            below += high
    drawn = format_html_join("", '<rect x="{}%" y="{}" width="{}%" height="{}" class="chart-series-{}"></rect>', parts)
    labels = format_html_join(
        "",
        '<text x="{}%" y="{}" class="chart-label" text-anchor="middle">{}</text>',
        ((f"{wide * (at + 0.5):.2f}", TALL + 16, label) for at, (label, _values) in enumerate(rows) if not at % every),
    )
    words = '<svg class="chart chart-columns" role="img" aria-labelledby="{}" width="100%" height="{}">{}{}</svg>'
    return format_html(words, title, TALL + FOOT, drawn, labels)


LABELLED = 36  # pixels of a bar with its label above it


@register.simple_tag
def bars_chart(rows: Sequence[tuple[str, float, int]], title: str, address: str = "") -> SafeString:
    """Horizontal bars, each below its label and a link to its rows; ``title`` is the id of what names the chart.

    ``address``: of the rows behind a bar, with ``BAR`` where the number of its row belongs; empty for no links.
    """
    most = max((value for _label, value, _row in rows), default=0) or 1
    drawn = format_html_join(
        "",
        "{}",
        (
            (_bar_with_link(place * LABELLED, label, value, value / most * WIDEST, _address(address, row, label)),)
            for place, (label, value, row) in enumerate(rows)
        ),
    )
    words = '<svg class="chart mb-2" role="group" aria-labelledby="{}" width="100%" height="{}">{}</svg>'
    return format_html(words, title, LABELLED * len(rows), drawn)


def _address(address: str, row: int, label: str) -> str:
    return f"{address.replace('BAR', str(row))}&{urlencode({'label': label})}" if address else ""


def _bar_with_link(top: int, label: str, value: float, wide: float, address: str) -> SafeString:
    """One bar; what is empty leads nowhere."""
    bar = format_html(
        '<text x="0" y="{}" class="chart-label">{}</text>'
        '<rect x="0" y="{}" width="{}%" height="12" class="chart-bar"></rect>'
        '<text x="{}%" y="{}" class="chart-value">{}</text>',
        *(top + 12, label[:60], top + 17, f"{wide:.2f}", f"{wide + 1:.2f}", top + 28, localize(value)),
    )
    if not (address and value):
        return bar
    whole = format_html('<rect x="0" y="{}" width="100%" height="32" class="chart-target"></rect>', top)
    return format_html('<a href="{}" aria-label="{}: {}">{}{}</a>', address, label, localize(value), whole, bar)


@register.filter
def bars_address(first: str, query: str) -> str:
    """The address of the rows behind a bar, made of that of the first bar and the page's query."""
    return f"{first.removesuffix('0/')}BAR/?{query}"


SIGNS = {"up": ("▲", _("higher than before")), "down": ("▼", _("lower than before")), "same": ("＝", _("as before"))}


@register.simple_tag
def trend_sign(trend: str) -> SafeString:
    sign, words = SIGNS[trend]
    return format_html('<span aria-hidden="true">{}</span> <span class="visually-hidden">{}</span>', sign, words)


@register.filter
def heat(cell: object, rows: Sequence[Sequence[object]]) -> str:
    """The class of a cell of a heat map, beside the number that it shows: darker for more, none for what is hidden."""
    most = max((value for row in rows for value in row[2:] if isinstance(value, int)), default=0)
    return f"heat-{min(1 + 3 * cell // most, 4)}" if isinstance(cell, int) and most else ""
