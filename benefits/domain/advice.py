"""Each request line's own course, and what may be sold. Nothing here decides the outcome."""

from typing import NamedTuple

from benefits.choices import AdviceKind, Outcome, Status

from .lines import Line, name_line
from .reading import Reading


class Advice(NamedTuple):
    """The course of one request line."""

    line: str
    code: str
    name: str
    kind: str
    sentence: str
    guide_url: str = ""


class Sellable(NamedTuple):
    """Something that may be offered as fee-based work, and why."""

    name: str
    why: str


SELLABLE = (AdviceKind.ALREADY_ENABLED, AdviceKind.OUT_OF_SCOPE)


def advise(reading: Reading, lines: tuple[Line, ...]) -> tuple[Advice, ...]:
    return tuple([_advise_line(reading, line) for line in lines])


def list_sellable(reading: Reading, outcome: str, advice: tuple[Advice, ...]) -> tuple[Sellable, ...]:
    """What may be sold: everything when the outcome allows it, else the lines that the Benefit does not cover."""
    if outcome == Outcome.NOT_ELIGIBLE:
        return (Sellable("Anything the customer wants", "The customer is not eligible for the Benefit."),)
    if outcome == Outcome.REALIZED:
        return (Sellable("Anything the customer wants", _why_realized(reading)),)
    return tuple([Sellable(row.name, row.sentence) for row in advice if row.kind in SELLABLE])


def _why_realized(reading: Reading) -> str:
    refused = " or refused" if reading.refused_in_view else ""
    return f"Every workload in view is enabled{refused}."


def _advise_line(reading: Reading, line: Line) -> Advice:
    kind, sentence = _course(reading, line)
    name, guide = name_line(reading, line)
    return Advice(line.kind, line.code, name, str(kind), sentence, guide if kind == AdviceKind.DELIVER else "")


def _course(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    if not reading.eligible_least:
        return _course_without_eligibility(reading)
    if line.in_least:
        return _course_inside(reading, line)
    if line.in_most:
        return AdviceKind.CONFIRM, "Whether the plans held cover this depends on a subscription that is not known yet."
    return _course_outside(reading, line)


def _course_without_eligibility(reading: Reading) -> tuple[AdviceKind, str]:
    if reading.eligible_most:
        return AdviceKind.CONFIRM, "Whether the customer is eligible is not known yet."
    return AdviceKind.OUT_OF_SCOPE, "The customer is not eligible, so this is fee-based work."


def _course_inside(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    numbering = reading.edition.numbering
    mask = numbering.bits[line.code] if line.kind == "workload" else reading.edition.scope_workloads(line.code)
    statuses = {reading.status(code) for code in numbering.names(mask)}
    if statuses == {Status.ENABLED}:
        return AdviceKind.ALREADY_ENABLED, "Already enabled: further work on it is fee-based."
    if Status.UNKNOWN in statuses:
        return AdviceKind.CONFIRM, "In the Benefit. Confirm its status, then deliver it or offer fee-based work."
    return AdviceKind.DELIVER, "In the Benefit and not enabled: deliver it with its Advanced Deployment Guide."


def _course_outside(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    if line.ended:
        return AdviceKind.RETIRED, "Not part of the service description on this date: nothing can be enabled."
    if line.kind == "workload" and reading.edition.numbering.bits[line.code] & reading.not_entitled:
        return AdviceKind.NOT_LICENSED, "No plan of an eligible tenant grants this workload."
    return AdviceKind.OUT_OF_SCOPE, "Outside the Benefit: this may be offered as fee-based work."
