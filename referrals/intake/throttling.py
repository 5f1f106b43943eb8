"""What the public form bears: so much an hour for one network, each of its own, and nothing faster than people type."""

import datetime as dt

from django.core import signing
from django.utils.translation import gettext as _

from referrals.models import StrangersAct, StrangersDeed

HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = {StrangersDeed.REQUEST: 10, StrangersDeed.LINK: 10, StrangersDeed.LIST: 10, StrangersDeed.DRAFT: 30}
LEAST_TIME = dt.timedelta(seconds=2)
SALT = "request form"


class TooFast(Exception):
    """The form came back sooner than a person can fill it in."""


def spend(what: StrangersDeed, network: str, now: dt.datetime) -> bool:
    """Count what somebody of a network has had done; false when its hour is used up. An unknown one counts not."""
    if not network:
        return True
    StrangersAct.objects.filter(at__lte=now - HOUR).delete()
    if StrangersAct.objects.filter(network=network, what=what).count() >= MOST_AN_HOUR[what]:
        return False
    StrangersAct.objects.create(network=network, what=what, at=now)
    return True


def write_stamp(now: dt.datetime) -> str:
    """When a form was opened, signed."""
    return signing.dumps(now.timestamp(), salt=SALT)


def read_stamp(stamp: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(float(signing.loads(stamp, salt=SALT)), tz=dt.UTC)
    except signing.BadSignature:
        return None


def check_time(opened: dt.datetime | None, now: dt.datetime) -> None:
    """Raises TooFast, also when it is not known when the form was opened."""
    if opened is None or now < opened + LEAST_TIME:
        raise TooFast(_("That was very fast. Check your answers and submit again."))
