"""What happens to the demo's referrals: every step through the services that the pages use."""

import datetime as dt
import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from accounts.models import User
from benefits.choices import Status
from benefits.models import Tenant
from benefits.services.customers import Recorded
from partners.choices import ReferralType, Role
from partners.services.availability import restore_due_availability
from referrals.answering import delivering, opening, releasing, responding
from referrals.choices import Actor, CloseOutcome, NextAct, OfferState, Source, State
from referrals.diligence import facts
from referrals.intake import filing
from referrals.lifecycle import sights
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.clocks import Deadline
from referrals.lifecycle.moving import move, set_next_act
from referrals.models import DeclineReason, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from referrals.routing.screening import screen_referral

from .demo_people import describe_request

REFERRALS = 150
OLDEST_DAYS = 8.5
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
NOTES = {
    "skills": "Their estate is mostly Linux servers, and no one on our team has done that roll-out before.",
    "language": "The customer asked for French-speaking engineers throughout, which we cannot promise this quarter.",
    "other": "We spoke with the customer on Tuesday; they want to start within two weeks, which we cannot staff.",
    "wrong_type": "They told us on the phone that they look for paid consulting, not for deployment help.",
    "unreachable": "Two calls and an email were not answered; the contact seems to have left the company.",
}


class Story:
    """Plays the requests one after the other, from eight days ago until now."""

    def __init__(self, now: dt.datetime, say: Callable[[str], None]) -> None:
        self.now, self.say = now, say
        self.dice = random.Random(20261122)  # noqa: S311 (the same demo every time)
        self.team = By(Actor.TEAM, User.objects.get(email="team@demo.example"))
        self.reasons = {reason.code: reason for reason in DeclineReason.objects.all()}

    def play(self) -> None:
        acts = self._acts()
        for number in range(REFERRALS):
            at = self.now - dt.timedelta(days=OLDEST_DAYS * (1 - number / REFERRALS), hours=7)
            act = acts[number % len(acts)]
            self._play_one(number, act, at)
            if (number + 1) % 50 == 0:
                self.say(f"  {number + 1} of {REFERRALS} referrals")
        self._keep_fleeting_states()
        self._ask_as_strangers()

    def _acts(self) -> list[Callable[[Referral, dt.datetime], None] | None]:
        """One act for every kind of ending; ``None`` leaves the offer unanswered."""
        return [
            None,
            self.accept,
            self.deliver,
            self.decline,
            None,
            self.fee_based,
            self.close,
            self.decline_for_review,
            self.accept,
            self.hold,
            self.ask_release,
            self.pass_to_ftc,
            None,
            self.cancel,
            self.retry_later,
        ]

    def _play_one(self, number: int, act: Callable[[Referral, dt.datetime], None] | None, at: dt.datetime) -> None:
        restore_due_availability(at)
        data = describe_request(number, self.dice)
        if number % 12 == 11:
            domain = f"new{number}.example"
            data |= {"plans": [], "domain": domain, "requester_email": f"it@{domain}"}
            data["customer_name"] += " Group"
        author = By(Actor.REQUESTER) if number % 3 else self.team
        source = Source.RFA if number % 3 else Source.TEAM
        referral = filing.submit(data, source=source, form_key=uuid.uuid4(), by=author, now=at)
        own_id = uuid.uuid5(uuid.NAMESPACE_DNS, data["domain"])
        Tenant.objects.filter(pk=referral.tenant_id, directory_id=None).update(directory_id=own_id)
        screen_referral(referral.pk, now=at + SECOND)
        route_due(now=at + 2 * SECOND, only=[referral.pk])
        referral.refresh_from_db()
        if act is not None and referral.state == State.OFFERED:
            act(referral, at + HOUR)

    def _offer(self, referral: Referral) -> tuple[Offer, By]:
        offer = referral.offers.get(state__in=(OfferState.PENDING, OfferState.ACCEPTED))
        user = User.objects.get(memberships__partner=offer.partner, memberships__role=Role.ADMIN)
        return offer, By(Actor.PARTNER, user, offer.partner)

    def accept(self, referral: Referral, at: dt.datetime) -> None:
        offer, by = self._offer(referral)
        opening.mark_opened(offer.pk, by=by, now=at)
        responding.accept_offer(offer.pk, by=by, now=at + HOUR / 2)
        self._record(referral, at + HOUR, by, {})

    def _record(self, referral: Referral, at: dt.datetime, by: By, statuses: dict[str, str]) -> None:
        """Record what the partner learned: the requested workloads, and what is given."""
        tenant = referral.customer.tenants.get()
        default = Status.IN_PROGRESS if self.dice.random() < 0.5 else Status.NOT_STARTED
        found = dict.fromkeys(referral.workloads, default.value) | statuses
        recorded = {code: Recorded(status, "Seen in the admin center") for code, status in found.items()}
        offer, _by = self._offer(referral)
        facts.record_statuses(referral.pk, tenant, recorded, by=by, now=at, offer=offer)

    def deliver(self, referral: Referral, at: dt.datetime) -> None:
        self.accept(referral, at)
        offer, by = self._offer(referral)
        referral.refresh_from_db()
        if referral.determination and referral.determination.outcome == "benefit_not_realized":
            delivering.start_delivery(offer.pk, by=by, now=at + 3 * HOUR, acknowledged=True)

    def _enable_all(self, referral: Referral, at: dt.datetime, by: By) -> None:
        referral.refresh_from_db()
        if referral.determination is None:
            return
        findings = [row["workload"] for row in referral.determination.result["findings"]]
        self._record(referral, at, by, dict.fromkeys(findings, Status.ENABLED.value))

    def fee_based(self, referral: Referral, at: dt.datetime) -> None:
        self.accept(referral, at)
        offer, by = self._offer(referral)
        self._enable_all(referral, at + 2 * HOUR, by)
        referral.refresh_from_db()
        if referral.determination and referral.determination.outcome in (
            "benefit_realized",
            "not_eligible",
            "out_of_scope",
        ):
            looked = sights.mark_of(sights.find_changes(referral.customer, offer, at + 3 * HOUR))
            with suppress(delivering.DeterminationMissing):
                delivering.continue_fee_based(offer.pk, by=by, now=at + 3 * HOUR, looked=looked)

    def close(self, referral: Referral, at: dt.datetime) -> None:
        self.fee_based(referral, at)
        offer, by = self._offer(referral)
        referral.refresh_from_db()
        if referral.state == State.FEE_BASED:
            note = "Statement of work signed."
            outcome = CloseOutcome.FEE_WORK_AGREED
            delivering.close_work(offer.pk, outcome=outcome, note=note, by=by, now=at + 5 * HOUR)

    def _decline(self, referral: Referral, at: dt.datetime, reason: str) -> None:
        offer, by = self._offer(referral)
        said = responding.Decline(self.reasons[reason], NOTES[reason], "Prefers mornings.")
        try:
            responding.decline_offer(offer.pk, said, by=by, now=at)
        except responding.DutyToDeliver:
            until = at + dt.timedelta(hours=12)
            lower = responding.Availability(until)
            responding.decline_offer(offer.pk, replace(said, correction=lower), by=by, now=at)
        route_due(now=at + SECOND, only=[referral.pk])

    def decline(self, referral: Referral, at: dt.datetime) -> None:
        self._decline(referral, at, self.dice.choice(("skills", "language", "other")))

    def decline_for_review(self, referral: Referral, at: dt.datetime) -> None:
        self._decline(referral, at, "wrong_type")

    def retry_later(self, referral: Referral, at: dt.datetime) -> None:
        self._decline(referral, at, "unreachable")

    def ask_release(self, referral: Referral, at: dt.datetime) -> None:
        offer, by = self._offer(referral)
        said = responding.Decline(self.reasons["skills"], NOTES["skills"])
        with suppress(releasing.ReleaseRefused):
            releasing.request_release(offer.pk, said, by=by, now=at)

    def hold(self, referral: Referral, at: dt.datetime) -> None:
        until = self.now + dt.timedelta(days=14)
        acts.hold(referral.pk, until=until, reason="The customer asked for two weeks.", by=self.team, now=at)

    def pass_to_ftc(self, referral: Referral, at: dt.datetime) -> None:
        reason = "No partner has the language the customer asked for."
        acts.reassign(referral.pk, reason=reason, by=self.team, now=at)
        acts.pass_to_ftc(referral.pk, reason=reason, by=self.team, now=at)

    def cancel(self, referral: Referral, at: dt.datetime) -> None:
        acts.cancel(referral.pk, reason="The customer withdrew the request.", by=self.team, now=at)

    def _keep_fleeting_states(self) -> None:
        """Some states last seconds; three rows are kept in them for a week, so that they can be seen."""
        due = Deadline(self.now + dt.timedelta(days=7), "")
        for number, states in enumerate(((), (State.SCREENING,), (State.SCREENING, State.AWAITING_PARTNER))):
            data = describe_request(number, self.dice)
            referral = filing.submit(data, source=Source.TEAM, form_key=uuid.uuid4(), by=self.team, now=self.now)
            referral.state_note = "Kept here by the demo, so that every state can be seen."
            set_next_act(referral, NextAct.SCREEN, Actor.SYSTEM, due)
            if State.AWAITING_PARTNER in states:
                referral.assigned_type, referral.cover = ReferralType.BENEFIT, data["workloads"]
            referral.save()
            for state in states:
                move(referral, state, SYSTEM, self.now, due=due, note=referral.state_note)

    def _ask_as_strangers(self) -> None:
        """Two requests whose sender is in no domain of the customer wait for the team's word."""
        for number in (4, 9):
            data = describe_request(number, self.dice) | {"requester_email": "advisor@litware.example"}
            by = By(Actor.REQUESTER)
            filing.submit(data, source=Source.RFA, form_key=uuid.uuid4(), by=by, now=self.now - HOUR)
