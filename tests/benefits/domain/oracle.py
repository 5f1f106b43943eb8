"""A slow second reading of the determination rules, written from the text alone.

It shares no code with the engine and uses another method: unknown facts are filled in, one filling after the other,
and an outcome is given only when every filling agrees. Nothing here is imported from the application.
"""

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from . import book as books
from .book import Book
from .fillings import OPEN, SEATS, Holding, any_plan, fill

EDITIONS = Path(__file__).resolve().parents[3] / "benefits" / "data" / "editions"
MOST_WORLDS = 2_000

NOT_ELIGIBLE, OUT, ASK = "not_eligible", "out_of_scope", "needs_information"
OPEN_VALUE, REALIZED = "benefit_not_realized", "benefit_realized"


World = tuple[Holding, ...]


@dataclass
class Seen:
    """What one world shows."""

    eligible: bool
    entitled: set[str] = field(default_factory=set)
    lines: list[bool] = field(default_factory=list)
    view: set[str] = field(default_factory=set)

    @property
    def all_out(self) -> bool:
        """Something is requested and every line of it lies outside."""
        return bool(self.lines) and not any(self.lines)


def read_catalogue(edition: str) -> dict:
    """A shipped service description."""
    catalogue: dict = json.loads((EDITIONS / f"{edition}.json").read_text(encoding="utf-8"))
    return catalogue


def expected_of(catalogue: dict, scenario: dict) -> dict:
    """Outcome and the three lists that the text demands for a scenario."""
    book = books.open_book(catalogue, scenario)
    choices = [fill(book, row) for row in scenario["customer"]["subscriptions"]]
    if not choices:
        choices = [[None, *any_plan(book, "any tenant", SEATS)]]
    known = _look(book, _world(options[0] for options in choices))
    outcome = _agreed(book, choices)
    return {"outcome": outcome, **_lists(book, known, outcome)}


def _lists(book: Book, known: Seen, outcome: str) -> dict[str, list[str]]:
    """The lists speak of what is known: unknown subscriptions are left out."""
    lists: dict[str, list[str]] = {name: [] for name in ("remaining_workloads", "to_confirm", "not_entitled")}
    if not known.eligible:
        return lists
    asked = {code for code in book.request["workloads"] if code in book.workloads and book.kinds[code] == "workload"}
    lists["not_entitled"] = sorted(asked - known.entitled)
    if outcome != OUT:
        remaining = {code for code in known.view if book.status(code) in OPEN and not _is_settled(book, code)}
        lists["remaining_workloads"] = sorted(remaining)
        lists["to_confirm"] = sorted(code for code in known.view if book.status(code) == "unknown")
    return lists


# --- imagined worlds -------------------------------------------------------------------------------------------------


def _world(holdings: Iterable[Holding | None]) -> World:
    """The subscriptions that turn out to be something."""
    return tuple(holding for holding in holdings if holding is not None)


def _worlds(choices: list[list[Holding | None]]) -> Iterator[World]:
    """The least world, then the telling ones, then all of them, or a sample when they are too many."""
    yield _world(options[0] for options in choices)
    yield from _telling(choices)
    total = math.prod(map(len, choices))
    if total <= MOST_WORLDS:
        yield from map(_world, itertools.product(*choices))
        return
    dice = Random(total)
    for _ in range(MOST_WORLDS):
        yield _world(dice.choice(options) for options in choices)


def _telling(choices: list[list[Holding | None]]) -> Iterator[World]:
    """Each filling of each subscription, the others at their least and at a filling like it (the same plan)."""
    for index, options in enumerate(choices):
        for number, filling in enumerate(options):
            for others in ([0] * len(choices), [number] * len(choices), [1] * len(choices)):
                rest = [row[like % len(row)] for row, like in zip(choices, others, strict=True)]
                yield _world([*rest[:index], filling, *rest[index + 1 :]])


def _agreed(book: Book, choices: list[list[Holding | None]]) -> str:
    """The outcome on which all worlds agree, else a question."""
    seen: set[str] = set()
    for world in _worlds(choices):
        seen |= _outcomes(book, _look(book, world))
        if len(seen) > 1:
            return ASK
    return seen.pop()


