"""Decide whether the Benefit is realized: outcome, lists, findings, advice, trace and warnings."""

from typing import Any, NamedTuple

from benefits.choices import Outcome

from .advice import Advice, Sellable, advise, list_sellable
from .asking.questions import Question, list_missing, order_questions, say_how_to_settle
from .asking.settling import Asked, ask_exactly
from .catalogue import Edition
from .compiled import CompiledSituation, compile_situation
from .edition_on_date import EditionOnDate, edition_on
from .explaining import Step, Told, say_reason, trace_rules
from .findings import (
    AreaVerdict,
    Beyond,
    Finding,
    PlanHeld,
    Withheld,
    describe_plans_held,
    judge_areas,
    list_beyond,
    list_findings,
    list_withheld,
)
from .lines import list_lines
from .reading import Reading
from .rules import decide
from .situation import Situation
from .warnings import find_warnings
from .wording import TODAY, Words

DECIDED = ("outcome", "rule", "remaining_workloads", "to_confirm", "not_entitled")


class Verdict(NamedTuple):
    """The decision alone: what a determination decides, without what explains it. Lists of codes are sorted."""

    outcome: str
    rule: str
    remaining_workloads: tuple[str, ...]
    to_confirm: tuple[str, ...]
    not_entitled: tuple[str, ...]

    @property
    def gist(self) -> tuple[str, tuple[str, ...]]:
        """What has to differ for a determination to count as another: the outcome, or what remains."""
        return self.outcome, self.remaining_workloads


class Determination(NamedTuple):
    """The decision with everything that explains it. Lists of codes are sorted."""

    outcome: str
    rule: str
    reason: str
    remaining_workloads: tuple[str, ...]
    to_confirm: tuple[str, ...]
    not_entitled: tuple[str, ...]
    missing_facts: tuple[str, ...]
    questions: tuple[Question, ...]
    how_to_settle: str
    findings: tuple[Finding, ...]
    areas: tuple[AreaVerdict, ...]
    withheld: tuple[Withheld, ...]
    advice: tuple[Advice, ...]
    sellable: tuple[Sellable, ...]
    plans_held: tuple[PlanHeld, ...]
    warnings: tuple[str, ...]
    trace: tuple[Step, ...]
    granted: tuple[Beyond, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return Verdict(*(getattr(self, name) for name in DECIDED))

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data; equal determinations give equal data."""
        data = {name: _plain(value) for name, value in self._asdict().items()}
        return data if data["granted"] else {name: value for name, value in data.items() if name != "granted"}

    def as_record(self) -> dict[str, Any]:
        """Data to keep: without guides, which may be corrected later and decide nothing."""
        data = self.as_data()
        for row in (*data["findings"], *data["advice"]):
            row.pop("guide_title", None)
            row.pop("guide_url", None)
        return data


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return value._asdict()
    return tuple(_plain(item) for item in value) if isinstance(value, tuple) else value


def determine(edition: Edition, situation: Situation, words: Words = TODAY) -> Determination:
    """Decide one situation on its date by one edition, and explain it in the ``words`` of an engine.

    Total and pure: every well-typed situation gets an outcome, and the order of its facts does not matter.
    """
    on_date = edition_on(edition, situation.on)
    return determine_compiled(on_date, compile_situation(on_date, situation), words)


def determine_compiled(edition: EditionOnDate, facts: CompiledSituation, words: Words = TODAY) -> Determination:
    """``determine`` for a situation that is compiled already."""
    reading = Reading(edition, facts, words)
    verdict = _judge(reading)
    outcome, rule = verdict.outcome, verdict.rule
    told = Told(reading, list_lines(reading))
    asked = _ask(reading, verdict)
    findings, advice = list_findings(reading), advise(reading, told.lines)
    return Determination(
        outcome=outcome,
        rule=rule,
        reason=say_reason(told, outcome, rule),
        remaining_workloads=verdict.remaining_workloads,
        to_confirm=verdict.to_confirm,
        not_entitled=verdict.not_entitled,
        missing_facts=tuple(sorted({question.text for question in asked.missing})),
        questions=asked.questions,
        how_to_settle=asked.how_to_settle,
        findings=findings,
        areas=judge_areas(findings),
        withheld=list_withheld(reading),
        advice=advice,
        sellable=list_sellable(reading, outcome, advice),
        plans_held=describe_plans_held(reading),
        warnings=find_warnings(reading),
        trace=trace_rules(told, rule),
        granted=list_beyond(reading),
    )


def _ask(reading: Reading, verdict: Verdict) -> Asked:
    outcome, rule, _remaining, to_confirm, _not_entitled = verdict
    if reading.edition.is_exact:
        return ask_exactly(reading, outcome, rule, to_confirm)
    missing = list_missing(reading, outcome)
    questions = order_questions(reading, rule, to_confirm, missing)
    return Asked(questions, missing, say_how_to_settle(reading, outcome, rule, to_confirm, missing))


def decide_compiled(edition: EditionOnDate, facts: CompiledSituation) -> Verdict:
    """The decision alone, a few microseconds each; always what ``determine`` decides."""
    return _judge(Reading(edition, facts))


def _judge(reading: Reading) -> Verdict:
    """Outcome, deciding rule, and the lists as far as they are known.

    The lists are empty when no tenant is known to reach the floor; the first two also when out of scope.
    """
    outcome, rule = decide(reading)
    if not reading.eligible_least:
        return Verdict(outcome, rule, (), (), ())
    names = reading.edition.numbering.names
    not_entitled = names(reading.not_entitled)
    if outcome == Outcome.OUT_OF_SCOPE:
        return Verdict(outcome, rule, (), (), not_entitled)
    return Verdict(outcome, rule, names(reading.remaining), names(reading.to_confirm), not_entitled)
