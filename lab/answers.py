"""How partners answered: referral by referral, and as a rule where that is not known."""

import datetime as dt
from collections import Counter, defaultdict
from statistics import fmean
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, F, Q, QuerySet

from lab.domain.scenario import Answer, Answers
from lab.working import read_hours
from referrals.choices import OfferState
from referrals.models import Offer, RoutingRun

MINUTE = dt.timedelta(minutes=1)
TO_ANSWER = 8 * 60.0  # minutes of working time, where nobody answered
DELIVERY = dt.timedelta(days=45)  # where none was completed
STRENGTH = 10.0  # offers that all partners' share of declines weighs like, beside a partner's own (a Beta prior)
LEARNED_OVER = dt.timedelta(days=365)  # answers so long before the end count
ANSWERED = {
    OfferState.ACCEPTED.value: "accepted",
    OfferState.COMPLETED.value: "accepted",
    OfferState.DECLINED.value: "declined",
    OfferState.EXPIRED.value: "lapsed",
}


def read_answers(runs: QuerySet[RoutingRun]) -> dict[int, dict[int, Answer]]:
    """How partners answered the referrals of these runs: the first answer of each, by referral and partner."""
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    offers = Offer.objects.filter(referral__in=runs.order_by().values("referral"), state__in=ANSWERED, was_unseen=False)
    columns = ("referral", "partner", "state", "offered_at", "answered_at", "expires_at", "reason__code")
    for referral, partner, state, offered_at, answered_at, expires_at, reason in offers.order_by("pk").values_list(
        *columns
    ):
        ended = expires_at if state == OfferState.EXPIRED else answered_at
        if ended is not None:
            answer = Answer(ANSWERED[state], max(1, (ended - offered_at) // MINUTE), reason or "")
            found[referral].setdefault(partner, answer)
    return found


def learn_answers(until: dt.datetime) -> Answers:
    """How partners answered in the year before: the share that each declined, drawn towards that of all."""
    offers = Offer.objects.filter(offered_at__gte=until - LEARNED_OVER, offered_at__lt=until, was_unseen=False)
    states = OfferState
    ended = offers.filter(state__in=ANSWERED)
    rows = list(
        ended.order_by()
        .values_list("partner")
        .annotate(
            ended=Count("pk"),
            declined=Count("pk", filter=Q(state=states.DECLINED)),
            lapsed=Count("pk", filter=Q(state=states.EXPIRED)),
        )
    )
    total, all_declined, all_lapsed = (sum(row[place] for row in rows) for place in (1, 2, 3))
    share = all_declined / total if total else 0.0
    answered = ended.exclude(state=states.EXPIRED).filter(answered_at__isnull=False)
    done = offers.filter(state=states.COMPLETED, answered_at__isnull=False, referral__closed_at__gt=F("answered_at"))
    delivered = done.aggregate(mean=Avg(F("referral__closed_at") - F("answered_at")))["mean"] or DELIVERY
    return Answers(
        declined=share,
        lapsed=all_lapsed / total if total else 0.0,
        minutes_to_answer=_learn_minutes(answered, until),
        answer_within=settings.RESPONSE_SLA_BUSINESS_DAYS,
        minutes_of_delivery=max(1.0, delivered / MINUTE),
        of_partner={row[0]: (row[2] + STRENGTH * share) / (row[1] + STRENGTH) for row in rows},
        **_learn_reasons(offers.filter(state=states.DECLINED)),
    )


def _learn_minutes(answered: QuerySet[Offer], until: dt.datetime) -> float:
    """The mean of the working time that partners took to answer."""
    since = until - LEARNED_OVER
    rows = list(answered.order_by().values_list("partner", "offered_at", "answered_at"))
    hours = read_hours({partner for partner, _offered, _answered in rows}, since, until)
    took = [
        hours[partner].between((offered_at - since) // MINUTE, (answered_at - since) // MINUTE)
        for partner, offered_at, answered_at in rows
        if answered_at is not None
    ]
    return max(1.0, fmean(took)) if took else TO_ANSWER


def _learn_reasons(declined: QuerySet[Offer]) -> dict[str, Any]:
    """Why all declined and why each did, as shares by the reason's code; the latter drawn towards the former."""
    counts = declined.order_by().values_list("partner", "reason__code").annotate(declined=Count("pk"))
    each: dict[int, Counter[str]] = defaultdict(Counter)
    for partner, code, number in counts:
        each[partner][code or ""] += number
    every = sum(each.values(), Counter[str]())
    shares = {code: number / every.total() for code, number in sorted(every.items())}
    of_each = {
        partner: {code: (own[code] + STRENGTH * share) / (own.total() + STRENGTH) for code, share in shares.items()}
        for partner, own in sorted(each.items())
    }
    return {"reasons": shares, "reasons_of": of_each}
