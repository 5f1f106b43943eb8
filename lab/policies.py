"""Policies to try: the one in force, and others that differ from it in what is said."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from partners.choices import BatchOrder, TieBreak
from partners.domain.policy import Policy
from partners.models import RoutingPolicy

PROPOSED = "proposed"
SETTINGS = ("incumbent_first", "most_partners", "tie_breaks", "waived", "batch_order", "pressure_below")


def vary_policy(changes: Mapping[str, Any], now: dt.datetime) -> Policy:
    """The policy in force at an instant, with changes by the names of its settings.

    Raises:
        ValidationError: by setting, in words for people.
    """
    unknown = sorted(set(changes) - set(SETTINGS))
    if unknown:
        names = {"name": unknown[0], "names": ", ".join(SETTINGS)}
        raise ValidationError(gettext("A policy has no “%(name)s”. It has: %(names)s.") % names)
    policy = RoutingPolicy.objects.in_force(now)
    for name in changes:
        setattr(policy, name, changes[name])
    meta = RoutingPolicy._meta  # noqa: SLF001 (Django's documented interface)
    others = {field.name for field in meta.get_fields()} - set(SETTINGS)
    policy.clean_fields(exclude=others)
    return policy.as_policy()


def say_changes(policy: Policy, other: Policy) -> str:
    """What is otherwise than in another policy, such as ``batch_order=due``; empty where nothing is."""
    rows = ((name, getattr(policy, name)) for name in SETTINGS if getattr(policy, name) != getattr(other, name))
    return " ".join(f"{name}={','.join(value) if isinstance(value, tuple) else value}" for name, value in rows)


def find_alternatives(now: dt.datetime, proposed: Policy | None = None) -> dict[str, tuple[str, Policy]]:
    """What the current policy can be compared with, by key: label and policy.

    What is proposed goes first, then versions to come.
    """
    current = RoutingPolicy.objects.in_force(now).as_policy()
    found = {PROPOSED: (gettext("Proposed settings"), proposed)} if proposed else {}
    found |= {
        f"version-{row.version}": (say_version(row), row.as_policy())
        for row in RoutingPolicy.objects.filter(effective_at__gt=now).order_by("effective_at", "version")
    }
    for key, label, changed in _changed(current):
        found[key] = label, changed
    return found


def say_version(row: RoutingPolicy) -> str:
    """Such as “Policy 4 (from 2 Dec 2026)”."""
    day = date_format(timezone.localtime(row.effective_at), "SHORT_DATE_FORMAT")
    return gettext("Policy %(version)s (from %(day)s)") % {"version": row.version, "day": day}


def _changed(current: Policy) -> Iterator[tuple[str, str, Policy]]:
    for order in BatchOrder:
        if order.value != current.batch_order:
            label = gettext("Batch order: %(order)s") % {"order": order.label}
            yield f"batch-{order.value}", label, replace(current, batch_order=order.value)
    for first in TieBreak:
        second = TieBreak.LEAST_RECENTLY_OFFERED if first != TieBreak.LEAST_RECENTLY_OFFERED else TieBreak.FEWEST_OPEN
        order_of = first.value, second.value
        if first.value != current.tie_breaks[0]:
            label = gettext("First tie-break: %(rule)s") % {"rule": first.label}
            yield f"first-{first.value}", label, replace(current, tie_breaks=order_of)
    if current.most_partners > 1:
        yield "no-splits", gettext("No splits"), replace(current, most_partners=1)
