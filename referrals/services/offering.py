"""Write what was planned: receipts, offers, moves, events and mail of a whole batch, each with one statement."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.models.customer import public_id
from partners.domain.matching import ENGINE_VERSION, Moving, Need, Profile, say_score
from partners.domain.planning import Choice
from partners.domain.receipts import pack_moving, receipt_hash, start_hash, write_need, write_shares
from partners.domain.splitting import Share
from partners.models import Partner, RoutingPolicy
from partners.services.snapshots import Desk, keep_base, keep_revision
from referrals.choices import Actor, EventKind, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.models import Event, Notification, Offer, Referral, RoutingBatch, RoutingRun

from . import clocks
from .notifying import tell_partner_of_offer
from .splitting import Piece, split_up

NOBODY_LEFT = "No partner passes every filter. It is tried again as soon as one may; see what relaxing a filter gives."


@dataclass(frozen=True, slots=True)
class Planned:
    """One referral of a batch with its planned choice."""

    referral: Referral
    need: Need
    choice: Choice


def write_plan(
    plan: list[Planned],
    desk: Desk,
    start: Mapping[int, Moving],
    moved: Mapping[int, Moving],
    policy: RoutingPolicy,
    now: dt.datetime,
) -> None:
    """Write everything that a plan causes. The referrals and partners are locked."""
    runs = _write_runs(plan, _write_batch(desk, start, policy, now), desk, start)
    pieces = list(split_up([(row.referral, row.choice, run) for row, run in zip(plan, runs, strict=True)], now))
    writer = _OfferWriter(plan, desk, start, now)
    offers = Offer.objects.bulk_create(writer.build(piece) for piece in pieces if piece.share)
    held = {offer.referral_id: offer for offer in offers}
    _move_referrals([piece.referral for piece in pieces], held, now)
    _move_partners(moved)
    _write_events(pieces, held, now)
    Notification.objects.bulk_create(
        tell_partner_of_offer(offer, desk.cards[offer.partner_id].contact, desk.cards[offer.partner_id].zone, now)
        for offer in offers
    )


def _write_batch(desk: Desk, start: Mapping[int, Moving], policy: RoutingPolicy, now: dt.datetime) -> RoutingBatch:
    base, base_hash, differing = keep_base(start)
    changes = pack_moving(differing)
    return RoutingBatch.objects.create(
        at=now,
        engine_version=ENGINE_VERSION,
        policy=policy,
        profiles_id=keep_revision(desk),
        base_id=base,
        changes=changes,
        start_hash=start_hash(policy.as_policy(), desk.content_hash, base_hash, changes, now),
    )


def _write_runs(plan: list[Planned], batch: RoutingBatch, desk: Desk, start: Mapping[int, Moving]) -> list[RoutingRun]:
    before, runs = batch.start_hash, []
    for position, row in enumerate(plan):
        need, choice = write_need(row.need), row.choice
        before = receipt_hash(before, need, choice)
        runs.append(
            RoutingRun(
                referral=row.referral,
                batch=batch,
                position=position,
                need=need,
                chosen_id=choice.chosen,
                shares=write_shares(choice),
                left_over=list(choice.left_over),
                passing=choice.passing,
                ranked=list(choice.ranked),
                words=[_words(row.need, desk.board.profile(partner), start[partner]) for partner in choice.ranked],
                receipt_hash=before,
            )
        )
    return RoutingRun.objects.bulk_create(runs)


def _words(need: Need, profile: Profile, moving: Moving) -> dict[str, str]:
    return {"name": profile.name, "why": say_score(need, profile, moving)}


class _OfferWriter:
    """Builds offers; deadlines are counted once for each partner of the batch."""

    def __init__(self, plan: list[Planned], desk: Desk, start: Mapping[int, Moving], now: dt.datetime) -> None:
        self.needs = {row.referral.pk: row.need for row in plan}
        self.desk, self.now = desk, now
        self.turns = {partner: state.last_offered_at for partner, state in start.items()}
        self.clocks: dict[int, clocks.OfferClocks] = {}

    def build(self, piece: Piece) -> Offer:
        share = piece.share
        assert share is not None  # noqa: S101 (the caller leaves the others out)
        need, profile = self.needs[piece.run.referral_id], self.desk.board.profile(share.partner)
        before = self.turns[profile.id]
        turn = self.turns[profile.id] = max(self.now, before or self.now) + dt.timedelta(microseconds=1)
        due = self._clocks(profile.id)
        offer = Offer(
            public_id=public_id("OFR"),
            referral=piece.referral,
            organisation_id=profile.organisation,
            run=piece.run,
            round=piece.referral.round,
            workloads=list(share.workloads),
            referral_type=need.type,
            is_incumbent=profile.id in need.incumbents,
            why=say_why(need, profile, share),
            turn_at=turn,
            turn_before=before,
            offered_at=self.now,
            respond_by=due.respond_by,
            respond_why=due.respond_why,
            remind_at=due.remind_at,
            expires_at=due.expires_at,
        )
        offer.partner = Partner(pk=profile.id, name=profile.name)
        return offer

    def _clocks(self, partner: int) -> clocks.OfferClocks:
        if partner not in self.clocks:
            self.clocks[partner] = clocks.start_offer_clocks(self.now, self.desk.cards[partner].calendar)
        return self.clocks[partner]


def say_why(need: Need, profile: Profile, share: Share) -> str:
    """Why this came to this partner, with nothing about anybody else."""
    number = len(share.workloads)
    whole = "" if share.workloads == need.workloads else " of your part"
    parts = [
        f"you are endorsed for all {number} workloads{whole}" if number > 1 else "",
        f"you are endorsed for the workload{whole}" if number == 1 else "",
        f"you work in {COUNTRY_NAMES.get(need.country, need.country)}",
        _languages(need, profile),
        "you have free capacity",
    ]
    facts = ", ".join(part for part in parts if part)
    if profile.id == need.retry_partner:
        return f"It comes back to you as agreed: {facts}."
    if profile.id in need.incumbents:
        return f"You already work with this customer: {facts}."
    return f"{facts[0].upper()}{facts[1:]}, and it was your turn."


def _languages(need: Need, profile: Profile) -> str:
    shared = sorted(set(need.languages) & set(profile.languages))
    return f"you speak {', '.join(LANGUAGE_NAMES.get(code, code) for code in shared)}" if shared else ""


def _move_referrals(referrals: Iterable[Referral], offers: Mapping[int, Offer], now: dt.datetime) -> None:
    """One statement for the whole batch: offered ones wait for their partner, those nobody takes for the team."""
    team = clocks.team_due(now)
    rows = [_next(row.pk, offers.get(row.pk), team) for row in referrals if row.state == State.AWAITING_PARTNER]
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referrals_referral AS r SET state = n.state, state_before = n.state_before,"
            " next_action = n.act, next_owner = n.owner, next_action_at = n.due, due_why = n.why, nudged_at = NULL,"
            " state_note = n.note, retry_partner_id = NULL,"
            " waiting_since = CASE WHEN n.state = 'in_review' THEN %s::timestamptz END,"
            " unheld_for = unheld_for + COALESCE(%s::timestamptz - unheld_since, '0'), unheld_since = NULL"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],"
            " %s::text[], %s::text[]) AS n(id, state, state_before, act, owner, due, why, note) WHERE r.id = n.id",
            [now, now, *columns],
        )


def _next(referral: int, offer: Offer | None, team: clocks.Deadline) -> tuple[Any, ...]:
    state = State.OFFERED if offer else State.IN_REVIEW
    act, owner = NEXT_ACTS[state]
    due, why = (offer.expires_at, clocks.EXPIRY_WHY) if offer else (team.at, team.why)
    before, note = ("", "") if offer else (State.AWAITING_PARTNER.value, NOBODY_LEFT)
    return referral, state.value, before, act.value, owner.value, due, why, note


def _move_partners(moved: Mapping[int, Moving]) -> None:
    columns: list[list[Any]] = [
        list(moved),
        [state.open_offers for state in moved.values()],
        [state.last_offered_at for state in moved.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_partner AS p SET open_offers = n.open, last_offered_at = n.turn"
            " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS n(id, open, turn) WHERE p.id = n.id",
            columns,
        )


def _write_events(pieces: Iterable[Piece], offers: Mapping[int, Offer], now: dt.datetime) -> None:
    Event.objects.bulk_create(_event(piece, offers.get(piece.referral.pk), now) for piece in pieces)


def _event(piece: Piece, offer: Offer | None, now: dt.datetime) -> Event:
    referral = piece.referral
    return Event(
        referral=referral,
        kind=EventKind.OFFERED if offer else EventKind.MOVED,
        at=now,
        actor=Actor.SYSTEM,
        partner_id=offer.partner_id if offer else None,
        offer=offer,
        determination_id=referral.determination_id,
        state_from=State.AWAITING_PARTNER,
        state_to=State.OFFERED if offer else piece.goes_to,
        note="" if offer else piece.note or NOBODY_LEFT,
    )
