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
    limited: dict[str, list[dict]] = field(default_factory=dict)  # plan → rows of what it only carries
    derived: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)  # workload → bases, limiting plans
    open_plans: set[str] = field(default_factory=set)  # plans of which nobody knows what they grant
    by_text: frozenset[str] = frozenset()  # what any plan grants that no list of service plans shows
    by_text_of: dict[str, frozenset[str]] = field(default_factory=dict)
    families: dict[str, bool] = field(default_factory=dict)  # folded service plan → is it of an eligible family
    outside: frozenset[str] = frozenset()  # folded part numbers of products that have no part in the Benefit

    def status(self, workload: str) -> str:
        """A workload without a stated status is unknown."""
        return self.statuses.get(workload, "unknown")

    def has_seats(self, plan: str) -> bool:
        """Conditional plans bring workloads but no seats; what is no plan of the edition may have some."""
        return not plan or bool(self.plans[plan]["benefit_eligible"] != "conditional")

    def counts(self, workload: str) -> bool:
        """Whether an entitled workload is looked at without being asked for."""
        row = self.workloads[workload]
        if self.settings.get("view_rule") == "requested_areas" and not {*row["areas"]} & {*self.request["areas"]}:
            return False
        return bool(row["counts_toward_full_value"])

    def is_refused(self, workload: str) -> bool:
        """Whether an edition may pass over what the customer refuses."""
        return self.settings.get("no_intent_remains", True) is False and self.status(workload) == "declined"


def fold(name: str) -> str:
    """Names of products and service plans are compared without case and without stray blanks."""
    return " ".join(name.split()).lower()


def _in_force(row: dict, day: str) -> bool:
    """Dates are ISO text, so they compare as text; the last day still counts."""
    return (row.get("effective_from") or "") <= day <= (row.get("effective_to") or "9999")


def _rows(catalogue: dict, plan: str, section: str = "plan_workloads") -> list[dict]:
    """A plan's rows of a section: codes alone, or objects with days."""
    rows = catalogue[section].get(plan, ())
    return [{"workload": row} if isinstance(row, str) else row for row in rows]


def _granted(catalogue: dict, plan: str, day: str) -> frozenset[str]:
    return frozenset(row["workload"] for row in _rows(catalogue, plan) if _in_force(row, day))


def _by_text(catalogue: dict, plan: str, day: str) -> frozenset[str]:
    """What a plan grants on a day by a page's text, not by the service plans of its products."""
    whole = catalogue["plan_workloads_basis"].get(plan, "")
    rows = [row for row in _rows(catalogue, plan) if _in_force(row, day)]
    return frozenset(row["workload"] for row in rows if not (row.get("basis") or whole).startswith("service plans"))


def _unlisted(catalogue: dict, plan: str) -> set[str]:
    """What a plan grants on any day that has no service plan."""
    shown = {row["code"] for row in catalogue["workloads"] if row.get("service_plan_names")}
    return {row["workload"] for row in _rows(catalogue, plan)} - shown


def _limiting(limited: dict[str, list[dict]], workload: str) -> set[str]:
    """Plans that have a workload in a limited form only."""
    rows = ((plan, row) for plan, rows in limited.items() for row in rows)
    return {plan for plan, row in rows if row["workload"] == workload and not row.get("sku_id")}


def _has_contents(catalogue: dict, plan: str) -> bool:
    limited = (catalogue.get("plan_workloads_limited") or {}).get(plan)
    return bool(
        catalogue["plan_workloads"].get(plan)
        or limited
        or catalogue["plan_workloads_basis"].get(plan, "none") != "none"
    )


def _families(catalogue: dict) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for row in catalogue.get("service_plans") or ():
        name = fold(row["name"])
        found[name] = found.get(name, False) or row.get("in_families", True)
    for row in catalogue["workloads"]:
        found |= dict.fromkeys(map(fold, row.get("service_plan_names") or ()), True)
    return found


def open_book(catalogue: dict, scenario: dict) -> Book:
    """Everything in force on the day of the scenario."""
    day, audience = scenario["evaluate_on"], scenario["customer"]["audience"]
    workloads = {row["code"]: row for row in catalogue["workloads"] if _in_force(row, day)}
    usable = {row["code"]: row for row in catalogue["plans"] if _in_force(row, day) and row["benefit_eligible"] != "no"}
    items = defaultdict(list)
    for row in catalogue["scope_items"]:
        if _in_force(row, day) and row["audience"] in ("all", audience):
            items[row["code"]].append(row)
    limited = {
        code: [row for row in _rows(catalogue, code, "plan_workloads_limited") if _in_force(row, day)]
        for code in catalogue.get("plan_workloads_limited") or {}
    }
    by_text_of = {code: _by_text(catalogue, code, day) & {*workloads} for code in usable}
    return Book(
        limited=limited,
        derived={
            code: (set(row["derived_from"]), _limiting(limited, code))
            for code, row in workloads.items()
            if row.get("derived_from")
        },
        open_plans={code for code in usable if not _has_contents(catalogue, code)},
        by_text=frozenset().union(*by_text_of.values(), *(_unlisted(catalogue, code) for code in usable)),
        by_text_of=by_text_of,
        families=_families(catalogue),
        outside=frozenset(fold(row["part_number"]) for row in catalogue.get("products") or ()),
        plans=usable,
        workloads=workloads,
        kinds={row["code"]: row["kind"] for row in catalogue["workloads"]},
        grants={code: _granted(catalogue, code, day) & {*workloads} for code in usable},
        items=items,
        item_workload={row["code"]: row["workload"] for row in catalogue["scope_items"]},
        floor=next(row["value"] for row in catalogue["thresholds"] if row["code"] == FLOOR and _in_force(row, day)),
        settings=catalogue.get("settings") or {},
        request=scenario["request"],
        statuses=scenario["enablement"],
        known_plans={row["plan"] for row in scenario["customer"]["subscriptions"]},
    )
