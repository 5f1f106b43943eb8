"""What a receipt keeps as codes, instants and fixed English words, for people: names, local times, their language."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Industry, SizeBand, label_in_record
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from partners.choices import Filter, ReferralType
from partners.domain.matching import Verdict

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()
Names = Mapping[str, Any]
NAMES: dict[str, Names] = {
    Filter.TYPE: {label_in_record(kind): kind.label for kind in ReferralType},
    Filter.COUNTRY: COUNTRY_NAMES,
    Filter.LANGUAGE: LANGUAGE_NAMES,
    Filter.INDUSTRY: dict(Industry.choices),
    Filter.SIZE: dict(SizeBand.choices),
}
MOST_NAMED = 3
LACKS, UNTIL = "lacks ", "until "
FIXED: dict[str, "StrOrPromise"] = {
    "active": _("active"),
    "not active": _("not active"),
    "none": _("none"),
    "one": _("one"),
    "all": _("all"),
    "any": _("any"),
    "yes": _("yes"),
    "no": _("no"),
    "not needed": _("not needed"),
    "not paused": _("not paused"),
    "not excluded": _("not excluded"),
    "excluded": _("excluded"),
    "not yet": _("not yet"),
    "offered before": _("offered before"),
    "not asked for by the policy": _("not required by the policy"),
}
CAPACITY: tuple[tuple[re.Pattern[str], "StrOrPromise"], ...] = (
    (re.compile(r"below (?P<n>\d+)"), _("below %(n)s")),
    (re.compile(r"(?P<n>\d+) open"), _("%(n)s open")),
    (re.compile(r"(?P<kind>.+)s below (?P<n>\d+)"), _("%(kind)s: below %(n)s")),
    (re.compile(r"(?P<n>\d+) of them (?P<kind>.+)s"), _("%(kind)s: %(n)s")),
)
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")


@register.filter
def wanted_words(verdict: Verdict, workload_names: Names) -> str:
    """What a filter required; many workloads are counted, since the receipt names them above."""
    number = len(verdict.wanted.split(", "))
    if verdict.filter == Filter.ENDORSED and number > MOST_NAMED:
        return gettext("all %(n)s workloads") % {"n": number}
    return _words(verdict.filter, verdict.wanted, workload_names)


@register.filter
def has_words(verdict: Verdict, workload_names: Names) -> str:
    """What the partner has."""
    return _words(verdict.filter, verdict.has, workload_names)


def _words(name: str, value: str, workload_names: Names) -> str:
    if value in FIXED:
        return str(FIXED[value])
    if value.startswith(UNTIL):
        at = dt.datetime.fromisoformat(value.removeprefix(UNTIL))
        return gettext("paused") if at.year == dt.MAXYEAR else gettext("until %(at)s") % {"at": _say_instant(at)}
    if name == Filter.CAPACITY:
        return ", ".join(_say_capacity(part) for part in value.split(", "))
    known = workload_names if name == Filter.ENDORSED else NAMES.get(name, {})
    listed = ", ".join(str(known.get(code, code)) for code in value.removeprefix(LACKS).split(", "))
    return gettext("lacks %(names)s") % {"names": listed} if value.startswith(LACKS) else listed


def _say_capacity(part: str) -> str:
    """A limit or what is open, of all or of one type of referral."""
    for pattern, words in CAPACITY:
        found = pattern.fullmatch(part)
        if found:
            said = found.groupdict()
            kind = str(NAMES[Filter.TYPE].get(said.get("kind", ""), said.get("kind", "")))
            return str(words) % {"n": said["n"], "kind": kind}
    return part


@register.filter
def score_words(score: str) -> str:
    """Why a partner stands where it stands, with the reader's own times."""
    return INSTANT.sub(lambda found: _say_instant(dt.datetime.fromisoformat(f"{found[1]}+00:00")), score)


def _say_instant(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
