"""Which run of the lab tried a policy last, and what it said in short."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db.models import Q

from lab.models import LabRun
from partners.domain.policy import Policy

if TYPE_CHECKING:
    from django.db.models import QuerySet


def find_trials(policy: Policy) -> "QuerySet[LabRun]":
    """Finished runs with exactly these settings, whatever their version; the last one first."""
    settings = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(policy).items()
        if name != "version"
    }
    tried = Q(variants__contains=[{"policy": settings, "change": {}}])
    return LabRun.objects.without_scenario().filter(tried).exclude(result_hash="").order_by("-finished_at", "-pk")


def find_place(run: LabRun, policy: Policy) -> int:
    """Of the variant with these settings."""
    wanted = asdict(policy) | {"version": 0}
    return next(
        place
        for place, variant in enumerate(run.variants)
        if not variant["change"] and asdict(run.policy(place)) | {"version": 0} == wanted
    )
