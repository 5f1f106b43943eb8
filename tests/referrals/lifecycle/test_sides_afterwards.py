"""Passing a referral on, and recording beside others: what a determination rests on afterwards."""

import datetime as dt

import pytest
from django.db.models import F

from benefits.domain.situation import Subscription as Held
from benefits.services.customers import Recorded
from partners.models import Partner
from referrals.answering.releasing import request_release
from referrals.answering.responding import decline_offer
from referrals.answering.undoing import undo_answer
from referrals.diligence import facts
from referrals.lifecycle import sights
from referrals.models import Offer, Referral
from referrals.routing.choosing import route_due
from referrals.routing.splitting import build_sibling
from tests import world
from tests.referrals.pairs import HOUR, TOMORROW, UNKNOWN_EXPORT, record, standing, two_partners, upload
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Offer, Offer]:
    return two_partners()


def test_an_answer_taken_back_rests_on_what_its_partner_knows_again(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    Partner.objects.filter(pk=mine.partner_id).update(is_fasttrack_ready=False, takes_benefit=False)
    by = world.by_partner(mine.partner)
    record(others, "INTUNE", "enabled", NOW + HOUR)
    decline_offer(mine.pk, world.said("skills"), by=by, now=NOW + 2 * HOUR)
    route_due(now=NOW + 2 * HOUR)
    assert "INTUNE" in standing(mine).facts["enablement"], "while nobody has it all counts"
    undo_answer(mine.pk, by=by, now=NOW + 2 * HOUR + dt.timedelta(minutes=1))
    assert "INTUNE" not in standing(mine).facts["enablement"]


def test_a_part_that_is_split_off_is_determined_on_all_facts_before_it_is_offered(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "enabled", NOW + HOUR)
    referral = Referral.objects.get(pk=mine.referral_id)
    sibling = build_sibling(referral, ["TEAMS"], NOW + HOUR)
    assert (sibling.determined_for, sibling.sender) == (referral.determined_for, referral.sender)
    assert sibling.determined_for == sights.party_of(mine.partner_id)


def test_asking_for_a_release_asks_to_look_first_too() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    recorded = {"INTUNE": Recorded("enabled")}
    facts.record_statuses(offer.referral_id, offer.referral.tenant, recorded, by=world.by_team(), now=NOW + HOUR)
    with pytest.raises(sights.LookFirst):
        request_release(offer.pk, world.said("out_of_scope"), by=world.by_partner(offer.partner), now=TOMORROW)
    request_release(offer.pk, world.said("skills"), by=world.by_partner(offer.partner), now=TOMORROW)


def test_what_the_team_adds_to_the_request_counts_at_once(two: tuple[Offer, Offer]) -> None:
    mine, _others = two
    before = standing(mine)
    facts.complete_request(mine.referral_id, ["EXCHANGE_ONLINE"], [], by=world.by_team(), now=NOW + HOUR)
    assert standing(mine) != before


def test_saving_typed_plans_tells_nobody_the_name_of_anothers_product() -> None:
    world.make_partner("Alpha")
    referral = world.screened()
    tenant = referral.tenant
    upload(UNKNOWN_EXPORT, referral, world.by_team(), NOW)
    route_due(now=NOW + HOUR)
    offer = Offer.objects.get(referral=referral)
    by, typed = world.by_partner(offer.partner), [Held("M365_E5", tenant.domain, "enabled", paid_seats=40)]
    facts.record_plans(referral.pk, tenant, typed, by=by, now=NOW + 2 * HOUR, offer=offer)
    for at in (NOW + 2 * HOUR, TOMORROW):
        assert "SECRET_PRODUCT" not in str(sights.find_changes(referral.customer, offer, at))
    assert "SECRET_PRODUCT" not in str(standing(offer).facts)
    assert "SECRET_PRODUCT" not in str(standing(offer).result)
    assert tenant.subscriptions.current().filter(part_number="SECRET_PRODUCT").exists(), "it is on record"


def test_acts_follow_each_other_as_they_were_written(two: tuple[Offer, Offer]) -> None:
    """Whoever began first and waited for another to finish has the later act, whatever its clock said."""
    mine, others = two
    tenant = mine.referral.tenant
    for offer, seats, now in ((mine, 40, NOW + 2 * HOUR), (others, 60, NOW + HOUR)):
        held = [Held("M365_E3", tenant.domain, "enabled", paid_seats=seats)]
        by = world.by_partner(offer.partner)
        facts.record_plans(offer.referral_id, tenant, held, by=by, now=now, offer=offer)
    known = tenant.subscriptions.known_to(sights.sight_of(others))
    assert [row.paid_seats for row in known] == [60]
    assert not tenant.subscriptions.filter(replaced_at__lt=F("recorded_at")).exists()
