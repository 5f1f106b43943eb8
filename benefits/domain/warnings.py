"""What a reader should look at twice; warnings never decide."""

from collections import Counter

from benefits.choices import BenefitEligible, SeatRule, Status, SubscriptionState, WorkloadKind

from .reading import Reading


def find_warnings(reading: Reading) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            [*_subscription_warnings(reading), *_seat_rule_warnings(reading), *_enabled_but_not_entitled(reading)]
        )
    )


def _subscription_warnings(reading: Reading) -> list[str]:
    plans, found = reading.edition.plans, set()
    seats: Counter[tuple[str, str]] = Counter()
    for sub in reading.usable:
        plan = plans[sub.plan]
        seats[sub.tenant, sub.plan] += sub.seats or 0
        if sub.state == SubscriptionState.WARNING:
            found.add(f"{plan.name} is in its grace period: its seats count for now.")
        if plan.benefit_eligible == BenefitEligible.UNVERIFIED and not sub.is_unpaid:
            found.add(f"{plan.name} counts, but no source confirms that it is eligible.")
    for (_tenant, code), total in seats.items():
        limit = plans[code].max_seats
        if limit is not None and total > limit:
            found.add(f"{plans[code].name} shows {total:,} seats, but is sold up to {limit:,}: check the figure.")
    return sorted(found)


def _seat_rule_warnings(reading: Reading) -> list[str]:
    floor, found = reading.edition.floor, []
    for tenant in reading.tenants:
        if (tenant.least_seats >= floor) != (tenant.other_rule_seats >= floor):
            total, single = tenant.least_seats, tenant.other_rule_seats
            if reading.settings.seat_rule == SeatRule.SINGLE:
                total, single = single, total
            place = f" in {tenant.tenant}" if tenant.tenant else ""
            found.append(
                f"The two readings of the floor differ{place}: {total:,} seats in sum, {single:,} on the largest plan; "
                f"the floor is {floor:,}."
            )
    return found


def _enabled_but_not_entitled(reading: Reading) -> list[str]:
    if not reading.eligible_least:
        return []
    workloads, found = reading.edition.edition.workloads, []
    for code, by_tenant in reading.situation.enablement.items():
        workload = workloads.get(code)
        if workload is None or workload.kind == WorkloadKind.SERVICE or code not in reading.edition.active:
            continue
        if Status.ENABLED in by_tenant.values() and code not in reading.entitled_most:
            found.append(f"{workload.name} is enabled, but no plan held grants it.")
    return sorted(found)
