"""The email that confirms a request did not come: again, or to another address, and no more than a few."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from referrals.intake import reconfirming
from referrals.intake.filing import MOST_A_DAY, TooManyRequests, confirm_rfa, file_rfa
from referrals.models import Notification, Rfa
from tests import world

pytestmark = pytest.mark.django_db
OTHER = "alex.wilber@woodgrove.example"


@pytest.fixture
def rfa() -> Rfa:
    long_ago = timezone.now() - reconfirming.AGAIN_AFTER - dt.timedelta(minutes=1)
    return file_rfa(world.request_data(), form_key=uuid.uuid4(), now=long_ago)


def say(rfa: Rfa, **typed: str) -> tuple[int, str]:
    answer = Client().post(f"/request/sent/{rfa.form_key}/", typed)
    return answer.status_code, world.text(answer)


def emails() -> list[str]:
    return list(Notification.objects.filter(kind="confirm").order_by("id").values_list("to", flat=True))


def test_the_link_is_emailed_again_after_a_while(rfa: Rfa) -> None:
    token = rfa.token
    say(rfa)
    assert emails() == [rfa.email] * 2
    say(rfa)
    assert len(emails()) == 2, "not twice within two minutes"
    assert Rfa.objects.get().token == token, "the earlier email works as well"


def test_no_address_gets_more_than_a_few_a_day(rfa: Rfa) -> None:
    now = timezone.now()
    for minutes in range(0, 60, 3):
        try:
            reconfirming.confirm_again(rfa.pk, now=now + dt.timedelta(minutes=minutes))
        except TooManyRequests:
            break
    assert len(emails()) == MOST_A_DAY


def test_another_address_gets_a_link_of_its_own_and_the_earlier_one_is_dead(rfa: Rfa) -> None:
    status, _text = say(rfa, requester_email=OTHER)
    changed = Rfa.objects.get()
    assert (status, emails()) == (302, [rfa.email, OTHER])
    assert Client().get(f"/request/confirm/{rfa.token}/").status_code == 404
    referral = confirm_rfa(changed.token, now=timezone.now())
    assert (referral.requester_email, changed.email) == (OTHER, OTHER)


def test_a_wrong_address_is_said_beside_the_field(rfa: Rfa) -> None:
    status, text = say(rfa, requester_email="nobody")
    assert (status, "Enter a valid email address" in text, 'value="nobody"' in text) == (422, True, True)
    status, text = say(rfa, requester_email="")
    assert (status, "Enter your email address." in text) == (422, True)
    assert emails() == [rfa.email]


def test_a_confirmed_request_keeps_its_address(rfa: Rfa) -> None:
    confirm_rfa(rfa.token, now=timezone.now())
    assert say(rfa)[0] == say(rfa, requester_email=OTHER)[0] == 302
    assert (Rfa.objects.get().email, emails()) == (rfa.email, [rfa.email])


def test_a_key_that_nobody_has_tells_nothing() -> None:
    page = Client().get(f"/request/sent/{uuid.uuid4()}/")
    assert (page.status_code, "Send it again" in world.text(page)) == (200, False)
    assert Client().post(f"/request/sent/{uuid.uuid4()}/", {"requester_email": OTHER}).status_code == 200
    assert emails() == []
