"""Forms of escalations that are posted twice at the same moment."""

import uuid
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from referrals.email.escalating import ask_as_requester, open_escalation, write_message
from referrals.models import Escalation, Notification
from tests import world
from tests.referrals.racing import errors, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def test_the_same_form_at_the_same_moment_has_one_effect() -> None:
    partner, now = world.make_partner(), timezone.now()
    referral, _offer = world.offered(now=now)
    said: dict[str, Any] = {"text": "Why?", "form_key": uuid.uuid4(), "now": now}
    for about in (None, referral):
        by = world.by_partner(partner)
        answers = race(*[partial(open_escalation, subject="Type", by=by, referral=about, **said) for _ in range(4)])
        assert not errors(answers)
        assert len({answer.pk for answer in answers}) == 1
    assert world.kinds(referral).count("asked_team") == 1
    asked = Escalation.objects.get(referral=referral)
    assert not errors(race(*[partial(write_message, asked.pk, by=world.by_team(), **said) for _ in range(4)]))
    assert Notification.objects.filter(kind="escalation_answered").count() == 1
    assert not errors(race(*[partial(ask_as_requester, referral.pk, **said) for _ in range(4)]))
    counts = [one.messages.count() for one in Escalation.objects.order_by("id")]
    assert counts == [1, 2, 1]
