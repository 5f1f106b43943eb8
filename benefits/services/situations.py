"""Customers' facts read back as a situation: what a determination looks at, as one side knows it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from benefits.choices import ServicePlanRule
from benefits.domain.catalogue import Edition
from benefits.domain.exports.products import is_on
from benefits.domain.exports.sorting import find_withheld, list_read, match_product
from benefits.domain.products import fold_part_number
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import (
    OUTSIDE_PREFIX,
    UNMAPPED_PREFIX,
    HeldProduct,
    ReadProduct,
    Request,
    Situation,
)
from benefits.domain.situation import Subscription as HeldSubscription
from benefits.models import Customer, Enablement, Subscription, Tenant, UnknownProduct
from benefits.models.customer import SubscriptionQuerySet, is_known_to

from .edition_reading import NoEditionInForce, edition_in_force

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ON, OFF = "Success", "Disabled"  # as exports write the status of a service plan
STRANGE = "of another name"  # a service plan that nobody knows, as determinations keep it
NUMBERED = "unknown product {}"  # as determinations keep it: in the record's own language


class Then:
    """What was known of plans when exports were read whose service plans nobody kept: those read long ago."""

    def __init__(self, edition: Edition, on: dt.date) -> None:
        self.edition, self.on = edition, on
        self.known: dict[dt.date, Edition | None] = {}

    def note_gained(self, sub: HeldSubscription, row: Subscription) -> HeldSubscription:
        """A subscription with the workloads that its plan brings now and nobody looked for when it was read."""
        plan = self.edition.plans.get(sub.plan)
        if row.from_export_id is None or row.read or plan is None:
            return sub
        before = self._known_on(row.recorded_at.date())
        earlier = before.plans.get(sub.plan) if before else None
        known = set(earlier.workloads) if earlier else set()
        shown = self.edition.service_plan_names
        gained = tuple(sorted(code for code in plan.granted_on(self.on) if code not in known and shown[code]))
        return replace(sub, gained=gained) if earlier and gained else sub

    def _known_on(self, day: dt.date) -> Edition | None:
        if day not in self.known:
            try:
                self.known[day] = edition_in_force(day)[1]
            except NoEditionInForce:
                self.known[day] = None
        return self.known[day]


@dataclass(frozen=True, slots=True)
class Facts:
    """A customer's current facts with their authors, as one side knows them."""

    customer: Customer
    tenants: tuple[Tenant, ...]
    subscriptions: tuple[Subscription, ...]
    enablement: tuple[Enablement, ...]
    party: str = ""
    known_at: dt.datetime = NEVER
    is_partial: bool = False  # others have recorded more than this side knows, or it knows a name that others do not

    def situation(self, request: Request, on: dt.date, edition: Edition) -> Situation:
        """The facts as the determination reads them; products are matched to the edition's plans anew."""
        domains = {tenant.pk: tenant.domain for tenant in self.tenants}
        then = Then(edition, on)
        statuses: dict[str, dict[str, str]] = defaultdict(dict)
        for fact in self.enablement:
            statuses[fact.workload_code][domains[fact.tenant_id]] = fact.status
        return Situation(self.customer.audience, on, tuple(self._held(domains, edition, then)), request, dict(statuses))

    def _held(self, domains: Mapping[int, str], edition: Edition, then: "Then") -> Iterator[HeldSubscription]:
        held = ((as_held(row, domains[row.tenant_id], edition), row) for row in self.subscriptions)
        return number_unmapped((then.note_gained(sub, row), row.is_named_by(self.party)) for sub, row in held)

    def unmapped(self, edition: Edition) -> list[str]:
        """What the products are called that this edition does not know, for whoever may know."""
        held = (as_held(row, "", edition) for row in self.subscriptions)
        return list(dict.fromkeys(sub.product for sub in held if sub.is_unmapped))


def number_unmapped(
    held: Iterable[tuple[HeldSubscription, bool]], numbers: dict[str, int] | None = None
) -> Iterator[HeldSubscription]:
    """What is held, each with whether the side knows its name: other products that no edition knows bear a number.

    ``numbers``: those given so far, where two readings are to agree.
    """
    numbers = {} if numbers is None else numbers
    for sub, knows_name in held:
        if knows_name:
            yield sub
        elif not sub.is_unmapped:
            yield replace(sub, bought=_without_strange(sub.bought), read=None)
        else:
            number = numbers.setdefault(sub.product, len(numbers) + 1)
            name = NUMBERED.format(number)
            yield replace(sub, plan=UNMAPPED_PREFIX + name, bought=_without_names(sub.bought, name), read=None)


def _without_strange(bought: HeldProduct | None) -> HeldProduct | None:
    """A product that everybody knows, without the names of service plans that nobody does."""
    if bought is None or bought.listed is None or not bought.listed.strange:
        return bought
    return bought._replace(listed=bought.listed._replace(strange=(STRANGE,)))


