"""How lists of workloads and spans of time are written."""

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.sealing import seal
from benefits.choices import Status
from benefits.domain.catalogue import Edition
from partners.choices import Filter, Precedence, TieBreak
from referrals.choices import LIVE_OFFER_STATES, EventKind
from referrals.models import Escalation, Event, Referral

register = template.Library()
SHOWN = 2
LONGEST_NAME = 26


@register.filter
def names(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workloads by name, and how many more: ``Microsoft Intune (MDM and MAM), +2``."""
    shown = ", ".join(known.get(code, code) for code in codes[:SHOWN])
    return f"{shown}, +{len(codes) - SHOWN}" if len(codes) > SHOWN else shown


@register.filter
def first_name(codes: list[str], known: Mapping[str, str]) -> str:
    """The first workload by name, and how many more: what a row has room for, without “Microsoft” and brackets."""
    more = f", +{len(codes) - 1}" if len(codes) > 1 else ""
    name = known.get(codes[0], codes[0]).split(" (")[0] if codes else ""
    return f"{fitting(name if name.startswith('Microsoft 365') else name.removeprefix('Microsoft '))}{more}"


@register.filter
def fitting(name: str, search: str = "") -> str:
    """A name as one line of a list has room for it; whole where something is searched for. Its page has it whole."""
    return name if search else Truncator(name).chars(LONGEST_NAME)


@register.filter
def is_of(row: Any, acting: Container[int]) -> bool:
    """Is a row of the queue one of the partners that the reader acts for?"""
    return row.partner_id in acting


@register.filter
def takes_assignee(row: Any, acting: Container[int]) -> bool:
    """May the reader give a row of the queue to a colleague? Only while its offer lives."""
    return row.state in LIVE_OFFER_STATES and is_of(row, acting)


@register.filter
def tell_of(undo_bar: Iterable[Any], referral: Referral) -> bool:
    """Does the bar offer to undo what was done with this referral?"""
    return any(one.reference == referral.public_id for one in undo_bar)


@register.filter
def names_page(request: HttpRequest) -> bool:
    """Does the answer name the page? One that is swapped into a part of it does not; a list takes the page's place."""
    htmx: Any = getattr(request, "htmx", None)
    return not htmx or htmx.target == "list"


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
    """How long until an instant, in its largest unit: ``2 days left``, ``5 hours left``, ``3 days overdue``."""
    if due is None:
        return ""
    span = abs(due - now)
    minutes = int(span.total_seconds() // 60)
    if not minutes:
        return _("now")
    if minutes >= 48 * 60:
        number = minutes // (24 * 60)
        words = ngettext("%(number)d day", "%(number)d days", number)
    elif minutes >= 60:
        number = minutes // 60
        words = ngettext("%(number)d hour", "%(number)d hours", number)
    else:
        number = minutes
        words = ngettext("%(number)d minute", "%(number)d minutes", number)
    return (_("%(span)s overdue") if due < now else _("%(span)s left")) % {"span": words % {"number": number}}


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
def precedence(name: str) -> str:
    """Why a referral was planned before others of its batch."""
    label = str(Precedence(name).label) if name in Precedence.values else name
    return f"{label[:1].lower()}{label[1:]}"


@register.filter
def said(answer: Mapping[str, Any], edition: Edition) -> str:
    """What a requester answered: ``In part: 120 of 500``, ``500``, ``Microsoft 365 E5: 500``."""
    if "plans" in answer:
        named = (
            (edition.plans[code].name if code in edition.plans else code, seats) for code, seats in answer["plans"]
        )
        return "; ".join(f"{name}: {_('seats unknown') if seats is None else seats}" for name, seats in named)
    if "seats" in answer:
        return str(answer["seats"])
    words = str(Status(answer["status"]).label)
    return f"{words}: {answer['note']}" if answer["note"] else words


@register.simple_tag
def when(at: dt.datetime | None, now: dt.datetime | None = None) -> SafeString | str:
    """An instant in the reader's zone, to the second for machines and on hover; with ``now``, how long until then."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    left = format_html(' <span class="quiet">({})</span>', time_left(at, now)) if now else ""
    shown = f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {local:%Z}"
    return format_html(
        '<time datetime="{0}" title="{0}">{1}</time>{2}', local.isoformat(timespec="seconds"), shown, left
    )


@register.filter
def escalations_among(referral: Referral, events: Iterable[Event]) -> Iterable[Escalation]:
    """A referral's escalations; each has its event, so that without one nothing is read."""
    asked = any(event.kind == EventKind.ASKED_TEAM for event in events)
    return list(referral.escalations.for_page()) if asked else ()
