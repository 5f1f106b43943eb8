"""Whoever has asked finds its own requests again, by a link that is mailed to the address they were sent from."""

import datetime as dt

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.email.writing import address, build_mail
from referrals.intake.filing import DAY, TooManyRequests
from referrals.intake.throttling import spend
from referrals.models import Notification, Referral, Rfa, StrangersDeed
from referrals.queue import ring

SALT = "own requests"
VALID = dt.timedelta(days=1)
KIND, MOST_MAILS_A_DAY, MOST_SHOWN = "own_requests", 3, 100


def _sent_from(email: str) -> QuerySet[Referral]:
    confirmed = Rfa.objects.filter(email__iexact=email, referral__isnull=False)
    return Referral.objects.filter(pk__in=confirmed.values("referral")).order_by("-id")


@transaction.atomic
def mail_own_requests(email: str, *, now: dt.datetime, network: str = "") -> None:
    """Mail the link, when there is anything to be found and the address was not mailed several today.

    Raises:
        TooManyRequests: its network has had many mailed within an hour.
    """
    if not spend(StrangersDeed.LIST, network, now):
        raise TooManyRequests(_("Too many emails were sent from your network. Try again later."))
    mailed = Notification.objects.filter(kind=KIND, to=email.lower(), offer=None, created_at__gt=now - DAY)
    if not _sent_from(email).exists() or mailed.count() >= MOST_MAILS_A_DAY:
        return
    path = reverse("pages:own-requests-list", args=[signing.dumps(email.lower(), salt=SALT)])
    lines = [_("View the requests from your address. The link expires in 24 hours:"), address(path)]
    lines.append(_("If you didn’t request this, ignore this email."))
    build_mail(KIND, email.lower(), _("Your deployment assistance requests"), lines, now).save()
    ring()


def find_own_requests(signed: str) -> list[Referral]:
    """The newest requests of the address that a mailed link names. Raises BadSignature, also when it is too old."""
    email = signing.loads(signed, salt=SALT, max_age=VALID)
    return list(_sent_from(email).select_related("customer")[:MOST_SHOWN])
