"""The team's home: every number is a link to a list of so many rows; Undelivered email is there."""

import re
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from referrals.answering.releasing import request_release
from referrals.answering.responding import decline_offer
from referrals.email.sending import send_due_mail
from referrals.models import DeclineReview, Notification, Offer
from referrals.routing.choosing import route_due
from tests import world
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


def test_every_number_is_a_link_to_so_many_rows(team_client: Client) -> None:
    offers, now = make_many(6), timezone.now()
    by = world.by_partner(offers[0].partner)
    decline_offer(offers[0].pk, world.said("conflict"), by=by, now=now)
    request_release(offers[1].pk, world.said(), by=by, now=now)
    Offer.objects.filter(pk=offers[2].pk).update(respond_by=now)
    world.submit(now, requester_email="stranger@elsewhere.example")
    world.screened(now=now, domain="alone.example", customer_name="Alone", country="JP")
    route_due(now=now)
    page = world.markup(team_client.get("/team/"))
    found = re.findall(r'<a class="panel[^"]*" href="([^"]+)"><strong>.*?(\d+)</strong>([^<]+)</a>', page)
    assert len(found) == 11
    for address, number, words in found:
        answer = team_client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, words
        assert len(answer.context["page"].rows) == int(number), words
    numbers = {words: int(number) for _address, number, words in found}
    assert numbers["Unowned"] == 0
    assert (numbers["Declines to review"], numbers["Release requests"], numbers["Overdue responses"]) == (1, 1, 1)
    assert (numbers["no matching partner"], numbers["Senders to confirm"]) == (1, 1)
    assert "Waiting longest for a partner" in page
    assert DeclineReview.objects.count() == 1


def test_mail_that_nobody_takes_reaches_the_team(
    team_client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_many(1)
    real = EmailBackend.send_messages

    def refuse(*_: object) -> int:
        raise OSError("550 no such mailbox")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for _ in range(3):
        Notification.objects.update(due_at=timezone.now(), zone="")
        send_due_mail(timezone.now())
    text = world.text(team_client.get("/team/mail/"))
    mail = Notification.objects.stuck().first()
    assert mail
    assert mail.to in text
    assert "550 no such mailbox" in text
    monkeypatch.setattr(EmailBackend, "send_messages", real)
    wrong = team_client.post("/team/mail/", {"mail": mail.pk, "to": "nobody"}, follow=True)
    assert "” isn’t a valid email address. No changes were made" in world.text(wrong)
    team_client.post("/team/mail/", {"mail": mail.pk, "to": "right@contoso.example"})
    assert "right@contoso.example" in world.text(team_client.get("/team/mail/")), "it stays until it is taken"
    send_due_mail(timezone.now())
    mail.refresh_from_db()
    assert (mail.sent_at is not None, mail.to) == (True, "right@contoso.example")
    assert team_client.post("/team/mail/", {"mail": "x" * 30}).status_code == 302
