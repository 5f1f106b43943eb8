"""Defects that programmes like this one have had, each as the smallest case in which it would show here."""

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from partners.choices import BatchOrder
from partners.domain.board import Board
from partners.domain.calendars import Calendar, add_business_days
from partners.domain.matching import Moving
from partners.domain.planning import plan_batch
from partners.domain.policy import Policy
from partners.models import Membership, Partner
from referrals.answering.responding import OfferAlreadyAnswered, accept_offer, decline_offer
from referrals.choices import EventKind, OfferState, State
from referrals.models import Event, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.sweeps import expire_due, remind_due, screen_due
from tests import world
from tests.conftest import client_of
from tests.partners.test_matching import need, profile
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
STANDARD: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
COMMUNITY: dict[str, Any] = {"is_fasttrack_ready": False, "takes_benefit": False}


def test_bulk_assignment_does_not_give_everything_to_the_first_match() -> None:
    names = {"INTUNE": "Only Intune", "TEAMS": "Only Teams", "DEFENDER_ENDPOINT": "Only Defender"}
    for code, name in names.items():
        world.make_partner(name, endorsed=[code])
        world.screened(workloads=[code])
    assert route_due(now=NOW) == 3
    given = {offer.workloads[0]: offer.partner.name for offer in Offer.objects.select_related("partner")}
    assert given == names


def test_old_work_is_not_skipped_for_its_age() -> None:
    world.make_partner(capacity=9)
    old = world.screened()
    Referral.objects.filter(pk=old.pk).update(created_at=NOW - 400 * DAY, next_action_at=NOW - 400 * DAY)
    assert route_due(now=NOW) == 1
    Offer.objects.update(offered_at=NOW - 300 * DAY, expires_at=NOW - 293 * DAY)
    assert expire_due(now=NOW) == 1
    old.refresh_from_db()
    assert old.state == State.AWAITING_PARTNER


def test_days_off_make_a_deadline_later_never_earlier() -> None:
    friday = dt.datetime(2026, 12, 18, 10, tzinfo=dt.UTC)
    holidays = {dt.date(2026, 12, 21) + number * DAY: "closed" for number in range(4)}
    plain, longer = Calendar("UTC"), Calendar("UTC", closed_on=holidays)
    later = add_business_days(friday, 2, longer).at - add_business_days(friday, 2, plain).at
    assert later == 6 * DAY, "four closed days, and the weekend behind them"


def test_month_end_and_year_end_do_not_break_business_time() -> None:
    for last in (dt.date(2026, 11, 30), dt.date(2026, 12, 31), dt.date(2028, 2, 29)):
        start = dt.datetime.combine(last, dt.time(16), dt.UTC)
        due = add_business_days(start, 2, Calendar("UTC")).at
        working = [last + number * DAY for number in range(1, 9) if (last + number * DAY).weekday() < 5]
        assert due == dt.datetime.combine(working[1], dt.time(16), dt.UTC)


def test_partner_without_any_working_day_still_has_deadlines() -> None:
    nobody = Calendar("Europe/Berlin", weekdays=frozenset())
    assert add_business_days(NOW, 2, nobody).at > NOW


def test_reminder_changes_nothing_but_that_it_was_sent() -> None:
    world.make_partner()
    referral, offer = world.offered()
    remind_due(now=NOW + DAY)
    after = Referral.objects.get(pk=referral.pk)
    assert (after.state, after.next_action_at, after.next_owner) == (State.OFFERED, offer.expires_at, "partner")


def test_reminder_of_one_month_does_not_silence_the_next_month() -> None:
    """Compared are instants, not days of the month."""
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    accept_offer(offer.pk, by=by, now=NOW)
    world.enable_everything(referral, by)
    for month in (1, 2):
        Referral.objects.filter(pk=referral.pk).update(next_action_at=NOW + month * 30 * DAY, nudged_at=None)
        assert remind_due(now=NOW + month * 30 * DAY) == 1


def test_reading_writes_nothing() -> None:
    world.make_partner()
    world.offered()
    before = world.fingerprint()
    list(Referral.objects.for_list())
    list(Offer.objects.for_list())
    list(Referral.objects.in_nobodys_hands())
    assert world.fingerprint() == before


def test_kept_candidates_are_those_of_this_need() -> None:
    """Answers are remembered by all that was asked, and one more partner does not disturb the turns of the rest."""
    board = Board([profile(1, countries=("GB",)), profile(2, countries=("DE",))])
    policy = Policy()
    assert [list(board.ids(board.passing(need(country=code), policy))) for code in ("GB", "DE", "GB")] == [
        [1],
        [2],
        [1],
    ]


def test_who_rejected_is_not_suggested_again_at_once() -> None:
    partner = world.make_partner(**COMMUNITY)
    referral, offer = world.offered(**STANDARD)
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    route_due(now=NOW)
    assert referral.offers.count() == 1


def test_answer_is_not_overwritten_by_a_later_one() -> None:
    partner = world.make_partner(**COMMUNITY)
    _referral, offer = world.offered(**STANDARD)
    by = world.by_partner(partner)
    decline_offer(offer.pk, world.said(notes="First words, which are long enough."), by=by, now=NOW)
    with pytest.raises(OfferAlreadyAnswered):
        decline_offer(offer.pk, world.said(notes="Second words, which are long enough."), by=by, now=NOW)
    with pytest.raises(OfferAlreadyAnswered):
        accept_offer(offer.pk, by=by, now=NOW)
    offer.refresh_from_db()
    assert offer.notes.startswith("First")


