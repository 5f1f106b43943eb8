"""Read a tenant's export, whatever its form: ``subscribedSkus`` as Graph, PowerShell or the CLI give it, or a table.

Nothing is guessed. Source: https://learn.microsoft.com/en-us/graph/api/subscribedsku-list
"""

import datetime as dt
from typing import NamedTuple

from ..catalogue import Edition
from ..json_input import InputError, decode_text, read_json_documents
from .json_shapes import read_json_listing
from .products import Listing, Product, check_sizes, merge_rows, settle_units
from .sorting import Export, sort_products
from .text_tables import read_text_listing

NUL = "\\u0000"  # as JSON writes it


class Limits(NamedTuple):
    """How much of a file is read: bytes and products."""

    max_bytes: int
    most_products: int


SIGNED_IN = Limits(8 * 1024 * 1024, 2_000)
ANYBODY = Limits(2 * 1024 * 1024, 500)


def read_export(raw: bytes | str, edition: Edition, limits: Limits = SIGNED_IN, *, on: dt.date | None = None) -> Export:
    """A file's products, sorted by an edition on a day (left out: the edition's own).

    Raises:
        InputError: too large, no text, something else than a tenant's products, or a value that cannot be read, with
            its place.
    """
    return sort_products(read_listing(raw, limits), edition, on)


def read_listing(raw: bytes | str, limits: Limits = SIGNED_IN) -> Listing:
    """The products that a file lists, each once and in the states that its status allows. Raises InputError."""
    text = decode_text(raw, limits.max_bytes)
    if not text.strip():
        raise InputError("the file is empty")
    if NUL in text or "\0" in text:
        raise InputError("holds a NUL character")
    if text.lstrip()[:1] in "{[":
        listing = read_json_listing(read_json_documents(text), text, limits.most_products)
    else:
        listing = read_text_listing(text, limits.most_products)
    check_sizes(listing.products)
    settled = [settle_units(product) for product in listing.products]
    products, twice = merge_rows(tuple(product for product, _said in settled))
    said = (*listing.warnings, *(words for _product, words in settled if words), *twice)
    return Listing(listing.shape, products, listing.is_partial, tuple(dict.fromkeys(said)))


__all__ = ["ANYBODY", "SIGNED_IN", "Export", "Limits", "Listing", "Product", "read_export", "read_listing"]
