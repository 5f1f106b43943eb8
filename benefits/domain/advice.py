"""Each request line's own course. Nothing here decides the outcome."""

from dataclasses import dataclass

from benefits.choices import AdviceKind, Status

from .reading import Line, Reading


@dataclass(frozen=True, slots=True)
class Advice:
    """The course of one request line."""

    line: str
    code: str
    name: str
    kind: str
    sentence: str
    guide_url: str = ""


def advise(reading: Reading) -> tuple[Advice, ...]:
    return tuple(_advise_line(reading, line) for line in reading.lines)


def _advise_line(reading: Reading, line: Line) -> Advice:
    kind, sentence = _course(reading, line)
    name, guide = name_line(reading, line)
    return Advice(line.kind, line.code, name, str(kind), sentence, guide if kind == AdviceKind.DELIVER else "")


def name_line(reading: Reading, line: Line) -> tuple[str, str]:
    edition = reading.edition.edition
    if line.kind == "workload":
        workload = edition.workloads.get(line.code)
        return (workload.name, workload.guide.url) if workload else (line.code, "")
    entries = edition.scope_items.get(line.code, ())
    if not entries:
        return ("On-site delivery" if line.kind == "delivery" else line.code), ""
    workload = edition.workloads.get(entries[-1].workload)
    text = entries[-1].text
    return (f"{workload.name}: {text}", workload.guide.url) if workload else (text, "")


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
    codes = {line.code} if line.kind == "workload" else set(reading.scope_workloads(line.code))
    statuses = {reading.status(code) for code in codes}
    if statuses == {Status.ENABLED}:
        return AdviceKind.ALREADY_ENABLED, "Already enabled: further work on it is fee-based."
    if Status.UNKNOWN in statuses:
        return AdviceKind.CONFIRM, "In the Benefit. Confirm its status, then deliver it or offer fee-based work."
    return AdviceKind.DELIVER, "In the Benefit and not enabled: deliver it with its Advanced Deployment Guide."


def _course_outside(reading: Reading, line: Line) -> tuple[AdviceKind, str]:
    if line.ended:
        return AdviceKind.RETIRED, "Not part of the service description on this date: nothing can be enabled."
    if line.code in reading.not_entitled:
        return AdviceKind.NOT_LICENSED, "No plan of an eligible tenant grants this workload."
    return AdviceKind.OUT_OF_SCOPE, "Outside the Benefit: this may be offered as fee-based work."
