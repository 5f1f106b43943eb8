"""Random situations in the scenario format, bent towards the corners of the rules.

Each draw depends on the given dice alone, so a seed names a situation for good.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

FIRST, LAST = date(2020, 1, 1), date(2027, 12, 31)
AUDIENCES = ("commercial", "commercial", "education", "us_gov_gcc", "us_gov_gcc_high", "china_21vianet")
STATES = ("enabled",) * 8 + ("warning", "suspended", "lockedOut", "deleted")
SEATS = (0, 1, 149, 150, 151, 300, 300, 499, 500, 500, 1000)
SMALL_SEATS = (0, 1, 50, 74, 75, 100, 149)
STATUSES = ("not_enabled", "in_progress", "partly_enabled", "blocked", "declined", "unknown", "enabled")
RETIRED = ("VIVA_GOALS", "VIVA_TOPICS", "YAMMER_ENTERPRISE", "WINDOWS_10", "PROJECT_ONLINE", "AZURE_VIRTUAL_DESKTOP")


class Situations:
    """Draws situations from the rows of a catalogue."""

    def __init__(self, catalogue: dict, dice: Random, table: Sequence[Any] = ()) -> None:
        self.dice = dice
        self.grants = {code: _codes(rows) for code, rows in catalogue["plan_workloads"].items()}
        known = {product.sku_id: product for product in table}
        self.bought = [
            (plan["code"], known[sku["sku_id"]])
            for plan in catalogue["plans"]
            for sku in plan["skus"]
            if sku["sku_id"] in known
        ]
        self.table = table
        self.plans = [row["code"] for row in catalogue["plans"]]
        self.special_plans = [
            row["code"] for row in catalogue["plans"] if row["benefit_eligible"] != "yes" or row["effective_to"]
        ]
        self.small_plans = [code for code in self.plans if len(self.grants.get(code, ())) in (1, 2, 3)]
        self.workloads = [row["code"] for row in catalogue["workloads"]]
        self.services = [row["code"] for row in catalogue["workloads"] if row["kind"] == "service"]
        self.areas = sorted({area for row in catalogue["workloads"] for area in row["areas"]})
        items = catalogue["scope_items"]
        self.items = [row["code"] for row in items]
        self.out_items = [row["code"] for row in items if not row["in_scope"]]
        self.special_items = [row["code"] for row in items if self._is_special(row)]
        self.items_of: dict[str | None, list[str]] = {}
        for row in items:
            self.items_of.setdefault(row["workload"], []).append(row["code"])
        rows = [*catalogue["plans"], *catalogue["workloads"], *items]
        edges = {row[side] for row in rows for side in ("effective_from", "effective_to")}
        self.edges = sorted(date.fromisoformat(edge) for edge in edges - {None})

    def _is_special(self, row: dict) -> bool:
        """An entry with dates, a floor, an audience or a service of its own."""
        dated = row["effective_from"] or row["effective_to"]
        return bool(
            dated or row["audience"] != "all" or "min_eligible_seats" in row or row["workload"] in self.services
        )

    def draw(self, number: int) -> dict:
        """The next situation."""
        subscriptions = self._subscriptions()
        held = [code for row in subscriptions for code in self.grants.get(row["plan"], ())]
        request = self._request(held)
        return {
            "id": f"R{number}",
            "evaluate_on": self._day().isoformat(),
            "customer": {"audience": self.dice.choice(AUDIENCES), "subscriptions": subscriptions},
            "request": request,
            "enablement": self._enablement(held),
        }

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _day(self) -> date:
        """Often the day before, of or after a date inside the catalogue."""
        if self._chance(0.5):
            return self.dice.choice(self.edges) + timedelta(days=self.dice.choice((-1, 0, 1)))
        if self._chance(0.4):
            return date(2026, 11, 22)
        return FIRST + timedelta(days=self.dice.randrange((LAST - FIRST).days + 1))

    # --- subscriptions

    def _subscriptions(self) -> list[dict]:
        number = self.dice.choice((0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4))
        tenants = ("T1", "T1", "T2") if self._chance(0.4) else ("T1",)
        seats = SMALL_SEATS if self._chance(0.2) else SEATS
        doubtful = 0.35 if self._chance(0.3) else 0.01
        rows = [self._subscription(self.dice.choice(tenants), seats, doubtful) for _ in range(number)]
        if rows and self._chance(0.6):
            sure = {"plan": self.dice.choice(self.dice.choice((self.plans, self.small_plans))), "tenant": "T1"}
            rows[0] = {**sure, "state": "enabled", "paid_seats": self.dice.choice((150, 151, 300, 500))}
        self.dice.shuffle(rows)
        return rows

    def _subscription(self, tenant: str, seats: tuple[int, ...], doubtful: float) -> dict:
        row: dict = {"plan": self._plan(), "tenant": tenant, "state": self.dice.choice(STATES)}
        if self._chance(doubtful):
            row["plan"] = f"UNMAPPED_SKU:{self.dice.choice(('NEW_1', 'NEW_2'))}"
        if self._chance(0.08):
            row["unpaid_seats"] = self.dice.choice((0, 60, 10_000))
        else:
            row["paid_seats"] = None if self._chance(doubtful) else self.dice.choice(seats)
        if self.table and self._chance(0.3):
            row |= self._product(row["plan"])
        granted = self.grants.get(row["plan"], ())
        if "product" not in row and granted and self._chance(0.1):
            off = self.dice.sample(granted, self.dice.randint(1, min(len(granted), 3)))
            row["withheld"] = {code: self.dice.choice(("disabled", "missing")) for code in off}
        return row

    def _product(self, plan: str) -> dict:
        """A product of the public table, as one of its plan or as one that nobody knows; some service plans off."""
        plan, product = self.dice.choice(self.bought)
        unknown = self._chance(0.3)
        if unknown:
            product = self.dice.choice(self.table) if self._chance(0.3) else product
            plan = f"UNMAPPED_SKU:{self.dice.choice(('NEW_1', 'NEW_2'))}"
        share = self.dice.choice((0.0, 0.1, 0.5))
        plans: dict[str, Any] = {"on": [], "off": []}
        for _key, name in product.service_plans:
            if not self._chance(share / 2):  # else it is missing
                plans["off" if self._chance(share) else "on"].append(name)
        if self._chance(0.1):
            plans["strange"] = ["NEVER_SEEN"]
        named = {"sku_id": "" if unknown else product.sku_id, "part_number": "" if unknown else product.part_number}
        return {"plan": plan, "product": named | {"service_plans": plans}}

    def _plan(self) -> str:
        pools = (self.plans, self.plans, self.plans, self.small_plans, self.small_plans, self.special_plans)
        return "M365_COPILOT" if self._chance(0.07) else self.dice.choice(self.dice.choice(pools))

    # --- request

    def _request(self, held: list[str]) -> dict:
        asks = self._chance(0.7)
        return {
            "text": "",
            "workloads": self._some(self._workload, held, (0, 0, 1, 1, 2, 3)) if asks else [],
            "services": self._some(self._item, held, (0, 0, 0, 1, 1, 2, 3)) if asks else [],
            "areas": self.dice.sample(self.areas, self.dice.choice((0, 1, 1, 2, 3))),
            "delivery": "on_site" if self._chance(0.06) else "remote",
        }

    def _some(self, draw: Callable[[list[str]], str], held: list[str], numbers: tuple[int, ...]) -> list[str]:
        drawn = [draw(held) for _ in range(self.dice.choice(numbers))]
        return list(dict.fromkeys(drawn))

    def _workload(self, held: list[str]) -> str:
        pools: list[list[str]] = [self.workloads, self.services, [*RETIRED], held or self.workloads]
        return self.dice.choice(self.dice.choice(pools))

    def _item(self, held: list[str]) -> str:
        pools: list[list[str]] = [
            self.items,
            self.out_items,
            self.special_items,
            self.special_items,
            self.items_of[None],
        ]
        pools += [self.items_of.get(code, []) for code in self.dice.sample(held, min(len(held), 3))]
        return self.dice.choice(self.dice.choice([pool for pool in pools if pool]))

    # --- enablement

    def _enablement(self, held: list[str]) -> dict[str, str]:
        """Mostly all enabled; now and then with one or two other statuses, or none stated, or anything."""
        manner = self.dice.choice(("all", "all", "but_few", "but_few", "sparse", "any"))
        if manner == "sparse":
            return {code: self.dice.choice(STATUSES) for code in self.workloads if self._chance(0.15)}
        stated = dict.fromkeys(self.workloads, "enabled")
        if manner == "any":
            return {code: self.dice.choice(STATUSES) for code in stated}
        if manner == "but_few":
            pool = (held or self.workloads) if self._chance(0.7) else self.workloads
            for code in self.dice.choices(pool, k=self.dice.choice((1, 1, 2))):
                stated[code] = self.dice.choice(STATUSES)
        return stated


def _codes(rows: list) -> list[str]:
    return [row if isinstance(row, str) else row["workload"] for row in rows]


def situations(catalogue: dict, seed: int, number: int, table: Sequence[Any] = ()) -> list[dict]:
    """So many situations from one seed. ``table``: public products, where some are to be bought."""
    source = Situations(catalogue, Random(seed), table)
    return [source.draw(index) for index in range(number)]
