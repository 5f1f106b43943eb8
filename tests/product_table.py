"""Microsoft's public table of products and service plans of June 2026, as tests use it.

Source: https://learn.microsoft.com/en-us/entra/identity/users/licensing-service-plan-reference
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.conftest import DATA

HEADER = (
    *("Product_Display_Name", "String_Id", "GUID"),
    *("Service_Plan_Name", "Service_Plan_Id", "Service_Plans_Included_Friendly_Names"),
)


class Product(NamedTuple):
    """A product; ``service_plans`` are pairs of id and name."""

    sku_id: str
    part_number: str
    name: str
    other_names: tuple[str, ...]
    service_plans: tuple[tuple[str, str], ...]


def read_table() -> tuple[Product, ...]:
    data = json.loads((DATA / "product_table.json").read_text(encoding="utf-8"))
    plans = [tuple(row) for row in data["service_plans"]]
    return tuple(
        Product(sku_id, part_number, name, tuple(others), tuple(plans[place] for place in places))
        for sku_id, part_number, name, others, places in data["products"]
    )


TABLE = read_table()


def as_export(products: Iterable[Product], *, units: int = 300, lists: bool = True) -> str:
    """The products as Graph lists those of a tenant, every service plan on."""
    return json.dumps({"value": [_as_sku(product, units, lists=lists) for product in products]})


def _as_sku(product: Product, units: int, *, lists: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "skuId": product.sku_id,
        "skuPartNumber": product.part_number,
        "capabilityStatus": "Enabled",
        "appliesTo": "User",
        "prepaidUnits": {"enabled": units, "suspended": 0, "warning": 0, "lockedOut": 0},
    }
    plans = [
        {"servicePlanId": key, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User"}
        for key, name in product.service_plans
    ]
    return row | {"servicePlans": plans} if lists else row


def as_csv(products: Iterable[Product]) -> str:
    """The products in the form in which Microsoft publishes the table."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for product in products:
        for key, name in product.service_plans:
            writer.writerow((product.name, product.part_number, product.sku_id, name, key, name))
    return out.getvalue()
