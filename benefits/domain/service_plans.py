"""What the service plans of a product say about its workloads: the tenant's own list wins in both directions.

A service plan that is on grants its workload also where the edition does not expect it; one that is off or missing
withholds it. What only carries a service plan grants nothing, and a workload may need more of its service plans than
are on. Whether any of this counts is a setting of the edition.
"""

from collections.abc import Iterable
from typing import NamedTuple

from benefits.choices import WithheldReason

from .catalogue import ALL, ANY, Edition, Grant, Plan, Workload
from .edition_on_date import EditionOnDate, Mask
from .products import fold_part_number
from .situation import Listed


class ReadPlan(NamedTuple):
    """What one product brings of the plan that it is: sets of workloads, and why they differ from the plan's grants."""

    grants: Mask
    could_grant: Mask  # beside a service plan that nobody knows, a missing one may have been renamed
    withheld: tuple[tuple[str, str], ...]  # workload → why
    granted: tuple[tuple[str, str], ...]  # beyond the edition: workload → the service plan that is on
    partial: tuple[str, ...]  # workloads of which some service plans are on, but too few
    carried: tuple[str, ...]  # workloads whose service plans are on, but only carried


def list_service_plans(edition: Edition, read: Iterable[tuple[str, str, bool]]) -> Listed:
    """Name the service plans of an export, each (id, name, is it on), as the edition does: by id, then by name."""
    on: set[str] = set()
    off: set[str] = set()
    strange: set[str] = set()
    others = False
    for plan_id, name, is_on in read:
        known = edition.names_of_service_plans.get(plan_id.strip().lower()) or fold_part_number(name or plan_id)
        belongs = edition.families_of_service_plans.get(known)
        if belongs is None and is_on:
            strange.add(known)
        elif belongs:
            (on if is_on else off).add(known)
        else:
            others = others or is_on
    return Listed(tuple(sorted(on)), tuple(sorted(off - on)), tuple(sorted(strange)), others)


def read_plan(edition: EditionOnDate, plan: Plan, sku_id: str, listed: Listed) -> ReadPlan:
    """What a product with these service plans brings of its plan on the day."""
    mask, rows = edition.numbering.mask, edition.edition
    full = {grant.workload: grant for grant in plan.grants if not grant.is_limited and grant.is_active(edition.date)}
    carried = {
        grant.workload
        for grant in plan.grants
        if grant.is_limited and grant.sku_id.lower() in ("", sku_id.lower()) and grant.is_active(edition.date)
    }
    alive = (rows.workloads[code] for code in edition.numbering.names(edition.active & ~edition.services))
    seen = {workload.code: _look(rows, workload, listed) for workload in alive}
    said = {code: _judge(plan, full.get(code), code in carried, one, listed) for code, one in seen.items()}
    return ReadPlan(
        grants=mask(code for code, word in said.items() if word in (GRANTED, BEYOND)) & edition.active,
        could_grant=mask(code for code, word in said.items() if word == STRANGE) & edition.active,
        withheld=tuple(sorted((code, word) for code, word in said.items() if word in WithheldReason.values)),
        granted=tuple(sorted((code, seen[code].on[0]) for code, word in said.items() if word == BEYOND)),
        partial=tuple(sorted(code for code, one in seen.items() if one.on and not one.is_enough)),
        carried=tuple(sorted(code for code in carried & seen.keys() if seen[code].is_enough and said[code] == NOTHING)),
    )


GRANTED, BEYOND, STRANGE, NOTHING = "granted", "beyond", "strange", ""


def _judge(plan: Plan, grant: Grant | None, is_carried: bool, seen: "Seen", listed: Listed) -> str:
    """What a product says of one workload: granted, beyond the edition, strange, nothing, or why it is withheld."""
    if grant is None:
        return BEYOND if seen.is_enough and not is_carried else NOTHING
    if seen.is_enough or not seen.wanted:
        return GRANTED
    if seen.is_off:
        return WithheldReason.DISABLED.value
    if plan.is_by_text(grant):
        return GRANTED
    return STRANGE if listed.strange else WithheldReason.MISSING.value


class Seen(NamedTuple):
    """Of one workload's service plans: which are on, which are off, and whether those that are on are enough."""

    wanted: frozenset[str]
    on: tuple[str, ...]
    is_off: bool
    is_enough: bool


def _look(edition: Edition, workload: Workload, listed: Listed) -> Seen:
    wanted = edition.service_plan_names[workload.code]
    on = tuple(name for name in listed.on if name in wanted)
    needed = len(wanted) if workload.needs == ALL else 1 if workload.needs == ANY else int(workload.needs)
    return Seen(wanted, on, not wanted.isdisjoint(listed.off), bool(on) and len(on) >= needed)


def bound_product(edition: EditionOnDate, listed: Listed | None) -> Mask:
    """What an unknown product could grant at most: without a list, or with a service plan nobody knows, anything."""
    if listed is None or listed.strange:
        return edition.grantable
    on, bound = set(listed.on), edition.granted_by_text
    for code, names in edition.edition.service_plan_names.items():
        if not names.isdisjoint(on):
            bound |= edition.numbering.bits[code]
    return bound & edition.active & ~edition.services


def is_of_no_family(listed: Listed | None) -> bool:
    """Is every service plan that is on known to belong to no eligible family?"""
    return listed is not None and listed.others and not listed.on and not listed.strange
