"""Write what was planned: receipts, offers, moves, events and mail of a whole batch, each with one statement."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from accounts.identifiers import new_token, public_id
from partners.choices import ReferralType
from partners.domain.calendars import Calendar
from partners.domain.matching import Moving
from partners.domain.splitting import Share
from partners.services.snapshots import Desk
from referrals.choices import Actor, EventKind, State
from referrals.domain.lifecycle import NEXT_ACTS, check_move
from referrals.email.writing import NewOffer, say_instant, say_offer
from referrals.lifecycle import clocks
from referrals.models import Event, Notification, Offer
from referrals.routing.inserting import insert_rows
from referrals.routing.recording import Planned, Taken, write_receipts
from referrals.routing.splitting import Part, split_up
from referrals.routing.wording import say_why

NOBODY_LEFT = "No matching partner. We retry automatically when capacity frees up; see what relaxing a filter gives."


class Piece(NamedTuple):
    """A referral of the plan or a sibling split off it. ``place``: its share in the choice (none: nobody takes it)."""

    referral: int
    number: str
    row: Planned
    place: int | None
    goes_to: State = State.IN_REVIEW
    note: str = NOBODY_LEFT

    @property
    def share(self) -> Share | None:
        return None if self.place is None else self.row.choice.shares[self.place]


def write_plan(plan: list[Planned], taken: Taken, moved: Mapping[int, Moving], now: dt.datetime) -> None:
    """Write everything that a plan causes. The referrals and partners are locked."""
    desk, runs = taken.desk, write_receipts(plan, taken, now)
    parts = split_up({row.asking.pk: row.choice for row in plan}, now)
    pieces = [piece for row in plan for piece in _pieces(row, parts.get(row.asking.pk, ()))]
    offers = _OfferWriter(desk, now).write([piece for piece in pieces if piece.share], runs)
    _move_referrals([piece for piece in pieces if piece.goes_to != State.WITH_FTC], offers, now)
    _move_partners(moved)
    _write_events(pieces, offers, now)


def _pieces(row: Planned, parts: Iterable[Part]) -> Iterator[Piece]:
    yield Piece(row.asking.pk, row.asking.public_id, row, 0 if row.choice.shares else None)
    for part in parts:
        yield Piece(part.sibling.pk, part.sibling.public_id, row, part.place, State(part.sibling.state), part.note)


@dataclass(frozen=True, slots=True)
class _Times:
    """The clocks of an offer in one calendar as they are written, and how its mail says them."""

    respond_by: str
    respond_why: str
    remind_at: str
    mail_at: str
    answer: str
    until: str


class _OfferWriter:
    """Writes offers and their mail; what a calendar says is counted once for all partners that share it."""

    def __init__(self, desk: Desk, now: dt.datetime) -> None:
        self.desk, self.now = desk, now
        self.times: dict[int, _Times] = {}
        self.counted: dict[Calendar, _Times] = {}

    def write(self, pieces: list[Piece], runs: Mapping[int, int]) -> dict[int, int]:
        """Referral → its new offer."""
        rows = [self._offer(piece, runs[piece.row.asking.pk]) for piece in pieces]
        shared = {"offered_at": self.now, "expires_at": clocks.expiry_due(self.now).at}
        offers = insert_rows(Offer, rows, shared, key="referral_id")
        pairs = zip(pieces, rows, strict=True)
        mails = [self._mail(piece, row["partner_id"], offers[piece.referral]) for piece, row in pairs]
        insert_rows(Notification, mails, {"kind": "offer", "created_at": self.now}, key="offer_id")
        return offers

    def _offer(self, piece: Piece, run: int) -> dict[str, Any]:
        place, need, choice = piece.place or 0, piece.row.need, piece.row.choice
        share, turn = choice.shares[place], choice.turns[place]
        profile, times = self.desk.board.profile(share.partner), self._times(share.partner)
        return {
            "public_id": public_id("OFR"),
            "referral_id": piece.referral,
            "partner_id": profile.id,
            "organisation_id": profile.organisation,
            "run_id": run,
            "round": piece.row.asking.round,
            "workloads": share.workloads,
            "referral_type": need.type,
            "is_incumbent": profile.id in need.incumbents,
            "why": say_why(need, profile, share),
            "turn_at": turn.after.last_offered_at,
            "turn_before": turn.before.last_offered_at,
            "turn": turn.after.last_turn,
            "last_turn_before": turn.before.last_turn,
            "respond_by": times.respond_by,
            "respond_why": times.respond_why,
            "remind_at": times.remind_at,
        }

    def _mail(self, piece: Piece, partner: int, offer: int) -> dict[str, Any]:
        card, times = self.desk.cards[partner], self._times(partner)
        kind, customer = str(ReferralType(piece.row.need.type).label), piece.row.asking.customer_name
        subject, body = say_offer(NewOffer(piece.number, customer, kind, card.name, times.answer, times.until))
        return {
            "offer_id": offer,
            "referral_id": piece.referral,
            "to": card.contact,
            "subject": subject,
            "body": body,
            "due_at": times.mail_at,
            "zone": card.calendar.zone,
            "message_key": new_token(),
        }

    def _times(self, partner: int) -> _Times:
        if partner not in self.times:
            calendar = self.desk.cards[partner].calendar
            if calendar not in self.counted:
                self.counted[calendar] = self._count(calendar)
            self.times[partner] = self.counted[calendar]
        return self.times[partner]

    def _count(self, calendar: Calendar) -> _Times:
        due = clocks.start_offer_clocks(self.now, calendar)
        answer, until = (say_instant(at, calendar.zone) for at in (due.respond_by, due.expires_at))
        mail_at = clocks.mail_time(self.now, calendar.zone)
        instants = due.respond_by.isoformat(), due.respond_why, due.remind_at.isoformat(), mail_at.isoformat()
        return _Times(*instants, answer, until)


# What differs between referrals that were offered and those that nobody takes is decided once for the batch.
MOVE = """
    UPDATE referrals_referral SET state = %(state)s, state_before = %(before)s, next_action = %(act)s,
        next_owner = %(owner)s, next_action_at = %(due)s, due_why = %(why)s, nudged_at = NULL, state_note = %(note)s,
        retry_partner_id = CASE WHEN %(state)s = 'offered' THEN NULL ELSE retry_partner_id END,
        times_left = CASE WHEN %(state)s = 'in_review' THEN LEAST(times_left + 1, 2) ELSE 0 END,
        waiting_since = CASE WHEN %(state)s = 'in_review' THEN LEAST(next_action_at, %(now)s) END,
        unheld_for = unheld_for + COALESCE(%(now)s - unheld_since, '0'), unheld_since = NULL
    WHERE id = ANY(%(ids)s)"""


def _move_referrals(pieces: list[Piece], offers: Mapping[int, int], now: dt.datetime) -> None:
    """Offered ones wait for their partner, those that nobody takes for the team. One statement for each."""
    left = [piece for piece in pieces if piece.referral not in offers]
    team, expiry = clocks.team_due(now), clocks.expiry_due(now)
    _move(list(offers), State.OFFERED, expiry, now)
    for note in {piece.note for piece in left}:
        ids = [piece.referral for piece in left if piece.note == note]
        _move(ids, State.IN_REVIEW, team, now, before=State.AWAITING_PARTNER, note=note)


def _move(
    ids: list[int],
    to: State,
    due: clocks.Deadline,
    now: dt.datetime,
    *,
    before: str = "",
    note: str = "",
) -> None:
    if not ids:
        return
    check_move(State.AWAITING_PARTNER, to, Actor.SYSTEM)
    act, owner = NEXT_ACTS[to]
    words: dict[str, Any] = {
        "state": to.value,
        "before": before,
        "act": act.value,
        "owner": owner.value,
        "due": due.at,
        "why": due.why,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, words | {"note": note, "now": now, "ids": ids})


def _move_partners(moved: Mapping[int, Moving]) -> None:
    columns: list[list[Any]] = [
        list(moved),
        [state.open_offers for state in moved.values()],
        [state.last_offered_at for state in moved.values()],
        [state.open_benefit for state in moved.values()],
        [state.last_turn for state in moved.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_partner AS p SET open_offers = n.open, last_offered_at = n.at, open_benefit = n.benefit,"
            " last_turn = n.turn FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::int[], %s::bigint[])"
            " AS n(id, open, at, benefit, turn) WHERE p.id = n.id",
            columns,
        )


def _write_events(pieces: list[Piece], offers: Mapping[int, int], now: dt.datetime) -> None:
    rows = [_event(piece, offers.get(piece.referral)) for piece in pieces]
    shared = {"at": now, "actor": Actor.SYSTEM.value, "state_from": State.AWAITING_PARTNER.value}
    insert_rows(Event, rows, shared, key="referral_id")


def _event(piece: Piece, offer: int | None) -> dict[str, Any]:
    share = piece.share
    return {
        "referral_id": piece.referral,
        "kind": EventKind.OFFERED if offer else EventKind.MOVED,
        "partner_id": share.partner if share else None,
        "offer_id": offer,
        "determination_id": piece.row.asking.determination,
        "state_to": State.OFFERED if offer else piece.goes_to,
        "note": "" if offer else piece.note,
    }
