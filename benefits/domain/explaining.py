"""Say in plain words what the rules looked at and found: the reason and the trace. Nothing here decides."""

from collections.abc import Callable
from typing import NamedTuple

from benefits.choices import Outcome

from .edition_on_date import Mask
from .lines import Line, name_line
from .reading import Reading, TenantReading
from .rules import RULE_SENTENCES, RULE_SOURCES

OUTCOME_SENTENCES: dict[str, str] = {
    Outcome.NOT_ELIGIBLE: "The customer is not eligible for the Benefit.",
    Outcome.OUT_OF_SCOPE: "Everything requested lies outside the Benefit.",
    Outcome.NOT_REALIZED: "The Benefit is not fully realized.",
    Outcome.REALIZED: "The Benefit is fully realized.",
    Outcome.NEEDS_INFORMATION: "More facts are needed before this can be decided.",
}


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
    return f"{OUTCOME_SENTENCES[outcome]} {DECIDING_FACTS[rule](told)}".strip()


def _fact_seat_floor(told: Told) -> str:
    reading = told.reading
    best = max((tenant.least_seats for tenant in reading.tenants), default=0)
    if reading.eligible_most:
        if not reading.situation.subscriptions:
            return "No subscription is recorded yet."
        return f"{best:,} paid seats are known; whether {reading.edition.floor:,} are reached depends on what is not."
    return f"No tenant reaches {reading.edition.floor:,} paid seats of eligible plans; the largest has {best:,}."


def _fact_request_lines(told: Told) -> str:
    if any(line.in_most for line in told.lines):
        return "Whether the request is inside the Benefit depends on a subscription that is not known yet."
    return "; ".join(sorted(name_line(told.reading, line)[0] for line in told.lines)) + "."


def _fact_remaining(told: Told) -> str:
    remaining = told.reading.remaining
    count = remaining.bit_count()
    verb = "workload remains" if count == 1 else "workloads remain"
    return f"{count} {verb}: {name_workloads(told.reading, remaining)}."


def _fact_to_confirm(told: Told) -> str:
    to_confirm = told.reading.to_confirm
    if to_confirm:
        count = to_confirm.bit_count()
        verb = "workload has" if count == 1 else "workloads have"
        return f"{count} {verb} no known status: {name_workloads(told.reading, to_confirm)}."
    count = told.reading.in_view.bit_count()
    if told.reading.refused_in_view:
        return f"Nothing remains: {name_workloads(told.reading, told.reading.refused_in_view)} is refused."
    return f"All {count} workloads in view are enabled." if count > 1 else "The one workload in view is enabled."


def _fact_in_view(told: Told) -> str:
    if told.reading.edition.is_exact and not told.reading.holds_unknown_contents:
        return "Nothing that counts is known to be entitled."
    return "The edition does not know a workload that the plans held grant."


DECIDING_FACTS: dict[str, Callable[[Told], str]] = {
    "seat_floor": _fact_seat_floor,
    "request_lines": _fact_request_lines,
    "remaining": _fact_remaining,
    "to_confirm": _fact_to_confirm,
    "in_view": _fact_in_view,
    "usable_subscriptions": lambda _told: "A subscription that is not known yet could bring more workloads.",
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
            for rule, sentence in RULE_SENTENCES.items()
        ]
    )


# --- what each rule looked at


def _saw_subscriptions(told: Told) -> str:
    count = len(told.reading.situation.subscriptions)
    return f"{count} recorded subscriptions, and the plans active on {told.reading.edition.date}."


def _saw_seats(told: Told) -> str:
    way = "all eligible plans together" if told.reading.edition.sums_seats else "the largest plan alone"
    return f"Paid seats in each tenant, {way}; the floor is {told.reading.edition.floor:,}."


def _saw_plans(told: Told) -> str:
    plans = told.reading.edition.edition.plans
    held = {held.plan for tenant in told.reading.eligible_least for held in tenant.facts.held}
    names = sorted([plans[code].name for code in held])
    return f"The plans of eligible tenants: {', '.join(names)}." if names else "No plan of an eligible tenant."


def _saw_lines(told: Told) -> str:
    count = len(told.lines)
    return f"{count} {'line' if count == 1 else 'lines'} of the request." if count else "The request names nothing."


def _saw_view(told: Told) -> str:
    whole = told.reading.edition.views_all
    return f"{'The whole entitlement' if whole else 'The requested areas'}, and the lines that are in."


def _saw_statuses(told: Told) -> str:
    return f"The statuses of {told.reading.in_view.bit_count()} workloads in view."


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
    return f"{usable} of {len(situation.subscriptions)} are usable; {unknown} not known."


def _found_seats(told: Told) -> str:
    tenants = told.reading.tenants
    if not tenants:
        return "No usable seats."
    return "; ".join([f"{tenant.tenant or 'tenant'}: {_seat_range(tenant)}" for tenant in tenants]) + "."


def _seat_range(tenant: TenantReading) -> str:
    if tenant.most_seats == tenant.least_seats:
        return f"{tenant.least_seats:,} paid seats"
    most = "any number" if tenant.most_seats == float("inf") else f"{int(tenant.most_seats):,}"
    return f"{tenant.least_seats:,} paid seats known, up to {most} possible"


def _found_lines(told: Told) -> str:
    if not told.lines:
        return "Nothing particular was asked for."
    return "; ".join(sorted([f"{name_line(told.reading, line)[0]}: {_inside(line)}" for line in told.lines])) + "."


def _inside(line: Line) -> str:
    if line.in_least:
        return "in"
    return "not known yet" if line.in_most else "out"


def _found_mask(mask: Mask, reading: Reading) -> str:
    return f"{mask.bit_count()}: {name_workloads(reading, mask, 8)}." if mask else "None."


FOUND: dict[str, Callable[[Told], str]] = {
    "usable_subscriptions": _found_subscriptions,
    "seat_floor": _found_seats,
    "entitled": lambda told: _found_mask(told.reading.entitled_least, told.reading),
    "request_lines": _found_lines,
    "in_view": lambda told: f"{told.reading.in_view.bit_count()} workloads.",
    "remaining": lambda told: _found_mask(told.reading.remaining, told.reading),
    "to_confirm": lambda told: _found_mask(told.reading.to_confirm, told.reading),
}
