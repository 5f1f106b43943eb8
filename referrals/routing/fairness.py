"""Who is offered how much: each partner of a pool beside an even share."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from accounts.folding import fold
from partners.choices import ReferralType
from partners.models import Endorsement, Partner
from referrals.choices import OfferState
from referrals.models import Offer


@dataclass(frozen=True, slots=True)
class Pool:
    """Partners that could be offered the same: by type, and where asked by workload and country."""

    type: ReferralType
    workload: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One partner's part in a pool over a range of days. ``share`` and ``even`` are fractions of all offers."""

    partner: Partner
    offers: int
    accepted: int
    declined: int
    lapsed: int
    share: float
    even: float
    last_offered_at: dt.datetime | None

    @property
    def ratio(self) -> float:
        """1 is an even share, 2 twice that."""
        return self.share / self.even if self.even else 0.0


def measure_fairness(pool: Pool, *, since: dt.datetime, until: dt.datetime) -> list[Standing]:
    """Every active partner of a pool, the one with most offers first, by the offers before ``until``. Two queries.

    Offers withdrawn unseen were no turn and do not count. The even share is one part for each partner.
    """
    partners = list(partners_of(pool, since.date()))
    offers = Offer.objects.filter(
        offered_at__gte=since, offered_at__lt=until, referral_type=pool.type, was_unseen=False
    )
    if pool.workload:
        offers = offers.filter(workloads__contains=[pool.workload])
    if pool.country:
        offers = offers.filter(referral__customer__country=pool.country)
    counts = {row["partner"]: row for row in _count(offers)}
    total = sum(counts[one.pk]["offers"] for one in partners if one.pk in counts)
    even = 1 / len(partners) if partners else 0.0
    rows = [_standing(partner, counts.get(partner.pk, {}), total, even) for partner in partners]
    return sorted(rows, key=lambda row: (-row.offers, fold(row.partner.name)))


def partners_of(pool: Pool, day: dt.date) -> QuerySet[Partner]:
    """Active partners that take the type, are endorsed for the workload and work in the country."""
    takes = Q(is_fasttrack_ready=True, takes_benefit=True)
    if pool.type == ReferralType.STANDARD:
        takes = Q(is_referral_ready=True)
    found = Partner.objects.filter(takes, is_active=True)
    if pool.workload:
        endorsed = Endorsement.objects.current(day).filter(workload_code=pool.workload)
        found = found.filter(pk__in=endorsed.values("partner"))
    return found.filter(countries__contains=[pool.country]) if pool.country else found


def _count(offers: QuerySet[Offer]) -> Any:
    states = OfferState
    return (
        offers.order_by()
        .values("partner")
        .annotate(
            offers=Count("pk"),
            accepted=Count("pk", filter=Q(state__in=(states.ACCEPTED, states.COMPLETED))),
            declined=Count("pk", filter=Q(state=states.DECLINED)),
            lapsed=Count("pk", filter=Q(state=states.EXPIRED)),
            last=Max("offered_at"),
        )
    )


def _standing(partner: Partner, row: Mapping[str, Any], total: int, even: float) -> Standing:
    number = row.get("offers", 0)
    return Standing(
        partner=partner,
        offers=number,
        accepted=row.get("accepted", 0),
        declined=row.get("declined", 0),
        lapsed=row.get("lapsed", 0),
        share=number / total if total else 0.0,
        even=even,
        last_offered_at=row.get("last"),
    )
