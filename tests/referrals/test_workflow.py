"""Intake, screening, routing, answers: each service allowed, refused, and what it leaves behind."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings

from benefits.models import Tenant
from benefits.services.customers import Author, FactRefused, Recorded
from benefits.services.customers import record_enablement as record_directly
from benefits.services.editions import edition_in_force
from partners.models import IncumbentClaim, Partner
from referrals.choices import Actor, EventKind, OfferState, ReviewState, Source, State
from referrals.models import DeclineReview, Notification, Offer, Referral, Rfa
from referrals.services import delivering, facts, intake, responding, reviewing
from referrals.services.expiring import answer_lapse, expire_due, screen_due, wake_due
from referrals.services.invariants import find_violations
from referrals.services.moving import By
from referrals.services.receipts import rebuild_receipt, replay_runs
from referrals.services.routing import route_due
from referrals.services.screening import answer_questions, screen_referral
from tests import world
from tests.world import NOTES, NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def promises_hold() -> Any:
    """After every test the invariants hold."""
    yield
    assert not any(find_violations().values())


def kinds(referral: Referral) -> list[str]:
    return list(referral.events.values_list("kind", flat=True))


def tenant_of(referral: Referral) -> Tenant:
    return referral.customer.tenants.get()


def record(referral: Referral, by: By, now: dt.datetime = NOW, **statuses: str) -> None:
    recorded = {code: Recorded(status, "portal") for code, status in statuses.items()}
    facts.record_statuses(referral.pk, tenant_of(referral), recorded, by=by, now=now)
    referral.refresh_from_db()


def enable_everything(referral: Referral, by: By, now: dt.datetime = NOW) -> None:
    _id, edition = edition_in_force(now.date())
    record(referral, by, now, **dict.fromkeys(edition.plans["M365_E5"].workloads, "enabled"))


# intake


def test_rfa_becomes_a_referral_only_when_its_mail_is_confirmed() -> None:
    rfa = intake.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    assert not Referral.objects.exists()
    mail = Notification.objects.get()
    assert rfa.token in mail.body
    referral = intake.confirm_rfa(rfa.token, now=NOW + HOUR)
    assert (referral.state, referral.source) == (State.SUBMITTED, Source.RFA)
    assert intake.confirm_rfa(rfa.token, now=NOW + DAY) == referral, "confirming again makes no second one"


def test_rfa_posted_twice_is_kept_once() -> None:
    key = uuid.uuid4()
    first, second = (intake.file_rfa(world.request_data(), form_key=key, now=NOW) for _ in range(2))
    assert first == second
    assert Notification.objects.count() == 1


def test_rfa_confirmed_too_late_is_refused() -> None:
    rfa = intake.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    with pytest.raises(intake.RfaExpired):
        intake.confirm_rfa(rfa.token, now=NOW + 8 * DAY)
    assert not Rfa.objects.get().referral


def test_second_request_of_a_tenant_joins_its_customer_and_keeps_known_plans() -> None:
    first = world.submit()
    second = world.submit(domain="WOODGROVE.example", plans=[["EXO_P1", 1]])
    assert first.customer == second.customer
    assert [row.plan_code for row in tenant_of(first).subscriptions.current()] == ["M365_E5"]


# screening


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
    assert "does not cover this request" in mail.body
    assert "up to you" in mail.body


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
    held = [facts.Subscription("M365_E5", "woodgrove.example", "enabled", paid_seats=500)]
    answer_questions(referral.pk, tenant_of(referral), held, by=By(Actor.REQUESTER), now=NOW + HOUR)
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


# routing


def test_routing_offers_to_the_right_partner_with_a_receipt() -> None:
    right, wrong = world.make_partner("Right"), world.make_partner("Wrong", countries=["DE"])
    referral, offer = world.offered()
    assert (offer.partner, referral.state) == (right, State.OFFERED)
    assert referral.next_action_at == offer.expires_at == NOW + 7 * DAY
    assert offer.respond_by == NOW + 2 * DAY
    right.refresh_from_db()
    assert (right.open_offers, right.last_offered_at is not None) == (1, True)
    assert offer.run is not None
    receipt = rebuild_receipt(offer.run)
    assert receipt.is_proved
    assert [candidate.name for candidate in receipt.candidates] == ["Right", "Wrong"]
    assert [verdict.filter for verdict in receipt.candidates[1].failed] == ["country"]
    assert wrong.offers.count() == 0
    assert Notification.objects.get(kind="offer").to == right.contact_email


def test_replay_finds_a_tampered_receipt() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    run = offer.run
    assert run is not None
    assert [difference for _run, difference in replay_runs([run])] == [""]
    run.moving = {key: [3, value[1]] for key, value in run.moving.items()}
    assert "another hash" in next(difference for _run, difference in replay_runs([run]))


def test_nobody_left_goes_to_the_team_with_advice() -> None:
    world.make_partner(countries=["DE"])
    referral = world.screened()
    route_due(now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.next_owner) == (State.IN_REVIEW, Actor.TEAM)
    assert "Relax a filter" in referral.state_note
    assert referral.runs.get().chosen is None


def test_incumbent_is_asked_first() -> None:
    world.make_partner("Alpha")
    incumbent = world.make_partner("Beta", last_offered_at=NOW)
    referral = world.screened()
    IncumbentClaim.objects.create(partner=incumbent, customer=referral.customer, approved_on=NOW.date())
    route_due(now=NOW)
    offer = referral.offers.get()
    assert (offer.partner, offer.is_incumbent) == (incumbent, True)
    assert "already work with this customer" in offer.why


def test_capacity_is_never_exceeded_in_a_batch() -> None:
    partner = world.make_partner(capacity=2)
    for _ in range(4):
        world.screened()
    assert route_due(now=NOW) == 4
    assert Offer.objects.filter(partner=partner).count() == 2
    assert Referral.objects.filter(state=State.IN_REVIEW).count() == 2


def test_routing_a_batch_takes_the_same_few_statements_whatever_its_size(django_assert_max_num_queries: Any) -> None:
    world.make_partner(capacity=1000)
    base = world.screened()
    counts = []
    for size in (3, 200):
        rows = [Referral(**_copy(base)) for _ in range(size)]
        Referral.objects.bulk_create(rows)
        with django_assert_max_num_queries(15) as captured:
            assert route_due(now=NOW) >= size
        counts.append(len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[1] <= counts[0] <= 15


COPIED = (
    *("customer_id", "requester_kind", "requester_name", "requester_email", "text", "workloads", "source", "cover"),
    *("created_at", "languages", "requested_type", "assigned_type", "determination_id", "state", "next_action"),
    "next_owner",
)


def _copy(referral: Referral) -> dict[str, Any]:
    return {name: getattr(referral, name) for name in COPIED} | {"next_action_at": NOW}


def test_routing_what_is_not_due_does_nothing() -> None:
    world.make_partner()
    world.screened(now=NOW + DAY)
    assert route_due(now=NOW) == 0


# accepting and after


def test_accepting_starts_due_diligence_and_a_second_accept_changes_nothing() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW + HOUR)
    events = kinds(referral)
    responding.accept_offer(offer.pk, by=by, now=NOW + 2 * HOUR)
    referral.refresh_from_db()
    assert (referral.state, kinds(referral)) == (State.ACCEPTED, events)
    assert referral.next_action_at == NOW + HOUR + 14 * DAY, "ten business days"


def test_accepting_an_offer_whose_time_is_over_is_refused() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    with pytest.raises(responding.OfferAlreadyAnswered, match="by the clock"):
        responding.accept_offer(offer.pk, by=world.by_partner(partner), now=NOW + 7 * DAY)


def test_contacts_are_shown_after_acceptance_only_and_once_as_event() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    with pytest.raises(delivering.OfferNotHeld):
        delivering.show_contacts(offer.pk, by=by, now=NOW)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    delivering.show_contacts(offer.pk, by=by, now=NOW)
    delivering.show_contacts(offer.pk, by=by, now=NOW + HOUR)
    assert kinds(referral).count(EventKind.CONTACTS_SHOWN) == 1


def accepted(**changes: Any) -> tuple[Referral, Offer, By]:
    partner = world.make_partner(**changes)
    referral, offer = world.offered()
    by = world.by_partner(partner)
    responding.accept_offer(offer.pk, by=by, now=NOW)
    referral.refresh_from_db()
    return referral, offer, by


def test_delivery_needs_a_determination_that_is_not_realized() -> None:
    referral, offer, by = accepted()
    with pytest.raises(delivering.DeterminationMissing):
        delivering.start_delivery(offer.pk, by=by, now=NOW)
    record(referral, by, DEFENDER_ENDPOINT="not_enabled")
    delivering.start_delivery(offer.pk, by=by, now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.next_action_at) == (State.DELIVERING, NOW + 30 * DAY)


def test_delivering_without_endorsement_needs_an_acknowledgement() -> None:
    referral, offer, by = accepted()
    record(referral, by, VIVA_ENGAGE="not_enabled")
    with pytest.raises(delivering.EndorsementMissing, match="VIVA_ENGAGE"):
        delivering.start_delivery(offer.pk, by=by, now=NOW)
    delivering.start_delivery(offer.pk, by=by, now=NOW, acknowledged=True)
    assert "VIVA_ENGAGE" in referral.events.last().note  # type: ignore[union-attr]


def test_fee_based_work_needs_a_realized_benefit_and_uses_no_capacity() -> None:
    referral, offer, by = accepted()
    with pytest.raises(delivering.DeterminationMissing):
        delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    enable_everything(referral, by)
    delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    assert Partner.objects.get().open_offers == 0
    delivering.close_work(offer.pk, outcome="fee_work_agreed", note="", by=by, now=NOW)  # type: ignore[arg-type]
    referral.refresh_from_db()
    assert (referral.state, Partner.objects.get().open_offers) == (State.CLOSED, 0)


def test_fee_based_work_that_turns_not_realized_becomes_the_teams_next_act() -> None:
    referral, offer, by = accepted()
    enable_everything(referral, by)
    delivering.continue_fee_based(offer.pk, by=by, now=NOW)
    record(referral, by, NOW + HOUR, INTUNE="not_enabled")
    assert (referral.state, referral.next_owner) == (State.FEE_BASED, Actor.TEAM)


def test_facts_are_the_customers_and_determine_its_other_referrals_too() -> None:
    referral, _offer, by = accepted()
    other = world.screened(workloads=["INTUNE"])
    record(referral, by, INTUNE="blocked")
    other.refresh_from_db()
    assert other.determination is not None
    assert other.determination.outcome == "benefit_not_realized"


def test_no_intent_needs_its_reason_and_nothing_changes() -> None:
    referral, _offer, by = accepted()
    with pytest.raises(FactRefused, match="needs the customer’s reason"):
        facts.record_statuses(referral.pk, tenant_of(referral), {"INTUNE": Recorded("declined")}, by=by, now=NOW)
    assert EventKind.FACTS_RECORDED not in kinds(referral)


def test_same_status_again_records_nothing() -> None:
    referral = world.screened()
    _id, edition = edition_in_force(NOW.date())
    words: dict[str, Any] = {"edition": edition, "by": Author("team"), "now": NOW}
    assert len(record_directly(tenant_of(referral), {"INTUNE": Recorded("enabled")}, **words)) == 1
    assert record_directly(tenant_of(referral), {"INTUNE": Recorded("enabled")}, **words) == []


# the clock


def test_unanswered_offer_expires_after_seven_days_and_goes_on() -> None:
    first, second = world.make_partner("First"), world.make_partner("Second", is_fasttrack_ready=True)
    referral, offer = world.offered()
    assert expire_due(now=offer.expires_at - dt.timedelta(seconds=1)) == 0
    assert expire_due(now=offer.expires_at) == 1
    route_due(now=offer.expires_at)
    offer.refresh_from_db()
    referral.refresh_from_db()
    assert (offer.state, referral.state) == (OfferState.EXPIRED, State.OFFERED)
    holder = referral.offers.get(state=OfferState.PENDING).partner
    assert {offer.partner, holder} == {first, second}


def test_frp_that_lets_a_benefit_referral_lapse_gets_a_review_and_no_offers_until_it_answers() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    expire_due(now=offer.expires_at)
    partner.refresh_from_db()
    assert partner.must_answer_review
    assert DeclineReview.objects.get().offer == offer
    answer_lapse(partner.pk, note="Our desk was closed.", by=world.by_partner(partner), now=offer.expires_at)
    partner.refresh_from_db()
    assert not partner.must_answer_review


def test_offer_that_fell_due_long_ago_is_not_forgotten() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    assert expire_due(now=offer.expires_at + 400 * DAY) == 1


def test_held_referral_wakes_where_it_was() -> None:
    world.make_partner()
    referral, offer = world.offered()
    reviewing.hold(referral.pk, until=NOW + 3 * DAY, reason="Asked to wait", by=world.by_team(), now=NOW)
    assert wake_due(now=NOW + 2 * DAY) == 0
    wake_due(now=NOW + 3 * DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.next_action_at) == (State.OFFERED, offer.expires_at)


# the team


def test_reviews_are_acknowledged_once() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    words: dict[str, Any] = {"reason": world.reason(), "notes": NOTES, "handover": ""}
    responding.decline_offer(offer.pk, **words, by=world.by_partner(partner), now=NOW)
    review = DeclineReview.objects.get()
    for note in ("Fine", "Again"):
        reviewing.acknowledge_review(review.pk, note=note, by=world.by_team(), now=NOW)
    review.refresh_from_db()
    assert (review.state, review.verdict_note) == (ReviewState.ACKNOWLEDGED, "Fine")
    assert kinds(referral).count(EventKind.REVIEWED) == 1


def test_reassigning_withdraws_the_offer_and_routes_on() -> None:
    first, second = world.make_partner("First"), world.make_partner("Second")
    referral, offer = world.offered()
    reviewing.reassign(referral.pk, reason="The customer asked for another one", by=world.by_team(), now=NOW)
    route_due(now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert {offer.partner, referral.offers.get(state="pending").partner} == {first, second}


def test_splitting_makes_a_sibling_with_its_own_clock() -> None:
    referral = world.screened(workloads=["INTUNE", "VIVA_ENGAGE"])
    world.make_partner()
    sibling = reviewing.split_off(
        referral.pk, workloads=["VIVA_ENGAGE"], reason="Two skills", by=world.by_team(), now=NOW
    )
    route_due(now=NOW)
    referral.refresh_from_db()
    sibling.refresh_from_db()
    assert (referral.cover, sibling.cover) == (["INTUNE"], ["VIVA_ENGAGE"])
    assert referral.engagement == sibling.engagement == referral.public_id
    assert (referral.state, sibling.state) == (State.OFFERED, State.IN_REVIEW)


def test_splitting_everything_off_is_refused_and_changes_nothing() -> None:
    referral = world.screened(workloads=["INTUNE", "TEAMS"])
    with pytest.raises(reviewing.MoveRefused, match="leave at least one"):
        reviewing.split_off(referral.pk, workloads=["INTUNE", "TEAMS"], reason="x", by=world.by_team(), now=NOW)
    assert Referral.objects.count() == 1


def test_reopening_is_a_new_round_in_which_the_partner_may_be_asked_again() -> None:
    world.make_partner()
    referral, offer = world.offered()
    reviewing.cancel(referral.pk, reason="Withdrawn", by=world.by_team(), now=NOW)
    reviewing.reopen(referral.pk, reason="They want it after all", by=world.by_team(), now=NOW + HOUR)
    screen_due(now=NOW + HOUR)
    route_due(now=NOW + HOUR)
    again = referral.offers.get(state=OfferState.PENDING)
    assert (again.partner, again.round) == (offer.partner, 2)


def test_re_typing_withdraws_an_offer_of_the_other_type() -> None:
    world.make_partner("Ready")
    community = world.make_partner("Community", is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered()
    reviewing.change_type(referral.pk, to="standard", reason="Not a Benefit case", by=world.by_team(), now=NOW)  # type: ignore[arg-type]
    route_due(now=NOW)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert referral.offers.get(state="pending").partner == community


def test_clocks_come_from_settings() -> None:
    assert settings.OFFER_EXPIRY_HOURS == 7 * 24
