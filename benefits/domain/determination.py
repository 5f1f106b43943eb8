"""Decide whether the Benefit is realized: outcome, lists, findings, advice, trace and warnings."""

from dataclasses import asdict, dataclass
from typing import Any

from benefits.choices import Outcome

from .advice import Advice, advise
from .catalogue import Edition
from .explaining import Step, say_reason, trace_rules
from .findings import Finding, PlanHeld, describe_plans_held, list_findings, name_missing_facts, order_questions
from .reading import Reading
from .rules import decide
from .situation import Situation
from .warnings import find_warnings

ENGINE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Determination:
    """The decision with everything that explains it. Lists of codes are sorted."""

    outcome: str
    rule: str
    reason: str
    remaining_workloads: tuple[str, ...]
    to_confirm: tuple[str, ...]
    not_entitled: tuple[str, ...]
    missing_facts: tuple[str, ...]
    open_questions: tuple[str, ...]
    findings: tuple[Finding, ...]
    advice: tuple[Advice, ...]
    plans_held: tuple[PlanHeld, ...]
    warnings: tuple[str, ...]
    trace: tuple[Step, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data; equal determinations give equal data."""
        return asdict(self)

    def as_record(self) -> dict[str, Any]:
        """Data to keep: without guides, which may be corrected later and decide nothing."""
        data = self.as_data()
        for row in (*data["findings"], *data["advice"]):
            row.pop("guide_title", None)
            row.pop("guide_url", None)
        return data


def determine(edition: Edition, situation: Situation) -> Determination:
    """Decide one situation on its date by one edition.

    Total and pure: every well-typed situation gets an outcome, and the order of its facts does not matter.
    """
    reading = Reading(edition.on(situation.on), situation)
    outcome, rule = decide(reading)
    remaining, to_confirm, not_entitled = known_lists(reading, outcome)
    missing = name_missing_facts(reading, outcome)
    return Determination(
        outcome=str(outcome),
        rule=rule,
        reason=say_reason(reading, outcome, rule),
        remaining_workloads=remaining,
        to_confirm=to_confirm,
        not_entitled=not_entitled,
        missing_facts=missing,
        open_questions=order_questions(reading, to_confirm),
        findings=list_findings(reading),
        advice=advise(reading),
        plans_held=describe_plans_held(reading),
        warnings=find_warnings(reading),
        trace=trace_rules(reading, rule),
    )


def known_lists(reading: Reading, outcome: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Remaining, to confirm and not entitled, as far as they are known.

    All empty when no tenant is known to reach the floor; the first two also when out of scope.
    """
    if not reading.eligible_least:
        return (), (), ()
    not_entitled = tuple(sorted(reading.not_entitled))
    if outcome == Outcome.OUT_OF_SCOPE:
        return (), (), not_entitled
    return tuple(sorted(reading.remaining)), tuple(sorted(reading.to_confirm)), not_entitled
