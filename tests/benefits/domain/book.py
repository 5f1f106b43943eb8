"""The catalogue on one day, as the slow second reading opens it. Nothing here is imported from the application."""

from collections import defaultdict
from dataclasses import dataclass, field

FLOOR = "BENEFIT_MIN_LICENSES"


@dataclass
class Book:
    """The rows of the catalogue that are in force on the day, and what the situation says beside its subscriptions."""

    plans: dict[str, dict]
    workloads: dict[str, dict]
    kinds: dict[str, str]
    grants: dict[str, frozenset[str]]
    items: dict[str, list[dict]]
    item_workload: dict[str, str | None]
    floor: int
    settings: dict
    request: dict
    statuses: dict[str, str]
    known_plans: set[str] = field(default_factory=set)

    def status(self, workload: str) -> str:
        """A workload without a stated status is unknown."""
        return self.statuses.get(workload, "unknown")


def _in_force(row: dict, day: str) -> bool:
    """Dates are ISO text, so they compare as text; the last day still counts."""
    return (row.get("effective_from") or "") <= day <= (row.get("effective_to") or "9999")


def _granted(rows: list, day: str) -> frozenset[str]:
    """The workloads of a plan's rows on a day: codes alone, or objects with days."""
    return frozenset(
        row if isinstance(row, str) else row["workload"] for row in rows if isinstance(row, str) or _in_force(row, day)
    )


def open_book(catalogue: dict, scenario: dict) -> Book:
    """Everything in force on the day of the scenario."""
    day, audience = scenario["evaluate_on"], scenario["customer"]["audience"]
    workloads = {row["code"]: row for row in catalogue["workloads"] if _in_force(row, day)}
    usable = {row["code"]: row for row in catalogue["plans"] if _in_force(row, day) and row["benefit_eligible"] != "no"}
    items = defaultdict(list)
    for row in catalogue["scope_items"]:
        if _in_force(row, day) and row["audience"] in ("all", audience):
            items[row["code"]].append(row)
    return Book(
        plans=usable,
        workloads=workloads,
        kinds={row["code"]: row["kind"] for row in catalogue["workloads"]},
        grants={code: _granted(catalogue["plan_workloads"].get(code, ()), day) & {*workloads} for code in usable},
        items=items,
        item_workload={row["code"]: row["workload"] for row in catalogue["scope_items"]},
        floor=next(row["value"] for row in catalogue["thresholds"] if row["code"] == FLOOR and _in_force(row, day)),
        settings=catalogue.get("settings") or {},
        request=scenario["request"],
        statuses=scenario["enablement"],
        known_plans={row["plan"] for row in scenario["customer"]["subscriptions"]},
    )
