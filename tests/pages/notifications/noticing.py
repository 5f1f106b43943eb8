"""What tests of notices share."""

import datetime as dt
from typing import Any

from accounts.models import User
from referrals.email.notifications import choose_notices, find_notices
from referrals.models.notice import NoticeGroup
from tests.world import NOW

DAY = dt.timedelta(days=1)
MORNING = NOW.replace(hour=10, minute=0)


def choose(person: User, now: dt.datetime = NOW, **changes: Any) -> None:
    ways = {name: changes.pop(name) for name in NoticeGroup.values if name in changes}
    usual: dict[str, Any] = {"mail_from": dt.time(8), "mail_until": dt.time(20), "digest_at": dt.time(8)}
    choose_notices(person, ways, **(usual | changes), zone=person.time_zone, now=now)


def subjects(person: User, now: dt.datetime = NOW) -> list[str]:
    return [notice.subject for notice in find_notices(person, now)]
