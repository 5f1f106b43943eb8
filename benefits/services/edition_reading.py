"""Read editions of the service description from their rows, and keep the compiled ones."""

import datetime as dt
import threading
from collections import defaultdict
from operator import attrgetter
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from benefits.domain import catalogue, products
from benefits.models import (
    Entitlement,
    Guide,
    OutsideProduct,
    Plan,
    PlanSku,
    ServiceDescription,
    ServicePlan,
    Workload,
)

SETTINGS = tuple(catalogue.Settings.__dataclass_fields__)
_loaded: dict[tuple[int, dt.datetime], catalogue.Edition] = {}
_loading = threading.Lock()


class NoEditionInForce(Exception):
    """No published edition covers the date; nothing can be determined."""


def edition_in_force(on: dt.date) -> tuple[int, catalogue.Edition]:
    """Id and compiled form of the edition that decides on a date. One query, none of rows when it is known.

    Raises:
        NoEditionInForce: none is published for the date.
    """
    row = ServiceDescription.objects.in_force(on).only("id", "guides_revised_at").first()
    if row is None:
        raise NoEditionInForce(_("No edition of the service description is effective on %(day)s.") % {"day": on})
    return row.pk, compiled_edition(row.pk, row.guides_revised_at)


def load_edition(pk: int) -> catalogue.Edition:
    """Any edition: a published one as it is kept, a draft as its rows are now."""
    row = ServiceDescription.objects.get(pk=pk)
    return build_from_rows(row) if row.is_draft else compiled_edition(row.pk, row.guides_revised_at)


def compiled_edition(pk: int, guides_revised_at: dt.datetime) -> catalogue.Edition:
    """A published edition as it is kept: its rows never change, but guides may be corrected on a later date."""
    return _loaded.get((pk, guides_revised_at)) or _compile(pk, guides_revised_at)


def _compile(pk: int, guides_revised_at: dt.datetime) -> catalogue.Edition:
    """Threads that ask at the same time wait for the first one's."""
    key = (pk, guides_revised_at)
    with _loading:
        if key not in _loaded:
            built = build_from_rows(ServiceDescription.objects.get(pk=pk))
            for old in [known for known in _loaded if known[0] == pk]:
                del _loaded[old]
            _loaded[key] = built
        return _loaded[key]


def build_from_rows(row: ServiceDescription) -> catalogue.Edition:
    """Read an edition's rows into its compiled form, drafts too. A fixed number of queries."""
    guides = {guide.workload_id: guide for guide in Guide.objects.filter(workload__edition=row)}
    scope_items = defaultdict(list)
    for item in row.scopeitems.select_related("workload"):
        scope_items[item.code].append(_scope_item(item))
    skus = Prefetch("skus", PlanSku.objects.order_by("id"))
    grants = Prefetch("entitlements", Entitlement.objects.select_related("workload").order_by("id"))
    plans = row.plans.select_related("family").prefetch_related(skus, grants).order_by("id")
    workloads = row.workloads.select_related("family", "replaced_by").order_by("id")
    return catalogue.Edition(
        name=row.name,
        as_of=row.as_of,
        families=tuple(catalogue.Family(f.code, f.name, tuple(f.sources)) for f in row.productfamilys.all()),
        plans={plan.code: _plan(plan) for plan in plans},
        workloads={workload.code: _workload(workload, guides.get(workload.pk)) for workload in workloads},
        scope_items={code: tuple(items) for code, items in scope_items.items()},
        thresholds=tuple(_threshold(threshold) for threshold in row.thresholds.all()),
        sources={source.key: source.text for source in row.sources.order_by("id")},
        settings=catalogue.Settings(**{name: getattr(row, name) for name in SETTINGS}),
        service_plans=tuple(_service_plan(plan) for plan in row.serviceplans.order_by("id")),
        products=tuple(_product(product) for product in row.outsideproducts.order_by("id")),
        products_as_of=row.products_as_of,
    )


def _dates_and_sources(row: Any) -> dict[str, Any]:
    dated = {name: getattr(row, name) for name in ("effective_from", "effective_to", "verified_on")}
    return dated | {"sources": tuple(row.sources)}


def _plan(row: Plan) -> catalogue.Plan:
    return catalogue.Plan(
        **_dates_and_sources(row),
        **{name: getattr(row, name) for name in ("code", "name", "kind", "audience", "benefit_eligible", "max_seats")},
        family=row.family.code,
        skus=tuple(products.Sku(sku.part_number, str(sku.sku_id or ""), sku.product_name) for sku in row.skus.all()),
        grants=tuple(_grant(grant) for grant in sorted(row.entitlements.all(), key=attrgetter("is_limited"))),
        entitlement_basis=row.entitlement_basis,
        aliases=tuple(row.aliases),
        notes=row.notes,
    )


def _grant(row: Entitlement) -> catalogue.Grant:
    code = row.workload.code
    return catalogue.Grant(
        **_dates_and_sources(row),
        workload=code,
        is_limited=row.is_limited,
        sku_id=str(row.sku_id or ""),
        basis=row.basis,
    )


def _workload(row: Workload, guide: Guide | None) -> catalogue.Workload:
    plain = (
        "code",
        "name",
        "kind",
        "counts_toward_full_value",
        "granted_by",
        "entitlement_rule",
        "needs",
        "scope_evidence",
        "notes",
    )
    return catalogue.Workload(
        **_dates_and_sources(row),
        **{name: getattr(row, name) for name in plain},
        areas=tuple(row.areas),
        family=row.family.code if row.family else "",
        guide=catalogue.Guide(guide.title, guide.url, guide.match) if guide else catalogue.Guide(),
        replaced_by=row.replaced_by.code if row.replaced_by else "",
        aliases=tuple(row.aliases),
        service_plans=tuple(row.service_plans),
        derived_from=tuple(row.derived_from),
    )


def _scope_item(row: Any) -> catalogue.ScopeItem:
    plain = ("code", "text", "in_scope", "audience", "min_eligible_seats", "seen_on")
    return catalogue.ScopeItem(
        **_dates_and_sources(row),
        **{name: getattr(row, name) for name in plain},
        workload=row.workload.code if row.workload else "",
    )


def _service_plan(row: ServicePlan) -> products.ServicePlan:
    return products.ServicePlan(str(row.service_plan_id), row.name, row.in_families)


def _product(row: OutsideProduct) -> products.OutsideProduct:
    plain = {name: getattr(row, name) for name in ("part_number", "product_name", "reason", "notes", "verified_on")}
    return products.OutsideProduct(sku_id=str(row.sku_id or ""), sources=tuple(row.sources), **plain)


def _threshold(row: Any) -> catalogue.Threshold:
    plain = {name: getattr(row, name) for name in ("code", "value", "max_value", "unit", "note")}
    return catalogue.Threshold(**_dates_and_sources(row), **plain)
