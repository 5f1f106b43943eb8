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
    words = reading.words
    if outcome == Outcome.NOT_ELIGIBLE:
        return (Sellable(words.anything, words.sell_not_eligible),)
    if outcome == Outcome.REALIZED:
        return (Sellable(words.anything, words.sell_realized(some_refused=bool(reading.refused_in_view))),)
    return tuple([Sellable(row.name, row.sentence) for row in advice if row.kind in SELLABLE])


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
        return AdviceKind.CONFIRM, reading.words.may_be_covered
    return _course_outside(reading, line)


def _course_without_eligibility(reading: Reading) -> tuple[AdviceKind, str]:
    if reading.eligible_most:
        return AdviceKind.CONFIRM, reading.words.eligibility_unknown
    return AdviceKind.OUT_OF_SCOPE, reading.words.fee_based


def _course_inside(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    numbering = reading.edition.numbering
    mask = numbering.bits[line.code] if line.kind == "workload" else reading.edition.scope_workloads(line.code)
    statuses = {reading.status(code) for code in numbering.names(mask)}
    if statuses == {Status.ENABLED}:
        return AdviceKind.ALREADY_ENABLED, reading.words.already_enabled
    if Status.UNKNOWN in statuses:
        return AdviceKind.CONFIRM, reading.words.confirm_first
    return AdviceKind.DELIVER, reading.words.deliver


def _course_outside(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    if line.ended:
        return AdviceKind.RETIRED, reading.words.retired
    if line.kind == "workload" and reading.edition.numbering.bits[line.code] & reading.not_entitled:
        return AdviceKind.NOT_LICENSED, reading.words.not_licensed
    return AdviceKind.OUT_OF_SCOPE, reading.words.out_of_scope
