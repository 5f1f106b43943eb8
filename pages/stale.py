"""Why something was refused, with what another person has changed since: a page that is out of date says so."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from referrals.answering.delivering import OfferNotHeld
from referrals.answering.responding import OfferAlreadyAnswered
from referrals.choices import Actor
from referrals.domain.lifecycle import WrongState
from referrals.lifecycle.acting import By
from referrals.lists.presence import find_change

OVERTAKEN = (WrongState, OfferAlreadyAnswered, OfferNotHeld)


def why_refused(error: Exception, referral: int, by: By) -> str:
    """The refusal in words; where the referral is no longer what the page showed, who changed it last, and when."""
    change = find_change(referral, by, 0) if isinstance(error, OVERTAKEN) else None
    if change is None:
        return str(error)
    what = str(change.get_kind_display())
    if change.state_to:
        what = f"{what} → {change.get_state_to_display()}"
    at = date_format(timezone.localtime(change.at), "SHORT_DATETIME_FORMAT")
    if change.by and change.actor in (Actor.TEAM, Actor.PARTNER):
        words = {"what": what, "person": change.by, "at": at}
        return f"{error} {_('Last change: %(what)s, by %(person)s, %(at)s.') % words}"
    return f"{error} {_('Last change: %(what)s, %(at)s.') % {'what': what, 'at': at}}"
