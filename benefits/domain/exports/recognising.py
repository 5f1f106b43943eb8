"""Tell what a JSON file is that is not a tenant's products, by its keys."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .refusals import refuse


class Stranger(NamedTuple):
    """A file of another kind: ``has`` these keys, in small letters, and none of ``without``."""

    what: str
    lacks: str
    has: frozenset[str]
    without: frozenset[str] = frozenset()

    def is_it(self, keys: frozenset[str]) -> bool:
        return self.has <= keys and not self.without & keys


SEATS = frozenset({"prepaidunits", "activeunits", "enabled"})
STRANGERS = (
    Stranger("a usage report", "which says who uses what", frozenset({"reportrefreshdate"})),
    Stranger("a license report of a multi-tenant tool", "without seats by state", frozenset({"license", "countused"})),
    Stranger(
        "Graph’s directory/subscriptions",
        "which tells trials but not which service plans are on: it is read beside the products’ own export",
        frozenset({"skuid", "totallicenses", "status"}),
        SEATS,
    ),
    Stranger("one person’s licenses", "which say nothing of seats", frozenset({"skuid", "disabledplans"})),
    Stranger("a list of people", "which says nothing of seats", frozenset({"userprincipalname"})),
)
PERSONAL = "licensedetails"  # in the address that Graph's answer names


def recognise(data: Any, rows: list[Mapping[str, Any]]) -> None:
    """Refuse a file that holds something else, and say what it is. Raises InputError."""
    keys = frozenset(key.casefold() for row in rows for key in row)
    for stranger in STRANGERS:
        if stranger.is_it(keys):
            raise refuse(stranger.what, stranger.lacks)
    if rows and not SEATS & keys and keys & {"skuid", "skupartnumber"}:
        context = str(data.get("@odata.context", "")).casefold() if isinstance(data, dict) else ""
        if PERSONAL in context:
            raise refuse("one person’s licenses", "which say nothing of seats")
        raise refuse("a list of products without their seats", "prepaidUnits is missing")
    if rows and not keys & {"skuid", "skupartnumber", "accountskuid", *SEATS}:
        named = ", ".join(list(rows[0])[:6])
        raise refuse("JSON of another kind", f"whose first row has {named or 'nothing'}")
