"""Choose partners for everything that is due, in batches written with few set-based statements."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef

from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.models.customer import public_id
from partners.domain.matching import ENGINE_VERSION, POLICY_VERSION, Moving, Need, Profile, say_score
from partners.domain.planning import (
    Choice,
    ProfileIndex,
    plan_batch,
    receipt_hash,
    write_moving,
    write_need,
)
from partners.models import IncumbentClaim, Organisation, Partner, ProfileRevision
from partners.services.snapshots import LockedPartners, keep_revision, lock_partners
from referrals.choices import Actor, EventKind, NextAct, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.models import Event, Notification, Offer, Referral, RoutingRun
from referrals.queue import ring

from . import clocks
from .notifying import tell_partner_of_offer

BATCH = 1000
NOBODY_LEFT = (
    "No partner passes every filter. Relax a filter, name other workloads, or pass it to the FastTrack Center."
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One referral of a batch with its planned choice."""

    referral: Referral
    need: Need
    choice: Choice


@transaction.atomic
def route_due(*, now: dt.datetime, limit: int = BATCH, only: list[int] | None = None) -> int:
    """Route everything that awaits a partner, oldest first; gives how many were looked at.

    Locks the referrals (skipping those another router holds), then all partners in ascending id.
    At most 13 statements, whatever the size of the batch. Idempotent: what is not due is not touched.
    """
    referrals = _lock_due(now, limit, only)
    if not referrals:
        return 0
    partners = lock_partners(now)
    revision = keep_revision(partners.profiles)
    needs = _load_needs(referrals)
    choices, moving = plan_batch(needs, ProfileIndex(partners.profiles), partners.moving, now)
    plan = [Planned(*row) for row in zip(referrals, needs, choices, strict=True)]
    runs = _write_runs(plan, partners, revision, now)
    offers = _write_offers(plan, runs, partners, now)
    _move_referrals(plan, offers, now)
    _move_partners({pk: state for pk, state in moving.items() if state != partners.moving.get(pk)})
    _write_events(plan, offers, now)
    mails = [tell_partner_of_offer(offer, partners.contacts[offer.partner_id], now) for offer in offers.values()]
    Notification.objects.bulk_create(mails)
    ring()
    return len(referrals)


def _lock_due(now: dt.datetime, limit: int, only: list[int] | None) -> list[Referral]:
    claims = IncumbentClaim.objects.filter(customer=OuterRef("customer")).order_by("-approved_on", "id")
    excluded = Organisation.objects.filter(referral=OuterRef("pk")).order_by("id")
    due = Referral.objects.due(NextAct.ROUTE, now).filter(state=State.AWAITING_PARTNER)
    if only is not None:
        due = due.filter(pk__in=only)
    return list(
        due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("customer")
        .annotate(
            incumbent_ids=ArraySubquery(claims.values("partner")),
            excluded_ids=ArraySubquery(excluded.values("pk")),
        )[:limit]
    )


def _load_needs(referrals: list[Referral]) -> list[Need]:
    """What each referral asks of a partner; its own offers are read after it was locked."""
    offered = defaultdict(set)
    counted = {referral.pk: referral.counts_from_round for referral in referrals}
    rows = Offer.objects.filter(referral__in=counted).values_list("referral_id", "round", "organisation_id")
    for referral_id, number, organisation_id in rows:
        if number >= counted[referral_id]:
            offered[referral_id].add(organisation_id)
    return [_build_need(referral, tuple(sorted(offered[referral.pk]))) for referral in referrals]


def _build_need(referral: Referral, offered: tuple[int, ...]) -> Need:
    customer = referral.customer
    return Need(
        type=referral.assigned_type or referral.requested_type,
        workloads=tuple(sorted(referral.cover)),
        country=customer.country,
        languages=tuple(sorted(referral.languages)),
        industry=customer.industry,
        size_band=customer.size_band,
        no_incentive=referral.no_incentive,
        excluded_organisations=tuple(getattr(referral, "excluded_ids", ())),
        offered_organisations=offered,
        incumbents=tuple(getattr(referral, "incumbent_ids", ())),
        retry_partner=referral.retry_partner_id,
    )


