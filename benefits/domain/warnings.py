"""What a reader should look at twice; warnings never decide."""

from collections.abc import Iterator

from benefits.choices import BenefitEligible, SeatRule, Status, SubscriptionState

from .reading import Reading, seats_by


def find_warnings(reading: Reading) -> tuple[str, ...]:
    found = [*_subscription_warnings(reading), *_seat_rule_warnings(reading), *_enabled_but_not_entitled(reading)]
    return tuple(dict.fromkeys(found))


def _subscription_warnings(reading: Reading) -> list[str]:
    plans, found = reading.edition.plans, set()
    seats: dict[tuple[str, str], int] = {}
    for sub in reading.situation.subscriptions:
        if not sub.is_live or sub.plan not in plans:
            continue
        plan, key = plans[sub.plan].plan, (sub.tenant, sub.plan)
        seats[key] = seats.get(key, 0) + (sub.seats or 0)
        if sub.state == SubscriptionState.WARNING:
            found.add(f"{plan.name} is in its grace period: its seats count for now.")
        if plan.benefit_eligible == BenefitEligible.UNVERIFIED and not sub.is_unpaid:
            found.add(f"{plan.name} counts, but no source confirms that it is eligible.")
    return sorted(found.union(_over_the_limit(reading, seats)))


def _over_the_limit(reading: Reading, seats: dict[tuple[str, str], int]) -> Iterator[str]:
    for (_tenant, code), total in seats.items():
        plan = reading.edition.plans[code].plan
        if plan.max_seats is not None and total > plan.max_seats:
            yield f"{plan.name} shows {total:,} seats, but is sold up to {plan.max_seats:,}: check the figure."


def _seat_rule_warnings(reading: Reading) -> list[str]:
    floor, found = reading.edition.floor, []
    for tenant in reading.tenants:
        facts = tenant.facts
        if len(facts.held) < 2:  # one subscription reads the same either way
            continue
        total, single = seats_by(SeatRule.SUM, facts), seats_by(SeatRule.SINGLE, facts)
        if (total >= floor) != (single >= floor):
            place = f" in {facts.name}" if facts.name else ""
            found.append(
                f"The two readings of the floor differ{place}: {total:,} seats in sum, {single:,} on the largest plan; "
                f"the floor is {floor:,}."
            )
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
    return sorted([f"{workloads[code].name} is enabled, but no plan held grants it." for code in enabled])
