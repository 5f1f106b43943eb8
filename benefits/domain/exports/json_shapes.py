"""Products from JSON: Graph's answer, a list, one product, pages put together, and what PowerShell makes of them."""

import re
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

from benefits.choices import SubscriptionState

from ..json_input import InputError, line_of
from ..shape import Node, ShapeError
from .products import Listing, Product, ServicePlan, Units, known_units
from .recognising import recognise
from .refusals import HOW, refuse
from .text_tables import read_cut_units

BUCKETS = {
    "enabled": SubscriptionState.ENABLED,
    "warning": SubscriptionState.WARNING,
    "suspended": SubscriptionState.SUSPENDED,
    "lockedOut": SubscriptionState.LOCKED_OUT,
}
OLD_UNITS = {  # of the MSOnline module
    "activeUnits": "enabled",
    "warningUnits": "warning",
    "suspendedUnits": "suspended",
    "lockedOutUnits": "lockedOut",
}
OF_PRODUCTS = ("skuId", "skuPartNumber", "prepaidUnits", "capabilityStatus", "appliesTo", "servicePlans", "accountId")
OF_SERVICE_PLANS = ("servicePlanId", "servicePlanName", "provisioningStatus")
USUAL = itemgetter(*OF_SERVICE_PLANS)
KEYS = {key.casefold(): key for key in (*OF_PRODUCTS, *OF_SERVICE_PLANS, *BUCKETS, *OLD_UNITS, "accountSkuId")}
NEXT = "@odata.nextLink"
CUT_OBJECT = re.compile(r"@\{(.*)\}", re.DOTALL)  # an object below ConvertTo-Json's depth
CUT_PLANS = (
    "the service plans are not in it: PowerShell cut them off below ConvertTo-Json’s depth (-Depth 5 keeps them)"
)


def read_json_listing(documents: list[Any], raw: bytes | str, most: int) -> Listing:
    """The products of a parsed file. ``documents``: one, or the pages that follow each other; ``most``: products.

    Raises:
        InputError: the file is something else, or a product cannot be read, with its place.
    """
    try:
        return _read(documents[0] if len(documents) == 1 else documents, most)
    except ShapeError as error:
        raise InputError(error.cause, error.place, line_of(raw, error.path)) from None


def _read(data: Any, most: int) -> Listing:
    shape, nodes, is_partial = _find_rows(Node(data))
    if len(nodes) > most:
        raise InputError(f"lists {len(nodes):,} products; the maximum is {most:,}")
    rows = [_canonical(node) for node in nodes]
    recognise(data, [row.value for row in rows])
    _check_one_tenant(rows)
    said: dict[str, None] = {}
    products = tuple(_read_product(row, said) for row in rows)
    return Listing(shape, products, is_partial, tuple(said))


def _find_rows(root: Node) -> tuple[str, list[Node], bool]:
    """What the file is, its products, and whether it continues on a page that is missing."""
    if isinstance(root.value, list):
        return _find_listed(root)
    if not isinstance(root.value, dict):
        raise root.fail("must be an object or a list of products")
    if isinstance(root.value.get("error"), dict):
        code = str(root.value["error"].get("code", ""))[:60]
        raise refuse(f"an error of Graph’s ({code}), not its answer")
    if "value" not in root.value:
        return "one_product", [root], False
    if isinstance(root.value["value"], dict) and root.value["value"]:
        return "one_product", [root.get("value")], False
    return "answer", list(root.need("value").items()), root.has(NEXT)


def _find_listed(root: Node) -> tuple[str, list[Node], bool]:
    """The products of a list: its own, or those of the pages that it holds."""
    pages = [node for node in root.items() if isinstance(node.value, dict) and "value" in node.value]
    if pages and len(pages) == len(root.value):
        return "pages", [row for page in pages for row in page.get("value").items()], pages[-1].has(NEXT)
    if not root.value:
        raise refuse("an empty list")
    return "list", list(root.items()), False


def _canonical(node: Node) -> Node:
    """A row under the names that Graph gives its keys: PowerShell writes them with capitals."""
    row = node.value
    if not isinstance(row, dict):
        if isinstance(row, str) and CUT_OBJECT.fullmatch(row.strip()):
            raise refuse("a list that PowerShell cut off below ConvertTo-Json’s depth")
        raise node.fail("must be an object")
    found = {KEYS.get(key.casefold(), key): value for key, value in row.items()}
    if len(found) < len(row):
        raise node.fail("a key stands twice, in capitals and without")
    return Node(found, node.path)


