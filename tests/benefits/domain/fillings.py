"""Everything a recorded subscription may turn out to be, by one representative for each way in which it matters.

Nothing here is imported from the application.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .book import Book, fold
from .book_of_products import bound, judge, read_list

UNMAPPED = "UNMAPPED_SKU:"
HUGE = 1_000_000
SEATS = (0, HUGE, 1, 149, 150, 500)
OPEN = frozenset({"not_enabled", "in_progress", "partly_enabled", "blocked", "declined"})


@dataclass(frozen=True)
class Holding:
    """A plan a tenant holds for certain, in one imagined world."""

    tenant: str
    plan: str
    seats: int
    without: frozenset[str] = frozenset()  # workloads whose service plan is off or missing here
    brings: frozenset[str] | None = None  # where its own service plans say it, or nobody knows what the plan grants


def fill(book: Book, row: dict) -> list[Holding | None]:
    """Every representative thing a recorded subscription may turn out to be, the least of them first."""
    if row["state"] not in ("enabled", "warning") or "paid_seats" not in row:
        return [None]
    seats = SEATS if row["paid_seats"] is None else (row["paid_seats"],)
    if row["plan"].startswith(UNMAPPED):
        return _unmapped(book, row, seats)
    if row["plan"] not in book.plans:
        return [None]
    without = frozenset(row.get("withheld", ()))
    contents = [None if brought is None else brought - without for brought in _contents(book, row)]
    return [Holding(row["tenant"], row["plan"], number, without, brought) for number in seats for brought in contents]


def _unmapped(book: Book, row: dict, seats: tuple[int, ...]) -> list[Holding | None]:
    """What a product that nobody knows may be: by its service plans, or any plan at all."""
    product = row.get("product")
    listed = read_list(book, product)
    names = {row["plan"].removeprefix(UNMAPPED), (product or {}).get("part_number", "")}
    if {fold(name) for name in names} & book.outside:
        return [None]
    if listed and listed.is_elsewhere and not listed.on and not listed.is_strange:
        return [None]
    if listed is None or listed.is_strange:
        return [None, *any_plan(book, row["tenant"], seats)]
    kinds = _subsets(bound(book, listed))
    return [None, *(Holding(row["tenant"], "", number, brings=kind) for number in seats for kind in kinds)]


def _contents(book: Book, row: dict) -> list[frozenset[str] | None]:
    """What a product of a known plan may bring; nothing said where the plan's own grants are it."""
    plan, product = row["plan"], row.get("product") or {}
    listed = read_list(book, product)
    if listed is not None:
        certain, perhaps = judge(book, plan, product["sku_id"], listed)
        if _is_open(book, plan):
            perhaps = frozenset()  # its own list says what it brings
        return [certain | part for part in _subsets(perhaps)]
    if not _is_open(book, plan):
        return [None]
    return list(_subsets(frozenset().union(*book.grants.values())))


def _is_open(book: Book, plan: str) -> bool:
    return plan in book.open_plans and book.settings.get("contents_rule") == "unknown"


def _subsets(codes: frozenset[str]) -> list[frozenset[str]]:
    """Nothing, all, and each alone: by these every set of workloads can be told apart here."""
    return list(dict.fromkeys((frozenset(), codes, *(frozenset((code,)) for code in sorted(codes)))))


def any_plan(book: Book, tenant: str, seats: Iterable[int]) -> Iterator[Holding]:
    """A holding of any one plan: one plan for each way in which plans can differ here."""
    differing: dict[object, str] = {}
    for code in book.plans:
        differing.setdefault(_signature(book, code), code)
    plans = list(differing.values())
    if book.settings.get("seat_rule") == "single_plan":
        plans += sorted((book.known_plans & book.plans.keys()) - set(plans))
    open_plans = [plan for plan in book.open_plans if _is_open(book, plan)]
    contents = _subsets(frozenset().union(*book.grants.values())) if open_plans else []
    for number in sorted(seats, reverse=True):
        yield from (Holding(tenant, plan, number) for plan in plans)
        yield from (Holding(tenant, plan, number, brings=kind) for plan in open_plans for kind in contents)


def _signature(book: Book, plan: str) -> object:
    """What of a plan can matter: its seats, the kinds of status it brings into view, the requested things it opens."""
    asked = {*book.request["workloads"], *(book.item_workload[code] for code in book.request["services"])}
    brought = {_kind_of_status(book, code) for code in book.grants[plan] if book.counts(code)}
    bases = {base for bases, _limiting in book.derived.values() for base in bases}
    return book.has_seats(plan), frozenset(brought), book.grants[plan] & (asked | bases)


def _kind_of_status(book: Book, workload: str) -> str:
    """All open statuses are alike, but a refusal may be taken out of view."""
    status = book.status(workload)
    return "open" if status in OPEN and not book.is_refused(workload) else status
