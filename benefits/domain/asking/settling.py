"""What to ask so that the outcome is settled, where an edition asks for exactly what can change it.

Every sentence is a claim about all ways of filling in what is not known, and is held to it by enumeration in the tests.
"""

from typing import NamedTuple

from benefits.choices import Outcome

from ..reading import Reading, could_add
from .pivots import Fact, Pivots
from .questions import (
    BEFORE_STATUSES,
    Question,
    ask_about_subscription,
    ask_about_workloads,
    list_missing,
    order_questions,
    say_how_many_answers,
)

MOST_FACTS = 60  # subscriptions that are weighed one by one


class Asked(NamedTuple):
    """Everything that is open in the order to ask, the subscriptions among it, and how many answers settle it."""

    questions: tuple[Question, ...] = ()
    missing: tuple[Question, ...] = ()
    how_to_settle: str = ""


class _Open(NamedTuple):
    """An unknown fact that matters. ``rank``: what is asked first comes first."""

    rank: tuple[bool, bool, bool, bool, int]
    questions: tuple[Question, ...]
    settles_alone: bool


def ask_exactly(reading: Reading, outcome: str, rule: str, to_confirm: tuple[str, ...]) -> Asked:
    """The facts that can change the outcome, and nothing else."""
    if outcome != Outcome.NEEDS_INFORMATION:
        return Asked()
    if sum(len(tenant.unknowns) for tenant in reading.facts.tenants) > MOST_FACTS:
        return _ask_for_all(reading, outcome, rule, to_confirm)
    pivots = Pivots(reading)
    found = _find_open(pivots) if reading.facts.has_unknowns else []
    missing = tuple(dict.fromkeys(question for row in found for question in row.questions))
    is_before = rule in BEFORE_STATUSES
    statuses = _telling_statuses(pivots, to_confirm) if is_before else to_confirm
    workloads = ask_about_workloads(reading, statuses)
    if not (missing or workloads or rule == "in_view"):
        missing = list_missing(reading, outcome)  # by the largest plan alone an outcome may be withheld too carefully
    questions = (*missing, *workloads) if is_before else (*workloads, *missing)
    is_one = len(found) == len(questions) == 1 and found[0].settles_alone
    return Asked(questions, missing, reading.words.one_answer if is_one else _say(reading, rule, to_confirm, missing))


def _ask_for_all(reading: Reading, outcome: str, rule: str, to_confirm: tuple[str, ...]) -> Asked:
    """So many unknown subscriptions are not weighed one by one: each that may count is asked for."""
    missing = list_missing(reading, outcome)
    questions = order_questions(reading, rule, to_confirm, missing)
    return Asked(questions, missing, _say(reading, rule, to_confirm, missing))


def _find_open(pivots: Pivots) -> list[_Open]:
    """The unknown subscriptions that can change the outcome, in the order in which the fewest answers settle it."""
    return sorted(_weigh(pivots, fact) for fact in pivots.found if pivots.matters(fact))


def _weigh(pivots: Pivots, fact: Fact) -> _Open:
    """First what settles the outcome alone, then what reaches the floor alone, last plans that count no seats."""
    tenants = pivots.reading.tenants
    rows = [(tenants[place.tenant], pivots.unknown(place)) for place in fact]
    reaches = any(tenant.least_seats + could_add(unknown) >= pivots.edition.floor for tenant, unknown in rows)
    adds_seats = any(unknown.adds_seats for _tenant, unknown in rows)
    nearest = max(tenant.least_seats for tenant, _unknown in rows)
    questions = (ask_about_subscription(pivots.reading, t.tenant, unknown.subscription) for t, unknown in rows)
    settles = pivots.settles(fact)
    rank = not settles.always, not settles.ever, not reaches, not adds_seats, -nearest
    return _Open(rank, tuple(dict.fromkeys(questions)), settles.always)


def _telling_statuses(pivots: Pivots, to_confirm: tuple[str, ...]) -> tuple[str, ...]:
    """Of the workloads without a known status those that can settle the outcome once the subscriptions are known."""
    if not to_confirm:
        return ()
    telling = pivots.open_statuses()
    return tuple(code for code in to_confirm if pivots.edition.numbering.bits[code] & telling)


def _say(reading: Reading, rule: str, to_confirm: tuple[str, ...], missing: tuple[Question, ...]) -> str:
    if rule in BEFORE_STATUSES:
        return reading.words.subscriptions_first
    if to_confirm:
        return say_how_many_answers(reading, to_confirm, missing)
    if rule == "in_view" and not missing:
        return reading.words.tell_an_admin if reading.holds_unknown_contents else reading.words.nothing_counts
    return reading.words.nothing_in_view if rule == "in_view" else reading.words.nothing_remains
