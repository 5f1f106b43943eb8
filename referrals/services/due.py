"""What is due right now, by the name of the task that drains it."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet

from benefits.models import StagedUpload
from partners.models import Partner
from referrals.choices import NextAct
from referrals.models import EditionCheck, Notification, Offer, Referral, Rfa

DUE: dict[str, Callable[[dt.datetime], QuerySet]] = {
    "referrals.screen_due": lambda now: Referral.objects.due(NextAct.SCREEN, now),
    "referrals.route_due": lambda now: Referral.objects.due(NextAct.ROUTE, now),
    "referrals.expire_due": lambda now: Offer.objects.expired(now),
    "referrals.wake_due": lambda now: Referral.objects.due(NextAct.WAKE, now),
    "referrals.check_editions": lambda now: EditionCheck.objects.due(now),
    "referrals.send_due_mail": lambda now: Notification.objects.filter(sent_at=None, due_at__lte=now),
}


def find_due(now: dt.datetime) -> list[str]:
    """Names of the tasks that have something to do; no lower bound on how long ago it fell due."""
    return [name for name, rows in DUE.items() if _has_work(name, rows(now), now)]


def _has_work(name: str, rows: QuerySet, now: dt.datetime) -> bool:
    if rows.exists():
        return True
    return name == "referrals.wake_due" and (
        Referral.objects.due(NextAct.ANSWER_QUESTIONS, now).exists()
        or Rfa.objects.forgotten(now).exists()
        or StagedUpload.objects.forgotten(now).exists()
        or Partner.objects.filter(Q(paused_until__lte=now) | Q(capacity_lowered_until__lte=now)).exists()
    )
