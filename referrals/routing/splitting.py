"""Split a referral: siblings share an engagement reference, and each has its own clock and its own way."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from partners.choices import ReferralType
from partners.domain.plans import Choice
from referrals.choices import Actor, EventKind, Source, State
from referrals.domain.lifecycle import NEXT_ACTS, MoveRefused, WrongState
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import live_offer, lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import Event, Referral
from referrals.queue import ring

SHARED_WITH_SIBLINGS = (
    *("customer_id", "tenant_id", "requester_kind", "requester_name", "requester_email", "requester_phone", "sender"),
    *("text", "areas", "delivery", "wanted_from", "languages", "no_incentive", "requested_type", "assigned_type"),
    "rfa_id",
    *(
        "eligibility_unverified",
        "determination_id",
        "determined_for",
        "engagement",
        "round",
        "round_by",
        "round_reason",
    ),
)
TO_FTC = "No partner covers these workloads; the FastTrack Center follows them up."
TO_TEAM = "No partner covers these workloads, and the FastTrack Center does no Standard referrals."


@dataclass(frozen=True, slots=True)
class Part:
    """A sibling made by a split, with the place of its share in the choice (none: nobody covers it)."""

    sibling: Referral
    place: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a sibling begins, and by when somebody is to do what comes next."""

    state: State
    due: clocks.Deadline
    note: str = ""
    before: str = ""


def split_up(choices: Mapping[int, Choice], now: dt.datetime) -> dict[int, list[Part]]:
    """For each referral that is to be split, the parts besides its own: every further share, and what is left over.

    Five statements for all of a batch; none when nothing is split.
    """
    split = {pk: choice for pk, choice in choices.items() if len(choice.shares) > 1 or choice.left_over}
    if not split:
        return {}
    referrals = list(Referral.objects.filter(pk__in=split).order_by("id"))
    parts = {row.pk: list(_parts_besides(row, split[row.pk], now)) for row in referrals}
    for row in referrals:
        _keep(row, list(split[row.pk].shares[0].workloads))
    Referral.objects.bulk_create(part.sibling for found in parts.values() for part in found)
    Referral.objects.bulk_update(referrals, ["engagement", "cover", "workloads"])
    _copy_exclusions({pk: [part.sibling for part in found] for pk, found in parts.items()})
    events = (_events_of(row, [part.sibling for part in parts[row.pk]], now) for row in referrals)
    Event.objects.bulk_create(event for found in events for event in found)
    return parts


def _parts_besides(referral: Referral, choice: Choice, now: dt.datetime) -> Iterator[Part]:
    referral.engagement = referral.engagement or referral.public_id
    for place, share in enumerate(choice.shares[1:], 1):
        yield Part(build_sibling(referral, list(share.workloads), now), place)
    if choice.left_over:
        yield _left_to_people(referral, list(choice.left_over), now)


def _left_to_people(referral: Referral, workloads: list[str], now: dt.datetime) -> Part:
    """What no partner covers: the FastTrack Center does it for the Benefit, the team sees to the rest."""
    if referral.assigned_type == ReferralType.BENEFIT:
        stand = Stand(State.WITH_FTC, clocks.progress_due(now), TO_FTC)
    else:
        stand = Stand(State.IN_REVIEW, clocks.team_due(now), TO_TEAM, before=State.AWAITING_PARTNER)
    return Part(build_sibling(referral, workloads, now, stand), None, stand.note)


def build_sibling(referral: Referral, workloads: list[str], now: dt.datetime, stand: Stand | None = None) -> Referral:
    """An unsaved referral for some of the workloads, ready to be routed if nothing else is said."""
    stand = stand or Stand(State.AWAITING_PARTNER, clocks.Deadline(now, ""))
    act, owner = NEXT_ACTS[stand.state]
    return Referral(
        **{name: getattr(referral, name) for name in SHARED_WITH_SIBLINGS},
        source=Source.SPLIT,
        split_from=referral,
        workloads=workloads,
        cover=workloads,
        counts_from_round=referral.counts_from_round,
        state=stand.state,
        state_note=stand.note,
        state_before=stand.before,
        next_action=act,
        next_owner=owner,
        next_action_at=stand.due.at,
        due_why=stand.due.why,
        unheld_since=now if stand.state == State.AWAITING_PARTNER else None,
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


def _events_of(referral: Referral, siblings: list[Referral], now: dt.datetime) -> Iterator[Event]:
    parts = {sibling.public_id: sibling.cover for sibling in siblings}
    words = {"kind": EventKind.SPLIT, "at": now, "actor": Actor.SYSTEM}
    note = "No single partner covers all workloads."
    yield Event(referral=referral, **words, note=note, data={"kept": referral.cover, "siblings": parts})
    for sibling in siblings:
        data = {"from": referral.public_id, "workloads": sibling.cover}
        yield Event(referral=sibling, **words, note=note, data=data)


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
        raise MoveRefused(_("Select some of the workloads and leave at least one."))
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
        raise WrongState(_("You can do this while it’s in review, on hold or awaiting a partner."))
    if live_offer(referral) is not None:
        raise WrongState(_("A partner has it. Reassign it or resume it for routing first."))


def check_not_shared(referral: Referral, workloads: list[str]) -> None:
    """Raises MoveRefused when another part of the same engagement covers one of the workloads."""
    if not referral.engagement:
        return
    others = Referral.objects.open().filter(engagement=referral.engagement, cover__overlap=workloads)
    other = others.exclude(pk=referral.pk).first()
    if other is not None:
        raise MoveRefused(
            _("%(public_id)s already covers some of these in the same engagement.") % {"public_id": other.public_id}
        )
