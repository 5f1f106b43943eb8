"""The team's insights by their keys: each is one function that gives a table."""

from collections.abc import Callable

from . import journeys, partners
from .shape import Insight, Names, Span

INSIGHTS: dict[str, Callable[[Span, Names], Insight]] = {
    "funnel": journeys.how_far,
    "accept": journeys.time_to_accept,
    "hops": journeys.hops_to_accept,
    "unheld": journeys.time_in_nobodys_hands,
    "reasons": partners.decline_reasons,
    "exhausted": partners.nobody_left,
    "fairness": partners.shares,
}

__all__ = ["INSIGHTS", "Insight", "Names", "Span"]
