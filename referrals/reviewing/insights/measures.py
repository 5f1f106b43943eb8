"""The figures that answer at a glance: each with its sample, its target and the period before."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.choices import EventKind
from referrals.models import Event, Referral

from .journeys import BREACH, Median
from .shape import Span

ANSWERS = (EventKind.ACCEPTED, EventKind.DECLINED, EventKind.RELEASE_REQUESTED, EventKind.EXPIRED)
LEAST_SAMPLE = 5  # fewer cases make no trend


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with how many cases it rests on; none where there are none."""

    value: float | None
    sample: int

    @property
    def sample_words(self) -> str:
        return ngettext("%(number)s case", "%(number)s cases", self.sample) % {"number": number_format(self.sample)}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure beside its target and the period before. ``unit``: %, days or referrals; ``more`` is better or not."""

    title: str
    says: str
    unit: str
    now: Figure
    before: Figure
    target: float | None = None
    more: bool = True

    @property
    def words(self) -> str:
        return self._say(self.now.value)

    @property
    def target_words(self) -> str:
        if self.target is None:
            return ""
        if not self.target:
            return _("Target: none")
        said = _("Target: at least %(value)s") if self.more else _("Target: up to %(value)s")
        return said % {"value": self._say(self.target)}

    @property
    def is_met(self) -> bool | None:
        """Does the value meet the target? ``None`` where there is no value or no target."""
        if self.target is None or self.now.value is None:
            return None
        shown = self._as_read(self.now.value)
        return shown >= self.target if self.more else shown <= self.target

    @property
    def trend_words(self) -> str:
        """The value of the period before with its sample, or that it is too small to compare."""
        if self.before.value is None:
            return _("No data for the period before")
        said = _("Period before: %(value)s (%(sample)s)")
        return said % {"value": self._say(self.before.value), "sample": number_format(self.before.sample)}

    @property
    def trend(self) -> str:
        """up, down or same; empty where either sample is too small."""
        now, before = self.now, self.before
        if now.value is None or before.value is None or min(now.sample, before.sample) < LEAST_SAMPLE:
            return ""
        value, other = self._as_read(now.value), self._as_read(before.value)
        if value == other:
            return "same"
        return "up" if value > other else "down"

    def _as_read(self, value: float) -> float:
        """A figure is judged as it is read."""
        return round(value, 1 if self.unit == "days" else 0)

    def _say(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.unit == "%":
            return _("%(number)s%%") % {"number": number_format(round(value), 0)}
        if self.unit == "days":
            return _say_days(value)
        return number_format(round(value))


def _say_days(value: float) -> str:
    is_short = 0 < value < 1
    number = 24 * value if is_short else value
    shown = round(number) if round(number, 1) == round(number) else round(number, 1)
    words = {"number": number_format(shown, 0 if isinstance(shown, int) else 1)}
    if is_short:
        return ngettext("%(number)s hour", "%(number)s hours", shown if isinstance(shown, int) else 2) % words
    return ngettext("%(number)s day", "%(number)s days", shown if isinstance(shown, int) else 2) % words


Counting = Callable[[Span], Figure]


def find_measures(span: Span) -> list[Measure]:
    """Acceptance, answers in time, time to accept and breaches, each for the span and the one before."""

    def measure(title: str, says: str, unit: str, count: Counting, target: float, *, more: bool = True) -> Measure:
        return Measure(title, says, unit, count(span), count(span.before), target, more)

    share, took = _("of offers answered or expired"), _("median from request to first acceptance")
    breach = _("referrals unowned for more than a minute")
    return [
        measure(_("Accepted"), share, "%", _accepted, settings.TARGET_ACCEPTANCE_PERCENT),
        measure(_("Answered in time"), share, "%", _in_time, settings.TARGET_IN_TIME_PERCENT),
        measure(_("Time to accept"), took, "days", _took, settings.TARGET_DAYS_TO_ACCEPT, more=False),
        measure(_("Ownership breaches"), breach, "", _breaches, 0, more=False),
    ]


def _answers(span: Span) -> QuerySet[Event]:
    """How offers were answered first, or that they expired; an answer that was undone is none."""
    later = Event.objects.filter(offer=OuterRef("offer"), kind=EventKind.UNDONE, pk__gt=OuterRef("pk"))
    kept = Event.objects.filter(~Exists(later), kind__in=ANSWERS, offer__isnull=False)
    earlier = kept.filter(offer=OuterRef("offer"), pk__lt=OuterRef("pk"))
    return kept.filter(~Exists(earlier), span.holds("at")).order_by()


def _share(rows: QuerySet[Any], test: Q) -> Figure:
    counted = rows.aggregate(all=Count("pk"), some=Count("pk", filter=test))
    return Figure(100 * counted["some"] / counted["all"] if counted["all"] else None, counted["all"])


def _accepted(span: Span) -> Figure:
    return _share(_answers(span), Q(kind=EventKind.ACCEPTED))


def _in_time(span: Span) -> Figure:
    return _share(_answers(span), Q(at__lte=F("offer__respond_by")) & ~Q(kind=EventKind.EXPIRED))


def _took(span: Span) -> Figure:
    """Counted when a referral is accepted for the first time."""
    accepted = Event.objects.filter(kind=EventKind.ACCEPTED)
    first = accepted.filter(referral=OuterRef("pk")).order_by("id").values("at")[:1]
    took = ExpressionWrapper(F("first") - F("created_at"), output_field=DurationField())
    some = Referral.objects.filter(pk__in=accepted.filter(span.holds("at")).values("referral"))
    rows = some.annotate(first=Subquery(first)).filter(span.holds("first")).annotate(took=took).order_by()
    found = rows.aggregate(half=Median("took"), all=Count("pk"))
    return Figure(found["half"] / dt.timedelta(days=1) if found["all"] else None, found["all"])


def _breaches(span: Span) -> Figure:
    """What is over, and what goes on."""
    breach = Count("pk", filter=Q(unheld_for__gt=BREACH) | Q(unheld_since__lt=Now() - BREACH))
    counted = Referral.objects.filter(span.arrived).aggregate(all=Count("pk"), some=breach)
    return Figure(counted["some"] if counted["all"] else None, counted["all"])
