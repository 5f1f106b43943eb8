"""Policies to try: the one in force, and others that differ from it in what is said."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from partners.domain.policy import Policy
from partners.models import RoutingPolicy

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
