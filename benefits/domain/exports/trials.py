"""Trials: an export of products cannot tell them. Graph's directory/subscriptions can, and so can a person.

Source: https://learn.microsoft.com/en-us/graph/api/directory-list-subscriptions (companySubscription)
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..json_input import InputError, decode_text, line_of, read_json_documents
from ..products import fold_part_number
from ..shape import Node, ShapeError
from .products import Listing, Product

MAX_BYTES = 4 * 1024 * 1024
LIVE = ("enabled", "warning")  # states of a product whose seats count
TRIAL_WORDS = re.compile(
    r"(^|[_\W])(v?trials?|trial(licen[cs]es?)|viral|eval(uation)?|exploratory)([_\W\d]|$)", re.IGNORECASE
)
NEXT = "@odata.nextLink"
KEYS = {key.casefold(): key for key in ("id", "skuId", "skuPartNumber", "status", "isTrial", "totalLicenses")}
WHAT = "Graph’s directory/subscriptions as JSON: GET https://graph.microsoft.com/v1.0/directory/subscriptions"


class Bought(NamedTuple):
    """Seats of a product's subscriptions that are live: in trials, and paid."""

    trial: int
    paid: int


def read_directory(raw: bytes | str) -> Mapping[str, Bought]:
    """SKU id, or folded part number, of each product → its seats in trials and paid ones.

    Raises:
        InputError: another file, a part of the answer only, or a subscription that cannot be read, with its place.
    """
    text = decode_text(raw, MAX_BYTES)
    documents = read_json_documents(text) if text.strip() else []
    found: dict[str, Bought] = {}
    try:
        rows = [row for document in documents for row in _find_rows(Node(document))]
        known = {row.get("id").optional_text() or str(number): row for number, row in enumerate(rows)}
        for row in known.values():  # a page that stands twice counts once
            _add(found, row)
    except ShapeError as error:
        raise InputError(error.cause, error.place, line_of(text, error.path)) from None
    if not rows:
        raise InputError(f"lists no subscription. Wanted: {WHAT}")
    return found


def _find_rows(root: Node) -> list[Node]:
    """The subscriptions of an answer, of pages put together, of a list, or the one that PowerShell writes alone."""
    if isinstance(root.value, list):
        return [row for node in root.items() for row in _find_rows(node)]
    if not isinstance(root.value, dict):
        raise root.fail(f"must be a list of subscriptions. Wanted: {WHAT}")
    if "value" in root.value and isinstance(root.value["value"], list):
        if root.has(NEXT):
            raise root.fail(f"continues on another page ({NEXT}), which is missing here")
        return _find_rows(root.need("value"))
    return [_canonical(root)]


def _canonical(node: Node) -> Node:
    """The row with its keys as Graph writes them: PowerShell writes them otherwise."""
    row: dict[str, Any] = {KEYS.get(key.casefold(), key): value for key, value in node.value.items()}
    if "isTrial" not in row or "totalLicenses" not in row:
        raise node.fail(f"has no isTrial or no totalLicenses, so it is no subscription. Wanted: {WHAT}")
    return Node(row, node.path)


def _add(found: dict[str, Bought], row: Node) -> None:
    if (row.get("status").optional_text() or "enabled").casefold() not in LIVE:
        return
    seats, is_trial = row.need("totalLicenses").count(), row.need("isTrial").flag()
    sku_id, number = row.get("skuId").optional_text().lower(), row.get("skuPartNumber").optional_text()
    for key in filter(None, (sku_id, fold_part_number(number))):
        before = found.get(key, Bought(0, 0))
        found[key] = Bought(before.trial + seats * is_trial, before.paid + seats * (not is_trial))


def settle_trials(listing: Listing, directory: Mapping[str, Bought]) -> Listing:
    """The products with how many of their seats are a trial, where the directory's subscriptions say it."""
    return replace(listing, products=tuple(_settle(product, directory) for product in listing.products))


def _settle(product: Product, directory: Mapping[str, Bought]) -> Product:
    found = directory.get(product.sku_id.lower()) or directory.get(fold_part_number(product.part_number))
    return product if found is None else replace(product, trial_seats=found.trial)


def looks_like_trial(*names: str) -> bool:
    """Does a part number or name say that it is a trial?"""
    return any(TRIAL_WORDS.search(name) for name in names)
