"""The deciding rules, in order: the first that answers gives the outcome. Pure."""

from benefits.choices import Outcome

from .reading import Reading

RULE_SOURCES = {
    "usable_subscriptions": ("ELIG2021", "GRAPH_SKU"),
    "seat_floor": ("ELIG2026", "DM2026"),
    "entitled": ("ELIG2021", "SKU"),
    "request_lines": ("SEED", "KA1102"),
    "in_view": ("SEED",),
    "remaining": ("SEED",),
    "to_confirm": ("SEED",),
}


def too_few_seats(reading: Reading) -> tuple[str, str] | None:
    if reading.eligible_least:
        return None
    outcome = Outcome.NEEDS_INFORMATION if reading.eligible_most else Outcome.NOT_ELIGIBLE
    return outcome, "seat_floor"


def every_line_out(reading: Reading) -> tuple[str, str] | None:
    if not reading.has_lines or reading.some_line_in:
        return None
    return (Outcome.NEEDS_INFORMATION if reading.some_line_could_be else Outcome.OUT_OF_SCOPE), "request_lines"


def something_remains(reading: Reading) -> tuple[str, str] | None:
    return (Outcome.NOT_REALIZED, "remaining") if reading.remaining else None


def something_unconfirmed(reading: Reading) -> tuple[str, str] | None:
    return (Outcome.NEEDS_INFORMATION, "to_confirm") if reading.to_confirm else None


def nothing_in_view(reading: Reading) -> tuple[str, str] | None:
    return None if reading.in_view else (Outcome.NEEDS_INFORMATION, "in_view")


def unknown_could_bring_more(reading: Reading) -> tuple[str, str] | None:
    return (Outcome.NEEDS_INFORMATION, "usable_subscriptions") if reading.undecided_in_view else None


def everything_enabled(reading: Reading) -> tuple[str, str] | None:
    return Outcome.REALIZED, "to_confirm"


DECIDING_RULES = (
    too_few_seats,
    every_line_out,
    something_remains,
    something_unconfirmed,
    nothing_in_view,
    unknown_could_bring_more,
    everything_enabled,
)


def decide(reading: Reading) -> tuple[str, str]:
    """Outcome and the name of the rule that decided."""
    for rule in DECIDING_RULES:
        found = rule(reading)
        if found:
            return found
    raise AssertionError("the last rule always answers")
