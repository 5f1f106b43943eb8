"""What is due right now, by the name of the task that drains it."""

import datetime as dt
from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet

from accounts.models import IdempotencyKey
from benefits.models import StagedUpload
from partners.models import Opening, Partner
from referrals.choices import NextAct, ReviewState
from referrals.models import (
    DeclineReview,
    EditionCheck,
    Escalation,
    ListExport,
    NoticeSettings,
    Notification,
    Offer,
    Referral,
    RequestDraft,
    RequestImport,
    Rfa,
)

REMINDED_ACTS = (NextAct.DETERMINE, NextAct.REPORT_PROGRESS)
ESCALATED_ACTS = (NextAct.CONFIRM_SENDER, NextAct.REVIEW, NextAct.DECIDE_RELEASE, NextAct.FOLLOW_FTC)
Rows = Callable[[dt.datetime], QuerySet]


def overdue_acts(now: dt.datetime) -> QuerySet[Referral]:
    """Open referrals with an overdue act of a person, of which nobody has been told."""
    acts = (*REMINDED_ACTS, *ESCALATED_ACTS)
    return Referral.objects.filter(next_action__in=acts, next_action_at__lte=now, nudged_at=None)


def overdue_reviews(now: dt.datetime) -> QuerySet[DeclineReview]:
    return DeclineReview.objects.filter(state=ReviewState.OPEN, due_at__lte=now, nudged_at=None)


def pauses_to_remind(now: dt.datetime) -> QuerySet[Partner]:
    return Partner.objects.filter(pause_remind_at__lte=now)


def changed_availability(now: dt.datetime) -> QuerySet[Partner]:
    return Partner.objects.filter(Q(paused_until__lte=now) | Q(capacity_lowered_until__lte=now))


def due_mail(now: dt.datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(sent_at=None, due_at__lte=now)


def due_digests(now: dt.datetime) -> QuerySet[NoticeSettings]:
    return NoticeSettings.objects.filter(digest_due_at__lte=now)


DUE: Mapping[str, tuple[Rows, ...]] = {
    "referrals.screen_due": (lambda now: Referral.objects.due(NextAct.SCREEN, now),),
    "referrals.route_due": (lambda now: Referral.objects.due(NextAct.ROUTE, now),),
    "referrals.retry_waiting": (lambda now: Opening.objects.due(now),),
    "referrals.expire_due": (lambda now: Offer.objects.expired(now),),
    "referrals.wake_due": (
        lambda now: Referral.objects.due(NextAct.WAKE, now),
        lambda now: Referral.objects.due(NextAct.ANSWER_QUESTIONS, now),
        lambda now: Referral.objects.due(NextAct.ANSWER_PARTNER, now),
        lambda now: Rfa.objects.forgotten(now),
        lambda now: RequestDraft.objects.forgotten(now),
        lambda now: StagedUpload.objects.forgotten(now),
        lambda now: IdempotencyKey.objects.forgotten(now),
        changed_availability,
    ),
    "referrals.remind_due": (
        lambda now: Offer.objects.to_remind(now),
        overdue_acts,
        overdue_reviews,
        pauses_to_remind,
        Escalation.objects.overdue,
    ),
    "referrals.check_editions": (lambda now: EditionCheck.objects.due(now),),
    "referrals.write_exports": (lambda now: ListExport.objects.due(now), lambda now: ListExport.objects.old(now)),
    "referrals.import_requests": (lambda now: RequestImport.objects.due(now),),
    "referrals.send_due_mail": (due_mail, due_digests),
}


def find_due(now: dt.datetime) -> list[str]:
    """Names of the tasks that have something to do; no lower bound on how long ago it fell due."""
    return [name for name, sources in DUE.items() if any(rows(now).exists() for rows in sources)]
