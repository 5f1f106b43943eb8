"""Write an edition as a service description file that ``catalogue_file.py`` reads back.

The form is canonical: equal editions give equal bytes, so that a catalogue can be reviewed line by line.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from .catalogue import Dated, Edition, Grant, Plan, ScopeItem, Threshold, Workload

OWN_SECTIONS = (
    *("name", "as_of", "settings", "sources", "product_families", "workloads", "plans", "plan_workloads"),
    *("plan_workloads_limited", "plan_workloads_basis", "scope_items", "thresholds"),
)


def write_edition(edition: Edition, reference: Mapping[str, Any]) -> str:
    """The file of an edition, with the sections that decide nothing at its end."""
    plans = edition.plans.values()
    data: dict[str, Any] = {
        "name": edition.name,
        "as_of": edition.as_of.isoformat(),
        "settings": {name: getattr(edition.settings, name) for name in edition.settings.__dataclass_fields__},
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
    data |= {key: value for key, value in sorted(reference.items()) if key not in OWN_SECTIONS}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


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
            {"part_number": sku.part_number, "sku_id": sku.sku_id, "product_name": sku.product_name} for sku in row.skus
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
    return {"workload": row.workload, "basis": row.basis, **_dated(row, row.sources, row.verified_on)}


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
