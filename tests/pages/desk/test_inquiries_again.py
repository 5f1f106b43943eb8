"""Questions that are asked anew while a requester answers, and mail about them that waits for the morning."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.sealing import seal
from referrals.diligence.inquiring import ASK_AGAIN
from referrals.lifecycle import clocks
from referrals.models import Inquiry, Notification, Offer
from tests import world
from tests.pages.desk.test_inquiries import asked

pytestmark = pytest.mark.django_db


def test_what_was_typed_into_an_outdated_page_is_put_back_where_the_question_is_the_same(
    held: tuple[Client, Offer],
) -> None:
    client, offer = held
    inquiry = asked(client, offer)
    first, second, third = inquiry.questions[:3]
    domain = first["tenant"]
    plans = {"kind": "plans", "code": "", "tenant": domain, "text": "Which plans?"}
    seats = {"kind": "seats", "code": "M365_E5", "tenant": domain, "text": "How many?"}
    Inquiry.objects.update(
        questions=[first, second, seats, plans], asked_at=timezone.now() - ASK_AGAIN - dt.timedelta(minutes=1)
    )
    later = asked(client, offer)
    Inquiry.objects.filter(pk=later.pk).update(questions=[third, plans, first, seats])
    typed: dict[str, Any] = {
        "inquiry": seal("inquiry", inquiry.pk),
        "status_0": "partly_enabled",
        "note_0": "Sales only",
        "number_2": 7,
    }
    typed |= {"status_1": "enabled", "note_1": "Asked no more", "plan_1": "M365_E5", "seats_1": "many"}
    before = world.fingerprint()
    answer = Client().post(f"/status/{offer.referral.status_token}/questions/", typed)
    assert answer.status_code == 409
    assert world.fingerprint() == before
    page, form = answer.content.decode(), answer.context["inquiry_form"]
    assert f'name="inquiry" value="{seal("inquiry", later.pk)}"' in page
    assert "There is a problem" not in page
    values = {name: form[name].value() for name in form.fields}
    said = {"status_0": "", "status_2": "partly_enabled", "note_2": "Sales only", "number_3": "7"}
    assert values.items() >= (said | {"plan_1": "M365_E5", "seats_1": "many"}).items()
    assert 'value="Sales only"' in page
    assert "Asked no more" not in page
    assert Client().post(answer.request["PATH_INFO"], {"inquiry": "x" * 20}).status_code == 409


def test_page_says_when_a_mail_that_waits_for_the_morning_goes_out(
    held: tuple[Client, Offer], team_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, offer = held
    morning = timezone.now() + dt.timedelta(hours=9)
    monkeypatch.setattr(clocks, "mail_time", lambda _now, _zone: morning)
    says = "The email will be sent at " + date_format(timezone.localtime(morning), "SHORT_DATETIME_FORMAT")
    told = client.post(f"/facts/{offer.public_id}/ask/", follow=True)
    for words in (says, "The email will be sent at <time"):
        assert words in world.text(told)
    Notification.objects.filter(kind="inquiry").update(due_at=timezone.now())
    assert "The email will be sent at" not in world.text(client.get(f"/offers/{offer.public_id}/"))
    Notification.objects.filter(kind="inquiry").update(due_at=morning)
    Inquiry.objects.update(offer=None, side="team")
    assert "The email will be sent at" not in world.text(client.get(f"/offers/{offer.public_id}/")), "others asked"
    assert "The email will be sent at" in world.text(team_client.get(f"/team/referrals/{offer.referral.public_id}/"))
