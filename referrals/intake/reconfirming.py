"""The email that confirms a request did not arrive: it is sent again, or to another address."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.identifiers import new_token
from referrals.email.writing import ask_to_confirm
from referrals.intake.filing import DAY, MOST_A_DAY, RfaExpired, TooManyRequests
from referrals.intake.throttling import spend
from referrals.models import Notification, Rfa, StrangersDeed

AGAIN_AFTER = dt.timedelta(minutes=2)


class Confirmed(Exception):
    """There is nothing left to confirm."""


@transaction.atomic
def confirm_again(pk: int, *, now: dt.datetime, network: str = "") -> Rfa:
    """Email the same link once more.

    Raises:
        Confirmed: its address was confirmed.
        RfaExpired: there was time to confirm it, and it is over.
        TooManyRequests: it was emailed a moment ago or several times today, or its network has had much emailed.
    """
    rfa = _lock(pk, now)
    _check_rate(rfa.email, network, now)
    ask_to_confirm(rfa, now)
    return rfa


@transaction.atomic
def confirm_at(pk: int, email: str, *, now: dt.datetime, network: str = "") -> Rfa:
    """Have another address confirm it; the link that the former one was sent no longer works.

    Raises:
        Confirmed: the former address was confirmed.
        RfaExpired, TooManyRequests: as for sending again.
    """
    rfa = _lock(pk, now)
    _check_rate(email, network, now)
    rfa.email, rfa.token, rfa.data = email, new_token(), {**rfa.data, "requester_email": email}
    rfa.save()
    ask_to_confirm(rfa, now)
    return rfa


def _lock(pk: int, now: dt.datetime) -> Rfa:
    rfa = Rfa.objects.select_for_update().get(pk=pk)
    if rfa.expires_at < now:
        raise RfaExpired(_("This request wasn’t confirmed within seven days. Submit it again."))
    if rfa.confirmed_at is not None:
        raise Confirmed(_("This request was confirmed."))
    return rfa


def _check_rate(email: str, network: str, now: dt.datetime) -> None:
    emailed = Notification.objects.filter(kind="confirm", to__iexact=email, offer=None, created_at__gt=now - DAY)
    if emailed.filter(created_at__gt=now - AGAIN_AFTER).exists():
        raise TooManyRequests(_("We emailed the link less than 2 minutes ago. Check your junk folder."))
    if emailed.count() >= MOST_A_DAY:
        raise TooManyRequests(_("We’ve emailed several links to this address today. Try again tomorrow."))
    if not spend(StrangersDeed.REQUEST, network, now):
        raise TooManyRequests(_("Too many requests from your network. Try again later."))
