"""Read Microsoft's public table of products and service plans, as people have copies of it.

Copies differ: with or without a byte-order mark, in UTF-8 or Windows-1252, with stray blanks in the header, tabs and
non-breaking blanks in cells, and ids that bear several names.
Source: https://learn.microsoft.com/en-us/entra/identity/users/licensing-service-plan-reference
"""

import codecs
import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..json_input import InputError
from ..products import fold_part_number

MAX_TABLE_BYTES = 16 * 1024 * 1024
COLUMNS = {
    "product_display_name": "product",
    "string_id": "part_number",
    "guid": "sku_id",
    "service_plan_name": "service_plan",
    "service_plan_id": "service_plan_id",
}
HOW = "Download it from Microsoft’s “Product names and service plan identifiers for licensing”, link “here”, as CSV."


@dataclass(slots=True)
class TableProduct:
    """One product. Of several names the first one counts; ``service_plans``: id → name."""

    sku_id: str
    part_number: str
    name: str
    other_names: list[str] = field(default_factory=list)
    service_plans: dict[str, str] = field(default_factory=dict)


def read_product_table(raw: bytes) -> Mapping[str, TableProduct]:
    """SKU id → product, in the order of the table.

    Raises:
        InputError: too large, no CSV, another table, or an id that is none, with its line.
    """
    if len(raw) > MAX_TABLE_BYTES:
        raise InputError(f"the file has {len(raw):,} bytes; the maximum is {MAX_TABLE_BYTES:,}")
    found: dict[str, TableProduct] = {}
    for line, row in _rows(_decode(raw)):
        sku_id = _id(row["sku_id"], "GUID", line)
        product = found.setdefault(sku_id, TableProduct(sku_id, row["part_number"], row["product"]))
        for name in (row["part_number"], row["product"]):
            if _is_new_name(product, name):
                product.other_names.append(name)
        plan_id = _id(row["service_plan_id"], "Service_Plan_Id", line)
        product.service_plans.setdefault(plan_id, row["service_plan"])
    if not found:
        raise InputError(f"lists no product. {HOW}")
    return found


def _is_new_name(product: TableProduct, name: str) -> bool:
    known = (product.part_number, product.name, *product.other_names)
    return bool(name) and fold_part_number(name) not in map(fold_part_number, known)


def _decode(raw: bytes) -> str:
    text = _as_text(raw)
    if "\0" in text:
        raise InputError("holds a NUL character")
    return text


def _as_text(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row under the names that are used here, its cells without stray blanks."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [" ".join(cell.split()).casefold() for cell in next(reader, [])]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise InputError(f"this is not Microsoft’s product table: it has no column {missing[0]}. {HOW}", line=1)
        places = {name: header.index(column) for column, name in COLUMNS.items()}
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) <= max(places.values()):
                    raise InputError(f"has {len(cells)} cells; the header has {len(header)}", line=reader.line_num)
                yield reader.line_num, {name: " ".join(cells[place].split()) for name, place in places.items()}
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", line=reader.line_num) from None


def _id(text: str, column: str, line: int) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InputError(f"“{text}” is not an id", f"column “{column}”", line) from None
