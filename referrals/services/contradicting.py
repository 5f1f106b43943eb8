"""Two partners that have a referral of the same customer record facts that cannot both be right: the team is told."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.choices import Status
from benefits.domain.catalogue import Edition
from benefits.models import Enablement, Subscription, Tenant
from benefits.services.changes import say_seats, say_status
from benefits.services.customers import Author
from benefits.services.situations import as_held
from referrals.models import Offer, Referral

from .escalating import tell_of_contradiction
from .sights import party_of


def check_statuses(
    referral: Referral, others: Collection[Offer], rows: Iterable[Enablement], edition: Edition, now: dt.datetime
) -> None:
    """Tell the team where another partner, while it has its referral, has said that a workload is (not) enabled."""
    if others:
        _tell(referral, _status_contradictions(others, list(rows), edition), now)


def _status_contradictions(others: Collection[Offer], rows: list[Enablement], edition: Edition) -> Iterator[str]:
    holders = {party_of(offer.partner_id): offer for offer in others}
    said = Enablement.objects.filter(
        tenant__in={row.tenant_id for row in rows},
        workload_code__in=[row.workload_code for row in rows],
        author_party__in=holders,
    )
    newest = said.order_by("tenant_id", "workload_code", "author_party", "-recorded_at", "-id")
    theirs = list(newest.distinct("tenant_id", "workload_code", "author_party"))
    for row in rows:
        for other in theirs:
            offer = holders[other.author_party]
            is_same = (row.tenant_id, row.workload_code) == (other.tenant_id, other.workload_code)
            if is_same and other.recorded_at >= offer.offered_at and _contradict(row, other):
                yield _(
                    "%(workload)s in %(tenant)s: %(here)s here; %(there)s by %(partner)s on %(day)s (%(offer)s)."
                ) % {
                    "workload": edition.workloads[row.workload_code].name,
                    "tenant": row.tenant.domain,
                    "here": say_status(row),
                    "there": say_status(other),
                    **_who(offer, other.recorded_at),
                }


def _contradict(one: Enablement, other: Enablement) -> bool:
    statuses = {one.status, other.status}
    return Status.UNKNOWN not in statuses and len(statuses & {Status.ENABLED}) == 1 and len(statuses) == 2


def _who(offer: Offer, at: dt.datetime) -> dict[str, object]:
    return {"partner": offer.partner, "offer": offer.public_id, "day": date_format(at, "SHORT_DATE_FORMAT")}


def check_plans(
    referral: Referral,
    others: Collection[Offer],
    tenant: Tenant,
    before: list[Subscription],
    edition: Edition,
    by: Author,
    now: dt.datetime,
) -> None:
    """Tell the team where another partner, while it has its referral, has recorded other plans or seats.

    ``before``: what was current when the recording began.
    """
    holders = {party_of(offer.partner_id): offer for offer in others}
    theirs = [row for row in before if row.author_party in holders]
    if not theirs or theirs[0].recorded_at < holders[theirs[0].author_party].offered_at:
        return
    there, here = _in_words(theirs, edition), _in_words(list(tenant.subscriptions.current()), edition)
    if there != here:
        said = _("Plans of %(tenant)s: %(here)s here; %(there)s by %(partner)s on %(day)s (%(offer)s).") % {
            "tenant": tenant.domain,
            "here": "; ".join(here) or _("none"),
            "there": "; ".join(there),
            **_who(holders[theirs[0].author_party], theirs[0].recorded_at),
        }
        _tell(referral, [said], now)


def _in_words(rows: list[Subscription], edition: Edition) -> list[str]:
    held = [as_held(row, "", edition) for row in rows]
    named = ((edition.plans[sub.plan].name if sub.plan in edition.plans else sub.product, sub) for sub in held)
    return sorted(f"{name} {say_seats(sub)}" for name, sub in named)


def _tell(referral: Referral, said: Iterable[str], now: dt.datetime) -> None:
    lines = list(said)
    if lines:
        tell_of_contradiction(referral, "\n".join(lines), now)
