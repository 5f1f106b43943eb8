"""What Microsoft's table of products says that an edition does not: proposals, each for a person to accept or refuse.

A product is like another when most of their service plans are the same, and their names say the same number of a plan
and the same of trials and special forms. The likest by both is proposed; nothing is taken over by likeness alone.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from .catalogue import Edition, Plan
from .edition_on_date import EditionOnDate, edition_on
from .exports.product_table import TableProduct
from .products import fold_part_number
from .service_plans import ReadPlan, is_of_no_family, list_service_plans, read_plan

LIKE = 0.8  # of all service plans of two products, the part that both have
TELLING = frozenset(
    ("trial", "test", "free", "viral", "exploratory", "unattended", "developer", "student", "benefit", "server")
)

ServicePlans = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """What a proposal would change."""

    OF_PLAN = "of_plan"  # a product of a plan that the edition has
    OUTSIDE = "outside"  # a product outside of the Benefit
    UNDECIDED = "undecided"  # a product like none that is known
    GAINED = "gained"  # a workload that a plan carries now
    LOST = "lost"  # a workload that no product of a plan carries any more
    SERVICE_PLAN = "service_plan"  # a service plan of known products that nobody knows


class Proposal(NamedTuple):
    """One difference. ``because``: what it rests on; ``service_plans``: id and name of those that are new."""

    kind: Kind
    sku_id: str = ""
    part_number: str = ""
    product_name: str = ""
    plan: str = ""
    workload: str = ""
    reason: str = ""  # why a product is outside of the Benefit
    because: str = ""
    service_plans: ServicePlans = ()


class _Known(NamedTuple):
    """A product of the table that the edition knows: of a plan, or outside for a reason."""

    product: TableProduct
    plan: str
    reason: str


def propose(edition: Edition, table: Mapping[str, TableProduct], on: dt.date) -> list[Proposal]:
    """Every difference between an edition and the table on a day, in the order of the kinds."""
    known = {sku_id: found for sku_id, product in table.items() if (found := _find_known(edition, product))}
    new = [product for sku_id, product in table.items() if sku_id not in known]
    proposals = [
        *(_propose_product(edition, product, list(known.values())) for product in new),
        *_propose_contents(edition_on(edition, on), known),
        *_propose_service_plans(edition, known),
    ]
    order = list(Kind)
    return sorted(proposals, key=lambda row: (order.index(row.kind), row.plan, row.product_name, row.workload))


def _find_known(edition: Edition, product: TableProduct) -> _Known | None:
    """The product by its SKU id; by its part number where the edition has no id of it."""
    number = fold_part_number(product.part_number)
    plan = edition.plan_by_sku_id.get(product.sku_id) or _plan_without_id(edition, number)
    if plan is not None:
        return _Known(product, plan.code, "")
    outside = edition.outside_by_name.get(product.sku_id) or edition.outside_by_name.get(number)
    is_it = outside is not None and outside.sku_id in ("", product.sku_id)
    return _Known(product, "", outside.reason) if outside and is_it else None


def _plan_without_id(edition: Edition, number: str) -> Plan | None:
    plan = edition.plan_by_part_number.get(number)
    skus = plan.skus if plan else ()
    return plan if any(not sku.sku_id and fold_part_number(sku.part_number) == number for sku in skus) else None


# --- products


def _propose_product(edition: Edition, product: TableProduct, known: list[_Known]) -> Proposal:
    named = product.sku_id, product.part_number, product.name
    new = _new_service_plans(edition, product)
    alike = [row for row in known if _share(product, row.product) >= LIKE and _says_the_same(product, row.product)]
    if alike:
        nearest = max(alike, key=lambda row: _likeness(product, row.product))
        kind = Kind.OF_PLAN if nearest.plan else Kind.OUTSIDE
        because = f"{_share(product, nearest.product):.0%} of its service plans are those of {nearest.product.name}"
        others = sorted({row.product.name for row in alike if (row.plan, row.reason) != (nearest.plan, nearest.reason)})
        because += f"; also like {', '.join(others[:2])}" if others else ""
        words = {"plan": nearest.plan, "reason": nearest.reason, "because": because}
        return Proposal(kind, *named, **words, service_plans=new)
    listed = list_service_plans(edition, [(key, name, True) for key, name in product.service_plans.items()])
    if is_of_no_family(listed):
        because = "all of its service plans belong to other families"
        words_of_name = _telling_words(product.name)
        reason = (
            "trial" if words_of_name & {"trial", "viral"} else "free" if "free" in words_of_name else "other_family"
        )
        return Proposal(Kind.OUTSIDE, *named, reason=reason, because=because)
    return Proposal(Kind.UNDECIDED, *named, because="it is like no product that is known", service_plans=new)


def _share(product: TableProduct, other: TableProduct) -> float:
    one, two = product.service_plans.keys(), other.service_plans.keys()
    return len(one & two) / (len(one | two) or 1)


def _says_the_same(product: TableProduct, other: TableProduct) -> bool:
    return _telling_words(product.name) == _telling_words(other.name)


@lru_cache(maxsize=4096)
def _telling_words(name: str) -> frozenset[str]:
    """Numbers of plans (E3, P2, 5), and words for trials and special forms."""
    words = re.split(r"[^a-z0-9]+", name.casefold())
    return frozenset(word for word in words if word in TELLING or re.fullmatch(r"[a-z]?\d{1,2}", word))


def _likeness(product: TableProduct, other: TableProduct) -> float:
    return _share(product, other) + SequenceMatcher(None, product.name.casefold(), other.name.casefold()).ratio()


def _new_service_plans(edition: Edition, product: TableProduct) -> ServicePlans:
    known = edition.names_of_service_plans.keys()
    return tuple((key, name) for key, name in product.service_plans.items() if key not in known)


# --- what plans carry


def _propose_contents(edition: EditionOnDate, known: Mapping[str, _Known]) -> Iterator[Proposal]:
    """Workloads that the products of a plan carry beyond it, and those that none of them carries any more."""
    by_plan: dict[str, list[TableProduct]] = defaultdict(list)
    for row in known.values():
        if row.plan in edition.plans:
            by_plan[row.plan].append(row.product)
    for code, products in by_plan.items():
        plan = edition.plans[code].plan
        read = [(product.part_number, _read(edition, plan, product)) for product in products]
        yield from _gained(plan, read)
        yield from _lost(plan, read)


def _read(edition: EditionOnDate, plan: Plan, product: TableProduct) -> ReadPlan:
    listed = list_service_plans(edition.edition, [(key, name, True) for key, name in product.service_plans.items()])
    return read_plan(edition, plan, product.sku_id, listed)


def _gained(plan: Plan, read: list[tuple[str, ReadPlan]]) -> Iterator[Proposal]:
    found: dict[str, list[str]] = defaultdict(list)
    for part_number, one in read:
        for workload, service_plan in one.granted:
            found[workload].append(f"{part_number} ({service_plan})")
    for workload, carriers in found.items():
        because = f"carried by {', '.join(sorted(carriers)[:3])}: {len(carriers)} of {len(read)} products"
        yield Proposal(Kind.GAINED, plan=plan.code, product_name=plan.name, workload=workload, because=because)


def _lost(plan: Plan, read: list[tuple[str, ReadPlan]]) -> Iterator[Proposal]:
    withheld = [{workload for workload, _why in one.withheld} for _part_number, one in read]
    for workload in sorted(set.intersection(*withheld)) if withheld else ():
        because = f"carried by none of {len(read)} products"
        yield Proposal(Kind.LOST, plan=plan.code, product_name=plan.name, workload=workload, because=because)


# --- service plans


def _propose_service_plans(edition: Edition, known: Mapping[str, _Known]) -> Iterator[Proposal]:
    """Service plans of known products that nobody knows: beside one, what is missing would not be known."""
    carriers: dict[str, set[str]] = defaultdict(set)
    ids: dict[str, dict[str, str]] = defaultdict(dict)  # one name may stand for several ids
    for row in known.values():
        for key, name in _new_service_plans(edition, row.product) if row.plan else ():
            carriers[fold_part_number(name)].add(row.product.name)
            ids[fold_part_number(name)][key] = name
    for folded, products in carriers.items():
        if folded not in edition.families_of_service_plans:
            plans = tuple(sorted(ids[folded].items()))
            because = f"in {', '.join(sorted(products)[:3])}: {len(products)} products"
            yield Proposal(Kind.SERVICE_PLAN, part_number=plans[0][1], because=because, service_plans=plans)
