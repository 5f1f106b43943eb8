"""What an insight is: a table over a range of days, the bars drawn from it, and the referrals behind each bar."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from referrals.models import Referral

Names = Mapping[str, str]  # workload code → name
Behind = Callable[[int], QuerySet[Referral]]  # place of a row → its referrals


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` until before ``until``: instants."""

    since: dt.datetime
    until: dt.datetime

    @property
    def last_day(self) -> dt.date:
        """The last day of which anything is counted, where the reader is."""
        return timezone.localdate(self.until - dt.timedelta.resolution)

    @property
    def before(self) -> "Span":
        """The same length of time that ends where this begins."""
        return Span(self.since - (self.until - self.since), self.since)

    def holds(self, field: str) -> Q:
        """Is an instant within it?"""
        return Q(**{f"{field}__gte": self.since, f"{field}__lt": self.until})

    @property
    def arrived(self) -> Q:
        return self.holds("created_at")


@dataclass(frozen=True, slots=True)
class Insight:
    """A table with what it says, and the referrals ``behind`` each row. ``bars``: label, value and row of each bar."""

    key: str
    title: str
    says: str
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    behind: Behind

    @property
    def bars(self) -> list[tuple[str, float, int]]:
        rows = enumerate(self.rows)
        return [(str(row[0]), row[1], place) for place, row in rows if isinstance(row[1], int | float)]


def say_percent(part: float, whole: float) -> str:
    if not whole:
        return "–"
    return _("%(number)s%%") % {"number": number_format(round(100 * part / whole), 0)}