def _write_runs(
    plan: list[Planned], partners: LockedPartners, revision: ProfileRevision, now: dt.datetime
) -> list[RoutingRun]:
    profiles = {profile.id: profile for profile in partners.profiles}
    batch = uuid.uuid4()
    return RoutingRun.objects.bulk_create(
        RoutingRun(
            referral=row.referral,
            at=now,
            batch=batch,
            position=position,
            engine_version=ENGINE_VERSION,
            policy_version=POLICY_VERSION,
            profiles=revision,
            need=write_need(row.need),
            moving=write_moving(row.choice.moving),
            chosen_id=row.choice.chosen,
            passing=row.choice.passing,
            ranked=list(row.choice.ranked),
            words=[_words(row, profiles[partner]) for partner in row.choice.ranked],
            receipt_hash=receipt_hash(row.need, row.choice, revision.content_hash, now),
        )
        for position, row in enumerate(plan)
    )


def _words(row: Planned, profile: Profile) -> dict[str, str]:
    return {"name": profile.name, "why": say_score(row.need, profile, row.choice.moving[profile.id])}


def _write_offers(
    plan: list[Planned], runs: list[RoutingRun], partners: LockedPartners, now: dt.datetime
) -> dict[int, Offer]:
    """Offers of the chosen ones, by referral id."""
    profiles = {profile.id: profile for profile in partners.profiles}
    offers = Offer.objects.bulk_create(
        _build_offer(row, run, profiles[row.choice.chosen], partners, now)
        for row, run in zip(plan, runs, strict=True)
        if row.choice.chosen is not None
    )
    return {offer.referral_id: offer for offer in offers}


def _build_offer(row: Planned, run: RoutingRun, profile: Profile, partners: LockedPartners, now: dt.datetime) -> Offer:
    offer = Offer(
        public_id=public_id("OFR"),
        referral=row.referral,
        organisation_id=profile.organisation,
        run=run,
        round=row.referral.round,
        workloads=list(row.need.workloads),
        referral_type=row.need.type,
        is_incumbent=profile.id in row.need.incumbents,
        why=say_why(row.need, profile),
        offered_at=now,
        respond_by=clocks.response_due(now, partners.calendars[profile.id]),
        expires_at=clocks.expiry_due(now),
    )
    offer.partner = Partner(pk=profile.id, name=profile.name)
    return offer


def say_why(need: Need, profile: Profile) -> str:
    """Why this came to this partner, with nothing about anybody else."""
    parts = [
        f"you are endorsed for all {len(need.workloads)} workloads" if len(need.workloads) > 1 else "",
        "you are endorsed for the workload" if len(need.workloads) == 1 else "",
        f"you work in {COUNTRY_NAMES.get(need.country, need.country)}",
        f"and speak {_languages(need, profile)}" if need.languages else "",
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
    return ", ".join(LANGUAGE_NAMES.get(code, code) for code in shared)


def _move_referrals(plan: list[Planned], offers: dict[int, Offer], now: dt.datetime) -> None:
    """One statement for the whole batch: offered ones wait for their partner, the others go to the team."""
    team_due = clocks.team_due(now)
    rows = []
    for row in plan:
        offer = offers.get(row.referral.pk)
        state = State.OFFERED if offer else State.IN_REVIEW
        act, owner = NEXT_ACTS[state]
        before, note = ("", "") if offer else (State.AWAITING_PARTNER, NOBODY_LEFT)
        due = offer.expires_at if offer else team_due
        rows.append((row.referral.pk, state.value, str(before), act.value, owner.value, due, note))
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referrals_referral AS r SET state = n.state, state_before = n.state_before,"
            " next_action = n.act, next_owner = n.owner, next_action_at = n.due, state_note = n.note,"
            " retry_partner_id = NULL"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[])"
            " AS n(id, state, state_before, act, owner, due, note) WHERE r.id = n.id",
            columns,
        )


def _move_partners(moved: dict[int, Moving]) -> None:
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


def _write_events(plan: list[Planned], offers: dict[int, Offer], now: dt.datetime) -> None:
    Event.objects.bulk_create(
        Event(
            referral=row.referral,
            kind=EventKind.OFFERED if row.referral.pk in offers else EventKind.MOVED,
            at=now,
            actor=Actor.SYSTEM,
            partner_id=row.choice.chosen,
            offer=offers.get(row.referral.pk),
            determination_id=row.referral.determination_id,
            state_from=State.AWAITING_PARTNER,
            state_to=State.OFFERED if row.referral.pk in offers else State.IN_REVIEW,
            note="" if row.referral.pk in offers else NOBODY_LEFT,
        )
        for row in plan
    )
