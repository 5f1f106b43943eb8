"""The lines of a request one by one: each requested workload, each scope item, and a delivery that is not remote."""

from typing import NamedTuple

from benefits.choices import Delivery

from .reading import Reading


class Line(NamedTuple):
    """One line of the request; ``in_least`` when in whatever the unknown facts are."""

    kind: str  # workload, scope_item or delivery
    code: str
    in_least: bool
    in_most: bool
    ended: bool = False


def list_lines(reading: Reading) -> tuple[Line, ...]:
    request = reading.situation.request
    if not reading.has_lines:
        return ()
    scope = _scope_lines(reading)
    workloads = tuple(_workload_line(reading, code, scope) for code in dict.fromkeys(request.workloads))
    delivery = (Line("delivery", request.delivery, False, False),) if request.delivery != Delivery.REMOTE else ()
    return workloads + scope + delivery


def _scope_lines(reading: Reading) -> tuple[Line, ...]:
    least = max((tenant.least_seats for tenant in reading.eligible_least), default=0)
    most = max((tenant.most_seats for tenant in reading.eligible_most), default=0)
    return tuple(
        Line(
            "scope_item",
            ask.code,
            reading.is_scope_in(ask.entries, reading.entitled_least, least),
            reading.is_scope_in(ask.entries, reading.entitled_most, most),
            _has_ended(reading, ask.code),
        )
        for ask in reading.facts.scope
    )


def _has_ended(reading: Reading, code: str) -> bool:
    entries = reading.edition.edition.scope_items.get(code, ())
    return not any(entry.is_active(reading.edition.date) for entry in entries)


def _workload_line(reading: Reading, code: str, scope: tuple[Line, ...]) -> Line:
    edition = reading.edition
    bit = edition.numbering.bits.get(code, 0)
    if not bit & edition.active:
        return Line("workload", code, False, False, ended=True)
    if not bit & edition.services:
        return Line("workload", code, bool(bit & reading.entitled_least), bool(bit & reading.entitled_most))
    asked = [line for line in scope if bit & edition.scope_workloads(line.code)]
    return Line("workload", code, all(line.in_least for line in asked), all(line.in_most for line in asked))


def name_line(reading: Reading, line: Line) -> tuple[str, str]:
    """Name of a line, and the guide of its workload."""
    edition = reading.edition.edition
    if line.kind == "workload":
        workload = edition.workloads.get(line.code)
        return (workload.name, workload.guide.url) if workload else (line.code, "")
    entries = edition.scope_items.get(line.code, ())
    if not entries:
        return (reading.words.on_site if line.kind == "delivery" else line.code), ""
    workload = edition.workloads.get(entries[-1].workload)
    text = entries[-1].text
    return (f"{workload.name}: {text}", workload.guide.url) if workload else (text, "")
