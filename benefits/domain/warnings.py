"""What a reader should look at twice; warnings never decide."""

from collections.abc import Iterator
from dataclasses import replace

from benefits.choices import BenefitEligible, Outcome, SeatRule, Status, SubscriptionState, label_in_record

from .compiled import compile_situation
from .edition_on_date import EditionOnDate
from .reading import Reading, seats_by
from .rules import decide
from .situation import Situation, Subscription


def find_warnings(reading: Reading) -> tuple[str, ...]:
    found = [*_subscription_warnings(reading), *_seat_rule_warnings(reading), *_enabled_but_not_entitled(reading)]
    found += sorted(_read_too_early(reading))
    return tuple(dict.fromkeys((*found, *sorted(warn_of_trials(reading)))))


def _subscription_warnings(reading: Reading) -> list[str]:
    plans, found = reading.edition.plans, set()
    seats: dict[tuple[str, str], int] = {}
    for sub in reading.situation.subscriptions:
        if not sub.is_live or sub.plan not in plans:
            continue
        plan, key = plans[sub.plan].plan, (sub.tenant, sub.plan)
        seats[key] = seats.get(key, 0) + (sub.seats or 0)
        if sub.state == SubscriptionState.WARNING:
            found.add(reading.words.in_grace(plan.name))
        if plan.benefit_eligible == BenefitEligible.UNVERIFIED and not sub.is_unpaid:
            found.add(reading.words.unverified(plan.name))
    return sorted(found.union(_over_the_limit(reading, seats)))


def _over_the_limit(reading: Reading, seats: dict[tuple[str, str], int]) -> Iterator[str]:
    for (_tenant, code), total in seats.items():
        plan = reading.edition.plans[code].plan
        if plan.max_seats is not None and total > plan.max_seats:
            yield reading.words.too_many_seats(plan.name, total, plan.max_seats)


def _read_too_early(reading: Reading) -> Iterator[str]:
    """Exports that were read before anybody knew what their plan brings: what they say of it is lost."""
    edition = reading.edition
    for sub in reading.situation.subscriptions:
        if sub.gained and sub.is_live and sub.plan in edition.plans:
            names = [edition.edition.workloads[code].name for code in sub.gained]
            yield reading.words.read_too_early(edition.plans[sub.plan].plan.name, sub.tenant, names)


def _seat_rule_warnings(reading: Reading) -> list[str]:
    floor, found = reading.edition.floor, []
    for tenant in reading.tenants:
        facts = tenant.facts
        if len(facts.held) < 2:  # one subscription reads the same either way
            continue
        total, single = seats_by(SeatRule.SUM, facts), seats_by(SeatRule.SINGLE, facts)
        if (total >= floor) != (single >= floor):
            found.append(reading.words.counts_differ(facts.name, total, single, floor))
    return found


def _enabled_but_not_entitled(reading: Reading) -> list[str]:
    if not reading.eligible_least:
        return []
    edition = reading.edition
    possible = edition.active & ~reading.entitled_most
    workloads = edition.edition.workloads
    enablement = reading.situation.enablement
    codes = (code for code in edition.numbering.names(possible & ~edition.services) if code in enablement)
    enabled = [code for code in codes if Status.ENABLED in enablement[code].values()]
    return sorted([reading.words.enabled_without_plan(workloads[code].name) for code in enabled])


# --- trials


def warn_of_trials(reading: Reading) -> Iterator[str]:
    """A sentence for each plan whose seats may be a trial that would change the outcome. No export tells trials."""
    edition, situation = reading.edition, reading.situation
    if not edition.is_both_ways:
        return
    outcome = decide(reading)[0]
    keys = dict.fromkeys((sub.plan, sub.tenant) for sub in situation.subscriptions if _may_be_trial(edition, sub))
    for plan, tenant in keys:
        without = _decide_without(edition, situation, (plan, tenant))
        if without != outcome:
            label = label_in_record(Outcome(without)).lower()
            yield reading.words.may_be_trial(edition.plans[plan].plan.name, tenant, label)


def _may_be_trial(edition: EditionOnDate, sub: Subscription) -> bool:
    """Was it read from an export, with seats that count, and has nobody said whether they are paid?"""
    is_read = sub.bought is not None and not sub.bought.is_settled
    return is_read and sub.is_live and bool(sub.seats) and sub.plan in edition.plans


def _decide_without(edition: EditionOnDate, situation: Situation, key: tuple[str, str]) -> str:
    """The outcome when what was read of a plan in a tenant has no paid seats."""
    subs = tuple(
        replace(sub, paid_seats=0) if (sub.plan, sub.tenant) == key and _may_be_trial(edition, sub) else sub
        for sub in situation.subscriptions
    )
    return decide(Reading(edition, compile_situation(edition, replace(situation, subscriptions=subs))))[0]
