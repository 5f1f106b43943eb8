"""What is due right now, by the name of the task that drains it."""

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet

from accounts.models import IdempotencyKey
from benefits.models import StagedUpload
from partners.models import Opening, Partner
from referrals.choices import NextAct
from referrals.models import (
    DeclineReview,
    EditionCheck,
    Escalation,
    HistoryHead,
    ListExport,
    NoticeSettings,
    Notification,
    Offer,
    Referral,
    RequestDraft,
    RequestImport,
    Rfa,
    ScheduledReport,
)

Rows = Callable[[dt.datetime], QuerySet]
DUE: dict[str, tuple[Rows, ...]] = {  # apps above add what they have
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
        lambda now: Partner.objects.with_availability_due(now),
    ),
    "referrals.remind_due": (
        lambda now: Offer.objects.to_remind(now),
        lambda now: Referral.objects.to_nudge(now),
        lambda now: DeclineReview.objects.overdue(now),
        lambda now: Partner.objects.with_pause_to_mention(now),
        lambda now: Escalation.objects.overdue(now),
    ),
    "referrals.check_editions": (lambda now: EditionCheck.objects.due(now),),
    "referrals.write_exports": (lambda now: ListExport.objects.due(now), lambda now: ListExport.objects.old(now)),
    "referrals.write_head": (lambda now: HistoryHead.objects.due(now),),
    "referrals.send_reports": (lambda now: ScheduledReport.objects.due(now),),
    "referrals.import_requests": (lambda now: RequestImport.objects.due(now),),
    "referrals.send_due_mail": (lambda now: Notification.objects.due(now), lambda now: NoticeSettings.objects.due(now)),
}


def find_due(now: dt.datetime) -> list[str]:
    """Names of the tasks that have something to do; no lower bound on how long ago it fell due."""
    return [name for name, sources in DUE.items() if any(rows(now).exists() for rows in sources)]
