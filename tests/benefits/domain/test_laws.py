"""Laws of the determination, as properties over generated situations."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefits.choices import Area, Audience, Delivery, Outcome, Status, SubscriptionState
from benefits.domain.catalogue import Plan
from benefits.domain.compiled import compile_situation
from benefits.domain.determination import decide_compiled, determine, determine_compiled
from benefits.domain.edition_on_date import edition_on
from benefits.domain.scenario import read_situation
from benefits.domain.shape import Node
from benefits.domain.situation import Request, Situation, Subscription, write_situation
from benefits.domain.wording import TODAY as WORDS_OF_TODAY
from benefits.services.shipped import load_shipped_edition
from tests.editions import AUGUST

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

EDITION = load_shipped_edition(AUGUST)
PLANS = sorted(EDITION.plans)
WORKLOADS = sorted(EDITION.workloads)
SERVICES = sorted(EDITION.scope_items)

seats = st.one_of(st.none(), st.sampled_from([0, 1, 149, 150, 151, 300, 500, 1000]))
subscriptions = st.builds(
    Subscription,
    plan=st.one_of(st.sampled_from(PLANS), st.just("UNMAPPED_SKU:NEW")),
    tenant=st.sampled_from(["T1", "T2"]),
    state=st.sampled_from(SubscriptionState.values),
    paid_seats=seats,
)
situations = st.builds(
    Situation,
    audience=st.sampled_from(Audience.values),
    on=st.dates(dt.date(2020, 1, 1), dt.date(2028, 12, 31)),
    subscriptions=st.lists(subscriptions, max_size=4).map(tuple),
    request=st.builds(
        Request,
        workloads=st.lists(st.sampled_from(WORKLOADS), max_size=3, unique=True).map(tuple),
        areas=st.lists(st.sampled_from(Area.values), max_size=2, unique=True).map(tuple),
        services=st.lists(st.sampled_from(SERVICES), max_size=2, unique=True).map(tuple),
        delivery=st.sampled_from(Delivery.values),
    ),
    enablement=st.dictionaries(
        st.sampled_from(WORKLOADS),
        st.dictionaries(st.sampled_from(["*", "T1", "T2"]), st.sampled_from(Status.values)),
    ),
)
LAWS = settings(max_examples=150, deadline=None)
DAY = dt.date(2026, 11, 22)
COUNTING = {code for code, row in EDITION.workloads.items() if row.counts_toward_full_value and row.is_active(DAY)}
SMALL = [
    code
    for code, plan in EDITION.plans.items()
    if plan.counts_seats and plan.is_active(DAY) and len(plan.workloads) <= 4 and set(plan.workloads) & COUNTING
]


@st.composite
def settled(draw: st.DrawFn, odd: st.SearchStrategy[str], least_odd: int) -> Situation:
    """Eligible for certain, and everything enabled but a few statuses that are odd: where the later rules decide."""
    plans = draw(st.lists(st.sampled_from(SMALL), min_size=1, max_size=2, unique=True))
    tenants = draw(st.sampled_from([["T1"], ["T1"], ["T1", "T2"]]))
    state = SubscriptionState.ENABLED.value
    held = [Subscription(plan, tenant, state, paid_seats=500) for plan in plans for tenant in tenants]
    if draw(st.integers(0, 5)) == 0:
        held.append(Subscription("UNMAPPED_SKU:NEW", "T1", state, paid_seats=5))
    carried = {code for plan in plans for code in EDITION.plans[plan].workloads}
    granted = sorted(code for code in carried if EDITION.workloads[code].is_active(DAY))
    enablement = {code: dict.fromkeys(tenants, Status.ENABLED.value) for code in granted}
    places = [(code, tenant) for code in granted if code in COUNTING for tenant in tenants]
    for code, tenant in draw(st.lists(st.sampled_from(places), min_size=least_odd, max_size=3, unique=True)):
        enablement[code][tenant] = draw(odd)
    asked = tuple(draw(st.lists(st.sampled_from(granted), max_size=1)))
    return Situation(Audience.COMMERCIAL.value, DAY, tuple(held), Request(workloads=asked), enablement)


SETTLED = settled(st.sampled_from(Status.values), 0)
OPEN = settled(st.sampled_from([Status.NOT_STARTED.value, Status.BLOCKED.value, Status.PARTLY.value]), 1)
UNCONFIRMED = settled(st.just(Status.UNKNOWN.value), 1)


def test_settled_situations_reach_every_outcome_that_statuses_decide() -> None:
    """The laws below are about these; a law whose premise never holds would prove nothing."""
    seen: dict[str, int] = {}

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(SETTLED)
    def look(situation: Situation) -> None:
        result = determine(EDITION, situation)
        key = result.outcome if result.outcome != Outcome.NEEDS_INFORMATION else result.rule
        seen[key] = seen.get(key, 0) + 1

    look()
    for key in (Outcome.REALIZED, Outcome.NOT_REALIZED, "to_confirm", "usable_subscriptions"):
        assert seen.get(key, 0) >= 20, seen


@LAWS
@given(situations)
def test_determine_any_situation_answers(situation: Situation) -> None:
    result = determine(EDITION, situation)
    assert result.outcome in Outcome.values
    assert result.reason


@LAWS
@given(situations, st.randoms(use_true_random=False))
def test_order_of_facts_never_matters(situation: Situation, dice: object) -> None:
    subs, enablement = list(situation.subscriptions), list(situation.enablement.items())
    dice.shuffle(subs)  # type: ignore[attr-defined]
    dice.shuffle(enablement)  # type: ignore[attr-defined]
    shuffled = replace(situation, subscriptions=tuple(subs), enablement=dict(enablement))
    assert determine(EDITION, shuffled) == determine(EDITION, situation)


@LAWS
@given(SETTLED, st.sampled_from(WORKLOADS))
def test_enabling_more_never_brings_the_benefit_back(situation: Situation, workload: str) -> None:
    if determine(EDITION, situation).outcome != Outcome.REALIZED:
        return
    more = replace(situation, enablement={**situation.enablement, workload: {"*": Status.ENABLED.value}})
    assert determine(EDITION, more).outcome == Outcome.REALIZED


@LAWS
@given(st.one_of(SETTLED, situations), st.sampled_from(WORKLOADS), st.sampled_from(Status.values))
def test_resolving_an_unknown_never_contradicts_an_outcome(situation: Situation, workload: str, status: str) -> None:
    before = determine(EDITION, situation).outcome
    unknown = {Status.UNKNOWN.value} >= set(situation.enablement.get(workload, {}).values())
    if before == Outcome.NEEDS_INFORMATION or not unknown:
        return
    resolved = replace(situation, enablement={**situation.enablement, workload: {"*": status}})
    assert determine(EDITION, resolved).outcome == before


@LAWS
@given(situations)
def test_resolving_unknown_seats_never_contradicts_an_outcome(situation: Situation) -> None:
    before = determine(EDITION, situation).outcome
    if before == Outcome.NEEDS_INFORMATION or not situation.subscriptions:
        return
    for count in (0, 1, 149, 150, 5000):
        filled = tuple(
            replace(sub, paid_seats=count) if sub.paid_seats is None else sub for sub in situation.subscriptions
        )
        assert determine(EDITION, replace(situation, subscriptions=filled)).outcome == before


@LAWS
@given(OPEN, st.sampled_from(PLANS), st.sampled_from([150, 500]))
def test_an_added_unused_plan_never_turns_not_realized_into_realized(
    situation: Situation, plan: str, count: int
) -> None:
    """More plans mean more that could be enabled, never less that remains."""
    before = determine(EDITION, situation)
    assert before.outcome == Outcome.NOT_REALIZED
    if any(code in situation.enablement for code in EDITION.plans[plan].workloads):
        return
    added = Subscription(plan, "T1", SubscriptionState.ENABLED.value, paid_seats=count)
    after = determine(EDITION, replace(situation, subscriptions=(*situation.subscriptions, added)))
    assert after.outcome != Outcome.REALIZED


@LAWS
@given(situations, st.sampled_from(WORKLOADS), st.sampled_from(["disabled", "missing"]))
def test_a_withheld_workload_is_never_granted_by_that_plan(situation: Situation, workload: str, why: str) -> None:
    withheld = tuple(replace(sub, withheld=((workload, why),)) for sub in situation.subscriptions)
    without = replace(EDITION, plans={code: _without(plan, workload) for code, plan in EDITION.plans.items()})
    narrowed = determine(EDITION, replace(situation, subscriptions=withheld))
    if all(sub.plan in EDITION.plans for sub in situation.subscriptions) and situation.subscriptions:
        assert narrowed.verdict == determine(without, situation).verdict


def _without(plan: Plan, workload: str) -> Plan:
    return replace(plan, grants=tuple(grant for grant in plan.grants if grant.workload != workload))


@LAWS
@given(situations)
def test_the_short_and_the_full_way_always_agree(situation: Situation) -> None:
    on_date = edition_on(EDITION, situation.on)
    compiled = compile_situation(on_date, situation)
    assert decide_compiled(on_date, compiled) == determine_compiled(on_date, compiled).verdict


@LAWS
@given(UNCONFIRMED)
def test_first_question_settles_under_as_many_answers_as_any(situation: Situation) -> None:
    """No workload's answer settles more than the first question's, while statuses are what is asked."""
    result = determine(EDITION, situation)
    assert (result.rule, result.outcome) == ("to_confirm", Outcome.NEEDS_INFORMATION)
    settling = {code: _settling_answers(situation, code) for code in result.to_confirm}
    assert result.questions[0].kind == "workload"
    assert settling[result.questions[0].code] == max(settling.values())


def _settling_answers(situation: Situation, code: str) -> int:
    answers = (Status.ENABLED.value, Status.NOT_STARTED.value)
    filled = (replace(situation, enablement={**situation.enablement, code: {"*": answer}}) for answer in answers)
    return sum(determine(EDITION, one).outcome != Outcome.NEEDS_INFORMATION for one in filled)


@LAWS
@given(UNCONFIRMED)
def test_the_sentence_says_how_many_answers_it_takes(situation: Situation) -> None:
    result = determine(EDITION, situation)
    assert (result.rule, result.outcome) == ("to_confirm", Outcome.NEEDS_INFORMATION)
    tenants = {sub.tenant for sub in situation.subscriptions if sub.plan in EDITION.plans}
    unknown = [
        (code, tenant)
        for code in result.to_confirm
        for tenant in tenants
        if situation.status(code, tenant) == Status.UNKNOWN
    ]
    if result.how_to_settle == WORDS_OF_TODAY.one_answer:
        assert len(unknown) == 1
        [(code, tenant)] = unknown
        for answer in (Status.ENABLED.value, Status.BLOCKED.value):
            by_tenant = {**situation.enablement.get(code, {}), tenant: answer}
            filled = replace(situation, enablement={**situation.enablement, code: by_tenant})
            assert determine(EDITION, filled).outcome != Outcome.NEEDS_INFORMATION
    else:
        assert f" {len(unknown)} answers" in result.how_to_settle or "and the subscriptions" in result.how_to_settle


@LAWS
@given(UNCONFIRMED)
def test_answering_the_questions_in_their_order_settles_it(situation: Situation) -> None:
    """Every status asked for and found enabled: then the outcome is known, or a subscription is asked for first."""
    result = determine(EDITION, situation)
    assert (result.rule, result.outcome) == ("to_confirm", Outcome.NEEDS_INFORMATION)
    enabled = {
        question.code: {"*": Status.ENABLED.value} for question in result.questions if question.kind == "workload"
    }
    after = determine(EDITION, replace(situation, enablement={**situation.enablement, **enabled}))
    assert after.outcome == Outcome.REALIZED or after.rule in ("usable_subscriptions", "in_view")
    first = result.questions[0].code
    settled = replace(situation, enablement={**situation.enablement, first: {"*": Status.NOT_STARTED.value}})
    assert determine(EDITION, settled).outcome == Outcome.NOT_REALIZED, "one that is not enabled settles it at once"


@LAWS
@given(situations)
def test_subscriptions_are_asked_for_first_while_nothing_else_can_settle(situation: Situation) -> None:
    result = determine(EDITION, situation)
    if result.outcome == Outcome.NEEDS_INFORMATION and result.rule in ("seat_floor", "request_lines"):
        assert result.questions[0].kind == "subscription"


@LAWS
@given(situations)
def test_written_facts_are_read_back_the_same(situation: Situation) -> None:
    read = read_situation(Node(write_situation(situation)), EDITION, situation.on)
    assert determine(EDITION, read) == determine(EDITION, situation)
