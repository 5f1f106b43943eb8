"""Publish a draft of the service description: as it was previewed, with its golden scenarios, by a second person."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from benefits.models import ServiceDescription
from benefits.services.editions import build_from_rows, hash_content, publish_edition
from benefits.services.governing import GoldenResult, run_golden_scenarios
from referrals.domain.policies import TOO_LITTLE_SUBSTANCE, has_substance
from referrals.models import CheckKind, CheckState, EditionCheck

from .checking import queue_standing_check

PUBLISHER = "change_servicedescription"


class PublishingRefused(Exception):
    """The draft may not be published like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a draft and being published. ``problems`` is empty when nothing does."""

    problems: tuple[str, ...]
    needs_reason: bool  # the publisher prepared the draft and is alone


def other_publishers(user: User) -> list[User]:
    """Active people other than this one who may publish."""
    granted = Q(user_permissions__codename=PUBLISHER) | Q(groups__permissions__codename=PUBLISHER)
    people = User.objects.filter(Q(is_superuser=True) | granted, is_active=True, is_staff=True).exclude(pk=user.pk)
    return list(people.distinct().order_by("email"))


def assess(row: ServiceDescription, *, by: User, golden: list[GoldenResult] | None = None) -> Readiness:
    """What a person would have to do before publishing a draft."""
    problems = []
    preview = EditionCheck.objects.filter(edition=row, kind=CheckKind.PREVIEW, state=CheckState.DONE).first()
    if preview is None:
        problems.append("It has not been previewed yet.")
    elif preview.content_hash != hash_content(row):
        problems.append("It was changed after its preview; preview it again.")
    results = run_golden_scenarios(row, build_from_rows(row)) if golden is None else golden
    failing = [result.scenario.code for result in results if result.stands_in_the_way]
    if failing:
        more = f" and {len(failing) - 5} more" if len(failing) > 5 else ""
        problems.append(f"Golden scenarios come out otherwise: {', '.join(failing[:5])}{more}. Correct or sign off.")
    is_own = row.prepared_by_id in (None, by.pk)
    others = other_publishers(by) if is_own else []
    if others:
        names = ", ".join(str(person) for person in others[:3])
        problems.append(f"You prepared it; a second person has to publish it: {names}.")
    return Readiness(tuple(problems), needs_reason=is_own and not others)


@transaction.atomic
def publish_draft(pk: int, *, by: User, now: dt.datetime, reason: str = "") -> ServiceDescription:
    """Publish a previewed draft, and queue the marking of referrals that would differ.

    Raises:
        NotADraft: it is published already.
        PublishingRefused: something stands in the way, or the reason of somebody alone is missing.
    """
    row = ServiceDescription.objects.select_for_update().get(pk=pk)
    if row.is_draft:
        readiness = assess(row, by=by)
        if readiness.problems:
            raise PublishingRefused(" ".join(readiness.problems))
        if readiness.needs_reason and not has_substance(reason):
            raise PublishingRefused(f"You prepared this draft and nobody else can publish it. {TOO_LITTLE_SUBSTANCE}")
    publish_edition(row, by=by, now=now, reason=reason)
    queue_standing_check(row, by=by, now=now)
    return row
