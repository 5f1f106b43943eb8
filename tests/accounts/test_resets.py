"""A forgotten password: the same for everybody who asks, and for its owner alone."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.email.personal import group_of
from referrals.email.sending import send_due_mail
from referrals.models import Notification
from tests.accounts.doors import is_signed_in, make_person, sign_in

pytestmark = pytest.mark.django_db
RESET = "/account/password/reset/"
NETWORKS = count(1)  # what was asked from a network before counts


@pytest.fixture(autouse=True)
def production(settings: Any) -> Iterator[None]:
    settings.LOCAL_MODE = False
    cache.clear()
    yield
    cache.clear()


def ask(email: str) -> tuple[int, str, bytes, list[str]]:
    """What is answered, and which statements it took, without what was typed."""
    client = Client(REMOTE_ADDR=f"198.51.100.{next(NETWORKS)}")
    client.get(RESET)
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(RESET, {"email": email})
    said = [re.sub(r"'[^']*'|\d+", "?", row["sql"]) for row in statements.captured_queries]
    return answer.status_code, answer["Location"], answer.content, said


def test_no_answer_tells_whether_there_is_an_account(mailoutbox: list[Any]) -> None:
    person = make_person("partner@triage.example", is_staff=False)
    gone = make_person("former@triage.example", is_staff=False, is_active=False)
    asked = [ask(email) for email in (person.email, gone.email, "nobody@triage.example")]
    assert asked[0] == asked[1] == asked[2]
    send_due_mail(timezone.now())
    sent = {mail.to[0]: mail.body for mail in mailoutbox}
    assert RESET + "key/" in sent.pop(person.email)
    assert len(sent) == 2
    assert {RESET in body for body in sent.values()} == {False}
    assert len(set(sent.values())) == 1, "an account that was switched off is like none"


def test_what_was_looked_up_for_the_mail_is_never_written_down(settings: Any) -> None:
    person = make_person("partner@triage.example", is_staff=False)
    ask(person.email)
    settings.EMAIL_BACKEND = "tests.hanging.Backend"
    send_due_mail(timezone.now())
    mail = Notification.objects.get(kind=Notification.RESET)
    assert (mail.attempts, mail.body) == (1, "")


def test_mail_about_accounts_waits_in_the_outbox_and_is_forgotten_once_sent(
    settings: Any, mailoutbox: list[Any]
) -> None:
    person = make_person("partner@triage.example", is_staff=False)
    settings.EMAIL_BACKEND = "tests.hanging.Backend"  # whoever sends during the request fails
    answer = Client().post("/account/password/reset/", {"email": person.email})
    assert answer.status_code == 302
    mail = Notification.objects.get(kind=Notification.RESET)
    assert (mail.to, mail.sent_at, mail.body) == (person.email, None, "")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due_mail(timezone.now()) == 1
    link = re.search(r"/account/password/reset/key/\S+", mailoutbox[0].body)
    assert link
    assert Client().get(link[0], follow=True).context["form"].fields.keys() == {"password1", "password2"}
    mail.refresh_from_db()
    assert mail.body == ""


def test_a_stuck_reset_goes_to_nobody_else(team_client: Client, settings: Any) -> None:
    settings.LOCAL_MODE = True
    words = {"kind": Notification.ACCOUNT, "subject": "Reset", "body": "secret", "created_at": timezone.now()}
    mail = Notification.objects.create(to="owner@triage.example", attempts=5, **words)
    team_client.post("/team/mail/", {"mail": mail.pk, "to": "thief@triage.example"})
    mail.refresh_from_db()
    assert (mail.to, mail.due_at) == ("owner@triage.example", None)
    team_client.post("/team/mail/", {"mail": mail.pk, "to": "owner@triage.example"})
    mail.refresh_from_db()
    assert mail.due_at is not None


def test_account_mail_to_the_teams_own_address_is_copied_to_nobody(settings: Any, mailoutbox: list[Any]) -> None:
    make_person("team@triage.example")
    Client().post("/account/password/reset/", {"email": settings.TEAM_EMAIL})
    mail = Notification.objects.get(kind=Notification.RESET)
    assert mail.to == settings.TEAM_EMAIL
    assert group_of(mail) is None
    send_due_mail(timezone.now())
    send_due_mail(timezone.now())
    assert [sent.to for sent in mailoutbox] == [[settings.TEAM_EMAIL]]


def test_password_resets_have_a_limit_of_their_own() -> None:
    person = make_person("partner@triage.example", is_staff=False)
    for _ in range(6):
        Client().post("/account/password/reset/", {"email": person.email})
    assert Notification.objects.filter(kind=Notification.RESET).count() == 3
    client = Client()
    sign_in(client, person.email)
    assert is_signed_in(client), "asking for resets stops no sign-in"


def test_a_letter_of_another_alphabet_is_another_address(mailoutbox: list[Any]) -> None:
    """The database takes a dotless i for an i; the mail would go to whoever has the other domain."""
    person = make_person("mike@triage.example", is_staff=False)
    ask("m\u0131ke@triage.example")
    ask("MIKE@triage.example")
    send_due_mail(timezone.now())
    led = [RESET + "key/" in mail.body for mail in mailoutbox]
    assert led == [False, True]
    assert mailoutbox[1].to == [person.email]
