"""Intake and screening."""

import datetime as dt
import uuid

import pytest

from benefits.domain.situation import Subscription
from referrals.choices import Actor, Source, State
from referrals.intake import filing
from referrals.lifecycle.acting import By
from referrals.models import Notification, Referral, Rfa
from referrals.reviewing import acts
from referrals.routing.screening import answer_questions, screen_referral
from referrals.sweeping.sweeps import screen_due, wake_due
from tests import world
from tests.world import NOW, kinds, tenant_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def test_rfa_becomes_a_referral_only_when_its_mail_is_confirmed() -> None:
    rfa = filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    assert not Referral.objects.exists()
    mail = Notification.objects.get()
    assert rfa.token in mail.body
    referral = filing.confirm_rfa(rfa.token, now=NOW + HOUR)
    assert (referral.state, referral.source) == (State.SUBMITTED, Source.RFA)
    assert filing.confirm_rfa(rfa.token, now=NOW + DAY) == referral, "confirming again makes no second one"


def test_rfa_posted_twice_is_kept_once() -> None:
    key = uuid.uuid4()
    first, second = (filing.file_rfa(world.request_data(), form_key=key, now=NOW) for _ in range(2))
    assert first == second
    assert Notification.objects.count() == 1


def test_rfa_confirmed_too_late_is_refused() -> None:
    rfa = filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    with pytest.raises(filing.RfaExpired):
        filing.confirm_rfa(rfa.token, now=NOW + 8 * DAY)
    assert not Rfa.objects.get().referral


def test_the_same_asked_for_again_is_linked_and_something_else_is_not() -> None:
    referral = world.submit()
    again = filing.file_rfa(world.request_data(text="Is anybody there?"), form_key=uuid.uuid4(), now=NOW)
    assert filing.confirm_rfa(again.token, now=NOW) == referral
    linked = referral.events.get(kind="linked")
    assert (linked.note, linked.actor) == ("Is anybody there?", "requester")
    for change in ({"workloads": ["INTUNE"]}, {"requester_email": "sam@woodgrove.example"}, {"domain": "b.example"}):
        other = filing.file_rfa(world.request_data(**change), form_key=uuid.uuid4(), now=NOW)
        assert filing.confirm_rfa(other.token, now=NOW) != referral, change
    acts.cancel(referral.pk, reason="Gone", by=world.by_team(), now=NOW)
    later = filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    assert filing.confirm_rfa(later.token, now=NOW) != referral, "what is closed is not open"


def test_second_request_of_a_tenant_joins_its_customer_and_keeps_known_plans() -> None:
    first = world.submit()
    second = world.submit(domain="WOODGROVE.example", plans=[["EXO_P1", 1]])
    assert first.customer == second.customer
    assert [row.plan_code for row in tenant_of(first).subscriptions.current()] == ["M365_E5"]


def test_screening_types_a_benefit_referral_and_finds_what_to_cover() -> None:
    referral = world.screened()
    assert (referral.state, referral.assigned_type) == (State.AWAITING_PARTNER, "benefit")
    assert referral.cover == ["DEFENDER_ENDPOINT"]
    assert referral.determination is not None
    assert kinds(referral) == ["submitted", "moved", "determined", "retyped", "moved"]


def test_screening_types_an_ineligible_request_as_standard_and_tells_why() -> None:
    referral = world.screened(plans=[["O365_E3", 120]], workloads=["TEAMS"])
    assert (referral.assigned_type, referral.requested_type) == ("standard", "benefit")
    mail = Notification.objects.get(kind="retyped")
    assert "Your request isn’t covered by the FastTrack Benefit:" in mail.body
    assert "there is no obligation" in mail.body


def test_screening_without_named_workloads_covers_the_open_ones_of_the_areas() -> None:
    referral = world.screened(workloads=[], areas=["endpoint"], plans=[["EMS_E3", 400]])
    assert referral.cover == ["INTUNE"]


def test_screening_with_nothing_to_cover_goes_to_the_team() -> None:
    referral = world.screened(workloads=[], areas=["ai"], plans=[["EXO_P1", 400]])
    assert referral.state == State.IN_REVIEW
    assert "No workload to cover" in referral.state_note


def test_missing_plans_are_asked_for_and_the_answer_goes_on() -> None:
    referral = world.screened(plans=[])
    assert (referral.state, referral.next_owner) == (State.AWAITING_CUSTOMER, Actor.REQUESTER)
    assert referral.next_action_at == NOW + 2 * DAY, "two business days"
    assert Notification.objects.filter(kind="questions").count() == 1
    held = [Subscription("M365_E5", "woodgrove.example", "enabled", paid_seats=500)]
    answer_questions(referral.pk, held, by=By(Actor.REQUESTER), now=NOW + HOUR)
    assert screen_due(now=NOW + HOUR) == 1
    referral.refresh_from_db()
    assert (referral.state, referral.eligibility_unverified) == (State.AWAITING_PARTNER, False)


def test_no_answer_in_two_business_days_routes_as_requested_and_unverified() -> None:
    referral = world.screened(plans=[], requested_type="standard")
    assert wake_due(now=NOW + 2 * DAY - HOUR) == 0
    wake_due(now=NOW + 2 * DAY)
    screen_due(now=NOW + 2 * DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.assigned_type) == (State.AWAITING_PARTNER, "standard")
    assert referral.eligibility_unverified


def test_screening_again_changes_nothing() -> None:
    referral = world.screened()
    before = kinds(referral)
    screen_referral(referral.pk, now=NOW)
    assert kinds(referral) == before
