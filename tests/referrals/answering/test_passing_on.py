"""What holds when a referral goes from hand to hand: clocks, types, endorsements, splits."""

import datetime as dt
import uuid

import pytest

from benefits.domain.situation import Subscription
from partners.models import Partner
from partners.services.availability import AvailabilityRefused
from referrals.answering import delivering, releasing, responding
from referrals.choices import Actor, NextAct, OfferState, State
from referrals.diligence import facts
from referrals.intake import filing
from referrals.models import DeclineReview, Notification, Rfa
from referrals.reviewing import acts
from referrals.routing import splitting
from referrals.routing.choosing import route_due
from referrals.routing.screening import screen_referral
from referrals.sweeping.due import find_due
from referrals.sweeping.sweeps import expire_due, report_trouble, wake_due
from tests import world
from tests.world import NOW, enable_everything, record

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_long_hold_neither_expires_the_offer_nor_blames_the_partner() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    acts.hold(referral.pk, until=NOW + 20 * DAY, reason="Wait", by=world.by_team(), now=NOW + DAY)
    assert expire_due(now=NOW + 19 * DAY) == 0
    wake_due(now=NOW + 20 * DAY)
    assert expire_due(now=NOW + 20 * DAY + dt.timedelta(minutes=1)) == 0
    offer.refresh_from_db()
    assert offer.expires_at == NOW + 26 * DAY, "six days were left"
    partner.refresh_from_db()
    assert not partner.must_answer_review


def test_due_diligence_has_ten_business_days_again_after_a_hold() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    responding.accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    wake_due(now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_action_at) == (NextAct.DETERMINE, NOW + 15 * DAY)


def test_standard_referral_that_is_not_realized_becomes_benefit_when_it_lapses() -> None:
    community = world.make_partner("Community", is_fasttrack_ready=False, takes_benefit=False)
    ready = world.make_partner("Ready", is_referral_ready=False)
    referral = world.screened(plans=[], requested_type="standard")
    assert referral.state == State.AWAITING_CUSTOMER
    wake_due(now=NOW + 2 * DAY)
    screen_referral(referral.pk, now=NOW + 2 * DAY)
    route_due(now=NOW + 2 * DAY)
    offer = referral.offers.get()
    assert offer.partner == community
    record(referral, world.by_team(), NOW + 3 * DAY, DEFENDER_ENDPOINT="not_enabled")
    held = [Subscription("M365_E5", "woodgrove.example", "enabled", paid_seats=500)]
    facts.record_plans(referral.pk, referral.tenant, held, by=world.by_team(), now=NOW + 3 * DAY)
    expire_due(now=offer.expires_at)
    route_due(now=offer.expires_at)
    referral.refresh_from_db()
    assert referral.assigned_type == "benefit"
    assert referral.offers.get(state=OfferState.PENDING).partner == ready


def test_no_capacity_asks_until_when() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    _referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    by, pause = world.by_partner(partner), responding.Availability(NOW + DAY)
    with pytest.raises(AvailabilityRefused, match="Enter when your capacity returns"):
        responding.decline_offer(offer.pk, world.said("no_capacity"), by=by, now=NOW)
    responding.decline_offer(offer.pk, world.said("no_capacity", correction=pause), by=by, now=NOW)


def test_type_set_by_the_team_survives_screening_and_is_explained_without_contradiction() -> None:
    referral = world.submit()
    acts.change_type(referral.pk, to="standard", reason="Own words", by=world.by_team(), now=NOW)  # type: ignore[arg-type]
    screen_referral(referral.pk, now=NOW)
    referral.refresh_from_db()
    assert referral.assigned_type == "standard"
    mail = Notification.objects.filter(kind="retyped").first()
    assert mail is None or "Own words" not in mail.body


def test_split_moves_the_workloads_out_of_the_request_too() -> None:
    referral = world.screened(workloads=["INTUNE", "TEAMS"])
    sibling = splitting.split_off(referral.pk, workloads=["TEAMS"], reason="Skills", by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    assert (referral.workloads, referral.cover) == (["INTUNE"], ["INTUNE"])
    assert (sibling.workloads, sibling.cover) == (["TEAMS"], ["TEAMS"])


def test_ended_endorsement_does_not_count_at_delivery() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    record(referral, by, DEFENDER_ENDPOINT="not_enabled")
    partner.endorsements.update(ends_on=NOW.date() - DAY)
    with pytest.raises(delivering.EndorsementMissing):
        delivering.start_delivery(offer.pk, by=by, now=NOW)


def test_community_partner_cannot_acknowledge_a_missing_endorsement() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(requested_type="standard", plans=[["O365_E3", 100]], workloads=["TEAMS"])
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    held = [Subscription("M365_E5", "woodgrove.example", "enabled", paid_seats=500)]
    facts.record_plans(referral.pk, referral.tenant, held, by=by, now=NOW)
    record(referral, by, VIVA_ENGAGE="not_enabled")
    with pytest.raises(delivering.EndorsementMissing):
        delivering.start_delivery(offer.pk, by=by, now=NOW, acknowledged=True)


def test_team_lets_changed_fee_based_work_go_on() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    enable_everything(referral, by)
    delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    record(referral, by, NOW + DAY, INTUNE="not_enabled")
    due = referral.next_action_at
    delivering.report_progress(offer.pk, note="Going well", by=by, now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.next_owner, referral.next_action_at) == (Actor.TEAM, due), "a note does not move the team's clock"
    acts.carry_on(referral.pk, reason="Agreed with the customer", by=world.by_team(), now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_owner) == (NextAct.REPORT_PROGRESS, Actor.PARTNER)


def test_release_granted_after_trouble_stays_in_review() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    said, by = world.said("already_realized"), world.by_partner(partner)
    request = releasing.request_release(offer.pk, said, by=by, now=NOW)
    report_trouble(referral.pk, "Disk full", now=NOW)
    releasing.decide_release(request.pk, grant=True, note="Fine", by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    assert (referral.state, DeclineReview.objects.count()) == (State.IN_REVIEW, 1)


def test_offer_withdrawn_by_the_team_grants_no_release() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    request = releasing.request_release(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    acts.reassign(referral.pk, reason="Other plans", by=world.by_team(), now=NOW)
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_requests_nobody_confirmed_are_forgotten() -> None:
    filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    later = NOW + 8 * DAY
    assert "referrals.wake_due" in find_due(later)
    wake_due(now=later)
    assert not Rfa.objects.exists()


@pytest.mark.parametrize("again", [True, False])
def test_why_this_came_to_you_names_what_decided(again: bool) -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    assert offer.why.endswith("and it was your turn.")
    if again:
        by = world.by_partner(partner)
        responding.decline_offer(offer.pk, world.said("unreachable"), by=by, now=NOW)
        wake_due(now=NOW + 7 * DAY)
        route_due(now=NOW + 7 * DAY)
        assert referral.offers.get(state="pending").why.startswith("It comes back to you as agreed: ")
    assert Partner.objects.get() == partner
