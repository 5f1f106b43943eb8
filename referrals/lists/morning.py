"""What a partner's people look at first: what is due, what has changed, how offers went, which guides they need."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import TruncWeek

from accounts.folding import fold
from accounts.models import User
from benefits.choices import Outcome
from benefits.domain.catalogue import Edition, Guide
from referrals.choices import Actor, EventKind, OfferState, State
from referrals.models import Event, Offer
from referrals.models.offer import OfferQuerySet

from .offers import ENDED, NEEDS_ANSWER, WORKED_ON, flag_tests
from .statements import count_each

WEEKS, MOST_CLOCKS, MOST_NEWS, MOST_GUIDES = 12, 8, 12, 6
NEWS_DAYS, MOST_RECENT = 7, 500
COUNTED = ("today", "late", "overdue", "proposed", "mine", "differs")
NEWS = (
    *(EventKind.OFFERED, EventKind.WITHDRAWN, EventKind.EXPIRED, EventKind.RELEASE_DECIDED, EventKind.COACHED),
    *(EventKind.FACTS_PROPOSED, EventKind.ANSWERED, EventKind.COLLEAGUE, EventKind.ACCEPTED, EventKind.DECLINED),
    *(EventKind.RELEASE_REQUESTED, EventKind.UNDONE, EventKind.COMPLETED, EventKind.REQUEST_CHANGED),
)


@dataclass(frozen=True, slots=True)
class Week:
    """Offers that arrived in one week, by what became of them so far."""

    starts_on: dt.date
    taken: int
    declined: int
    lapsed: int
    other: int

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.taken, self.declined, self.lapsed, self.other

    @property
    def offered(self) -> int:
        return sum(self.parts)


def find_clocks(own: QuerySet[Offer]) -> list[Offer]:
    """The partner's next acts, the first due first; ``due_at`` is when. One query."""
    waits, works = NEEDS_ANSWER, WORKED_ON & Q(referral__next_owner=Actor.PARTNER)
    due = Case(When(waits, then=F("respond_by")), When(works, then=F("referral__next_action_at")))
    rows = own.filter(waits | works).annotate(due_at=due).select_related("referral__customer", "partner")
    return list(rows.order_by("due_at", "id")[:MOST_CLOCKS])


def find_news(own: OfferQuerySet, person: User, now: dt.datetime) -> list[Event]:
    """What others did to the partner's newest offers in the last days, the newest first. Three queries."""
    since = now - dt.timedelta(days=NEWS_DAYS)
    ids = own.newest_ids(MOST_RECENT)  # so that their events are found by their offers
    rows = Event.objects.filter(offer__in=ids, kind__in=NEWS, at__gte=since)
    seen = rows.filter(partner=F("offer__partner")).exclude(by=person)
    return list(seen.select_related("by", "offer__referral__customer").order_by("-id")[:MOST_NEWS])


def count_weeks(own: QuerySet[Offer], now: dt.datetime) -> list[Week]:
    """The last twelve weeks, the oldest first, empty ones too. One query."""
    this = (now - dt.timedelta(days=now.weekday())).date()
    first = this - dt.timedelta(weeks=WEEKS - 1)
    since = dt.datetime.combine(first, dt.time(), dt.UTC)
    states = OfferState
    counted = (
        own.filter(offered_at__gte=since, was_unseen=False)
        .order_by()
        .annotate(week=TruncWeek("offered_at", tzinfo=dt.UTC))
        .values("week")
        .annotate(
            all=Count("pk"),
            taken=Count("pk", filter=Q(state__in=(states.ACCEPTED, states.COMPLETED))),
            declined=Count("pk", filter=Q(state=states.DECLINED)),
            lapsed=Count("pk", filter=Q(state=states.EXPIRED)),
        )
    )
    by_day = {row["week"].date(): row for row in counted}
    weeks = []
    for number in range(WEEKS):
        day = first + dt.timedelta(weeks=number)
        row = by_day.get(day, {"all": 0, "taken": 0, "declined": 0, "lapsed": 0})
        ended = row["taken"], row["declined"], row["lapsed"]
        weeks.append(Week(day, *ended, row["all"] - sum(ended)))
    return weeks


def count_guides(own: QuerySet[Offer], edition: Edition) -> list[tuple[str, Guide, int]]:
    """Workloads that remain in most referrals the partner has in hand, with their guides. One query."""
    held = own.filter(state=OfferState.ACCEPTED, referral__state__in=(State.ACCEPTED, State.DELIVERING))
    decided = held.filter(referral__determination__outcome=Outcome.NOT_REALIZED)
    remaining = decided.values_list("referral__determination__result__remaining_workloads", flat=True)
    counted = Counter(code for codes in remaining for code in codes or () if code in edition.workloads)
    most = sorted(counted.items(), key=lambda row: (-row[1], fold(edition.workloads[row[0]].name)))[:MOST_GUIDES]
    return [(edition.workloads[code].name, edition.workloads[code].guide, number) for code, number in most]


def count_flags(own: QuerySet[Offer], person: User) -> dict[str, int]:
    """How many of the own offers each flag of the list finds: the numbers are links to it. One statement."""
    tests = flag_tests(person)
    rows = own.exclude(state__in=ENDED)
    numbers = count_each([rows.filter(tests[flag]).order_by().values("pk") for flag in COUNTED])
    return dict(zip(COUNTED, numbers, strict=True))
