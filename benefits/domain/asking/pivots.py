"""Which unknown facts can change the outcome: each is decided at its least and at its most, the others at theirs.

A world says what every unknown subscription turns out to be: nothing, or seats of a plan. Two worlds that differ in one
fact only and come out differently show that the fact matters. All worlds are tried where few facts are unknown; where
there are more, those in which the other facts are alike, or in which one of them is something.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from math import inf, prod
from typing import Any, NamedTuple

from benefits.choices import Outcome

from ..compiled import CompiledSituation, Held, TenantFacts, Unknown
from ..edition_on_date import Mask
from ..reading import Reading, could_add
from ..rules import decide

MOST_WORLDS = 128  # so many worlds of the other facts are tried for one fact
MOST_WEIGHED = 6  # where more facts are unknown, only the least and the most that one may be is weighed
PLENTY = 1_000_000_000  # seats that reach every floor


class Place(NamedTuple):
    """Where an unknown subscription stands: which tenant, and which of its unknowns."""

    tenant: int
    unknown: int


Fact = tuple[Place, ...]  # one subscription, or all of one product that the edition does not know
World = dict[Place, Held | None]


class Forms(NamedTuple):
    """What an unknown subscription may turn out to be beside nothing: the least, and the most, that it could bring."""

    least: tuple[Held, ...]
    most: tuple[Held, ...]


class Settles(NamedTuple):
    """Does every answer settle the outcome, or any of them?"""

    always: bool
    ever: bool


class Pivots:
    """The unknown subscriptions of a reading, and what each can change."""

    def __init__(self, reading: Reading) -> None:
        self.edition, self.facts, self.reading = reading.edition, reading.facts, reading
        self.floors = sorted({self.edition.floor, *(least for ask in self.facts.scope for _n, least in ask.entries)})
        self.found = self._list_facts()
        self.forms = {fact: self._forms(fact) for fact in self.found}

    def _list_facts(self) -> list[Fact]:
        facts: dict[Any, list[Place]] = defaultdict(list)
        for number, tenant in enumerate(self.facts.tenants):
            for place, unknown in enumerate(tenant.unknowns):
                sub = unknown.subscription
                is_product = sub is not None and sub.plan not in self.edition.plans
                facts[sub.plan if sub and is_product else (number, place)].append(Place(number, place))
        return [tuple(places) for places in facts.values()]

    def unknown(self, place: Place) -> Unknown:
        return self.facts.tenants[place.tenant].unknowns[place.unknown]

    def matters(self, fact: Fact) -> bool:
        """Do two worlds that differ in this fact only come out differently?"""
        nothing, most = dict.fromkeys(fact), self._at_most(fact)
        for world in self._worlds_beside(fact):
            without = self._sign(world | nothing)
            if any(self._sign(world | one) != without for one in most):
                return True
        return False

    def settles(self, fact: Fact) -> "Settles":
        """How many of the answers about this fact alone settle the outcome?"""
        answers = self._answers(fact) if len(self.found) <= MOST_WEIGHED else self._at_most(fact)
        settled = [self._is_settled(world) for world in (dict.fromkeys(fact), *answers)]
        return Settles(all(settled), any(settled))

    def open_statuses(self) -> Mask:
        """Workloads of which the status can still settle the outcome in some world."""
        found = 0
        for world in self._alike(self.found):
            reading = Reading(self.edition, self._facts_in(world))
            if decide(reading) == (Outcome.NEEDS_INFORMATION, "to_confirm"):
                found |= reading.to_confirm
        return found

    # --- worlds

    def _sign(self, world: World) -> Any:
        """What a world shows: its outcome, or the statuses on which it hangs."""
        reading = Reading(self.edition, self._facts_in(world))
        outcome, rule = decide(reading)
        if outcome != Outcome.NEEDS_INFORMATION:
            return outcome
        return rule, reading.unknown_by_tenant() if rule == "to_confirm" else ()

    def _is_settled(self, world: World) -> bool:
        return decide(Reading(self.edition, self._facts_in(world)))[0] != Outcome.NEEDS_INFORMATION

    def _facts_in(self, world: World) -> CompiledSituation:
        """The facts with these subscriptions known; the others stay unknown."""
        tenants = tuple(_tenant_in(number, tenant, world) for number, tenant in enumerate(self.facts.tenants))
        return self.facts._replace(tenants=tenants, has_unknowns=any(tenant.unknowns for tenant in tenants))

    def _worlds_beside(self, fact: Fact) -> Iterator[World]:
        """Worlds of the other facts, the telling ones first."""
        others = [other for other in self.found if other != fact]
        yield from self._alike(others)
        options = [self._options(other, beside=fact) for other in others]
        if prod(map(len, options)) <= MOST_WORLDS:
            yield from (_merge(chosen) for chosen in product(*options))
            return
        nothing = _merge(dict.fromkeys(other) for other in others)
        for worlds in options:
            yield from (nothing | world for world in worlds)

    def _alike(self, facts: list[Fact]) -> Iterator[World]:
        """All nothing; all the most; all seats that bring as little as may be."""
        yield _merge(dict.fromkeys(fact) for fact in facts)
        if facts:
            yield _merge(self._at_most(fact)[0] for fact in facts)
            yield _merge(self._at_least(fact)[0] for fact in facts)

    def _options(self, other: Fact, *, beside: Fact) -> list[World]:
        """What another fact may be: where its seats are not known, also so many that this one tips a floor."""
        least, most = self._at_least(other), self._at_most(other)
        amounts = {amount for place in other for amount in self._telling_amounts(place, other, beside)}
        tipping = [self._with_seats(world, seats) for world in (*least, *most) for seats in amounts]
        nothing = dict.fromkeys(other)
        alone = [alone for world in tipping for alone in self._by_row(world)]
        return [nothing, *most, *least, *tipping, *alone]

    def _telling_amounts(self, place: Place, fact: Fact, beside: Fact) -> set[int]:
        """Seats of a row that just reach a floor, or leave it to the fact beside them to reach it."""
        if could_add(self.unknown(place)) != inf:
            return set()
        held = {self.reading.tenants[place.tenant].least_seats} | (set() if self.edition.sums_seats else {0})
        own, adds = self._adds(fact, place.tenant), self._adds(beside, place.tenant)
        others = {known + sum(own) + seats for known in held for seats in (0, *adds, sum(adds))}
        return {1, *(floor - seats for floor in self.floors for seats in others if floor > seats)}

    def _adds(self, fact: Fact, tenant: int) -> list[int]:
        """The seats of a fact's rows in a tenant, where they are known."""
        adds = (could_add(self.unknown(place)) for place in fact if place.tenant == tenant)
        return [int(seats) for seats in adds if seats != inf]

    def _with_seats(self, world: World, seats: int) -> World:
        """The same plans with so many seats, in each tenant on the first row that may have them; one on the others."""
        found, given = dict(world), set()
        for place, form in world.items():
            if form is not None and could_add(self.unknown(place)) == inf:
                found[place] = form._replace(seats=1 if place.tenant in given else seats)
                given.add(place.tenant)
        return found

    def _by_row(self, world: World) -> Iterator[World]:
        """One product in several rows: of those without known seats only one has some, or none."""
        open_rows = [place for place in world if could_add(self.unknown(place)) == inf]
        if len(world) > 1:
            yield from (world | {row: None for row in open_rows if row != one} for one in (*open_rows, None))

    # --- what a fact may turn out to be

    def _at_most(self, fact: Fact) -> list[World]:
        return [self._as_form(fact, form) for form in self.forms[fact].most]

    def _at_least(self, fact: Fact) -> list[World]:
        return [self._as_form(fact, form) for form in self.forms[fact].least]

    def _answers(self, fact: Fact) -> Iterator[World]:
        """Everything telling that a fact may turn out to be beside nothing."""
        first, forms = self.unknown(fact[0]), self.forms[fact]
        kinds = [*forms.least, *forms.most]
        is_product = first.subscription is None or first.subscription.plan not in self.edition.plans
        is_bounded = is_product and self._is_bounded(fact)
        if is_product and not is_bounded:
            kinds += self._plans(self.edition.plans)
        certain = 0 if is_product else first.grants
        perhaps = 0
        for form in kinds:
            perhaps |= form.grants & ~certain if is_bounded or self._has_open_contents(form) else 0
        bits = [bit for bit in self.edition.numbering.bits.values() if bit & perhaps]
        kinds += [form._replace(grants=certain | bit) for form in forms.least for bit in bits]
        amounts = {PLENTY, *(amount for place in fact for amount in self._telling_amounts(place, fact, fact))}
        for kind in kinds:
            yield from (self._with_seats(self._as_form(fact, kind), seats) for seats in amounts)

    def _is_bounded(self, fact: Fact) -> bool:
        """Does every row of a product list its service plans, all of them known?"""
        return all(self.unknown(place).is_bounded for place in fact)

    def _has_open_contents(self, form: Held) -> bool:
        return bool(form.plan and form.grants & self.edition.plans[form.plan].could_grant)

    def _as_form(self, fact: Fact, form: Held) -> World:
        """One product is the same plan everywhere, with the seats of each subscription."""
        return {place: self._own(place, form) for place in fact}

    def _own(self, place: Place, form: Held) -> Held:
        unknown = self.unknown(place)
        sub = unknown.subscription
        seats = form.seats if sub is None or sub.seats is None else sub.seats
        grants = form.grants & unknown.could_grant
        return form._replace(seats=seats, grants=grants | self.edition.derive([(form.plan, grants)]))

    def _forms(self, fact: Fact) -> Forms:
        rows = [self.unknown(place) for place in fact]
        sub, could_grant = rows[0].subscription, 0
        for unknown in rows:
            could_grant |= unknown.could_grant
        if sub is not None and sub.plan in self.edition.plans:
            form = Held(sub.plan, PLENTY, rows[0].adds_seats, could_grant)
            return Forms((form._replace(seats=1, grants=rows[0].grants),), (form,))
        every = sorted(self.edition.plans)  # where the largest plan alone decides, each may be more of another
        least, most = self.edition.extreme_plans if self.edition.sums_seats else (every, every)
        forms = Forms(tuple(self._plans(least, at_most=False)), tuple(self._plans(most)))
        if self._is_bounded(fact) or not (forms.least and forms.most):
            return Forms((Held("", PLENTY, True, 0),), (Held("", PLENTY, True, could_grant),))
        return forms

    def _plans(self, codes: Iterable[str], *, at_most: bool = True) -> Iterator[Held]:
        """Seats of these plans: one for each way in which they differ in what can be in view, or decide a line."""
        telling, plans, seen = self._telling_workloads(), self.edition.plans, set()
        for code in codes:
            plan = plans[code]
            brought = plan.could_bring if at_most else plan.grants
            mark = brought & telling, plan.counts_seats, plan.could_grant, "" if self.edition.sums_seats else code
            if mark not in seen:
                seen.add(mark)
                yield Held(code, PLENTY, plan.counts_seats, brought)

    def _telling_workloads(self) -> Mask:
        telling = self.reading.could_be_in_view | self.facts.asked
        for ask in self.facts.scope:
            for needs, _least in ask.entries:
                telling |= needs
        for derivation in self.edition.derivations:
            telling |= derivation.bases
        return telling


def _merge(worlds: Iterable[World]) -> World:
    return {place: form for world in worlds for place, form in world.items()}


def _tenant_in(number: int, tenant: TenantFacts, world: World) -> TenantFacts:
    if not tenant.unknowns:
        return tenant
    held, unknowns = list(tenant.held), []
    for index, unknown in enumerate(tenant.unknowns):
        place = Place(number, index)
        form = world.get(place)
        if place not in world:
            unknowns.append(unknown)
        elif form is not None:
            held.append(form)
    return tenant._replace(held=tuple(held), unknowns=tuple(unknowns))
