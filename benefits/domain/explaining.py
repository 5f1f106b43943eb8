"""Say in plain words what the rules looked at and found: the reason and the trace. Nothing here decides."""

from collections.abc import Callable
from typing import NamedTuple

from .edition_on_date import Mask
from .lines import Line, name_line
from .reading import Reading
from .rules import RULE_SOURCES


class Step(NamedTuple):
    """One rule of the trace: its sentence, what it looked at and found, its source, and whether it decided."""

    rule: str
    sentence: str
    looked_at: str
    found: str
    source: str
    decided: bool


class Told(NamedTuple):
    """What an explanation is told from."""

    reading: Reading
    lines: tuple[Line, ...]


def name_workloads(reading: Reading, mask: Mask, limit: int = 3) -> str:
    workloads = reading.edition.edition.workloads
    names = sorted([workloads[code].name for code in reading.edition.numbering.names(mask)])
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def say_reason(told: Told, outcome: str, rule: str) -> str:
    """The outcome in one plain sentence, with the fact that decided it."""
    return f"{told.reading.words.outcomes[outcome]} {DECIDING_FACTS[rule](told)}".strip()


def _fact_seat_floor(told: Told) -> str:
    reading = told.reading
    best = max((tenant.least_seats for tenant in reading.tenants), default=0)
    if reading.eligible_most:
        if not reading.situation.subscriptions:
            return reading.words.no_subscription
        return reading.words.seats_open(best, reading.edition.floor)
    return reading.words.seats_missed(best, reading.edition.floor)


def _fact_request_lines(told: Told) -> str:
    if any(line.in_most for line in told.lines):
        return told.reading.words.request_may_be_in
    return "; ".join(sorted(name_line(told.reading, line)[0] for line in told.lines)) + "."


def _fact_remaining(told: Told) -> str:
    remaining = told.reading.remaining
    return told.reading.words.remain(remaining.bit_count(), name_workloads(told.reading, remaining))


def _fact_to_confirm(told: Told) -> str:
    reading = told.reading
    words, to_confirm = reading.words, reading.to_confirm
    if to_confirm:
        return words.have_no_status(to_confirm.bit_count(), name_workloads(reading, to_confirm))
    if reading.refused_in_view:
        return words.refused(name_workloads(reading, reading.refused_in_view))
    return words.all_enabled(reading.in_view.bit_count())


def _fact_in_view(told: Told) -> str:
    reading = told.reading
    is_known = reading.edition.is_exact and not reading.holds_unknown_contents
    return reading.words.nothing_counts_yet if is_known else reading.words.contents_unknown


DECIDING_FACTS: dict[str, Callable[[Told], str]] = {
    "seat_floor": _fact_seat_floor,
    "request_lines": _fact_request_lines,
    "remaining": _fact_remaining,
    "to_confirm": _fact_to_confirm,
    "in_view": _fact_in_view,
    "usable_subscriptions": lambda told: told.reading.words.unknown_could_add,
}


def trace_rules(told: Told, deciding: str) -> tuple[Step, ...]:
    kept = told.reading.edition.kept
    sources = kept.get("sources")
    if sources is None:
        text = told.reading.edition.edition.source_text
        sources = kept["sources"] = {rule: text(keys) for rule, keys in RULE_SOURCES.items()}
    return tuple(
        [
            Step(rule, sentence, LOOKED_AT[rule](told), FOUND[rule](told), sources[rule], rule == deciding)
            for rule, sentence in told.reading.words.rules.items()
        ]
    )


# --- what each rule looked at


def _saw_subscriptions(told: Told) -> str:
    reading = told.reading
    return reading.words.checked_subscriptions(len(reading.situation.subscriptions), reading.edition.date)


def _saw_seats(told: Told) -> str:
    edition = told.reading.edition
    return told.reading.words.checked_seats(in_sum=edition.sums_seats, floor=edition.floor)


def _saw_plans(told: Told) -> str:
    words, plans = told.reading.words, told.reading.edition.edition.plans
    held = {held.plan for tenant in told.reading.eligible_least for held in tenant.facts.held}
    names = sorted([plans[code].name for code in held])
    return words.checked_plans(", ".join(names)) if names else words.no_eligible_plan


def _saw_lines(told: Told) -> str:
    return told.reading.words.checked_lines(len(told.lines))


def _saw_view(told: Told) -> str:
    return told.reading.words.checked_view(whole=told.reading.edition.views_all)


def _saw_statuses(told: Told) -> str:
    return told.reading.words.checked_statuses(told.reading.in_view.bit_count())


LOOKED_AT: dict[str, Callable[[Told], str]] = {
    "usable_subscriptions": _saw_subscriptions,
    "seat_floor": _saw_seats,
    "entitled": _saw_plans,
    "request_lines": _saw_lines,
    "in_view": _saw_view,
    "remaining": _saw_statuses,
    "to_confirm": _saw_statuses,
}

# --- what each rule found


def _found_subscriptions(told: Told) -> str:
    plans, situation = told.reading.edition.plans, told.reading.situation
    usable = sum([sub.is_live and sub.plan in plans for sub in situation.subscriptions])
    unknown = sum([len(tenant.unknowns) for tenant in told.reading.facts.tenants])
    return told.reading.words.found_subscriptions(usable, len(situation.subscriptions), unknown)


def _found_seats(told: Told) -> str:
    words, tenants = told.reading.words, told.reading.tenants
    if not tenants:
        return words.no_seats_count
    return "; ".join([words.seats_of(one.tenant, one.least_seats, one.most_seats) for one in tenants]) + "."


def _found_lines(told: Told) -> str:
    reading = told.reading
    if not told.lines:
        return reading.words.nothing_requested
    said = [reading.words.found_line(name_line(reading, line)[0], _is_inside(line)) for line in told.lines]
    return "; ".join(sorted(said)) + "."


def _is_inside(line: Line) -> bool | None:
    return True if line.in_least else None if line.in_most else False


def _found_mask(mask: Mask, reading: Reading) -> str:
    return f"{mask.bit_count()}: {name_workloads(reading, mask, 8)}." if mask else reading.words.none


FOUND: dict[str, Callable[[Told], str]] = {
    "usable_subscriptions": _found_subscriptions,
    "seat_floor": _found_seats,
    "entitled": lambda told: _found_mask(told.reading.entitled_least, told.reading),
    "request_lines": _found_lines,
    "in_view": lambda told: told.reading.words.found_workloads(told.reading.in_view.bit_count()),
    "remaining": lambda told: _found_mask(told.reading.remaining, told.reading),
    "to_confirm": lambda told: _found_mask(told.reading.to_confirm, told.reading),
}
