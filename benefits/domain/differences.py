"""What differs between two editions, row by row and field by field; and whom a change can reach."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .catalogue import Edition, Grant, Guide, ScopeItem
from .products import Sku

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SECTIONS = (
    *("settings", "thresholds", "families", "plans", "workloads", "entitlements", "scope items"),
    *("products", "service plans", "sources"),
)
WORDS_OF_A_GRANT = ("sku_id", "basis", "sources", "verified_on")
OF_PRODUCTS = {
    "skus",
    "entitlement_basis",
    "service_plans",
    "sku_id",
    "basis",
}  # decide what a product that was read is
DECIDES_NOTHING = {
    "entitlements": {*WORDS_OF_A_GRANT},
    "products": {"product_name", "reason", "notes", "sources", "verified_on"},
    "plans": {"name", "kind", "audience", "skus", "entitlement_basis", "aliases", "notes", "sources", "verified_on"},
    "workloads": {
        *("name", "family", "entitlement_rule", "guide", "replaced_by", "aliases", "service_plans"),
        *("scope_evidence", "notes", "sources", "verified_on"),
    },
}


class Difference(NamedTuple):
    """One change. ``field``, ``before`` and ``after`` are empty for whole rows."""

    section: str
    code: str
    name: str
    change: str  # added, removed or changed
    field: str = ""
    before: str = ""
    after: str = ""


def compare_editions(old: Edition, new: Edition) -> tuple[Difference, ...]:
    """Every difference in what the editions say, in the order of ``SECTIONS``. Equal editions give none."""
    return (
        *_compare_rows("settings", {"settings": old.settings}, {"settings": new.settings}),
        *_compare_rows("thresholds", _thresholds(old), _thresholds(new)),
        *_compare_rows("families", _by_code(old.families), _by_code(new.families)),
        *_compare_rows("plans", old.plans, new.plans, skip={"grants"}),
        *_compare_rows("workloads", old.workloads, new.workloads),
        *_compare_grants(old, new),
        *_compare_rows("scope items", _entries(old), _entries(new)),
        *_compare_rows("products", _products(old), _products(new)),
        *_compare_rows("service plans", _service_plans(old), _service_plans(new)),
        *_compare_sources(old, new),
    )


def _by_code(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.code: row for row in rows}


def _thresholds(edition: Edition) -> dict[str, Any]:
    """Thresholds by code and first day: a code may repeat with other dates."""
    found: dict[str, Any] = {}
    for row in edition.thresholds:
        _put(found, f"{row.code} {row.effective_from or ''}".strip(), row)
    return found


def _products(edition: Edition) -> dict[str, Any]:
    return {product.part_number: product for product in edition.products}


def _service_plans(edition: Edition) -> dict[str, Any]:
    return {plan.id: plan for plan in edition.service_plans}


def _put(found: dict[str, Any], key: str, row: Any) -> None:
    """Keep a row; equal keys are told apart by a mark."""
    while key in found:
        key += " +"
    found[key] = row


def _entries(edition: Edition) -> dict[str, ScopeItem]:
    """Entries by code, audience and first day; of equal ones the number tells them apart."""
    found: dict[str, ScopeItem] = {}
    for code, items in edition.scope_items.items():
        for item in items:
            _put(found, " ".join(part for part in (code, item.audience, str(item.effective_from or "")) if part), item)
    return found


def _compare_rows(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], *, skip: Iterable[str] = ()
) -> Iterator[Difference]:
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code), new.get(code)
        if before is None or after is None:
            yield Difference(section, code, _name(after or before), REMOVED if after is None else ADDED)
            continue
        for field in before.__dataclass_fields__:
            was, now = getattr(before, field), getattr(after, field)
            if was != now and field not in skip:
                yield Difference(section, code, _name(after), CHANGED, field, _words(was), _words(now))


def _name(row: Any) -> str:
    called = (getattr(row, attribute, "") for attribute in ("name", "product_name", "text", "unit"))
    return str(next(filter(None, called), ""))


def _words(value: Any) -> str:
    if value is None or value == () or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_words(part) for part in value)
    if isinstance(value, Guide):
        return f"{value.title} {value.url}".strip() or "–"
    return f"{value.part_number} ({value.sku_id or 'no id'})" if isinstance(value, Sku) else str(value)


def _compare_grants(old: Edition, new: Edition) -> Iterator[Difference]:
    for code in sorted(new.plans):
        was, now = _grants(old, code), _grants(new, code)
        for key in sorted(was.keys() | now.keys()):
            workload, is_limited, _number = key
            known = (new if key in now else old).workloads[workload].name + (" (limited form)" if is_limited else "")
            yield from _compare_grant(code, new.plans[code].name, known, was.get(key), now.get(key))


def _grants(edition: Edition, plan: str) -> dict[tuple[str, bool, int], Grant]:
    """A plan's grants by workload and form; of several the number tells them apart, oldest first."""
    found: dict[tuple[str, bool, int], Grant] = {}
    grants = edition.plans[plan].grants if plan in edition.plans else ()
    for grant in sorted(grants, key=lambda row: row.effective_from or dt.date.min):
        number = sum((grant.workload, grant.is_limited) == key[:2] for key in found)
        found[grant.workload, grant.is_limited, number] = grant
    return found


