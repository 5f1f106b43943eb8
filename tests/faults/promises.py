"""What must hold when the faults are over: each promise with whatever breaks it."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from partners.models import Partner
from referrals.choices import EventKind, OfferState, State
from referrals.models import DeclineReview, Event, Offer, Referral
from referrals.sweeping.due import find_due
from referrals.sweeping.invariants import find_violations
from tests.faults.clients import Attempt, Entry
from tests.faults.trouble import Window

SLOWEST_SECONDS = 2.0
ROUTED_ON = "every declined referral is with its next partner, once"
TURNS = (EventKind.OFFERED, EventKind.DECLINED)
Broken = dict[str, list[str]]


def count_waiting() -> int:
    return Referral.objects.filter(state=State.AWAITING_PARTNER).count()


def find_broken(journal: list[Entry], windows: list[Window]) -> Broken:
    """Name of each promise → whatever breaks it."""
    offers = {offer.public_id: offer for offer in Offer.objects.all()}
    history = _read_history()
    return {
        **find_violations(),
        "a decline that was acknowledged is kept with its notes and hand-over": _lost(journal, offers),
        ROUTED_ON: _not_routed_once(journal, history),
        "nothing that is due lies undone": find_due(timezone.now()),
        "a referral never has two live offers": _two_at_once(history),
        "no organisation is offered a referral twice": _asked_twice(),
        "capacity is never exceeded": _overfull(),
        "the same decline twice has one effect": _effects_of_repeats(journal),
        "a page never waits: no answer takes longer than two seconds": _slow(journal, windows),
        "an answer is lost only while the web or its database is away": _lost_answers(journal, windows),
    }


def _lost(journal: list[Entry], offers: dict[str, Offer]) -> list[str]:
    return [entry.turn.offer for entry in journal if entry.is_acknowledged and not _is_kept(entry, offers)]


def _is_kept(entry: Entry, offers: dict[str, Offer]) -> bool:
    offer = offers[entry.turn.offer]
    written = (offer.state, offer.notes, offer.handover)
    return written == (OfferState.DECLINED, entry.notes, entry.handover)


def _read_history() -> dict[int, list[str]]:
    """Offers and declines of each referral, in the order in which they were written."""
    history = defaultdict(list)
    rows = Event.objects.filter(kind__in=TURNS).order_by("pk").values_list("referral_id", "kind")
    for referral, kind in rows:
        history[referral].append(kind)
    return history


def _not_routed_once(journal: list[Entry], history: dict[int, list[str]]) -> list[str]:
    """Offered, declined, offered, and now pending at another partner."""
    pending = set(Offer.objects.filter(state=OfferState.PENDING).values_list("referral_id", flat=True))
    whole = [EventKind.OFFERED, EventKind.DECLINED, EventKind.OFFERED]
    numbers = (entry.turn.referral for entry in journal if entry.is_acknowledged)
    return [str(pk) for pk in numbers if history[pk] != whole or pk not in pending]


def _two_at_once(history: dict[int, list[str]]) -> list[str]:
    """Events of one referral are written under its lock, so their order is the order of what happened."""
    return [str(pk) for pk, kinds in history.items() if _most_at_once(kinds) > 1]


def _most_at_once(kinds: Iterable[str]) -> int:
    live = most = 0
    for kind in kinds:
        live += 1 if kind == EventKind.OFFERED else -1
        most = max(most, live)
    return most


def _asked_twice() -> list[str]:
    asked = Offer.objects.order_by().values_list("referral__public_id", "organisation__name", "round")
    return [str(row) for row in asked.annotate(times=Count("pk")).filter(times__gt=1)]


def _overfull() -> list[str]:
    """A partner's offers and declines are written under its lock too: count along its history."""
    history = defaultdict(list)
    for partner, kind in Event.objects.filter(kind__in=TURNS).order_by("pk").values_list("partner_id", "kind"):
        history[partner].append(kind)
    return [
        f"{partner}: {most} of {partner.capacity}"
        for partner in Partner.objects.all()
        if (most := _most_at_once(history[partner.pk])) > partner.capacity
    ]


def _effects_of_repeats(journal: list[Entry]) -> list[str]:
    """However often it is sent, whatever answers were lost: the answer of the first that got through; one review."""
    reviews = set(DeclineReview.objects.values_list("offer__public_id", flat=True))
    return [
        entry.turn.offer
        for entry in journal
        if entry.is_acknowledged and not (_has_one_effect(entry) and entry.turn.offer in reviews)
    ]


def _has_one_effect(entry: Entry) -> bool:
    return {attempt.status for attempt in (*entry.attempts, *entry.repeats) if attempt.is_answered} == {302}


def _attempts(journal: list[Entry], windows: list[Window]) -> list[tuple[Entry, Attempt]]:
    """Every request that ran while web and database were there from its beginning to its end."""
    away = [window for window in windows if window.reaches_the_page]
    return [
        (entry, attempt)
        for entry in journal
        for attempt in (*entry.attempts, *entry.repeats)
        if not any(window.started < attempt.ended and attempt.started < window.ended for window in away)
    ]


def _slow(journal: list[Entry], windows: list[Window]) -> list[str]:
    return [
        f"{entry.turn.offer}: {attempt}"
        for entry, attempt in _attempts(journal, windows)
        if attempt.is_answered and attempt.seconds > SLOWEST_SECONDS
    ]


def _lost_answers(journal: list[Entry], windows: list[Window]) -> list[str]:
    return [
        f"{entry.turn.offer}: {attempt}" for entry, attempt in _attempts(journal, windows) if not attempt.is_answered
    ]


def summarise(journal: list[Entry], windows: list[Window]) -> str:
    """Figures of a run, for whoever reads its output."""
    everything = [attempt for entry in journal for attempt in (*entry.attempts, *entry.repeats)]
    counted = [attempt.seconds for _entry, attempt in _attempts(journal, windows)]
    lost = sum(not attempt.is_answered for attempt in everything)
    slowest = max(counted, default=0)
    return f"{len(everything)} requests, {lost} answers lost, slowest of {len(counted)} that count: {slowest:.2f} s"
