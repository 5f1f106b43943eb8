"""Two partners with an accepted referral each, of the same tenant."""

import datetime as dt
from io import BytesIO

from benefits.domain.sight import start_of_day
from benefits.models import Determination
from benefits.services.customers import Recorded
from benefits.services.editions import edition_in_force
from benefits.services.evidence import read_staged
from referrals.answering.responding import accept_offer
from referrals.diligence import facts
from referrals.lifecycle.acting import By
from referrals.models import Offer, Referral
from tests import world
from tests.world import NOW

HOUR = dt.timedelta(hours=1)
TOMORROW = start_of_day(NOW) + dt.timedelta(days=1)
UNKNOWN_EXPORT = (
    b'{"value": [{"skuPartNumber": "SECRET_PRODUCT", "skuId": "11111111-2222-4333-8444-555555555555",'
    b' "capabilityStatus": "Enabled", "appliesTo": "User", "prepaidUnits": {"enabled": 40}, "servicePlans": []}]}'
)


def upload(raw: bytes, referral: Referral, by: By, now: dt.datetime, offer: Offer | None = None) -> None:
    """Upload an export for a referral's tenant, and confirm it."""
    staged = facts.stage_evidence(referral.tenant, BytesIO(raw), "export.json", by=by, now=now)
    found = read_staged(staged, edition_in_force(now.date())[1])
    facts.confirm_evidence(referral.pk, staged, found, {}, by=by, now=now, offer=offer)


def two_partners(now: dt.datetime = NOW) -> tuple[Offer, Offer]:
    for name in ("Alpha", "Beta"):
        world.make_partner(name)
    _referral, first = world.offered(now)
    _referral, second = world.offered(now, workloads=["INTUNE"], areas=["endpoint"], text="Manage our phones.")
    assert {first.partner.name, second.partner.name} == {"Alpha", "Beta"}
    assert first.referral.tenant == second.referral.tenant
    one, other = (accept_offer(row.pk, by=world.by_partner(row.partner), now=now) for row in (first, second))
    return one, other


def record(offer: Offer, code: str, status: str, now: dt.datetime, **words: str) -> None:
    by = world.by_partner(offer.partner)
    recorded = {code: Recorded(status, **words)}
    facts.record_statuses(offer.referral_id, offer.referral.tenant, recorded, by=by, now=now, offer=offer)


def all_enabled(offer: Offer, now: dt.datetime) -> None:
    edition = edition_in_force(now.date())[1]
    recorded = {code: Recorded("enabled") for code in edition.workloads}
    by = world.by_partner(offer.partner)
    facts.record_statuses(offer.referral_id, offer.referral.tenant, recorded, by=by, now=now, offer=offer)


def standing(offer: Offer) -> Determination:
    found = Referral.objects.get(pk=offer.referral_id).determination
    assert found is not None
    return found
