"""Questions to the team and its answers: each side is mailed what the other writes, without the words themselves."""

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Membership
from referrals.choices import Actor, EventKind
from referrals.domain.lifecycle import MoveRefused
from referrals.email.personal import tell_person
from referrals.email.writing import name_of, tell_requester, tell_team
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import Escalation, EscalationMessage, Offer, Referral
from referrals.models.escalation import EscalationState
from referrals.queue import ring


class AlreadyClosed(MoveRefused):
    """It was closed before."""


class WordMissing(MoveRefused):
    """Who asked would be left without an answer."""


@transaction.atomic
def open_escalation(
    *,
    subject: str,
    text: str,
    by: By,
    now: dt.datetime,
    referral: Referral | None = None,
    form_key: uuid.UUID | None = None,
    wrong_filter: str = "",
) -> Escalation:
    """Ask the team; about a referral it is noted in its history. Whether one may ask about it is the page's to say.

    ``wrong_filter``: the routing filter that a partner reports as wrong. It declines nothing and stops no clock.

    The same words in the same form twice ask once.
    """
    subject = " ".join(subject.split())
    key = _make_key(form_key, by, referral and referral.pk, subject, text)
    if referral is not None:
        referral = lock_referral(referral.pk)
    try:
        with transaction.atomic():
            return _find_written(key) or _open(subject, text, by, now, referral, key, wrong_filter=wrong_filter)
    except IntegrityError:  # the same form at the same moment
        known = _find_written(key)
        if known is None:
            raise
        return known


def _open(
    subject: str,
    text: str,
    by: By,
    now: dt.datetime,
    referral: Referral | None,
    key: uuid.UUID | None,
    **words: Any,
) -> Escalation:
    escalation = Escalation.objects.create(
        referral=referral,
        partner=by.partner,
        opened_by=by.user,
        side=by.actor,
        subject=subject,
        opened_at=now,
        due_at=clocks.team_due(now).at,
        **words,
    )
    _write(escalation, text, by, now, key)
    if referral is not None:
        offer = (
            Offer.objects.filter(referral=referral, partner=by.partner).order_by("-id").first() if by.partner else None
        )
        record_event(referral, EventKind.ASKED_TEAM, by, now, offer=offer, note=escalation.subject)
    _tell_team(escalation, now)
    ring()
    return escalation


def _write(escalation: Escalation, text: str, by: By, now: dt.datetime, key: uuid.UUID | None) -> None:
    EscalationMessage.objects.create(escalation=escalation, form_key=key, at=now, side=by.actor, by=by.user, text=text)


def _make_key(form_key: uuid.UUID | None, by: By, *said: object) -> uuid.UUID | None:
    """Made of the words too: others in the same form, such as after “Back”, are no repetition."""
    parts = (by.actor, by.user and by.user.pk, *said)
    return uuid.uuid5(form_key, "\n".join(map(str, parts))) if form_key else None


def _find_written(key: uuid.UUID | None) -> Escalation | None:
    """The thread that holds what the same form has written already."""
    return Escalation.objects.filter(messages__form_key=key).first() if key else None


@transaction.atomic
def ask_as_requester(
    referral_pk: int, *, text: str, now: dt.datetime, objects: bool = False, form_key: uuid.UUID | None = None
) -> Escalation:
    """The requester asks the team, or objects to the change of type; again, it adds to what is not closed of that."""
    referral, by = lock_referral(referral_pk), By(Actor.REQUESTER)
    objects = objects and referral.was_retyped
    key = _make_key(form_key, by, referral.pk, objects, text)
    written = _find_written(key)
    if written is not None:
        return written
    asked = Escalation.objects.filter(referral=referral, side=Actor.REQUESTER, is_objection=objects)
    known = asked.exclude(state=EscalationState.CLOSED).select_for_update(of=("self",)).first()
    if known is not None:
        return _add(known, text, by, now, key)
    subject = _("The requester appeals the change of type") if objects else _("Message from the requester")
    return _open(subject, text, by, now, referral, key, is_objection=objects)


def tell_of_contradiction(referral: Referral, text: str, now: dt.datetime) -> Escalation:
    """Put facts that contradict each other before the team, at once; the same again adds to the open thread."""
    by = By(Actor.SYSTEM)
    open_ones = Escalation.objects.filter(referral=referral, side=Actor.SYSTEM).exclude(state=EscalationState.CLOSED)
    known = open_ones.select_for_update(of=("self",)).first()
    if known is not None:
        return _add(known, text, by, now, None)
    return _open(_("Two partners recorded conflicting facts"), text, by, now, referral, None)


