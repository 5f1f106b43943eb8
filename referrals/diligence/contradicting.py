"""Facts of two sides that cannot both be right, and that neither sees of the other: the team is told.

Two partners that have a referral of the same customer; or a partner, and the team or the customer on the same day.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.choices import Status
from benefits.domain.catalogue import Edition
from benefits.domain.sight import Sight
from benefits.models import Enablement, Subscription, Tenant
from benefits.models.customer import AuthoredFact
from benefits.services.changes import say_plans, say_status
from benefits.services.situations import as_held
from referrals.choices import Actor
from referrals.email.escalating import tell_of_contradiction
from referrals.lifecycle.sights import PARTNER
from referrals.models import Offer, Referral


@dataclass(frozen=True, slots=True)
class OtherSides:
    """Who else speaks about a customer while a partner records: what it knows, and the offers of other partners."""

    sight: Sight
    holders: Mapping[str, Offer]

    def spoke(self, row: AuthoredFact) -> bool:
        """Did another partner record it while it had its referral, or another side unseen by this partner?"""
        if offer := self.holders.get(row.author_party):
            return row.recorded_at >= offer.offered_at
        is_of_partner = row.author_party.startswith(PARTNER)
        return not is_of_partner and self.sight.until is not None and row.recorded_at > self.sight.until

    def say_who(self, row: AuthoredFact) -> dict[str, object]:
        offer = self.holders.get(row.author_party)
        who = (
            f"{offer.partner} ({offer.public_id})"
            if offer
            else dict(Actor.choices).get(row.author_party, row.author_party)
        )
        return {"who": who, "day": date_format(row.recorded_at, "SHORT_DATE_FORMAT")}


def check_statuses(
    referral: Referral, others: OtherSides, rows: Iterable[Enablement], edition: Edition, now: dt.datetime
) -> None:
    """Tell the team where another side has said that a workload is (not) enabled."""
    _tell(referral, _status_contradictions(others, list(rows), edition), now)


def _status_contradictions(others: OtherSides, rows: list[Enablement], edition: Edition) -> Iterator[str]:
    said = Enablement.objects.filter(
        tenant__in={row.tenant_id for row in rows},
        workload_code__in=[row.workload_code for row in rows],
    ).exclude(author_party=others.sight.party)
    newest = said.order_by("tenant_id", "workload_code", "author_party", "-recorded_at", "-id")
    theirs = list(newest.distinct("tenant_id", "workload_code", "author_party"))
    for row in rows:
        for other in theirs:
            is_same = (row.tenant_id, row.workload_code) == (other.tenant_id, other.workload_code)
            if is_same and others.spoke(other) and _contradict(row, other):
                yield _("%(workload)s in %(tenant)s: %(here)s here; %(there)s by %(who)s on %(day)s.") % {
                    "workload": edition.workloads[row.workload_code].name,
                    "tenant": row.tenant.domain,
                    "here": say_status(row),
                    "there": say_status(other),
                    **others.say_who(other),
                }


def _contradict(one: Enablement, other: Enablement) -> bool:
    statuses = {one.status, other.status}
    return Status.UNKNOWN not in statuses and len(statuses & {Status.ENABLED}) == 1 and len(statuses) == 2


def check_plans(
    referral: Referral,
    others: OtherSides,
    tenant: Tenant,
    before: list[Subscription],
    edition: Edition,
    now: dt.datetime,
) -> None:
    """Tell the team where another side has recorded other plans or seats.

    ``before``: what was current when the recording began.
    """
    theirs = [row for row in before if row.author_party != others.sight.party and others.spoke(row)]
    if not theirs:
        return
    there, here = _in_words(theirs, edition), _in_words(list(tenant.subscriptions.current()), edition)
    if there != here:
        said = _("Plans of %(tenant)s: %(here)s here; %(there)s by %(who)s on %(day)s.") % {
            "tenant": tenant.domain,
            "here": "; ".join(here) or _("none"),
            "there": "; ".join(there),
            **others.say_who(theirs[0]),
        }
        _tell(referral, [said], now)


def _in_words(rows: list[Subscription], edition: Edition) -> list[str]:
    said = say_plans((as_held(row, "", edition) for row in rows), edition)
    return sorted(f"{name} {seats}" for (_tenant, name), seats in said.items())


def _tell(referral: Referral, said: Iterable[str], now: dt.datetime) -> None:
    lines = list(said)
    if lines:
        tell_of_contradiction(referral, "\n".join(lines), now)
