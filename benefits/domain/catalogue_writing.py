"""Write an edition as a service description file that ``catalogue_file.py`` reads back.

The form is canonical: equal editions give equal bytes, so that a catalogue can be reviewed line by line.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from .catalogue import ANY, Dated, Edition, Grant, Plan, ScopeItem, Settings, Threshold, Workload
from .products import OutsideProduct

FIRST_SETTINGS = ("seat_rule", "view_rule", "no_intent_remains")
LATER_SETTINGS = ("contents_rule", "service_plan_rule", "unknowns_rule")
OWN_SECTIONS = (
    *("name", "as_of", "settings", "sources", "product_families", "workloads", "plans", "plan_workloads"),
    *("plan_workloads_limited", "plan_workloads_basis", "scope_items", "thresholds"),
    *("service_plans", "products", "products_as_of"),
)


def write_edition(edition: Edition, reference: Mapping[str, Any]) -> str:
    """The file of an edition, with the sections that decide nothing at its end."""
    plans = edition.plans.values()
    data: dict[str, Any] = {
        "name": edition.name,
        "as_of": edition.as_of.isoformat(),
        "settings": _settings(edition.settings),
        "sources": dict(edition.sources),
        "product_families": [
            {"code": row.code, "name": row.name, "source": list(row.sources)} for row in edition.families
        ],
        "workloads": [_workload(row) for row in edition.workloads.values()],
        "plans": [_plan(row) for row in plans],
        "plan_workloads": {plan.code: _grants(plan, is_limited=False) for plan in plans},
        "plan_workloads_limited": _limited(edition),
        "plan_workloads_basis": {plan.code: plan.entitlement_basis for plan in plans if plan.entitlement_basis},
        "scope_items": [_scope_item(row) for rows in edition.scope_items.values() for row in rows],
        "thresholds": [_threshold(row) for row in edition.thresholds],
    }
    data |= _products(edition)
    data |= {key: value for key, value in sorted(reference.items()) if key not in OWN_SECTIONS}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _settings(settings: Settings) -> dict[str, Any]:
    """The settings; readings that came later are named where they are not the old ones."""
    default = Settings()
    later = {
        name: getattr(settings, name) for name in LATER_SETTINGS if getattr(settings, name) != getattr(default, name)
    }
    return {name: getattr(settings, name) for name in FIRST_SETTINGS} | later


def _products(edition: Edition) -> dict[str, Any]:
    """Sections that older editions do not have."""
    rows = [_outside_product(row) for row in edition.products]
    plans = [{"id": row.id, "name": row.name, "in_families": row.in_families} for row in edition.service_plans]
    as_of = {"products_as_of": _day(edition.products_as_of)} if edition.products_as_of else {}
    return ({"service_plans": plans} if plans else {}) | ({"products": rows} if rows else {}) | as_of


def _outside_product(row: OutsideProduct) -> dict[str, Any]:
    return {
        "sku_id": row.sku_id or None,
        "part_number": row.part_number,
        "product_name": row.product_name,
        "reason": row.reason,
        "notes": row.notes,
        "source": list(row.sources),
        "verified_on": _day(row.verified_on),
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _dated(row: Dated, sources: tuple[str, ...], verified_on: dt.date | None) -> dict[str, Any]:
    return {
        "effective_from": _day(row.effective_from),
        "effective_to": _day(row.effective_to),
        "source": list(sources),
        "verified_on": _day(verified_on),
    }


def _workload(row: Workload) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "areas": list(row.areas),
        "family": row.family or None,
        "kind": row.kind,
        "counts_toward_full_value": row.counts_toward_full_value,
        "granted_by": row.granted_by,
        "entitlement_rule": row.entitlement_rule,
        "guide_title": row.guide.title,
        "guide_url": row.guide.url,
        "guide_match": row.guide.match,
        "replaced_by": row.replaced_by or None,
        "aliases": list(row.aliases),
        "service_plan_names": list(row.service_plans),
        **(
            {"service_plans_needed": int(row.needs) if row.needs.isdecimal() else row.needs} if row.needs != ANY else {}
        ),
        **({"derived_from": list(row.derived_from)} if row.derived_from else {}),
        "scope_evidence": row.scope_evidence,
        "notes": row.notes,
        **_dated(row, row.sources, row.verified_on),
    }


def _plan(row: Plan) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "family": row.family,
        "kind": row.kind,
        "audience": row.audience,
        "benefit_eligible": row.benefit_eligible,
        "max_seats": row.max_seats,
        "skus": [
            {"part_number": sku.part_number, "sku_id": sku.sku_id or None, "product_name": sku.product_name}
            for sku in row.skus
        ],
        "aliases": list(row.aliases),
        "notes": row.notes,
        **_dated(row, row.sources, row.verified_on),
    }


def _grants(plan: Plan, *, is_limited: bool) -> list[Any]:
    return [_grant(row) for row in plan.grants if row.is_limited == is_limited]


def _limited(edition: Edition) -> dict[str, list[Any]]:
    found = {plan.code: _grants(plan, is_limited=True) for plan in edition.plans.values()}
    return {code: grants for code, grants in found.items() if grants}


def _grant(row: Grant) -> Any:
    """The workload's code alone where nothing else is said."""
    if row == Grant(None, None, row.workload, row.is_limited):
        return row.workload
    of_sku = {"sku_id": row.sku_id} if row.sku_id else {}
    return {"workload": row.workload, **of_sku, "basis": row.basis, **_dated(row, row.sources, row.verified_on)}


def _scope_item(row: ScopeItem) -> dict[str, Any]:
    return {
        "code": row.code,
        "workload": row.workload or None,
        "text": row.text,
        "in_scope": row.in_scope,
        "audience": row.audience,
        "min_eligible_seats": row.min_eligible_seats,
        "seen_on": row.seen_on,
        **_dated(row, row.sources, row.verified_on),
    }


def _threshold(row: Threshold) -> dict[str, Any]:
    return {
        "code": row.code,
        "value": row.value,
        "max_value": row.max_value,
        "unit": row.unit,
        "note": row.note,
        **_dated(row, row.sources, row.verified_on),
    }
