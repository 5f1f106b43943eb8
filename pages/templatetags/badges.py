"""How states, outcomes and other words of the workflow are shown: a word, a sign and a colour, never colour alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.folding import find
from benefits.choices import Industry, Outcome, SizeBand
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.domain.findings import AreaVerdict
from pages.templatetags.icons import icon
from pages.templatetags.triage import time_left
from partners.choices import ReferralType
from referrals.choices import Actor, CloseOutcome, NextAct, OfferState, Source, State
from referrals.lists.shape import Facet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()
AROUND = 50  # characters of a note shown on either side of what was searched for
STATE_LOOKS = {
    State.IN_REVIEW: ("is-info", "info"),
    State.OFFERED: ("is-warn", "warn"),
    State.AWAITING_CUSTOMER: ("is-warn", "warn"),
    State.AWAITING_PARTNER: ("is-warn", "warn"),
    State.ACCEPTED: ("is-info", "info"),
    State.DELIVERING: ("is-info", "info"),
    State.FEE_BASED: ("is-info", "info"),
    State.ON_HOLD: ("", "held"),
    State.CLOSED: ("", "ended"),
    State.CANCELLED: ("", "ended"),
}
OUTCOME_LOOKS = {
    Outcome.REALIZED: ("is-good", "good"),
    Outcome.NOT_REALIZED: ("is-warn", "partly"),
    Outcome.NEEDS_INFORMATION: ("is-info", "unknown"),
}
SHORT_OUTCOMES = {
    Outcome.REALIZED.value: _("Realized"),
    Outcome.NOT_REALIZED.value: _("Not realized"),
    Outcome.NEEDS_INFORMATION.value: _("Needs info"),
}


UNCONFIRMED = _("%(enabled)s of %(counted)s, unconfirmed")
AREA_WORDS = {
    "realized": _("%(enabled)s of %(counted)s enabled"),
    "remaining": _("%(enabled)s of %(counted)s, work remaining"),
}


def badge(look: str, sign: str, words: "StrOrPromise") -> SafeString:
    """A word with its icon and colour. ``sign``: one of ``ICONS``."""
    return format_html('<span class="badge-state {}">{} {}</span>', look, icon(sign), words)


@register.simple_block_tag
def note(content: str, kind: str, look: str = "rounded p-2", role: str = "") -> SafeString:
    """A coloured note: ``kind`` is info, warn or bad; ``look`` is ``panel`` where it stands alone."""
    of_role = format_html(' role="{}"', role) if role else ""
    return format_html('<p class="{} is-{}"{}>{}</p>', look, kind, of_role, content)


@register.filter
def state_badge(state: str) -> SafeString:
    return badge(*STATE_LOOKS.get(State(state), ("", "moving")), State(state).label)


@register.filter
def outcome_badge(outcome: str | None) -> SafeString:
    if not outcome:
        return format_html('<span class="quiet">{}</span>', gettext("Not determined"))
    return badge(*OUTCOME_LOOKS.get(Outcome(outcome), ("", "none")), Outcome(outcome).label)


@register.filter
def short_outcome_badge(outcome: str | None) -> SafeString:
    """An outcome as a row of a list has room for it."""
    if outcome not in SHORT_OUTCOMES:
        return outcome_badge(outcome)
    return badge(*OUTCOME_LOOKS[Outcome(outcome)], SHORT_OUTCOMES[outcome])


@register.filter
def area_words(area: AreaVerdict) -> str:
    """How far a solution area is: ``3 of 5, unconfirmed``."""
    words = AREA_WORDS.get(area.verdict, UNCONFIRMED)
    return str(words) % {"enabled": area.enabled, "counted": area.counted}


@register.filter
def offer_badge(row: Any, now: dt.datetime) -> SafeString:
    """How an offer stands, for a row of its partner's list."""
    if row.referral__state in (State.ON_HOLD, State.IN_REVIEW) and row.state in (
        OfferState.PENDING,
        OfferState.ACCEPTED,
    ):
        return state_badge(row.referral__state)
    if row.state == OfferState.PENDING:
        if row.respond_by < now:
            return badge("is-bad", "bad", time_left(row.respond_by, now))
        return badge("is-warn", "warn", time_left(row.respond_by, now))
    if row.state == OfferState.ACCEPTED:
        return state_badge(row.referral__state)
    return badge("", "ended", OfferState(row.state).label)


def _labels(name: str, choices: Sequence[tuple[str, "StrOrPromise"]]) -> None:
    """A filter that gives the words of a stored value; a value without words is shown as it is."""
    words = dict(choices)
    register.filter(name, lambda value: words.get(value, value or ""))


_labels("outcome_label", Outcome.choices)
_labels("country_name", [(code, str(name).removesuffix(" of America")) for code, name in COUNTRY_NAMES.items()])
_labels("industry_label", Industry.choices)
_labels("size_label", SizeBand.choices)
_labels("type_label", ReferralType.choices)
_labels("short_type", [(ReferralType.BENEFIT, _("Benefit")), (ReferralType.STANDARD, _("Standard"))])
_labels("source_label", Source.choices)
_labels("act_label", NextAct.choices)
_labels("close_label", CloseOutcome.choices)
SHORT_ACTORS = {Actor.TEAM: _("The team"), Actor.REQUESTER: _("The customer"), Actor.SYSTEM: _("Unassigned")}
_labels("short_actor", [(value, SHORT_ACTORS.get(Actor(value), label)) for value, label in Actor.choices])


@register.filter
def language_names(codes: Sequence[str]) -> str:
    return ", ".join(str(LANGUAGE_NAMES.get(code, code)) for code in codes)


@register.filter
def value_at(known: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key; nothing when there is none."""
    return known.get(key, ())


@register.filter
def highlight(text: str | None, searched: str) -> SafeString | str:
    """A text with what was searched for marked."""
    if not text or not searched:
        return text or ""
    parts, last = [], 0
    for begin, end in find(text, searched):
        parts += [escape(text[last:begin]), format_html("<mark>{}</mark>", text[begin:end])]
        last = end
    return format_html_join("", "{}", ((part,) for part in (*parts, escape(text[last:]))))


@register.filter
def snippet(notes: str | Sequence[str], searched: str) -> SafeString | str:
    """The words of the first note with what was searched for, around it; nothing when it is in none."""
    texts = [notes] if isinstance(notes, str) else notes
    text, found = next(((one, spans) for one in texts if (spans := find(one, searched))), ("", []))
    if not found:
        return ""
    start, end = max(found[0][0] - AROUND, 0), found[0][1] + AROUND
    shown = " ".join(text[start:end].split())
    return format_html("{}{}{}", "… " if start else "", highlight(shown, searched), " …" if end < len(text) else "")


@register.filter
def options(facet: Facet) -> SafeString:
    """The choices of a long facet as options: many, and the same for everybody who reads the same language."""
    return _options(facet, get_language())


@lru_cache(maxsize=64)
def _options(facet: Facet, _language: str | None) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', facet.choices.items())
