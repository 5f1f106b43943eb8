"""Publish a draft of the service description: as it was previewed, with its golden scenarios, by a second person."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from benefits.domain.catalogue_file import read_edition
from benefits.domain.json_input import InputError
from benefits.models import ServiceDescription
from benefits.services.editions import build_from_rows, export_edition, hash_content, publish_edition
from benefits.services.governing import GoldenResult, run_golden_scenarios
from benefits.services.products.refreshing import count_open_proposals
from referrals.domain.policies import TOO_LITTLE_SUBSTANCE, has_substance
from referrals.editions.checking import queue_standing_check
from referrals.models import CheckKind, CheckState, EditionCheck

PUBLISHER = "change_servicedescription"
MOST_NAMED = 5  # golden scenarios


class PublishingRefused(Exception):
    """The draft may not be published like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a draft and being published. ``problems`` is empty when nothing does."""

    problems: tuple[str, ...]
    needs_reason: bool  # the publisher changed the draft, and nobody else is there who did not


def other_publishers(user: User) -> list[User]:
    """Active people other than this one who may publish."""
    granted = Q(user_permissions__codename=PUBLISHER) | Q(groups__permissions__codename=PUBLISHER)
    people = User.objects.filter(Q(is_superuser=True) | granted, is_active=True, is_staff=True).exclude(pk=user.pk)
    return list(people.distinct().order_by("email"))


def assess(row: ServiceDescription, *, by: User, today: dt.date, golden: list[GoldenResult] | None = None) -> Readiness:
    """What a person would have to do before publishing a draft."""
    problems = [*_look_at_first_day(row, today), *_look_at_whole(row), *_look_at_proposals(row)]
    preview = EditionCheck.objects.filter(edition=row, kind=CheckKind.PREVIEW, state=CheckState.DONE).first()
    if preview is None:
        problems.append(_("Preview the draft first."))
    elif preview.content_hash != hash_content(row):
        problems.append(_("The draft changed after the preview. Preview it again."))
    results = run_golden_scenarios(row, build_from_rows(row)) if golden is None else golden
    failing = [result.scenario.code for result in results if result.stands_in_the_way]
    if failing:
        said = _("Test scenarios fail: %(failing)s. Fix or approve them.")
        if len(failing) > MOST_NAMED:
            said = _("Test scenarios fail: %(failing)s and %(more)d more. Fix or approve them.")
        named = ", ".join(failing[:MOST_NAMED])
        problems.append(said % {"failing": named, "more": len(failing) - MOST_NAMED})
    editors = set(row.editors.values_list("pk", flat=True))
    is_own = by.pk in editors
    others = [person for person in other_publishers(by) if person.pk not in editors] if is_own else []
    if others:
        names = ", ".join(str(person) for person in others[:3])
        problems.append(_("You edited this draft. Someone else must publish it: %(names)s.") % {"names": names})
    return Readiness(tuple(problems), needs_reason=is_own and not others)


def _look_at_whole(row: ServiceDescription) -> Iterator[str]:
    """What a file of this draft would be refused for: a missing floor, a code no address can hold, and the like."""
    try:
        read_edition(export_edition(row))
    except InputError as error:
        yield _("The draft is invalid: %(place)s: %(cause)s.") % {"place": error.place, "cause": error.cause}


def _look_at_proposals(row: ServiceDescription) -> Iterator[str]:
    """Every proposal of the table of products is accepted or refused."""
    waiting = count_open_proposals(row)
    if waiting:
        said = ngettext(
            "%(count)d product table proposal is undecided.",
            "%(count)d product table proposals are undecided.",
            waiting,
        )
        yield said % {"count": waiting}


def _look_at_first_day(row: ServiceDescription, today: dt.date) -> Iterator[str]:
    """An edition decides from today on or later, and not before one that is published already."""
    newest = ServiceDescription.objects.published().order_by("-effective_from").first()
    if row.effective_from < today:
        yield _("The effective date, %(effective_from)s, has passed. Enter today or later.") % {
            "effective_from": date_format(row.effective_from, "DATE_FORMAT")
        }
    elif newest is not None and row.effective_from < newest.effective_from:
        yield _("Edition %(name)s is effective from %(effective_from)s. Enter that date or later.") % {
            "name": newest.name,
            "effective_from": date_format(newest.effective_from, "DATE_FORMAT"),
        }


@transaction.atomic
def publish_draft(pk: int, *, by: User, now: dt.datetime, reason: str = "") -> ServiceDescription:
    """Publish a previewed draft, and queue the marking of referrals that would differ.

    Raises:
        NotADraft: it is published already.
        PublishingRefused: something stands in the way, or the reason of somebody alone is missing.
    """
    row = ServiceDescription.objects.select_for_update().get(pk=pk)
    if row.is_draft:
        readiness = assess(row, by=by, today=now.date())
        if readiness.problems:
            raise PublishingRefused(" ".join(readiness.problems))
        if readiness.needs_reason and not has_substance(reason):
            raise PublishingRefused(
                _("You edited this draft and no one else can publish it. %(too_little_substance)s")
                % {"too_little_substance": TOO_LITTLE_SUBSTANCE}
            )
    publish_edition(row, by=by, now=now, reason=reason)
    queue_standing_check(row, by=by, now=now)
    return row