def _check_one_tenant(rows: list[Node]) -> None:
    named = (row.value.get("accountId") for row in rows)
    tenants = {tenant.strip().casefold() for tenant in named if isinstance(tenant, str) and tenant.strip()}
    if len(tenants) > 1:
        raise InputError(f"holds the products of {len(tenants)} tenants; upload each tenant’s own file")


def _read_product(node: Node, said: dict[str, None]) -> Product:
    part_number = (node.get("skuPartNumber").optional_text() or node.get("accountSkuId").optional_text()).strip()
    sku_id = node.get("skuId").optional_text().strip()
    if not part_number and not sku_id:
        raise node.get("skuPartNumber").fail("is missing, and so is skuId")
    return Product(
        part_number=part_number,
        sku_id=sku_id,
        units=_read_units(node),
        capability_status=node.get("capabilityStatus").optional_text(),
        company_wide=(node.get("appliesTo").optional_text() or "User").casefold() == "company",
        service_plans=_read_service_plans(node.get("servicePlans"), said),
    )


def _read_units(node: Node) -> Units:
    """State → units above zero; where none is given they are not known."""
    if "prepaidUnits" not in node.value:
        return _units_beside(node)
    prepaid = node.get("prepaidUnits")
    value = prepaid.value
    if isinstance(value, str):
        if CUT_OBJECT.fullmatch(value.strip()) is None:
            raise refuse("a list of products whose seats PowerShell has replaced by the name of a type", how=HOW)
        return known_units(read_cut_units(value))
    if value is not None and not isinstance(value, dict):
        raise prepaid.fail("must be an object")
    units = Node({KEYS.get(key.casefold(), key): number for key, number in (value or {}).items()}, prepaid.path)
    return known_units({state.value: units.get(key).optional_count() for key, state in BUCKETS.items()})


def _units_beside(node: Node) -> Units:
    """Units that stand in the product itself, as the old module and a selection of columns have them."""
    columns = OLD_UNITS if any(key in node.value for key in OLD_UNITS) else dict(zip(BUCKETS, BUCKETS, strict=True))
    counts = {BUCKETS[bucket].value: node.get(key).optional_count() for key, bucket in columns.items()}
    if not any(key in node.value for key in columns):
        raise node.get("prepaidUnits").fail("is missing")
    return known_units(counts)


def _read_service_plans(node: Node, said: dict[str, None]) -> tuple[ServicePlan, ...] | None:
    """All service plans, or ``None`` when they are not listed. Most files hold thousands: the usual form goes fast."""
    rows = node.value
    if isinstance(rows, dict):
        rows = rows["value"] if isinstance(rows.get("value"), list) else [rows]
        node = Node(rows, node.path)
    if not rows or isinstance(rows, str):
        if rows:
            said[CUT_PLANS] = None
        return None
    if not isinstance(rows, list):
        raise node.fail("must be a list")
    if all(isinstance(row, str) for row in rows):
        said[CUT_PLANS] = None
        return None
    fast = _usual_service_plans(rows)
    return tuple(_service_plan(child) for child in node.items()) if fast is None else fast


def _usual_service_plans(rows: list[Any]) -> tuple[ServicePlan, ...] | None:
    """Objects of texts under Graph's own keys, or ``None`` when any differs."""
    try:
        texts = list(map(USUAL, rows))
    except (KeyError, TypeError):
        return None
    if {*map(type, chain.from_iterable(texts))} != {str} or not all(map(all, texts)):
        return None
    return tuple(map(partial(tuple.__new__, ServicePlan), texts))


def _service_plan(node: Node) -> ServicePlan:
    row = node.value
    if not isinstance(row, dict):
        raise node.fail("must be an object")
    named = Node({KEYS.get(key.casefold(), key): value for key, value in row.items()}, node.path)
    texts = [named.get(key).optional_text() for key in OF_SERVICE_PLANS]
    if not texts[0] and not texts[1]:
        raise named.get("servicePlanName").fail("is missing, and so is servicePlanId")
    return ServicePlan(*texts)
