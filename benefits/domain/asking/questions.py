"""What is still to be asked, in the order in which the fewest answers settle the outcome.

While eligibility or the request is open, only a subscription can settle anything: those questions come first.
After that each workload in view settles the outcome alone when it is not enabled, so the likeliest to be missing come
first: what was asked for, then its solution areas, then the rest. When every workload in view is enabled, only an
unknown subscription can still bring more.
"""

from typing import NamedTuple

from benefits.choices import Outcome, Status

from ..compiled import Unknown
from ..reading import Reading, TenantReading
from ..situation import Subscription

SUBSCRIPTION, WORKLOAD = "subscription", "workload"
BEFORE_STATUSES = ("seat_floor", "request_lines")


class Question(NamedTuple):
    """One thing to find out. ``code``: a workload, or the plan or product of a subscription."""

    kind: str
    code: str
    text: str


def order_questions(
    reading: Reading, rule: str, to_confirm: tuple[str, ...], missing: tuple[Question, ...]
) -> tuple[Question, ...]:
    """Everything that is open, in the order to ask."""
    workloads = tuple(ask_about_workloads(reading, to_confirm))
    return missing + workloads if rule in BEFORE_STATUSES else workloads + missing


def ask_about_workloads(reading: Reading, to_confirm: tuple[str, ...]) -> list[Question]:
    """A question for each workload: what was asked for first, then its solution areas, then the rest."""
    if not to_confirm:
        return []
    request, bits = reading.situation.request, reading.edition.numbering.bits
    asked, areas = set(request.workloads), reading.facts.asked_areas

    def place(code: str) -> tuple[int, str]:
        if code in asked:
            return 0, code
        return (1, code) if bits[code] & areas else (2, code)

    workloads = reading.edition.edition.workloads
    return [
        Question(WORKLOAD, code, reading.words.is_enabled(workloads[code].name, _where(reading, code)))
        for code in sorted(to_confirm, key=place)
    ]


def _where(reading: Reading, code: str) -> tuple[str, ...]:
    """The tenants to ask about, where there are several."""
    if len(reading.tenants if reading.edition.is_exact else reading.eligible_least) < 2:
        return ()
    return reading.tenants_at(code, reading.status(code))


def say_how_to_settle(
    reading: Reading, outcome: str, rule: str, to_confirm: tuple[str, ...], missing: tuple[Question, ...]
) -> str:
    """How many answers settle the outcome, at the best and at the worst; empty when it is settled."""
    if outcome != Outcome.NEEDS_INFORMATION:
        return ""
    if rule in BEFORE_STATUSES:
        return reading.words.subscriptions_first
    if rule == "in_view":
        return reading.words.tell_an_admin
    if not to_confirm:
        return reading.words.all_but_subscriptions
    return say_how_many_answers(reading, to_confirm, missing)


def say_how_many_answers(reading: Reading, to_confirm: tuple[str, ...], missing: tuple[Question, ...]) -> str:
    """How many answers about workloads settle it, at the best and at the worst."""
    count = sum(len(reading.tenants_at(code, Status.UNKNOWN)) for code in to_confirm)
    if count == 1 and not missing:
        return reading.words.one_answer
    return reading.words.one_settles(count, and_subscriptions=bool(missing))


def list_missing(reading: Reading, outcome: str) -> tuple[Question, ...]:
    """The unknown subscriptions that could still change the outcome; the tenant nearest the floor first."""
    if outcome != Outcome.NEEDS_INFORMATION or not reading.facts.has_unknowns:
        return ()
    could_matter = {tenant.tenant: tenant for tenant in reading.eligible_most}
    found: dict[tuple[str, str], tuple[int, Question]] = {}
    for tenant in reading.tenants:
        for unknown in tenant.facts.unknowns:
            if tenant.tenant in could_matter and _matters(reading, tenant, unknown):
                question = ask_about_subscription(reading, tenant.tenant, unknown.subscription)
                found.setdefault((question.code, question.text), (-tenant.least_seats, question))
    return tuple(question for _order, question in sorted(found.values()))


def _matters(reading: Reading, tenant: TenantReading, unknown: Unknown) -> bool:
    if tenant not in reading.eligible_least:
        return True
    more = unknown.could_grant & reading.undecided_in_view & ~reading.in_view
    known, possible = (reading.some_line_in, reading.asked_in), (reading.some_line_could_be, reading.asked_could_be)
    return bool(more) or (unknown.adds_seats and known != possible)


def _say_unknown_contents(reading: Reading, sub: Subscription) -> str:
    """Why it is not known what a subscription of known seats grants."""
    strange = sub.bought.listed.strange if sub.bought and sub.bought.listed else ()
    return reading.words.strange(strange[0]) if strange else reading.words.contents_not_listed


def ask_about_subscription(reading: Reading, tenant: str, sub: Subscription | None) -> Question:
    """What is not known of a subscription; of none at all, that one has to be recorded."""
    words = reading.words
    if sub is None:
        return Question(SUBSCRIPTION, "", words.none_recorded(may_be_none=reading.edition.is_exact))
    if sub.plan not in reading.edition.edition.plans:
        what = words.product_unknown
    else:
        what = words.seats_not_known if sub.seats is None else _say_unknown_contents(reading, sub)
    return Question(SUBSCRIPTION, sub.plan, words.about(sub.plan, tenant, what))
