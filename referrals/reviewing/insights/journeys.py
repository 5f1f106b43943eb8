"""How referrals fare: how far they come, how long it takes until one accepts, and how long nobody had them."""

import datetime as dt
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from referrals.choices import CloseOutcome, EventKind, State
from referrals.models import Event, Offer, Referral

from .shape import Insight, Names, Span, say_percent

BREACH = dt.timedelta(minutes=1)  # the longest that routing may leave a referral to itself
Limits = tuple[tuple[dt.timedelta | int, str], ...]


def how_far(span: Span, names: Names) -> Insight:
    """How far the referrals that arrived have come."""
    worked = (State.DELIVERING, State.FEE_BASED)
    done = (CloseOutcome.DELIVERED, CloseOutcome.FEE_WORK_AGREED, CloseOutcome.FTC_DELIVERED)
    offered = Offer.objects.filter(referral=OuterRef("pk")).order_by().values("referral")
    taken = Event.objects.filter(referral=OuterRef("pk"), kind=EventKind.ACCEPTED).order_by().values("referral")
    rows = Referral.objects.filter(span.arrived, split_from=None).annotate(
        was_offered=Subquery(offered[:1]), was_taken=Subquery(taken[:1])
    )
    tests = {
        "arrived": Q(),
        "typed": ~Q(assigned_type=""),
        "offered": Q(was_offered__isnull=False),
        "taken": Q(was_taken__isnull=False),
        "worked": Q(was_taken__isnull=False) & (Q(state__in=worked) | Q(close_outcome__in=done)),
        "done": Q(close_outcome__in=done),
    }
    counted = rows.aggregate(**{key: Count("pk", filter=test) for key, test in tests.items()})
    words = {
        "arrived": _("Arrived"),
        "typed": _("Screened"),
        "offered": _("Offered to a partner"),
        "taken": _("Accepted"),
        "worked": _("Work started"),
        "done": _("Delivered or contracted"),
    }
    lines = tuple((words[key], counted[key], say_percent(counted[key], counted["arrived"])) for key in words)
    says = _("Progress of referrals received in this period. Split parts are excluded.")
    heads = (_("Step"), _("Referrals"), _("Of all"))

    def behind(place: int) -> QuerySet[Referral]:
        return rows.filter(list(tests.values())[place])

    return Insight("funnel", _("Referral funnel"), says, heads, lines, behind)


class Median(Aggregate):
    """The lower middle value."""

    template = "percentile_disc(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class Buckets:
    """Rows counted by a ``field``: at or below each limit and above the one before, then what is above all."""

    def __init__(self, rows: QuerySet[Any], field: str, limits: Limits, more: str) -> None:
        ends = [limit for limit, _label in limits]
        above = [Q(), *(Q(**{f"{field}__gt": end}) for end in ends)]
        below = [*(Q(**{f"{field}__lte": end}) for end in ends), Q()]
        self.rows = rows
        self.tests = [one & other for one, other in zip(above, below, strict=True)]
        self.labels = [*(label for _limit, label in limits), more]
        names = {f"bucket_{place}": Count("pk", filter=test) for place, test in enumerate(self.tests)}
        counted = rows.aggregate(all=Count("pk"), **names)
        self.whole: int = counted["all"]
        self.numbers: list[int] = [counted[name] for name in names]

    @property
    def lines(self) -> tuple[tuple[object, ...], ...]:
        return tuple(
            (label, number, say_percent(number, self.whole))
            for label, number in zip(self.labels, self.numbers, strict=True)
        )

    def behind(self, place: int) -> QuerySet[Any]:
        return self.rows.filter(self.tests[place])


def time_to_accept(span: Span, names: Names) -> Insight:
    """From arrival to the first acceptance."""
    first = Event.objects.filter(referral=OuterRef("pk"), kind=EventKind.ACCEPTED).order_by("id").values("at")[:1]
    took = ExpressionWrapper(Subquery(first) - F("created_at"), output_field=DurationField())
    rows = Referral.objects.filter(span.arrived).annotate(took=took).exclude(took=None)
    days = ((1, _("Within 1 day")), (2, _("1–2 days")), (5, _("2–5 days")), (10, _("5–10 days")), (20, _("10–20 days")))
    found = Buckets(rows, "took", tuple((dt.timedelta(number), label) for number, label in days), _("More"))
    whole = found.whole
    middle = rows.aggregate(half=Median("took"))["half"] if whole else dt.timedelta()
    numbers = {"number": whole, "days": number_format(round(middle / dt.timedelta(days=1), 1), 1)}
    half = _("Median: %(days)s days (%(number)d referrals).") % numbers if whole else ""
    says = " ".join((_("From the request to the first acceptance."), half))
    heads = (_("Time"), _("Referrals"), _("Of accepted"))
    return Insight("accept", _("Time to accept"), says, heads, found.lines, found.behind)


def hops_to_accept(span: Span, names: Names) -> Insight:
    """How many partners were asked until one accepted."""
    before = Offer.objects.filter(referral=OuterRef("referral"), pk__lte=OuterRef("offer"), was_unseen=False)
    count = before.order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    rows = Event.objects.filter(kind=EventKind.ACCEPTED, offer__isnull=False).filter(span.holds("at"))
    limits = ((1, _("The first")), (2, _("The second")), (3, _("The third")), (4, _("The fourth")))
    found = Buckets(rows.annotate(hops=Subquery(count)), "hops", limits, _("A later one"))
    says = _("By date of acceptance.")
    heads = (_("Offer"), _("Acceptances"), _("Of all"))

    def behind(place: int) -> QuerySet[Referral]:
        return Referral.objects.filter(pk__in=found.behind(place).values("referral"))

    return Insight("hops", _("Offers until accepted"), says, heads, found.lines, behind)


def time_in_nobodys_hands(span: Span, names: Names) -> Insight:
    """How long the system itself had the referrals that arrived: a minute is its queueing, more is a breach."""
    spans = (
        *((1, _("Within 1 second")), (10, _("1–10 seconds")), (BREACH.seconds, _("10–60 seconds"))),
        *((600, _("1–10 minutes (breach)")), (3600, _("10–60 minutes (breach)"))),
    )
    limits = tuple((dt.timedelta(seconds=number), label) for number, label in spans)
    found = Buckets(Referral.objects.filter(span.arrived), "unheld_for", limits, _("More than an hour (breach)"))
    says = _("Total time without an owner. Up to a minute is the system queueing; more than that is a breach.")
    heads = (_("Time"), _("Referrals"), _("Of all"))
    return Insight("unheld", _("Time unowned"), says, heads, found.lines, found.behind)