def _compare_grant(code: str, plan: str, workload: str, was: Grant | None, now: Grant | None) -> Iterator[Difference]:
    """A workload that came, went, or counts on other days; or other words about one that stays."""
    if was is None or now is None:
        change = REMOVED if now is None else ADDED
        yield Difference("entitlements", code, plan, change, workload, _days(was), _days(now))
        return
    if _days(was) != _days(now):
        yield Difference("entitlements", code, plan, CHANGED, workload, _days(was) or "–", _days(now) or "–")
    for name in WORDS_OF_A_GRANT:
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            words = _words(before), _words(after)
            yield Difference("entitlements", code, f"{plan}: {workload}", CHANGED, name, *words)


def _days(grant: Grant | None) -> str:
    """The days of a grant in words; empty when it always counts."""
    if grant is None:
        return ""
    starts, ends = grant.effective_from, grant.effective_to
    return " ".join([*(["from", str(starts)] if starts else []), *(["to", str(ends)] if ends else [])])


def _compare_sources(old: Edition, new: Edition) -> Iterator[Difference]:
    for key in sorted(old.sources.keys() | new.sources.keys()):
        was, now = old.sources.get(key, ""), new.sources.get(key, "")
        if was != now:
            yield Difference("sources", key, key, CHANGED if was and now else ADDED if now else REMOVED, "", was, now)


class Reach(NamedTuple):
    """Whom a change of edition can reach: everybody, or those who hold a plan or ask for something that changed."""

    everybody: bool
    plans: frozenset[str]
    workloads: frozenset[str]
    scope_items: frozenset[str]
    products: bool = False  # products that were read may be, or bring, something else now

    @property
    def is_nobody(self) -> bool:
        return not (self.everybody or self.plans or self.workloads or self.scope_items or self.products)


def find_reach(old: Edition, new: Edition) -> Reach:
    """The plans, workloads and scope items whose change can matter to a determination.

    A changed workload reaches whoever holds a plan that grants it, before or after, and whoever asks for it. Settings,
    thresholds, and workloads that being eligible grants reach everybody. Customers with a subscription that is not
    known may hold any plan: the caller adds them.
    """
    changed: dict[str, set[str]] = {section: set() for section in SECTIONS}
    found = compare_editions(old, new)
    for row in found:
        if row.field not in DECIDES_NOTHING.get(row.section, ()):
            changed[row.section].add(row.code)
    workloads = changed["workloads"]
    plans = changed["plans"] | changed["entitlements"]
    items = {code.split(" ", 1)[0] for code in changed["scope items"]}
    for edition in (old, new):
        behind = workloads.union(
            *(edition.workloads[code].derived_from for code in workloads & edition.workloads.keys())
        )
        plans |= {plan.code for plan in edition.plans.values() if behind & set(plan.workloads)}
        items |= {code for code, rows in edition.scope_items.items() if any(row.workload in workloads for row in rows)}
    everybody = bool(changed["settings"] or changed["thresholds"])
    everybody = everybody or bool(changed["service plans"])
    everybody = everybody or any(_is_for_all(edition, code) for edition in (old, new) for code in workloads)
    products = any(row.field in OF_PRODUCTS for row in found) or bool(plans or workloads or changed["products"])
    return Reach(everybody, frozenset(plans), frozenset(workloads), frozenset(items), products)


def _is_for_all(edition: Edition, code: str) -> bool:
    workload = edition.workloads.get(code)
    return workload is not None and workload.granted_by == "any_eligible_plan"
