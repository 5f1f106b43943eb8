"""Any order of what people and the clock do: every promise holds after every step."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from partners.models import Endorsement, Partner
from partners.services.availability import AvailabilityRefused, pause_partner
from referrals.answering import delivering, opening, reaching, releasing, responding, undoing
from referrals.choices import Actor, Channel, OfferState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle.acting import By
from referrals.models import Offer, Referral, ReleaseRequest, RoutingRun
from referrals.reviewing import acts
from referrals.routing import retrying
from referrals.routing.choosing import route_due
from referrals.routing.receipts import replay_runs
from referrals.sweeping import sweeps
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.reconciling import reconcile
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

REFUSALS = (
    responding.OfferAlreadyAnswered,
    responding.DutyToDeliver,
    AvailabilityRefused,
    MoveRefused,
    undoing.UndoRefused,
    releasing.ReleaseRefused,
    reaching.AttemptRefused,
    delivering.OfferNotHeld,
    delivering.DeterminationMissing,
    delivering.EndorsementMissing,
)
WORKLOADS = ("DEFENDER_ENDPOINT", "INTUNE", "TEAMS")
LIVE = (OfferState.PENDING, OfferState.RELEASE_REQUESTED, OfferState.ACCEPTED)
which = st.integers(0, 50)


class Programme(RuleBasedStateMachine):
    """Three partners and a handful of referrals on the real database; each example is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.now = NOW
        self.lent: set[int] = set()  # partners whose capacity was lowered below what they held

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    @initialize(capacity=st.integers(1, 2), community=st.booleans())
    def open_shop(self, capacity: int, community: bool) -> None:
        flags = {"is_fasttrack_ready": not community, "takes_benefit": not community}
        world.make_partner("Alpha", capacity=capacity, endorsed=list(WORKLOADS), **flags)
        world.make_partner("Beta", capacity=2, endorsed=["INTUNE", "TEAMS"])
        world.make_partner(
            "Gamma", capacity=2, endorsed=["DEFENDER_ENDPOINT"], is_fasttrack_ready=False, takes_benefit=False
        )

    # --- what people do

    @precondition(lambda self: Referral.objects.count() < 6)
    @rule(workloads=st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=3, unique=True), standard=st.booleans())
    def submit(self, workloads: list[str], standard: bool) -> None:
        world.submit(self.now, workloads=sorted(workloads), requested_type="standard" if standard else "benefit")

    @rule(number=which)
    def open_offer(self, number: int) -> None:
        self._with_offer(number, lambda offer, by: opening.mark_opened(offer.pk, by=by, now=self.now))

    @rule(number=which)
    def accept(self, number: int) -> None:
        self._with_offer(number, lambda offer, by: responding.accept_offer(offer.pk, by=by, now=self.now))

    @rule(
        number=which,
        reason=st.sampled_from(["skills", "unreachable", "duplicate", "already_realized"]),
        pauses=st.booleans(),
    )
    def decline(self, number: int, reason: str, pauses: bool) -> None:
        pause = responding.Availability(self.now + dt.timedelta(days=2)) if pauses else None
        said = world.said(reason, correction=pause)
        self._with_offer(number, lambda offer, by: responding.decline_offer(offer.pk, said, by=by, now=self.now))

    @rule(number=which)
    def ask_release(self, number: int) -> None:
        said = world.said()
        self._with_offer(number, lambda offer, by: releasing.request_release(offer.pk, said, by=by, now=self.now))

    @rule(grant=st.booleans())
    def decide_release(self, grant: bool) -> None:
        request = ReleaseRequest.objects.filter(state="open").first()
        if request is not None:
            self._try(
                lambda: releasing.decide_release(request.pk, grant=grant, note="So", by=world.by_team(), now=self.now)
            )

    @rule(number=which)
    def take_back(self, number: int) -> None:
        answered = Offer.objects.exclude(answered_at=None)
        self._with_offer(number, lambda offer, by: undoing.undo_answer(offer.pk, by=by, now=self.now), answered)

    @rule(number=which)
    def show_contacts(self, number: int) -> None:
        self._with_offer(number, lambda offer, by: delivering.show_contacts(offer.pk, by=by, now=self.now))

    @rule(number=which)
    def deliver(self, number: int) -> None:
        def start(offer: Offer, by: Any) -> None:
            delivering.start_delivery(offer.pk, by=by, now=self.now, acknowledged=True)

        self._with_offer(number, start)

    @rule(number=which)
    def try_to_reach(self, number: int) -> None:
        words: dict[str, Any] = {"tried_on": self.now.date(), "channel": Channel.PHONE, "note": ""}
        self._with_offer(number, lambda offer, by: reaching.log_attempt(offer.pk, **words, by=by, now=self.now))

    @rule(number=which, what=st.sampled_from(["cancel", "reassign", "hold", "ftc", "reopen", "resume", "withdraw"]))
    def team_acts(self, number: int, what: str) -> None:
        words: dict[str, Any] = {"reason": "Reason", "by": world.by_team(), "now": self.now}
        deeds: dict[str, Callable[[int], Any]] = {
            "cancel": lambda pk: acts.cancel(pk, **words),
            "reassign": lambda pk: acts.reassign(pk, **words),
            "hold": lambda pk: acts.hold(pk, until=self.now + dt.timedelta(days=3), **words),
            "ftc": lambda pk: acts.pass_to_ftc(pk, **words),
            "reopen": lambda pk: acts.reopen(pk, **words),
            "withdraw": lambda pk: acts.withdraw_request(pk, **words | {"by": By(Actor.REQUESTER)}),
            "resume": lambda pk: acts.resume(pk, to=State.AWAITING_PARTNER, **words),
        }
        rows = list(Referral.objects.order_by("pk"))
        if rows:
            self._try(lambda: deeds[what](rows[number % len(rows)].pk))

    # --- what happens to partners

    @rule(number=which, capacity=st.integers(0, 3))
    def change_capacity(self, number: int, capacity: int) -> None:
        partner = self._partner(number)
        Partner.objects.filter(pk=partner.pk).update(capacity=capacity)

    @rule(number=which)
    def pause(self, number: int) -> None:
        until = self.now + dt.timedelta(days=4)
        pause_partner(self._partner(number).pk, until=until, now=self.now, longest_days=30)

    @rule(number=which)
    def endorse(self, number: int) -> None:
        Endorsement.objects.get_or_create(partner=self._partner(number), workload_code="DEFENDER_ENDPOINT")

    # --- what the clock and the worker do

    @rule(hours=st.sampled_from([1, 30, 24 * 8]))
    def clock_jumps(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    @rule()
    def worker_sweeps(self) -> None:
        for work in (sweeps.screen_due, sweeps.expire_due, sweeps.wake_due, sweeps.remind_due):
            work(now=self.now)
        retrying.retry_waiting(now=self.now)
        sweeps.route_all_due(now=self.now)

    @rule()
    def router_routes(self) -> None:
        self._note_full_ones()
        route_due(now=self.now)
        for partner in Partner.objects.all():
            assert partner.pk in self.lent or partner.open_offers <= partner.capacity, "capacity is never exceeded"

    @invariant()
    def every_promise_holds(self) -> None:
        broken = {name: rows for name, rows in find_violations().items() if rows}
        assert not broken, broken
        assert reconcile(now=self.now) == [], "the reconciler has nothing to do"

    @invariant()
    def every_receipt_replays(self) -> None:
        assert [words for _run, words in replay_runs(RoutingRun.objects.all()) if words] == []

    def _note_full_ones(self) -> None:
        over = [row.pk for row in Partner.objects.all() if row.open_offers > row.capacity]
        self.lent = set(over)

    def _partner(self, number: int) -> Partner:
        return list(Partner.objects.order_by("pk"))[number % Partner.objects.count()]

    def _with_offer(self, number: int, act: Callable[[Offer, Any], object], rows: Any = None) -> None:
        offers = list((rows if rows is not None else Offer.objects.filter(state__in=LIVE)).order_by("pk"))
        if offers:
            offer = offers[number % len(offers)]
            self._try(lambda: act(offer, world.by_partner(offer.partner)))

    @staticmethod
    def _try(act: Callable[[], object]) -> None:
        """What is not allowed is refused and leaves everything as it was."""
        before = world.fingerprint()
        try:
            act()
        except REFUSALS:
            assert world.fingerprint() == before


@pytest.mark.django_db
def test_any_order_of_events_keeps_every_promise() -> None:
    run_state_machine_as_test(
        Programme,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