@transaction.atomic
def write_message(pk: int, *, text: str, by: By, now: dt.datetime, form_key: uuid.UUID | None = None) -> Escalation:
    """Add to the thread: the team's words answer it, anybody else's open it again. Twice the same are written once.

    Raises:
        MoveRefused: it is closed.
    """
    escalation, key = _lock(pk), _make_key(form_key, by, pk, text)
    if _find_written(key) is not None:
        return escalation
    if escalation.state == EscalationState.CLOSED:
        raise MoveRefused(_("This escalation is resolved. Open a new one."))
    return _add(escalation, text, by, now, key)


def _add(escalation: Escalation, text: str, by: By, now: dt.datetime, key: uuid.UUID | None) -> Escalation:
    _write(escalation, text, by, now, key)
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
def close_escalation(
    pk: int, *, by: By, now: dt.datetime, text: str = "", form_key: uuid.UUID | None = None
) -> Escalation:
    """End the thread, with a last word or without; it stays to be read, and who asked is told.

    Raises:
        AlreadyClosed: nothing is changed, and nothing written.
        WordMissing: the team closes what it has not answered.
    """
    escalation = _lock(pk)
    if escalation.state == EscalationState.CLOSED:
        raise AlreadyClosed(_("Already resolved. No changes were made."))
    is_own = by.user is not None and by.user == escalation.opened_by
    owes_answer = escalation.side != Actor.SYSTEM and escalation.state == EscalationState.OPEN
    if by.actor == Actor.TEAM and owes_answer and not text and not is_own:
        raise WordMissing(_("Add a reply before closing."))
    key = _make_key(form_key, by, pk, text)
    if text and not _find_written(key):
        _write(escalation, text, by, now, key)
    escalation.state, escalation.closed_at = EscalationState.CLOSED, now
    escalation.closed_side, escalation.closed_by = by.actor, by.user
    escalation.save()
    if not is_own:
        _tell_of_closing(escalation, now)
    ring()
    return escalation


@transaction.atomic
def nudge_escalation(pk: int, *, now: dt.datetime) -> bool:
    """Tell the team, once, of what it has not answered in time; says whether it was told."""
    escalation = _lock(pk)
    if not Escalation.objects.overdue(now).filter(pk=pk).exists():
        return False
    path = reverse("pages:escalation", args=[escalation.public_id])
    lines = [_("Awaiting a reply since %(day)s.") % {"day": date_format(escalation.opened_at, "DATE_FORMAT")}]
    subject = _("Escalation overdue: %(about)s") % {"about": _say_about(escalation)}
    tell_team("overdue", subject, lines, now, path=path)
    escalation.nudged_at = now
    escalation.save(update_fields=["nudged_at"])
    return True


def _say_about(escalation: Escalation) -> str:
    """The referral that it is about; its own number where it is about none."""
    return name_of(escalation.referral) if escalation.referral else escalation.public_id


def _tell_team(escalation: Escalation, now: dt.datetime) -> None:
    path = reverse("pages:escalation", args=[escalation.public_id])
    is_asked = escalation.side != Actor.SYSTEM
    lines = [_("There is a new message for the team.") if is_asked else _("Facts on record contradict each other.")]
    subject = _("New escalation: %(about)s") % {"about": _say_about(escalation)}
    tell_team("escalation", subject, lines, now, path=path)


def _tell_asker(escalation: Escalation, now: dt.datetime) -> None:
    subject = _("The team replied: %(about)s") % {"about": _say_about(escalation)}
    said = _("The referral processing team replied to you.")
    _mail_asker(escalation, "escalation_answered", subject, said, now)


def _tell_of_closing(escalation: Escalation, now: dt.datetime) -> None:
    subject = _("Escalation resolved: %(about)s") % {"about": _say_about(escalation)}
    said = _("The conversation remains available. Open a new escalation if needed.")
    _mail_asker(escalation, "escalation_closed", subject, said, now)


def _mail_asker(escalation: Escalation, kind: str, subject: str, said: str, now: dt.datetime) -> None:
    if escalation.side == Actor.SYSTEM:
        return  # nobody asked
    if escalation.opened_by is None:
        assert escalation.referral is not None  # noqa: S101 (a constraint says so)
        tell_requester(escalation.referral, kind, subject, [said], now)
    elif escalation.partner is None or _still_belongs(escalation):
        path = reverse("pages:escalation", args=[escalation.public_id])
        tell_person(escalation.opened_by, kind, subject, [said], now, path=path, partner=escalation.partner)


def _still_belongs(escalation: Escalation) -> bool:
    mine = Membership.objects.filter(partner=escalation.partner, user=escalation.opened_by, is_active=True)
    return mine.exists()


def _lock(pk: int) -> Escalation:
    rows = Escalation.objects.select_related("opened_by", "referral", "partner")
    return rows.select_for_update(of=("self",)).get(pk=pk)
