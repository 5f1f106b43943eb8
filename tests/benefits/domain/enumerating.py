"""Fill in every unknown fact of a small situation in every way, and let the product decide each known world."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, NamedTuple

from benefits.choices import ContentsRule, Status
from benefits.domain.catalogue import FLOOR_CODE, Edition, Grant
from benefits.domain.compiled import compile_situation, is_unmapped
from benefits.domain.determination import decide_compiled
from benefits.domain.edition_on_date import EditionOnDate, edition_on
from benefits.domain.situation import Situation, Subscription

MANY = 1_000_000
NOTHING = "nothing"


class Fact(NamedTuple):
    """One unknown fact: seats of a row, what a product is, what the customer holds, or a workload's status."""

    kind: str  # seats, product, contents, nothing_recorded or status
    key: Any  # place of the subscription, product, plan, or workload and tenant


World = tuple[Any, ...]


class Worlds:
    """All ways of filling in a situation, and the outcome of each."""

    def __init__(self, edition: Edition, situation: Situation) -> None:
        self.edition, self.situation = edition, situation
        self.on_date = edition_on(edition, situation.on)
        self.opens_contents = edition.settings.contents_rule == ContentsRule.UNKNOWN
        self.options = dict(self._facts())
        self.facts = list(self.options)

    @property
    def count(self) -> int:
        return prod(map(len, self.options.values()))

    def decide_all(self) -> dict[World, str]:
        return {world: self._decide(world) for world in product(*self.options.values())}

    # --- what is not known

    def _facts(self) -> Iterator[tuple[Fact, list[Any]]]:
        yield from self._subscription_facts()
        yield from self._contents()
        tenants = sorted({sub.tenant for sub in self.situation.subscriptions}) or [""]
        for code, tenant in product(self.edition.workloads, tenants):
            if self.situation.status(code, tenant) == Status.UNKNOWN:
                yield Fact("status", (code, tenant)), [Status.ENABLED.value, Status.NOT_STARTED.value]

    def _subscription_facts(self) -> Iterator[tuple[Fact, list[Any]]]:
        if not self.situation.subscriptions:
            yield Fact("nothing_recorded", ""), [NOTHING, *self._any_plan(self._amounts(""))]
        products: dict[str, list[Any]] = {}
        for place, sub in enumerate(self.situation.subscriptions):
            if not sub.is_live or sub.seats == 0:
                continue
            if is_unmapped(self.edition, sub):
                products[sub.plan] = [NOTHING, *self.on_date.plans]
            if sub.seats is None and (sub.plan in self.on_date.plans or is_unmapped(self.edition, sub)):
                yield Fact("seats", place), [0, *self._amounts(sub.tenant)]
        yield from ((Fact("product", name), options) for name, options in products.items())

    def _contents(self) -> Iterator[tuple[Fact, list[Any]]]:
        """What plans grant of which the edition does not know it, where any may be held."""
        if not self.opens_contents:
            return
        rows = [sub for sub in self.situation.subscriptions if sub.is_live and sub.seats != 0]
        any_plan = not self.situation.subscriptions or any(is_unmapped(self.edition, sub) for sub in rows)
        held = {sub.plan for sub in rows}
        for code, plan in self.on_date.plans.items():
            if not plan.plan.has_known_contents and (any_plan or code in held):
                yield Fact("contents", code), list(self._any_contents())

    def _any_contents(self) -> Iterator[tuple[str, ...]]:
        """Nothing, one of the workloads that plans grant, or all of them."""
        granted = self.on_date.numbering.names(self.on_date.grantable)
        yield from ((), *((code,) for code in granted))
        if len(granted) > 1:
            yield granted

    def _amounts(self, tenant: str) -> list[int]:
        """Seats that tell: one, a floor and one below it, also less what the tenant is known to hold, and very many."""
        floors = [t.value for t in self.edition.thresholds if t.code == FLOOR_CODE]
        floors += [
            row.min_eligible_seats
            for rows in self.edition.scope_items.values()
            for row in rows
            if row.min_eligible_seats
        ]
        held = [sub.seats for sub in self.situation.subscriptions if sub.tenant == tenant and sub.is_live and sub.seats]
        less = {0, sum(held), *held}
        found = {1, MANY, *(floor - part - one for floor in floors for part in less for one in (0, 1))}
        return sorted(amount for amount in found if amount > 0)

    def _any_plan(self, amounts: Iterable[int]) -> list[tuple[str, int]]:
        return list(product(self.on_date.plans, amounts))

    # --- one world

    def _chosen(self, world: World) -> dict[Fact, Any]:
        return dict(zip(self.facts, world, strict=True))

    def fill(self, world: World) -> Situation:
        """The situation in which all of this is known."""
        chosen = self._chosen(world)
        subs = tuple(self._subscriptions(chosen))
        enablement = {code: dict(by_tenant) for code, by_tenant in self.situation.enablement.items()}
        for fact, value in chosen.items():
            if fact.kind == "status":
                enablement.setdefault(fact.key[0], {})[fact.key[1]] = value
        return replace(self.situation, subscriptions=subs, enablement=enablement)

    def _subscriptions(self, chosen: dict[Fact, Any]) -> Iterator[Subscription]:
        recorded = chosen.get(Fact("nothing_recorded", ""))
        if recorded is not None:
            plan, seats = (next(iter(self.edition.plans)), 0) if recorded == NOTHING else recorded
            yield Subscription(plan, "", "enabled", seats)
        for place, sub in enumerate(self.situation.subscriptions):
            seats = chosen.get(Fact("seats", place), sub.paid_seats)
            plan = chosen.get(Fact("product", sub.plan), sub.plan) if sub.is_live and sub.seats != 0 else sub.plan
            if plan == NOTHING:
                plan, seats = next(iter(self.edition.plans)), 0
            yield replace(sub, plan=plan, paid_seats=None if sub.is_unpaid else seats)

    def _decide(self, world: World) -> str:
        contents = tuple((fact.key, value) for fact, value in self._chosen(world).items() if fact.kind == "contents")
        return decide(edition_on(with_contents(self.edition, contents), self.situation.on), self.fill(world))


@lru_cache(maxsize=4096)
def with_contents(edition: Edition, contents: tuple[tuple[str, tuple[str, ...]], ...]) -> Edition:
    """The edition in which it is known what these plans grant."""
    if not contents:
        return edition
    plans = dict(edition.plans)
    for code, granted in contents:
        grants = tuple(Grant(None, None, workload) for workload in granted)
        plans[code] = replace(plans[code], grants=grants, entitlement_basis="a page")
    return replace(edition, plans=plans)


def decide(on_date: EditionOnDate, situation: Situation) -> str:
    return decide_compiled(on_date, compile_situation(on_date, situation)).outcome


def find_pivotal(facts: list[Fact], outcomes: dict[World, str]) -> set[Fact]:
    """Facts in which alone two worlds differ that come out differently."""
    found = set()
    for place, fact in enumerate(facts):
        seen: dict[World, str] = defaultdict(str)
        for world, outcome in outcomes.items():
            beside = (*world[:place], *world[place + 1 :])
            if seen.setdefault(beside, outcome) != outcome:
                found.add(fact)
                break
    return found