def _without_names(bought: HeldProduct | None, name: str) -> HeldProduct | None:
    """A product as others may know it: what it could bring, not what it or a service plan nobody knows is called."""
    if bought is None:
        return None
    listed = bought.listed
    listed = listed and listed._replace(strange=(STRANGE,) if listed.strange else ())
    return HeldProduct("", name, listed, bought.is_settled)


def as_held(row: Subscription, tenant: str, edition: Edition | None = None) -> HeldSubscription:
    """A recorded subscription. A product that was read is whatever this edition knows it as."""
    seats = row.paid_seats, row.unpaid_seats
    read = read_of(row.plan_code, row.part_number, row.service_plans, row.read)
    if read is None:
        return HeldSubscription(row.plan_code, tenant, row.state, *seats, withheld=tuple(sorted(row.withheld.items())))
    if edition is not None:
        return hold_read(read, tenant, row.state, *seats, edition)
    plan = row.plan_code or UNMAPPED_PREFIX + row.part_number
    return HeldSubscription(plan, tenant, row.state, *seats, read=read)


def read_of(
    plan: str, part_number: str, service_plans: Mapping[str, bool], read: Mapping[str, Any] | None
) -> ReadProduct | None:
    """The product that a row is of; ``None`` for a plan that somebody typed, or that an older reading found."""
    if read:
        plans = read["service_plans"]
        listed = None if plans is None else tuple(tuple(one) for one in plans)
        return ReadProduct(read["sku_id"], read["part_number"], read["name"], listed, read.get("trial"))
    if plan:
        return None
    known = tuple((name, ON if is_on else OFF) for name, is_on in sorted(service_plans.items()))
    return ReadProduct("", part_number, "", tuple(("", *pair) for pair in known) or None)


def hold_read(
    read: ReadProduct, tenant: str, state: str, paid: int | None, unpaid: int | None, edition: Edition
) -> HeldSubscription:
    """A product as this edition knows it: a plan of its own, one with no part in the Benefit, or none that it knows."""
    plan, seats = match_product(read, edition), (tenant, state, paid, unpaid)
    if plan is None:
        outside = edition.find_outside(read.sku_id, read.part_number, read.name)
        name = OUTSIDE_PREFIX + outside.part_number if outside else UNMAPPED_PREFIX + read.label
        return HeldSubscription(name, *seats, bought=_bought(read, edition), read=read)
    if plan.is_excluded:
        return HeldSubscription(plan.code, tenant, state, None, unpaid if paid is None else paid, read=read)
    bought = _bought(read, edition)
    if bought is not None or read.service_plans is None:
        return HeldSubscription(plan.code, *seats, bought=bought, read=read)
    names = {fold_part_number(name or plan_id): is_on(status) for plan_id, name, status in read.service_plans}
    return HeldSubscription(plan.code, *seats, find_withheld(plan.code, [names], edition), read=read)


def _bought(read: ReadProduct, edition: Edition) -> HeldProduct | None:
    """What a determination looks at, where the edition counts what service plans say."""
    if edition.settings.service_plan_rule == ServicePlanRule.WITHHOLD:
        return None
    name = read.part_number or read.name
    return HeldProduct(read.sku_id, name, list_read(read, edition), read.trial is not None)


def without_ignored(rows: SubscriptionQuerySet) -> SubscriptionQuerySet:
    """Leave out products that an admin has set aside as having nothing to do with the Benefit."""
    product = OuterRef("part_number")
    is_it = Q(part_number=product) | Q(part_number="", sku_id=product)
    return rows.filter(Q(part_number="") | ~Exists(UnknownProduct.objects.filter(is_it, is_ignored=True)))


def load_facts(customer: Customer, sight: Sight = EVERYTHING) -> Facts:
    """Read a customer's current facts, as one side knows them, in a stable order. Three queries."""
    tenants = tuple(customer.tenants.all() if sight.until is None else _with_more(customer, sight))
    held = without_ignored(Subscription.objects.filter(tenant__in=tenants).known_to(sight)).order_by("tenant_id", "id")
    known = Enablement.objects.filter(tenant__in=tenants).known_to(sight)
    rows, statuses = tuple(held), tuple(known.current().select_related("recorded_by"))
    names_own = any(not row.plan_code and row.is_named_by(sight.party) for row in rows)
    is_partial = sight.until is not None and (names_own or any(vars(tenant)["has_more"] for tenant in tenants))
    return Facts(customer, tenants, rows, statuses, sight.party, sight.until or NEVER, is_partial)


def _with_more(customer: Customer, sight: Sight) -> QuerySet[Tenant]:
    """Tenants, each with whether others have recorded something that this side does not know."""
    of_tenant = {"tenant": OuterRef("pk")}
    statuses = Enablement.objects.filter(**of_tenant).exclude(is_known_to(sight))
    plans = Subscription.objects.filter(**of_tenant)
    more = Exists(statuses) | Exists(plans.exclude(is_known_to(sight))) | Exists(plans.replaced_unknown_to(sight))
    return customer.tenants.annotate(has_more=more)
