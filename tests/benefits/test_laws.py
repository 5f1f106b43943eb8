"""Laws of the determination, as properties over generated situations."""

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from benefits.choices import Area, Audience, Delivery, Outcome, Status, SubscriptionState
from benefits.domain.determination import determine
from benefits.domain.scenario import read_situation
from benefits.domain.shape import Node
from benefits.domain.situation import Request, Situation, Subscription, write_situation
from benefits.services.shipped import load_shipped_edition

EDITION = load_shipped_edition()
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
@given(situations, st.sampled_from(WORKLOADS))
def test_enabling_more_never_brings_the_benefit_back(situation: Situation, workload: str) -> None:
    if determine(EDITION, situation).outcome != Outcome.REALIZED:
        return
    more = replace(situation, enablement={**situation.enablement, workload: {"*": Status.ENABLED.value}})
    assert determine(EDITION, more).outcome == Outcome.REALIZED


@LAWS
@given(situations, st.sampled_from(WORKLOADS), st.sampled_from(Status.values))
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
@given(situations)
def test_written_facts_are_read_back_the_same(situation: Situation) -> None:
    read = read_situation(Node(write_situation(situation)), EDITION, situation.on)
    assert determine(EDITION, read) == determine(EDITION, situation)
