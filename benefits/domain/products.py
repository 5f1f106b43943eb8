"""Products and service plans as an edition knows them, and how their names are compared."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Sku:
    part_number: str
    sku_id: str
    product_name: str


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service plan as exports name it. ``in_families``: does any plan of the eligible families carry it?"""

    id: str
    name: str
    in_families: bool = True


@dataclass(frozen=True, slots=True)
class OutsideProduct:
    """A product that is known and has no part in the Benefit, with the reason."""

    sku_id: str
    part_number: str
    product_name: str
    reason: str
    notes: str = ""
    sources: tuple[str, ...] = ()
    verified_on: dt.date | None = None


@lru_cache(maxsize=8192)
def fold_part_number(text: str) -> str:
    """A part number, or the name of a product or service plan, for comparison.

    Blanks of every kind and case differ between exports; the old module puts the tenant's name before a colon.
    """
    return " ".join(text.split()).casefold().rpartition(":")[2]
