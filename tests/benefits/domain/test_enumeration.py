"""The promise by enumeration: an outcome is given when no way of filling in what is unknown could change it, and only
then; what is asked for can change it, and all that can is asked for; and what the page says of the answers is true.

An edition that asks exactly is held to it, on small editions and situations in which everything unknown is filled in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from benefits.choices import Outcome, SeatRule, Status
from benefits.domain.determination import Determination, determine
from benefits.domain.situation import Subscription
from benefits.domain.wording import TODAY
from tests.benefits.domain.enumerating import Fact, World, Worlds, find_pivotal
from tests.benefits.domain.tiny import Tiny

pytestmark = pytest.mark.no_cover  # so many worlds are not traced: others tell what is covered

PARTS, SEEDS, EACH = 8, 90, 6
MOST_WORLDS = 1_500
Key = tuple[str, str]  # a plan or product, and its tenant


@dataclass
class Case:
    """A situation, all of its worlds, and what was determined."""

    name: str
    worlds: Worlds

    @cached_property
    def outcomes(self) -> dict[World, str]:
        return self.worlds.decide_all()

    @cached_property
    def found(self) -> Determination:
        return determine(self.worlds.edition, self.worlds.situation)

    @cached_property
    def pivotal(self) -> set[Fact]:
        return find_pivotal(self.worlds.facts, self.outcomes)

    @property
    def may_be_too_careful(self) -> bool:
        """By the largest plan alone an outcome may be withheld although all worlds agree: see the product rules."""
        return self.worlds.edition.settings.seat_rule == SeatRule.SINGLE and len(set(self.outcomes.values())) == 1

    def keys(self, fact: Fact) -> set[Key]:
        """The subscriptions that are asked about because of a fact."""
        rows = [sub for sub in self.worlds.situation.subscriptions if sub.is_live and sub.seats != 0]
        if fact.kind == "nothing_recorded":
            return {("", "")}
        if fact.kind == "seats":
            return {_key(self.worlds.situation.subscriptions[fact.key])}
        if fact.kind == "product":
            return {_key(sub) for sub in rows if sub.plan == fact.key}
        found = {_key(sub) for sub in rows if sub.plan == fact.key or sub.is_unmapped}
        return found or {("", "")}

    @cached_property
    def named(self) -> set[Key]:
        asked = [question for question in self.found.questions if question.kind == "subscription"]
        return {(one.code, (re.findall(r" in (T\d): ", one.text) or [""])[0]) for one in asked}

    @cached_property
    def of_subscriptions(self) -> list[Fact]:
        return [fact for fact in self.worlds.facts if fact.kind != "status"]

    def grouped(self, facts: list[Fact]) -> list[set[str]]:
        """The outcomes that are left for each way of knowing these facts."""
        places = [self.worlds.facts.index(fact) for fact in facts]
        groups: dict[World, set[str]] = {}
        for world, outcome in self.outcomes.items():
            groups.setdefault(tuple(world[place] for place in places), set()).add(outcome)
        return list(groups.values())


def _key(sub: Subscription) -> Key:
    return sub.plan, sub.tenant


def draw(part: int) -> Iterator[Case]:
    for seed in range(part * SEEDS, (part + 1) * SEEDS):
        tiny = Tiny(seed)
        for number in range(EACH):
            worlds = Worlds(tiny.edition, tiny.situation())
            if worlds.facts and worlds.count <= MOST_WORLDS:
                yield Case(f"{seed}/{number}", worlds)


@pytest.fixture(scope="module", params=range(PARTS))
def cases(request: pytest.FixtureRequest) -> list[Case]:
    return list(draw(request.param))


def test_an_outcome_is_given_exactly_when_all_worlds_agree(cases: list[Case]) -> None:
    for case in cases:
        outcomes = set(case.outcomes.values())
        if case.found.outcome != Outcome.NEEDS_INFORMATION:
            assert outcomes == {case.found.outcome}, case.name
        elif not case.may_be_too_careful:
            assert outcomes == {Outcome.NEEDS_INFORMATION} or len(outcomes) > 1, case.name
    assert len(cases) > 200


def open_cases(cases: list[Case]) -> list[Case]:
    found = [case for case in cases if case.found.outcome == Outcome.NEEDS_INFORMATION and not case.may_be_too_careful]
    assert len(found) > 100
    return found


def test_all_that_can_change_the_outcome_is_asked_for_and_nothing_else(cases: list[Case]) -> None:
    for case in open_cases(cases):
        pivotal = [fact for fact in case.pivotal if fact.kind != "status"]
        for fact in pivotal:
            assert case.keys(fact) & case.named, (case.name, fact)
        for key in case.named:
            assert any(key in case.keys(fact) for fact in pivotal), (case.name, key)
        statuses = {fact.key[0] for fact in case.pivotal if fact.kind == "status"}
        assert {one.code for one in case.found.questions if one.kind == "workload"} <= statuses, case.name
        assert bool(case.found.questions) == bool(case.pivotal), case.name


def test_what_is_said_of_the_answers_is_true(cases: list[Case]) -> None:
    """Each kind of sentence has its own check, which asserts; most situations make one of these claims."""
    found = open_cases(cases)
    claimed = [(case, claim) for case in found if (claim := CLAIMS.get(case.found.how_to_settle.partition(" A ")[0]))]
    assert len(claimed) > len(found) / 2
    for case, holds in claimed:
        holds(case)


def _one_answer(case: Case) -> None:
    [question] = case.found.questions
    if question.kind == "workload":
        asked = [fact for fact in case.pivotal if fact.kind == "status" and fact.key[0] == question.code]
    else:
        asked = [fact for fact in case.of_subscriptions if case.keys(fact) & case.named]
    assert all(len(outcomes) == 1 for outcomes in case.grouped(asked)), case.name


def _subscriptions_first(case: Case) -> None:
    statuses = [fact for fact in case.worlds.facts if fact.kind == "status"]
    assert all(len(outcomes) > 1 for outcomes in case.grouped(statuses)), case.name


def _nothing_helps(case: Case) -> None:
    assert set(case.outcomes.values()) == {Outcome.NEEDS_INFORMATION}, case.name


def _one_workload(case: Case) -> None:
    texts = {one.code: one.text for one in case.found.questions if one.kind == "workload"}
    statuses = [fact for fact in case.pivotal if fact.kind == "status" and fact.key[0] in case.found.to_confirm]
    asked = [
        fact for fact in statuses if " in T" not in texts[fact.key[0]] or f"in {fact.key[1]}" in texts[fact.key[0]]
    ]
    places = [case.worlds.facts.index(fact) for fact in asked]
    for place in places:
        left = {outcome for world, outcome in case.outcomes.items() if world[place] != Status.ENABLED}
        assert left == {Outcome.NOT_REALIZED}, (case.name, case.worlds.facts[place])
    enabled = {
        outcome for world, outcome in case.outcomes.items() if all(world[place] == Status.ENABLED for place in places)
    }
    takes_more = "and the subscriptions" in case.found.how_to_settle
    assert enabled == {Outcome.REALIZED} or (takes_more and len(enabled) > 1), case.name


CLAIMS = {
    TODAY.one_answer: _one_answer,
    TODAY.subscriptions_first: _subscriptions_first,
    TODAY.tell_an_admin: _nothing_helps,
    TODAY.nothing_counts: _nothing_helps,
    "One workload that is not enabled is enough to decide.": _one_workload,
}


def test_every_claim_is_made(cases: list[Case]) -> None:
    said = {case.found.how_to_settle.partition(" A ")[0] for case in cases}
    assert said >= {TODAY.one_answer, TODAY.subscriptions_first, TODAY.nothing_counts}
