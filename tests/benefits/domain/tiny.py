"""Tiny editions and situations, small enough that every unknown fact can be filled in, in every way.

Each draw depends on the given dice alone, so a seed names a case for good.
"""

import datetime as dt
from random import Random

from benefits.choices import (
    BenefitEligible,
    ContentsRule,
    GrantedBy,
    ScopeAudience,
    SeatRule,
    Status,
    UnknownsRule,
    ViewRule,
    WorkloadKind,
)
from benefits.domain.catalogue import FLOOR_CODE, Edition, Grant, Guide, Plan, ScopeItem, Settings, Threshold, Workload
from benefits.domain.situation import Request, Situation, Subscription

DAY = dt.date(2026, 11, 29)
PAST, FUTURE = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
AREAS = ("security", "endpoint")
SEATS = (0, 1, 3, 5, 9, 10, 12, 30)
FLOORS = (4, 10, 25)
STATES = ("enabled",) * 7 + ("warning", "suspended", "deleted")
SETTLED = (Status.ENABLED,) * 5 + (Status.NOT_STARTED, Status.BLOCKED, Status.NO_INTENT)


class Tiny:
    """Draws an edition, and situations that fit it."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.codes = [f"W{number}" for number in range(1, self.dice.randint(2, 4) + 1)]
        self.edition = self._edition()

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _some(self, codes: list[str], share: float) -> list[str]:
        return [code for code in codes if self._chance(share)]

    # --- the edition

    def _edition(self) -> Edition:
        plans = {f"P{number}": self._plan(f"P{number}") for number in range(1, self.dice.randint(2, 4) + 1)}
        items = [self._item(number) for number in range(self.dice.randint(0, 2))]
        return Edition(
            name="tiny",
            as_of=DAY,
            families=(),
            plans=plans,
            workloads={code: self._workload(code) for code in self.codes},
            scope_items={item.code: (item,) for item in items},
            thresholds=(Threshold(None, None, FLOOR_CODE, 10, None, "", "", ()),),
            sources={},
            settings=Settings(
                seat_rule=SeatRule.SINGLE if self._chance(0.2) else SeatRule.SUM,
                view_rule=ViewRule.REQUESTED_AREAS if self._chance(0.2) else ViewRule.ALL,
                no_intent_remains=self._chance(0.7),
                contents_rule=ContentsRule.UNKNOWN if self._chance(0.3) else ContentsRule.NOTHING,
                unknowns_rule=UnknownsRule.EXACT,
            ),
        )

    def _workload(self, code: str) -> Workload:
        return Workload(
            effective_from=None,
            effective_to=PAST if self._chance(0.07) else None,
            code=code,
            name=code,
            areas=(self.dice.choice(AREAS),),
            family="",
            kind=WorkloadKind.SERVICE if self._chance(0.07) else WorkloadKind.WORKLOAD,
            counts_toward_full_value=self._chance(0.85),
            granted_by=GrantedBy.ANY_ELIGIBLE_PLAN if self._chance(0.12) else GrantedBy.PLANS,
            entitlement_rule="",
            guide=Guide(),
            replaced_by="",
            aliases=(),
            service_plans=(),
            scope_evidence="",
            notes="",
            sources=(),
        )

    def _plan(self, code: str) -> Plan:
        is_first = code == "P1"  # there is always a plan that counts seats
        dated = (PAST, None) if is_first or self._chance(0.8) else self.dice.choice(((None, PAST), (FUTURE, None)))
        granted = self._some(self.codes, 0.45)
        return Plan(
            effective_from=dated[0],
            effective_to=dated[1],
            code=code,
            name=code,
            family="",
            kind="suite",
            audience="commercial",
            benefit_eligible=BenefitEligible.YES
            if is_first
            else self.dice.choice(
                (*(BenefitEligible.YES,) * 5, BenefitEligible.UNVERIFIED, *(BenefitEligible.CONDITIONAL,) * 2, "no")
            ),
            max_seats=None,
            skus=(),
            grants=tuple(Grant(None, PAST if self._chance(0.05) else None, workload) for workload in granted),
            entitlement_basis="" if self._chance(0.7) else "a page",
            aliases=(),
            notes="",
            sources=(),
        )

    def _item(self, number: int) -> ScopeItem:
        return ScopeItem(
            effective_from=None,
            effective_to=None,
            code=f"ITEM_{number}",
            workload=self.dice.choice((*self.codes, "")),
            text="An item",
            in_scope=self._chance(0.75),
            audience=ScopeAudience.ALL,
            min_eligible_seats=self.dice.choice((None, *FLOORS)),
            seen_on="",
            sources=(),
        )

    # --- a situation

    def situation(self) -> Situation:
        tenants = self.dice.choice((("T1",), ("T1",), ("T1", "T2")))
        doubtful = self.dice.choice((0.0, 0.3, 0.6))
        subs = tuple(self._subscription(tenants, doubtful) for _ in range(self.dice.randint(0, 4)))
        asks = self._chance(0.6)
        request = Request(
            workloads=tuple(self._some(self.codes, 0.3)) if asks else (),
            areas=tuple(self._some(list(AREAS), 0.4)),
            services=tuple(self._some(list(self.edition.scope_items), 0.5)) if asks else (),
            delivery="on_site" if self._chance(0.05) else "remote",
        )
        return Situation("commercial", DAY, subs, request, self._enablement(tenants))

    def _subscription(self, tenants: tuple[str, ...], doubtful: float) -> Subscription:
        plan = self.dice.choice([*self.edition.plans])
        unmapped = self._chance(doubtful / 2)
        free = self._chance(0.07)
        withheld = self._some(self.codes, 0.5) if self._chance(0.1) and not unmapped else []
        return Subscription(
            plan=f"UNMAPPED_SKU:{self.dice.choice('AB')}" if unmapped else plan,
            tenant=self.dice.choice(tenants),
            state=self.dice.choice(STATES),
            paid_seats=None if free or self._chance(doubtful) else self.dice.choice(SEATS),
            unpaid_seats=self.dice.choice((5, 50)) if free else None,
            withheld=tuple((code, "disabled") for code in withheld),
        )

    def _enablement(self, tenants: tuple[str, ...]) -> dict[str, dict[str, str]]:
        unknown = self.dice.choice((0.0, 0.15, 0.4))
        return {
            code: {tenant: self.dice.choice(SETTLED).value for tenant in tenants if not self._chance(unknown)}
            for code in self.codes
        }
