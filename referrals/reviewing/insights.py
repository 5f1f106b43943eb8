"""How referrals fare over a range of days: each insight is a table that its chart is drawn from."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.folding import fold
from benefits.data.places import COUNTRY_NAMES
from partners.choices import ReferralType
from referrals.choices import CloseOutcome, EventKind, OfferState, State
from referrals.models import Event, Offer, Referral, RoutingRun
from referrals.reviewing.hiding import SMALLEST_SHOWN, hide_small
from referrals.routing.fairness import Pool, measure_fairness

MOST_ROWS = 15
Names = Mapping[str, str]


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
    def arrived(self) -> Q:
        return Q(created_at__gte=self.since, created_at__lt=self.until)


@dataclass(frozen=True, slots=True)
class Insight:
    """A table with what it says. ``bars``: label and value of each bar of its chart; empty for a table alone."""

    key: str
    title: str
    says: str
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def bars(self) -> list[tuple[str, float]]:
        return [(str(row[0]), row[1]) for row in self.rows if isinstance(row[1], int | float)]


def how_far(span: Span, names: Names) -> Insight:
    """How far the referrals that arrived have come."""
    worked = (State.DELIVERING, State.FEE_BASED)
    done = (CloseOutcome.DELIVERED, CloseOutcome.FEE_WORK_AGREED, CloseOutcome.FTC_DELIVERED)
    offered = Offer.objects.filter(referral=OuterRef("pk")).order_by().values("referral")
    taken = Event.objects.filter(referral=OuterRef("pk"), kind=EventKind.ACCEPTED).order_by().values("referral")
    rows = Referral.objects.filter(span.arrived, split_from=None).annotate(
        was_offered=Subquery(offered[:1]), was_taken=Subquery(taken[:1])
    )
    counted = rows.aggregate(
        arrived=Count("pk"),
        typed=Count("pk", filter=~Q(assigned_type="")),
        offered=Count("pk", filter=Q(was_offered__isnull=False)),
        taken=Count("pk", filter=Q(was_taken__isnull=False)),
        worked=Count("pk", filter=Q(was_taken__isnull=False) & (Q(state__in=worked) | Q(close_outcome__in=done))),
        done=Count("pk", filter=Q(close_outcome__in=done)),
    )
    words = {
        "arrived": _("Arrived"),
        "typed": _("Screened"),
        "offered": _("Offered to a partner"),
        "taken": _("Accepted"),
        "worked": _("Work started"),
        "done": _("Delivered or contracted"),
    }
    lines = tuple((words[key], counted[key], _percent(counted[key], counted["arrived"])) for key in words)
    says = _("Progress of referrals received in this period. Split parts are excluded.")
    return Insight("funnel", _("Referral funnel"), says, (_("Step"), _("Referrals"), _("Of all")), lines)


def _percent(part: float, whole: float) -> str:
    if not whole:
        return "–"
    return _("%(number)s%%") % {"number": number_format(round(100 * part / whole), 0)}


class Median(Aggregate):
    """The lower middle value."""

    template = "percentile_disc(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


Limits = tuple[tuple[dt.timedelta | int, str], ...]


def _buckets(rows: QuerySet[Any], field: str, limits: Limits, more: str) -> tuple[int, tuple[tuple[object, ...], ...]]:
    """How many rows there are, and how many have a ``field`` at or below each limit and above the one before."""
    within = [Q(**{f"{field}__lte": limit}) for limit, _label in limits]
    upto = {f"upto_{place}": Count("pk", filter=test) for place, test in enumerate(within)}
    counted = rows.aggregate(all=Count("pk"), **upto)
    steps = [*(counted[name] for name in upto), counted["all"]]
    numbers = [step - before for step, before in zip(steps, [0, *steps], strict=False)]
    labels = [*(label for _limit, label in limits), more]
    whole = counted["all"]
    lines = ((label, number, _percent(number, whole)) for label, number in zip(labels, numbers, strict=True))
    return whole, tuple(lines)


def time_to_accept(span: Span, names: Names) -> Insight:
    """From arrival to the first acceptance."""
    first = Event.objects.filter(referral=OuterRef("pk"), kind=EventKind.ACCEPTED).order_by("id").values("at")[:1]
    took = ExpressionWrapper(Subquery(first) - F("created_at"), output_field=DurationField())
    rows = Referral.objects.filter(span.arrived).annotate(took=took).exclude(took=None)
    days = ((1, _("Within 1 day")), (2, _("1–2 days")), (5, _("2–5 days")), (10, _("5–10 days")), (20, _("10–20 days")))
    whole, lines = _buckets(rows, "took", tuple((dt.timedelta(number), label) for number, label in days), _("More"))
    middle = rows.aggregate(half=Median("took"))["half"] if whole else dt.timedelta()
    numbers = {"number": whole, "days": number_format(round(middle / dt.timedelta(days=1), 1), 1)}
    half = _("Median: %(days)s days (%(number)d referrals).") % numbers if whole else ""
    says = " ".join((_("From the request to the first acceptance."), half))
    return Insight("accept", _("Time to accept"), says, (_("Time"), _("Referrals"), _("Of accepted")), lines)


def hops_to_accept(span: Span, names: Names) -> Insight:
    """How many partners were asked until one accepted."""
    before = Offer.objects.filter(referral=OuterRef("referral"), pk__lte=OuterRef("offer"), was_unseen=False)
    count = before.order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    rows = Event.objects.filter(kind=EventKind.ACCEPTED, at__gte=span.since, at__lt=span.until, offer__isnull=False)
    limits = ((1, _("The first")), (2, _("The second")), (3, _("The third")), (4, _("The fourth")))
    _whole, lines = _buckets(rows.annotate(hops=Subquery(count)), "hops", limits, _("A later one"))
    says = _("By date of acceptance.")
    heads = (_("Offer"), _("Acceptances"), _("Of all"))
    return Insight("hops", _("Offers until accepted"), says, heads, lines)


def time_in_nobodys_hands(span: Span, names: Names) -> Insight:
    """How long the system itself had the referrals that arrived."""
    spans = (
        *((1, _("Within 1 second")), (10, _("1–10 seconds")), (60, _("10–60 seconds"))),
        *((600, _("1–10 minutes")), (3600, _("10–60 minutes"))),
    )
    limits = tuple((dt.timedelta(seconds=number), label) for number, label in spans)
    _whole, lines = _buckets(Referral.objects.filter(span.arrived), "unheld_for", limits, _("More"))
    says = _("Total time waiting in the system without an owner, for referrals received in this period.")
    heads = (_("Time"), _("Referrals"), _("Of all"))
    return Insight("unheld", _("Time unowned"), says, heads, lines)


def decline_reasons(span: Span, names: Names) -> Insight:
    """Why partners decline: reason by partner, small numbers hidden.

    Rows and columns stand in the order of what is shown: the order of the numbers would tell hidden ones.
    """
    rows = Offer.objects.filter(state=OfferState.DECLINED, answered_at__gte=span.since, answered_at__lt=span.until)
    counted = rows.order_by().values_list("partner__name", "reason__label").annotate(n=Count("pk"))
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for partner, reason, number in counted:
        table[partner][reason] = number
    shown = {partner: hide_small(tuple(row.values())) for partner, row in table.items()}
    partners = sorted(table, key=lambda name: (-(shown[name][0] or 0), fold(name)))[:MOST_ROWS]
    cells = {name: dict(zip(table[name], shown[name][1], strict=True)) for name in partners}
    seen: Counter[str] = Counter()
    for row in cells.values():
        seen.update({reason: number or 0 for reason, number in row.items()})
    reasons = sorted(seen, key=lambda reason: (-seen[reason], reason))
    lines = tuple(
        (name, _or_hidden(shown[name][0]), *(_or_hidden(cells[name].get(one, 0)) for one in reasons))
        for name in partners
    )
    says = _(
        "Declines by partner and reason. Values under %(number)d are suppressed, as are values that would reveal them."
    )
    heads = (_("Partner"), _("All"), *reasons)
    return Insight("reasons", _("Decline reasons"), says % {"number": SMALLEST_SHOWN}, heads, lines)


def _or_hidden(number: int | None) -> object:
    if number is None:
        return _("suppressed")
    return number or "–"


def nobody_left(span: Span, names: Names) -> Insight:
    """For which workloads and countries no partner passed."""
    runs = RoutingRun.objects.filter(batch__at__gte=span.since, batch__at__lt=span.until, passing=0, chosen=None)
    unmet = runs.filter(shares=[]).values_list("referral").distinct()
    found = Referral.objects.filter(pk__in=unmet).values_list("cover", "customer__country")
    counted: Counter[tuple[str, str]] = Counter()
    for cover, country in found:
        counted.update((code, country) for code in cover)
    lines = tuple(
        (f"{names.get(code, code)}, {COUNTRY_NAMES.get(country, country)}", number)
        for (code, country), number in sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:MOST_ROWS]
    )
    says = _("Referrals that had no matching partner at some point, by required workload and country.")
    return Insight("exhausted", _("No matching partner"), says, (_("Workload and country"), _("Referrals")), lines)


def shares(span: Span, names: Names) -> Insight:
    """How Benefit offers are shared."""
    rows = measure_fairness(Pool(ReferralType.BENEFIT), since=span.since, until=span.until)[:MOST_ROWS]
    lines = tuple(
        (row.partner.name, row.offers, _percent(row.share, 1), number_format(round(row.ratio, 2), 2)) for row in rows
    )
    says = _("Benefit referral offers in this period; 1 is an even share.")
    heads = (_("Partner"), _("Offers"), _("Share"), _("× even share"))
    return Insight("fairness", _("Offer distribution"), says, heads, lines)


INSIGHTS: dict[str, Callable[[Span, Names], Insight]] = {
    "funnel": how_far,
    "accept": time_to_accept,
    "hops": hops_to_accept,
    "unheld": time_in_nobodys_hands,
    "reasons": decline_reasons,
    "exhausted": nobody_left,
    "fairness": shares,
}
