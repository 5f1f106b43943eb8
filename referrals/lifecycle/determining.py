"""Record determinations for a referral, and say which workloads a partner has to cover."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from benefits.choices import Outcome
from benefits.domain.catalogue import Edition
from benefits.models import Determination
from benefits.services.determining import record_determination
from benefits.services.editions import load_edition
from benefits.services.situations import Facts, load_facts
from referrals.choices import OPEN_STATES, Actor, EventKind, NextAct, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.domain.policies import FEE_BASED_OUTCOMES, workloads_to_cover
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lifecycle.locking import lock_offer, lock_referral
from referrals.lifecycle.moving import set_next_act
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import author_of, check_looked, find_holders, party_of, sight_of
from referrals.models import Offer, Referral


def determine_referral(
    referral: Referral,
    by: By,
    now: dt.datetime,
    *,
    occasion: str,
    offer: Offer | None = None,
    holder: Offer | None = None,
) -> Determination:
    """Decide on what the partner that has it knows, keep the decision with the referral, and write the event.

    ``holder``: its live offer, where the caller has it; looked for otherwise. Where nobody has it, all facts count.
    """
    holder = holder or referral.offers.live().first()
    facts = load_facts(referral.customer, sight_of(holder))
    decided = record_determination(facts, referral.request, by=by.user, now=now, standing=referral.determination)
    _note_whose(referral, facts)
    if decided.pk != referral.determination_id:
        referral.determination = decided
        referral.differs_under, referral.differs_outcome = None, ""
        _mind_running_work(referral, decided, now)
        referral.save()
        data = {"occasion": occasion, "outcome": decided.outcome, "to_confirm": len(decided.result["to_confirm"])}
        record_event(referral, EventKind.DETERMINED, by, now, offer=offer, note=decided.reason, data=data)
    elif referral.differs_under_id is not None:
        referral.differs_under, referral.differs_outcome = None, ""
        referral.save(update_fields=["differs_under", "differs_outcome"])
    return decided


def _note_whose(referral: Referral, facts: Facts) -> None:
    """Whose knowledge it rests on, where that is not all that others may know."""
    party = facts.party if facts.is_partial else ""
    if referral.determined_for != party:
        referral.determined_for = party
        Referral.objects.filter(pk=referral.pk).update(determined_for=party)


def _mind_running_work(referral: Referral, decided: Determination, now: dt.datetime) -> None:
    """Nothing switches by itself: work that no longer fits its determination becomes somebody's next act."""
    if referral.state == State.FEE_BASED and decided.outcome == Outcome.NOT_REALIZED:
        set_next_act(referral, NextAct.REVIEW, Actor.TEAM, clocks.team_due(now))
        referral.state_note = "Fee-based work, but the determination now says that the Benefit is not realized."
    elif referral.state == State.FEE_BASED and referral.next_action == NextAct.REVIEW:
        set_next_act(referral, *NEXT_ACTS[State.FEE_BASED], clocks.progress_due(now))
        referral.state_note = ""
    elif referral.state == State.DELIVERING and decided.outcome in FEE_BASED_OUTCOMES:
        referral.state_note = "The determination has changed: continue fee-based, or close."


def find_cover(referral: Referral, decided: Determination) -> tuple[str, ...]:
    """Workloads that a partner must be endorsed for."""
    edition = load_edition(decided.edition_id)
    open_in_areas = tuple(
        finding["workload"]
        for finding in decided.result["findings"]
        if finding["verdict"] in ("remaining", "to_confirm") and _in_areas(finding["workload"], referral.areas, edition)
    )
    return workloads_to_cover(
        requested=tuple(referral.workloads),
        scope_workloads=_scope_workloads(referral.services, edition),
        open_in_areas=open_in_areas,
        remaining=tuple(decided.result["remaining_workloads"]),
    )


def _in_areas(code: str, areas: list[str], edition: Edition) -> bool:
    workload = edition.workloads.get(code)
    return workload is not None and bool(set(workload.areas) & set(areas))


def _scope_workloads(services: list[str], edition: Edition) -> tuple[str, ...]:
    entries = (entry for code in services for entry in edition.scope_items.get(code, ()))
    return tuple(sorted({entry.workload for entry in entries if entry.workload}))


def lock_with_siblings(pk: int) -> tuple[Referral, list[Referral]]:
    """Lock a referral and the customer's other open ones in ascending id: the facts are the customer's."""
    customer_id = Referral.objects.values_list("customer_id", flat=True).get(pk=pk)
    theirs = Referral.objects.filter(customer_id=customer_id).filter(Q(pk=pk) | Q(state__in=OPEN_STATES))
    locked = list(theirs.select_for_update(no_key=True).order_by("id"))
    return next(row for row in locked if row.pk == pk), [row for row in locked if row.pk != pk]


def determine_all(referral: Referral, others: list[Referral], by: By, now: dt.datetime) -> None:
    """Determine this referral again, and those others that had a determination, after a side has recorded facts.

    What another side has, stands: its partner learns of the facts the next day, and decides when they count.
    """
    holders, party = find_holders([referral, *others]), author_of(by).party
    for row in (referral, *others):
        holder = holders.get(row.pk)
        if holder is not None and party_of(holder.partner_id) != party:
            _mark_behind(row, party_of(holder.partner_id))
        elif row is referral:
            determine_referral(row, by, now, occasion="facts", holder=holder)
        elif row.determination_id is not None:
            determine_referral(row, SYSTEM, now, occasion="facts", holder=holder)


def determine_others(pk: int, by: By, now: dt.datetime) -> None:
    """Determine the customer's other referrals again: the one that brought facts with it is yet to be screened."""
    _referral, others = lock_with_siblings(pk)
    known = [row for row in others if row.determination_id is not None]
    if known:
        determine_all(known[0], known[1:], by, now)


def _mark_behind(referral: Referral, party: str) -> None:
    """Its determination stands on less than is on record now."""
    if referral.determined_for != party:
        referral.determined_for = party
        referral.save(update_fields=["determined_for"])


@transaction.atomic
def look_at_facts(pk: int, *, looked: str, by: By, now: dt.datetime) -> Determination | None:
    """The partner has looked at what others recorded: from now on it counts, and its referral is determined again.

    ``looked``: the mark of what it saw. ``None``: nothing waits to be looked at any more.

    Raises:
        LookFirst: there is more, or other, than it saw.
    """
    referral_id = Offer.objects.values_list("referral_id", flat=True).get(pk=pk)
    referral, offer = lock_referral(referral_id), lock_offer(pk)
    before = offer.facts_until
    if offer.is_live:
        check_looked(referral, offer, looked, now)
    if offer.facts_until == before:
        return None
    record_event(referral, EventKind.FACTS_LOOKED_AT, by, now, offer=offer)
    return determine_referral(referral, by, now, occasion="reviewed facts", offer=offer, holder=offer)