# --- one world -------------------------------------------------------------------------------------------------------


def _look(book: Book, world: World) -> Seen:
    """The rules of the text, in their order, where every subscription is known."""
    seats = _seats(book, world)
    if not seats:
        return Seen(eligible=False)
    entitled = {code for code, row in book.workloads.items() if row["granted_by"] == "any_eligible_plan"}
    for holding in world:
        if holding.tenant in seats and holding.seats >= 1:
            entitled |= _brought(book, holding)
    for tenant in seats:
        entitled |= _derived(book, [holding for holding in world if holding.tenant == tenant and holding.seats >= 1])
    most = max(seats.values())
    asked_items = {code: _item_in(book, code, entitled, most) for code in book.request["services"]}
    asked = {code: _workload_in(book, code, entitled, asked_items) for code in book.request["workloads"]}
    lines = [*asked.values(), *asked_items.values()]
    if book.request["delivery"] != "remote":
        lines.append(False)
    view = {code for code in entitled if book.counts(code)}
    view |= {code for code, is_in in asked.items() if is_in}
    view |= {code for item, is_in in asked_items.items() if is_in and (code := book.item_workload[item])}
    return Seen(True, entitled, lines, {code for code in view if not _refused_away(book, code)})


def _brought(book: Book, holding: Holding) -> frozenset[str]:
    return book.grants[holding.plan] - holding.without if holding.brings is None else holding.brings


def _derived(book: Book, held: list[Holding]) -> set[str]:
    """Workloads that follow from others, but not from what a plan brings that has them in a limited form only."""
    found = set()
    for code, (bases, limiting) in book.derived.items():
        brought = [_brought(book, holding) for holding in held if holding.plan not in limiting]
        if bases <= frozenset().union(*brought):
            found.add(code)
    return found


def _seats(book: Book, world: World) -> dict[str, int]:
    """Seats of each tenant that reaches the floor."""
    held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for holding in world:
        if book.has_seats(holding.plan):
            held[holding.tenant][holding.plan] += holding.seats
    unite = max if book.settings.get("seat_rule") == "single_plan" else sum
    totals = {tenant: unite(plans.values()) for tenant, plans in held.items()}
    return {tenant: total for tenant, total in totals.items() if total >= book.floor}


def _item_in(book: Book, code: str, entitled: set[str], most: int) -> bool:
    """A requested scope item: its workload first, then an entry that is in scope and whose own floor is reached."""
    workload = book.item_workload[code]
    if workload is not None:
        held = book.workloads if book.kinds[workload] == "service" else entitled
        if workload not in held:
            return False
    return any(row["in_scope"] and most >= (row.get("min_eligible_seats") or 0) for row in book.items[code])


def _workload_in(book: Book, code: str, entitled: set[str], asked_items: dict[str, bool]) -> bool:
    """A requested workload is in when entitled; a service when none of its requested items is out."""
    if book.kinds[code] != "service":
        return code in entitled
    own = [is_in for item, is_in in asked_items.items() if book.item_workload[item] == code]
    return code in book.workloads and all(own)


def _refused_away(book: Book, workload: str) -> bool:
    """An edition may take what the customer refuses out of view."""
    return book.settings.get("unknowns_rule") != "exact" and book.is_refused(workload)


def _is_settled(book: Book, workload: str) -> bool:
    """In an exact edition what is refused stays in view, and is settled."""
    return book.settings.get("unknowns_rule") == "exact" and book.is_refused(workload)


def _outcomes(book: Book, seen: Seen) -> set[str]:
    """The outcomes this world can have: every unknown status may turn out to be enabled or not."""
    if not seen.eligible:
        return {NOT_ELIGIBLE}
    if seen.all_out:
        return {OUT}
    statuses = {"enabled" if _is_settled(book, code) else book.status(code) for code in seen.view}
    if statuses & OPEN:
        return {OPEN_VALUE}
    if not statuses:
        return {ASK}
    return {OPEN_VALUE, REALIZED} if "unknown" in statuses else {REALIZED}
