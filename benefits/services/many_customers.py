"""Facts of many customers at once, read with two statements and as little work a row as can be."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from benefits.domain.catalogue import Edition
from benefits.domain.situation import ReadProduct, Request, Situation, Subscription

from .situations import hold_read, number_unmapped, read_of

HELD = """
SELECT t.customer_id, t.domain, s.plan_code, s.part_number, s.state, s.paid_seats, s.unpaid_seats,
       nullif(s.withheld::text, '{}'), nullif(s.service_plans::text, '{}'), s.read::text
FROM benefits_subscription s JOIN benefits_tenant t ON t.id = s.tenant_id
WHERE t.customer_id = ANY(%s) AND s.replaced_at IS NULL AND (s.part_number = '' OR NOT EXISTS (
    SELECT 1 FROM benefits_unknownproduct u WHERE u.is_ignored
      AND (u.part_number = s.part_number OR u.part_number = '' AND u.sku_id = s.part_number)))
ORDER BY s.tenant_id, s.id
"""
ENABLEMENT = """
SELECT t.customer_id, t.domain, string_agg(e.workload_code || '=' || e.status, ',')
FROM (SELECT DISTINCT ON (tenant_id, workload_code) tenant_id, workload_code, status FROM benefits_enablement
      WHERE tenant_id IN (SELECT id FROM benefits_tenant WHERE customer_id = ANY(%(customers)s))
      ORDER BY tenant_id, workload_code, recorded_at DESC, id DESC) e
JOIN benefits_tenant t ON t.id = e.tenant_id GROUP BY t.customer_id, t.domain
"""


class Product(NamedTuple):
    """A product that was read; each edition knows it as something else."""

    read: ReadProduct
    tenant: str
    state: str
    paid: int | None
    unpaid: int | None


class ManyFacts(NamedTuple):
    """Customers' current facts by customer id."""

    held: Mapping[int, list[Subscription | Product]]
    enablement: Mapping[int, dict[str, dict[str, str]]]

    def situation(self, customer: int, audience: str, request: Request, on: dt.date, edition: Edition) -> Situation:
        """One customer's facts as the determination reads them; equal to ``Facts.situation``."""
        held = [hold_read(*row, edition) if isinstance(row, Product) else row for row in self.held.get(customer, ())]
        shown = tuple(number_unmapped((row, False) for row in held))
        return Situation(audience, on, shown, request, self.enablement.get(customer, {}))


def load_many(customers: list[int]) -> ManyFacts:
    """Current facts of these customers. Two statements."""
    held: dict[int, list[Subscription | Product]] = defaultdict(list)
    enablement: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(HELD, [customers])
        for customer, tenant, plan, product, state, paid, unpaid, withheld, plans, read in cursor.fetchall():
            known = None if plan and not read else _read(product, plans, read)
            if known is None:
                held[customer].append(Subscription(plan, tenant, state, paid, unpaid, _withheld(withheld)))
            else:
                held[customer].append(Product(known, tenant, state, paid, unpaid))
        cursor.execute(ENABLEMENT, {"customers": customers})
        for customer, tenant, statuses in cursor.fetchall():
            of_customer = enablement[customer]
            for pair in statuses.split(","):
                code, _, status = pair.partition("=")
                of_customer.setdefault(code, {})[tenant] = status
    return ManyFacts(held, enablement)


def _withheld(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(json.loads(text).items())) if text else ()


@lru_cache(maxsize=4096)
def _read(part_number: str, service_plans: str | None, read: str | None) -> ReadProduct | None:
    """A product by its columns; tenants that bought the same have the same."""
    return read_of("", part_number, json.loads(service_plans or "{}"), json.loads(read or "null"))
