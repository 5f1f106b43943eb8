"""Customers' facts read back as a situation: what a determination looks at, as one side knows it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from benefits.domain.catalogue import Edition
from benefits.domain.exports.sorting import find_withheld
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import UNMAPPED_PREFIX, Request, Situation
from benefits.domain.situation import Subscription as HeldSubscription
from benefits.models import Customer, Enablement, Subscription, Tenant, UnknownProduct
from benefits.models.customer import SubscriptionQuerySet, is_known_to

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
NUMBERED = "unknown product {}"  # as determinations keep it: in the record's own language


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
        statuses: dict[str, dict[str, str]] = defaultdict(dict)
        for fact in self.enablement:
            statuses[fact.workload_code][domains[fact.tenant_id]] = fact.status
        return Situation(self.customer.audience, on, tuple(self._held(domains, edition)), request, dict(statuses))

    def _held(self, domains: Mapping[int, str], edition: Edition) -> Iterator[HeldSubscription]:
        rows = self.subscriptions
        return number_unmapped(
            (as_held(row, domains[row.tenant_id], edition), row.is_named_by(self.party)) for row in rows
        )

    def unmapped(self, edition: Edition) -> list[str]:
        """What the products are called that this edition does not know, for whoever may know."""
        rows = (row for row in self.subscriptions if as_held(row, "", edition).is_unmapped)
        return list(dict.fromkeys(row.part_number for row in rows))


def number_unmapped(
    held: Iterable[tuple[HeldSubscription, bool]], numbers: dict[str, int] | None = None
) -> Iterator[HeldSubscription]:
    """What is held, each with whether the side knows its name: other products that no edition knows bear a number.

    ``numbers``: those given so far, where two readings are to agree.
    """
    numbers = {} if numbers is None else numbers
    for sub, knows_name in held:
        if knows_name or not sub.is_unmapped:
            yield sub
        else:
            number = numbers.setdefault(sub.product, len(numbers) + 1)
            yield replace(sub, plan=UNMAPPED_PREFIX + NUMBERED.format(number))


def as_held(row: Subscription, tenant: str, edition: Edition | None = None) -> HeldSubscription:
    """A recorded subscription; a product that the edition has learnt meanwhile is its plan."""
    seats = row.paid_seats, row.unpaid_seats
    if not row.plan_code:
        return hold_product(row.part_number, tenant, row.state, *seats, row.service_plans, edition)
    return HeldSubscription(row.plan_code, tenant, row.state, *seats, withheld=tuple(sorted(row.withheld.items())))


def hold_product(
    product: str,
    tenant: str,
    state: str,
    paid: int | None,
    unpaid: int | None,
    service_plans: Mapping[str, bool],
    edition: Edition | None,
) -> HeldSubscription:
    """A product that no edition knew when it was read, as the plan that this edition knows it by, if any."""
    learnt = edition.plan_by_product(product) if edition else None
    if edition is None or learnt is None:
        plans = tuple(sorted(service_plans.items()))
        return HeldSubscription(UNMAPPED_PREFIX + product, tenant, state, paid, unpaid, service_plans=plans)
    if learnt.is_excluded:
        return HeldSubscription(learnt.code, tenant, state, None, paid)
    withheld = find_withheld(learnt.code, [dict(service_plans)], edition)
    return HeldSubscription(learnt.code, tenant, state, paid, unpaid, withheld)


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
