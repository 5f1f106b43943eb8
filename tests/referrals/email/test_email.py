"""Mail as it goes out: plain and HTML, one Message-ID, threads that tell nothing."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from referrals.email.sending import send_due_mail
from referrals.email.writing import build_mail, remind_partner
from referrals.models import Notification, Offer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_a_mail_is_plain_and_html_with_nothing_to_run() -> None:
    now = timezone.now()
    lines = ["<script>alert(1)</script> & more", "Open it: https://triage.example/offers/OFR-2222-2222/"]
    build_mail("x", "dana@contoso.example", "Line\nbreak", lines, now).save()
    send_due_mail(now)
    sent: Any = mail.outbox[0]
    html = sent.alternatives[0][0]
    assert "<script>" in sent.body
    assert "<script>" not in html
    assert '<a href="https://triage.example/offers/OFR-2222-2222/"' in html
    assert sent.subject == "Line break"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "References" not in sent.extra_headers


def test_mails_of_one_turn_share_a_thread_that_differs_by_reader(offer: Offer) -> None:
    now = timezone.now()
    Notification.objects.all().delete()
    for kind in ("reminder", "late"):
        remind_partner(offer, kind, ["Please answer."], now)
    Notification.objects.update(zone="", due_at=now)
    build_mail("x", "other@fabrikam.example", "Another", ["Hello"], now, offer.referral).save()
    send_due_mail(now)
    first, second, other = (message.extra_headers["References"] for message in mail.outbox)
    assert first == second != other
    assert offer.public_id not in first
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 3
