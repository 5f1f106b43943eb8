"""How lists of workloads and spans of time are written."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.sealing import seal
from benefits.choices import Status
from benefits.domain.catalogue import Edition
from partners.choices import Filter, TieBreak
from referrals.choices import EventKind
from referrals.models import Escalation, Event, Referral

register = template.Library()
SHOWN = 2


@register.filter
def names(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workloads by name, and how many more: ``Microsoft Intune (MDM and MAM), +2``."""
    shown = ", ".join(known.get(code, code) for code in codes[:SHOWN])
    return f"{shown}, +{len(codes) - SHOWN}" if len(codes) > SHOWN else shown


@register.filter
def first_name(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workload by name, and how many more: what a row has room for."""
    more = f", +{len(codes) - 1}" if len(codes) > 1 else ""
    return f"{known.get(codes[0], codes[0])}{more}" if codes else ""


@register.filter
def sealed(number: int | str | None, kind: str) -> str:
    """A row's number as pages show it; empty for none."""
    return seal(kind, int(number)) if number else ""


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
    if not minutes:
        return _("now")
    if minutes >= 48 * 60:
        words = _("%(number)d d") % {"number": minutes // (24 * 60)}
    elif minutes >= 60:
        words = _("%(number)d h") % {"number": minutes // 60}
    else:
        words = _("%(number)d min") % {"number": minutes}
    return (_("overdue %(span)s") if due < now else _("%(span)s left")) % {"span": words}


@register.filter
def percent(fraction: float) -> str:
    return _("%(number)s %%") % {"number": number_format(fraction * 100, 1)}


@register.filter
def duration(span: dt.timedelta) -> str:
    """A span in its two largest units: ``2 d 3 h``, ``4 min``, ``12 s``."""
    seconds = int(span.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = ((days, _("%(number)d d")), (hours, _("%(number)d h")), (minutes, _("%(number)d min")))
    said = [words % {"number": number} for number, words in (*parts, (seconds % 60, _("%(number)d s"))) if number][:2]
    return " ".join(said) or _("%(number)d s") % {"number": 0}


@register.filter
def filter_name(name: str) -> str:
    """The words for a routing filter, as receipts list it."""
    return str(Filter(name).label) if name in Filter.values else name


@register.filter
def tie_break(name: str) -> str:
    return TieBreak(name).label.lower() if name in TieBreak.values else name


@register.filter
def said(answer: Mapping[str, Any], edition: Edition) -> str:
    """What a requester answered: ``In part: 120 of 500``, ``500``, ``Microsoft 365 E5: 500``."""
    if "plans" in answer:
        named = (
            (edition.plans[code].name if code in edition.plans else code, seats) for code, seats in answer["plans"]
        )
        return "; ".join(f"{name}: {_('seats not known') if seats is None else seats}" for name, seats in named)
    if "seats" in answer:
        return str(answer["seats"])
    words = str(Status(answer["status"]).label)
    return f"{words}: {answer['note']}" if answer["note"] else words


@register.simple_tag
def when(at: dt.datetime | None, now: dt.datetime | None = None) -> SafeString | str:
    """An instant in the reader's zone, exact for machines and on hover; with ``now``, how long until then."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    left = format_html(' <span class="quiet">({})</span>', time_left(at, now)) if now else ""
    shown = f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {local:%Z}"
    return format_html('<time datetime="{0}" title="{0}">{1}</time>{2}', local.isoformat(), shown, left)


@register.filter
def escalations_among(referral: Referral, events: Iterable[Event]) -> Iterable[Escalation]:
    """A referral's escalations; each has its event, so that without one nothing is read."""
    asked = any(event.kind == EventKind.ASKED_TEAM for event in events)
    return list(referral.escalations.for_page()) if asked else ()
