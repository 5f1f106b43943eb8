"""Questions to the team and its answers: each side is mailed what the other writes, without the words themselves."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Membership
from referrals.choices import Actor, EventKind
from referrals.domain.lifecycle import MoveRefused
from referrals.models import Escalation, EscalationMessage, Offer, Referral
from referrals.models.escalation import EscalationState
from referrals.queue import ring

from . import clocks
from .moving import By, lock_referral, record_event
from .notifying import tell_requester, tell_team
from .personal import tell_person


@transaction.atomic
def open_escalation(
    *, subject: str, text: str, by: By, now: dt.datetime, referral: Referral | None = None
) -> Escalation:
    """Ask the team; about a referral it is noted in its history. Whether one may ask about it is the page's to say."""
    escalation = Escalation.objects.create(
        referral=referral,
        partner=by.partner,
        opened_by=by.user,
        side=by.actor,
        subject=" ".join(subject.split()),
        opened_at=now,
        due_at=clocks.team_due(now).at,
    )
    EscalationMessage.objects.create(escalation=escalation, at=now, side=by.actor, by=by.user, text=text)
    if referral is not None:
        offer = (
            Offer.objects.filter(referral=referral, partner=by.partner).order_by("-id").first() if by.partner else None
        )
        record_event(lock_referral(referral.pk), EventKind.ASKED_TEAM, by, now, offer=offer, note=escalation.subject)
    _tell_team(escalation, now)
    ring()
    return escalation


@transaction.atomic
def ask_as_requester(referral_pk: int, *, text: str, now: dt.datetime) -> Escalation:
    """The requester asks the team, or objects; what it asks again is added as long as that is not closed."""
    referral, by = lock_referral(referral_pk), By(Actor.REQUESTER)
    asked = Escalation.objects.select_for_update(of=("self",)).filter(referral=referral, side=Actor.REQUESTER)
    known = asked.exclude(state=EscalationState.CLOSED).first()
    if known is not None:
        return write_message(known.pk, text=text, by=by, now=now)
    return open_escalation(subject="The requester writes", text=text, by=by, now=now, referral=referral)


@transaction.atomic
def write_message(pk: int, *, text: str, by: By, now: dt.datetime) -> Escalation:
    """Add to the thread: the team's words answer it, anybody else's open it again. Raises MoveRefused when closed."""
    escalation = _lock(pk)
    if escalation.state == EscalationState.CLOSED:
        raise MoveRefused(_("It is closed. Open a new one."))
    EscalationMessage.objects.create(escalation=escalation, at=now, side=by.actor, by=by.user, text=text)
    if by.actor == Actor.TEAM:
        escalation.state = EscalationState.ANSWERED
        _tell_asker(escalation, now)
    elif escalation.state == EscalationState.ANSWERED:  # one that waits already goes on waiting since it did
        escalation.state, escalation.due_at, escalation.nudged_at = EscalationState.OPEN, clocks.team_due(now).at, None
        _tell_team(escalation, now)
    escalation.save()
    ring()
    return escalation


@transaction.atomic
def close_escalation(pk: int, *, by: By, now: dt.datetime) -> Escalation:
    """End the thread; it stays to be read."""
    escalation = _lock(pk)
    escalation.state = EscalationState.CLOSED
    escalation.save(update_fields=["state"])
    return escalation


@transaction.atomic
def nudge_escalation(pk: int, *, now: dt.datetime) -> bool:
    """Tell the team, once, of what it has not answered in time; says whether it was told."""
    escalation = _lock(pk)
    if not Escalation.objects.overdue(now).filter(pk=pk).exists():
        return False
    path = reverse("referrals:escalation", args=[escalation.public_id])
    lines = [_("Nobody has answered since %(day)s.") % {"day": date_format(escalation.opened_at, "DATE_FORMAT")}]
    subject = _("Overdue: escalation %(escalation)s") % {"escalation": escalation.public_id}
    tell_team("overdue", subject, lines, now, path=path)
    escalation.nudged_at = now
    escalation.save(update_fields=["nudged_at"])
    return True


def _tell_team(escalation: Escalation, now: dt.datetime) -> None:
    path = reverse("referrals:escalation", args=[escalation.public_id])
    lines = [_("Somebody asks the team.")]
    subject = _("Escalation %(escalation)s") % {"escalation": escalation.public_id}
    tell_team("escalation", subject, lines, now, path=path)


def _tell_asker(escalation: Escalation, now: dt.datetime) -> None:
    subject = _("Your question was answered: %(escalation)s") % {"escalation": escalation.public_id}
    if escalation.opened_by is None:
        assert escalation.referral is not None  # noqa: S101 (a constraint says so)
        tell_requester(escalation.referral, "escalation_answered", subject, [_("The team has answered you.")], now)
        return
    if escalation.partner is not None and not _still_belongs(escalation):
        return
    person, path = escalation.opened_by, reverse("referrals:escalation", args=[escalation.public_id])
    lines = [_("The referral processing team has answered you.")]
    tell_person(person, "escalation_answered", subject, lines, now, path=path)


def _still_belongs(escalation: Escalation) -> bool:
    mine = Membership.objects.filter(partner=escalation.partner, user=escalation.opened_by, is_active=True)
    return mine.exists()


def _lock(pk: int) -> Escalation:
    rows = Escalation.objects.select_related("opened_by", "referral", "partner")
    return rows.select_for_update(of=("self",)).get(pk=pk)