def test_same_note_twice_on_a_day_is_kept_twice() -> None:
    referral = world.screened()
    for _ in range(2):
        acts.add_note(referral.pk, note="Called.", by=world.by_team(), now=NOW)
    assert referral.events.filter(kind=EventKind.NOTE, note="Called.").count() == 2


def test_partner_that_is_switched_off_leaves_nothing_hanging() -> None:
    """What it holds still expires and goes on; nothing new comes to it."""
    partner = world.make_partner("Gone", last_offered_at=NOW - DAY)
    referral, offer = world.offered()
    Partner.objects.filter(pk=partner.pk).update(is_active=False)
    other = world.make_partner("Other")
    expire_due(now=offer.expires_at)
    route_due(now=offer.expires_at)
    assert referral.offers.get(state=OfferState.PENDING).partner == other
    assert not any(find_violations().values())


def test_person_who_left_sees_nothing_and_the_partner_still_does() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    client = client_of(partner)
    Membership.objects.update(is_active=False)
    assert client.get(f"/offers/{offer.public_id}/").status_code == 404
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING


def test_every_change_of_state_is_in_the_history_without_a_gap() -> None:
    partner = world.make_partner(**COMMUNITY)
    referral, offer = world.offered(**STANDARD)
    by = world.by_partner(partner)
    accept_offer(offer.pk, by=by, now=NOW)
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    acts.resume(referral.pk, to=State.ACCEPTED, reason="Go on", by=world.by_team(), now=NOW)
    acts.reassign(referral.pk, reason="Other plans", by=world.by_team(), now=NOW)
    steps = [
        (event.state_from, event.state_to)
        for event in Event.objects.filter(referral=referral).exclude(state_to="").order_by("id")
        if event.state_from != event.state_to
    ]
    assert all(before[1] == after[0] for before, after in pairwise(steps)), steps
    referral.refresh_from_db()
    assert steps[-1][1] == referral.state


def test_batch_writes_an_event_for_every_referral() -> None:
    world.make_partner(capacity=3)
    rows = [world.screened() for _ in range(5)]
    route_due(now=NOW)
    kinds = [list(row.events.values_list("kind", flat=True)).count(EventKind.OFFERED) for row in rows]
    assert sum(kinds) == 3
    assert all(row.events.filter(kind__in=(EventKind.OFFERED, EventKind.MOVED)).exists() for row in rows)


def test_what_is_routed_together_does_not_favor_the_lowest_id() -> None:
    """Three equal partners and two referrals a pass: a turn shared by a whole pass gives them 60, 30 and 30."""
    for order in BatchOrder.values:
        moving, got = {number: Moving() for number in (1, 2, 3)}, Counter[int | None]()
        board = Board([profile(number, capacity=50) for number in moving])
        for day in range(60):
            plan = plan_batch([need()] * 2, board, moving, NOW + day * DAY, Policy(batch_order=order))
            got.update(choice.chosen for choice in plan.choices)
            moving |= {partner: Moving(0, after.last_offered_at) for partner, after in plan.moved.items()}
        assert got == {1: 40, 2: 40, 3: 40}


def test_returner_is_not_flooded_with_the_turns_that_it_missed() -> None:
    """Back from a month's pause it gets the next turn, and then one in ten like everybody."""
    rows = [profile(number, capacity=1000) for number in range(1, 11)]
    turns = {row.id: Moving(0, NOW - row.id * HOUR) for row in rows} | {10: Moving(0, NOW - 30 * DAY)}
    choices = plan_batch([need()] * 100, Board(rows), turns, NOW, Policy()).choices
    assert choices[0].chosen == 10
    assert sum(choice.chosen == 10 for choice in choices) == 10


def test_reopened_referral_does_not_go_back_to_a_stale_owner() -> None:
    partner = world.make_partner("First", last_offered_at=NOW - DAY)
    referral, _offer = world.offered()
    acts.cancel(referral.pk, reason="Not now", by=world.by_team(), now=NOW)
    Partner.objects.filter(pk=partner.pk).update(paused_until=NOW + 9 * DAY)
    other = world.make_partner("Second")
    acts.reopen(referral.pk, reason="Now", by=world.by_team(), now=NOW)
    screen_due(now=NOW)
    route_due(now=NOW)
    assert referral.offers.get(state=OfferState.PENDING).partner == other


def test_mail_links_only_show() -> None:
    """Scanners follow every link of a mail: none of them may answer an offer."""
    partner = world.make_partner()
    _referral, offer = world.offered()
    client = client_of(partner)
    before = world.fingerprint()
    for act in ("accept", "decline", "undo", "contacts", "deliver", "fee-based", "close", "attempts"):
        client.get(f"/offers/{offer.public_id}/{act}/")
    assert world.fingerprint() == before


def test_cap_also_holds_for_what_the_team_reassigns() -> None:
    full = world.make_partner("Full", capacity=1)
    world.offered()
    referral = world.screened()
    route_due(now=NOW)
    referral.refresh_from_db()
    acts.resume(referral.pk, to=State.AWAITING_PARTNER, reason="Try again", by=world.by_team(), now=NOW)
    route_due(now=NOW)
    full.refresh_from_db()
    assert full.open_offers == 1


def test_work_that_was_begun_is_not_taken_by_who_opens_it_second() -> None:
    """Opening a page takes nothing: the offer stays its partner's, whoever of it looked first."""
    partner = world.make_partner()
    _referral, offer = world.offered()
    first, second = world.triager(partner), world.make_user("second@triager.example")
    Membership.objects.create(partner=partner, user=second, role="triager")
    for user in (first, second):
        client = Client()
        client.force_login(user)
        assert client.get(f"/offers/{offer.public_id}/").status_code == 200
    offer.refresh_from_db()
    assert (offer.state, offer.answered_by) == (OfferState.PENDING, None)
