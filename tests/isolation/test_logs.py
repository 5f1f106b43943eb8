"""The log holds no notes, names or addresses, whatever happens to the rows that hold them."""

import io
import logging
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.logs import MASK, MaskedFormatter, mask_private
from partners.models import Partner
from referrals.email import notifications, sending
from referrals.models import Notification, Referral
from referrals.sweeping import sweeps
from tests import world
from tests.isolation.changing import CANARY
from tests.isolation.owning import OWN_APPS
from tests.isolation.test_canaries import BEGIN, mark
from tests.isolation.visiting import fetch_all

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
WRITTEN = re.compile(rf"{CANARY}[ @\"']")  # as it stands in rows; not in names of our own


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What every logger says meanwhile, the chattiest among them, as a process of ours writes it."""
    said, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(said), root.level
    handler.setFormatter(MaskedFormatter("%(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def refuse(_mail: Any, *_args: Any, **_words: Any) -> None:
    said = f"5.1.1 <{CANARY}@b.example>: Recipient address rejected".encode()
    raise smtplib.SMTPRecipientsRefused({f"{CANARY}@b.example": (550, said)})


def test_a_day_over_marked_rows_logs_none_of_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("load_demo")
    people = [User.objects.get(email=f"{name}@demo.example") for name in ("partner", "team")]
    mark(
        {
            model: set(model._base_manager.values_list("pk", flat=True))
            for model in apps.get_models()
            if model._meta.app_label in OWN_APPS and model._base_manager.exists()
        }
    )
    now = timezone.now()
    with logged() as said:
        for person in people:
            client = Client(raise_request_exception=False)
            client.force_login(person)
            fetch_all(client, [*BEGIN, "/team/"])
            client.get("/find/", {"q": f"{CANARY} words"})
        fetch_all(Client(raise_request_exception=False), [f"/status/{Referral.objects.earliest('id').status_token}/"])
        words: dict[str, Any] = {"kind": "x", "subject": f"{CANARY} subject", "body": f"{CANARY} body"}
        Notification.objects.create(to=f"{CANARY}@b.example", created_at=now, due_at=now, **words)
        monkeypatch.setattr(mail.EmailMessage, "send", refuse)
        for work in (sweeps.screen_due, sweeps.wake_due, sweeps.remind_due, sweeps.expire_due, sweeps.route_all_due):
            work(now=now)
        notifications.send_digests(now)
        sending.send_due_mail(now)
    text = said.getvalue()
    assert "was not sent" in text, "control: something is logged"
    found = [line for line in text.splitlines() if WRITTEN.search(line)]
    assert found == []


def test_a_row_that_the_database_quotes_is_not_logged() -> None:
    partner = world.make_partner(f"{CANARY} \n\n of two lines")
    with logged() as said:
        for words in ({"public_id": partner.public_id}, {"open_offers": -1}):
            try:
                with transaction.atomic():
                    Partner.objects.filter(pk=world.make_partner(f"{CANARY} name").pk).update(**words)
            except IntegrityError:
                logging.getLogger("tests").exception("refused")
    assert said.getvalue().count("refused") == 2
    assert not WRITTEN.search(said.getvalue())


@pytest.mark.parametrize("value", ["a note", "it's a note", "“a note”", "a\nnote"])
def test_what_an_exception_quotes_is_not_logged(value: str) -> None:
    with logged() as said:
        try:
            int(value)
        except ValueError:
            logging.getLogger("tests").exception("refused")
    assert "note" not in said.getvalue().replace("test_logs", "")
    assert "in test_what_an_exception_quotes" in said.getvalue(), "where it happened"
    assert "ValueError: " in said.getvalue()


def test_what_is_no_address_is_left_as_it_is() -> None:
    for text in ("a @ b", "user@host", "REF-7K3M-9QXA", "12:00 at 3"):
        assert mask_private(text) == text
    for address in ("ada@b.example", "ada.l+x@mail.b.example", "o'neil@b.example"):
        assert mask_private(f"to <{address}>.").endswith(f"{MASK}>.")
