"""Split a referral: siblings share an engagement reference, and each has its own clock and its own way."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from partners.choices import ReferralType
from partners.domain.planning import Choice
from partners.domain.splitting import Share
from referrals.choices import Actor, EventKind, Source, State
from referrals.domain.lifecycle import NEXT_ACTS, MoveRefused
from referrals.models import Event, Referral, RoutingRun
from referrals.queue import ring

from . import clocks
from .moving import By, live_offer, lock_referral, record_event

SHARED_WITH_SIBLINGS = (
    *("customer_id", "tenant_id", "requester_kind", "requester_name", "requester_email", "requester_phone"),
    *("text", "areas", "delivery", "languages", "no_incentive", "requested_type", "assigned_type"),
    *("eligibility_unverified", "determination_id", "engagement", "round", "round_by", "round_reason"),
)
TO_FTC = "No partner covers these workloads; the FastTrack Center follows them up."
TO_TEAM = "No partner covers these workloads, and the FastTrack Center does no Standard referrals."


@dataclass(frozen=True, slots=True)
class Piece:
    """A referral after splitting, whole or a part, with the share that its partner gets (none: nobody covers it)."""

    referral: Referral
    run: RoutingRun
    share: Share | None
    goes_to: State = State.IN_REVIEW
    note: str = ""


def split_up(rows: Iterable[tuple[Referral, Choice, RoutingRun]], now: dt.datetime) -> Iterator[Piece]:
    """One piece for each referral, and one more for every further share and for what is left over.

    Siblings are written here, with four statements for all of a batch; nothing is written when nothing is split.
    """
    rows = list(rows)
    split = [row for row in rows if len(row[1].shares) > 1 or row[1].left_over]
    siblings = _make_siblings(split, now) if split else {}
    for referral, choice, run in rows:
        yield Piece(referral, run, choice.shares[0] if choice.shares else None)
        yield from siblings.get(referral.pk, ())


def _make_siblings(rows: list[tuple[Referral, Choice, RoutingRun]], now: dt.datetime) -> dict[int, list[Piece]]:
    pieces: dict[int, list[Piece]] = {}
    for referral, choice, run in rows:
        pieces[referral.pk] = list(_pieces_besides(referral, choice, run, now))
        _keep(referral, list(choice.shares[0].workloads))
    Referral.objects.bulk_create(piece.referral for found in pieces.values() for piece in found)
    Referral.objects.bulk_update([row[0] for row in rows], ["engagement", "cover", "workloads"])
    _copy_exclusions({row[0].pk: [piece.referral for piece in pieces[row[0].pk]] for row in rows})
    events = (_events_of(row[0], pieces[row[0].pk], now) for row in rows)
    Event.objects.bulk_create(event for found in events for event in found)
    return pieces


def _pieces_besides(referral: Referral, choice: Choice, run: RoutingRun, now: dt.datetime) -> Iterator[Piece]:
    referral.engagement = referral.engagement or referral.public_id
    for share in choice.shares[1:]:
        yield Piece(build_sibling(referral, list(share.workloads), now), run, share)
    if choice.left_over:
        is_benefit = referral.assigned_type == ReferralType.BENEFIT
        to, note = (State.WITH_FTC, TO_FTC) if is_benefit else (State.IN_REVIEW, TO_TEAM)
        sibling = build_sibling(referral, list(choice.left_over), now)
        yield Piece(_send(sibling, to, note, now), run, None, to, note)


def _send(sibling: Referral, to: State, note: str, now: dt.datetime) -> Referral:
    sibling.state, sibling.state_note, sibling.unheld_since = to, note, None
    sibling.state_before = State.AWAITING_PARTNER if to == State.IN_REVIEW else ""
    sibling.next_action, sibling.next_owner = NEXT_ACTS[to]
    due = clocks.team_due(now) if to == State.IN_REVIEW else clocks.progress_due(now)
    sibling.next_action_at, sibling.due_why = due.at, due.why
    return sibling


def build_sibling(referral: Referral, workloads: list[str], now: dt.datetime) -> Referral:
    """An unsaved referral for some of the workloads, ready to be routed."""
    act, owner = NEXT_ACTS[State.AWAITING_PARTNER]
    return Referral(
        **{name: getattr(referral, name) for name in SHARED_WITH_SIBLINGS},
        source=Source.SPLIT,
        split_from=referral,
        workloads=workloads,
        cover=workloads,
        counts_from_round=referral.round,
        state=State.AWAITING_PARTNER,
        next_action=act,
        next_owner=owner,
        next_action_at=now,
        unheld_since=now,
        created_at=now,
    )


def _keep(referral: Referral, workloads: list[str]) -> None:
    referral.cover = workloads
    referral.workloads = [code for code in referral.workloads if code in workloads]


def _copy_exclusions(siblings: dict[int, list[Referral]]) -> None:
    """What the customer excludes holds for every part."""
    link = Referral.excluded_partners.through
    rows = link.objects.filter(referral__in=siblings).values_list("referral_id", "organisation_id")
    link.objects.bulk_create(
        link(referral_id=sibling.pk, organisation_id=organisation)
        for referral, organisation in rows
        for sibling in siblings[referral]
    )


def _events_of(referral: Referral, pieces: list[Piece], now: dt.datetime) -> Iterator[Event]:
    parts = {piece.referral.public_id: piece.referral.cover for piece in pieces}
    words = {"kind": EventKind.SPLIT, "at": now, "actor": Actor.SYSTEM}
    note = "No single partner covers all workloads."
    yield Event(referral=referral, **words, note=note, data={"kept": referral.cover, "siblings": parts})
    for piece in pieces:
        data = {"from": referral.public_id, "workloads": piece.referral.cover}
        yield Event(referral=piece.referral, **words, note=note, data=data)


@transaction.atomic
def split_off(pk: int, *, workloads: list[str], reason: str, by: By, now: dt.datetime) -> Referral:
    """Move chosen workloads to a sibling referral with its own clocks, which is routed at once.

    Raises:
        MoveRefused: nothing would be left, nothing is moved, or a partner holds it.
    """
    referral = lock_referral(pk)
    check_unheld(referral)
    moved = sorted(set(workloads) & set(referral.cover))
    kept = sorted(set(referral.cover) - set(moved))
    if not moved or not kept:
        raise MoveRefused("Choose some of its workloads, and leave at least one.")
    referral.engagement = referral.engagement or referral.public_id
    _keep(referral, kept)
    referral.save(update_fields=["engagement", "cover", "workloads"])
    sibling = build_sibling(referral, moved, now)
    sibling.created_by = by.user
    sibling.save()
    _copy_exclusions({referral.pk: [sibling]})
    ring()
    data = {"moved": moved, "kept": kept, "sibling": sibling.public_id}
    record_event(referral, EventKind.SPLIT, by, now, note=reason, data=data)
    record_event(sibling, EventKind.SPLIT, by, now, note=reason, data={"from": referral.public_id, "workloads": moved})
    return sibling


def check_unheld(referral: Referral) -> None:
    """Raises MoveRefused when a partner has it: its offer names the workloads that it was chosen for."""
    if referral.state not in (State.IN_REVIEW, State.AWAITING_PARTNER, State.ON_HOLD):
        raise MoveRefused("This can be done while it is in review, on hold or waiting for a partner.")
    if live_offer(referral) is not None:
        raise MoveRefused("A partner has it. Reassign it, or take it up again towards routing, first.")


def check_not_shared(referral: Referral, workloads: list[str]) -> None:
    """Raises MoveRefused when another part of the same engagement covers one of the workloads."""
    if not referral.engagement:
        return
    others = Referral.objects.filter(engagement=referral.engagement, cover__overlap=workloads).exclude(pk=referral.pk)
    other = others.first()
    if other is not None:
        raise MoveRefused(f"{other.public_id} covers some of these already: it is part of the same engagement.")
