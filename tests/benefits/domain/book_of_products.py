"""What a product's service plans say, read from the text alone. Nothing here is imported from the application."""

from dataclasses import dataclass

from .book import Book, fold


@dataclass(frozen=True)
class Listed:
    """The service plans of a product, folded: on and off of eligible families, on and known to nobody, on elsewhere."""

    on: frozenset[str]
    off: frozenset[str]
    is_strange: bool
    is_elsewhere: bool


def read_list(book: Book, product: dict | None) -> Listed | None:
    """The service plans of a product in a scenario; none when they are not listed, or do not count."""
    if not product or "service_plans" not in product or book.settings.get("service_plan_rule") != "both_ways":
        return None
    plans = product["service_plans"]
    named_on = {fold(name) for key in ("on", "strange") for name in plans.get(key, ())}
    on = {name for name in named_on if book.families.get(name)}
    off = {name for name in map(fold, plans.get("off", ())) if book.families.get(name)}
    strange = any(name not in book.families for name in named_on)
    elsewhere = any(book.families.get(name) is False for name in named_on)
    return Listed(frozenset(on), frozenset(off - on), strange, elsewhere or bool(plans.get("others")))


def judge(book: Book, plan: str, sku_id: str, listed: Listed) -> tuple[frozenset[str], frozenset[str]]:
    """What a product of a plan brings for certain, and what it may bring beside a service plan that nobody knows."""
    carried = {row["workload"] for row in book.limited.get(plan, ()) if (row.get("sku_id") or sku_id) == sku_id}
    beyond = {code for code in book.workloads.keys() - carried if _is_shown(book, code, listed)}
    kept = {code for code in book.grants[plan] if _is_kept(book, plan, code, listed)}
    lost = {code for code in book.grants[plan] - kept if not _names(book, code) & listed.off}
    services = {code for code in book.workloads if book.kinds[code] == "service"}
    return frozenset((beyond | kept) - services), frozenset(lost - services if listed.is_strange else ())


def _is_kept(book: Book, plan: str, code: str, listed: Listed) -> bool:
    """Does a granted workload stand: shown as on, shown by nothing, or granted by a text and not shown as off?"""
    names = _names(book, code)
    return not names or _is_shown(book, code, listed) or (code in book.by_text_of[plan] and not names & listed.off)


def _names(book: Book, code: str) -> set[str]:
    return {fold(name) for name in book.workloads[code].get("service_plan_names") or ()}


def _is_shown(book: Book, code: str, listed: Listed) -> bool:
    names = _names(book, code)
    return _is_enough(book.workloads[code], names, names & listed.on)


def _is_enough(row: dict, names: set[str], on: set[str]) -> bool:
    needed = row.get("service_plans_needed") or "any"
    least = len(names) if needed == "all" else 1 if needed == "any" else int(needed)
    return bool(on) and len(on) >= least


def bound(book: Book, listed: Listed) -> frozenset[str]:
    """What a product that nobody knows may bring at the most, all of its service plans being known."""
    shown = {
        code
        for code, row in book.workloads.items()
        if {fold(name) for name in row.get("service_plan_names") or ()} & listed.on
    }
    alive = {code for code in book.workloads if book.kinds[code] != "service"}
    return frozenset((shown | book.by_text) & alive)
