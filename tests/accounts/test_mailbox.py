"""The mailbox of local mode: every mail can be reached, in both of its forms."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LocalMail
from accounts.views import SHOWN
from referrals.email.sending import send_due_mail
from referrals.email.writing import build_mail

pytestmark = pytest.mark.django_db


def test_older_mail_is_a_link_away_and_newer_is_back() -> None:
    rows = [LocalMail(to="a@b.example", subject=f"Mail {n}", body="b") for n in range(2 * SHOWN + 1)]
    LocalMail.objects.bulk_create(rows)
    LocalMail.objects.create(to="other@b.example", subject="Another", body="b")
    seen, address = [], "/mailbox/?to=a@b"
    for _ in range(3):
        page = Client().get(address)
        seen += [mail.pk for mail in page.context["mails"]]
        address = f"/mailbox/?to=a%40b&before={page.context['older']}"
        assert bool(page.context["older"]) == (len(seen) < len(rows))
        assert not page.context["older"] or address.replace("&", "&amp;")[9:] in page.content.decode()
    assert seen == [mail.pk for mail in reversed(rows)]
    back = Client().get(f"/mailbox/?to=a@b&after={page.context['newer']}").context
    assert [mail.pk for mail in back["mails"]] == seen[SHOWN : 2 * SHOWN]
    first = Client().get(f"/mailbox/?to=a@b&after={back['newer']}").context
    assert ([mail.pk for mail in first["mails"]], first["newer"]) == (seen[:SHOWN], 0)
    assert Client().get("/mailbox/?before=x&after=%00").context["newer"] == 0


def test_the_html_of_a_mail_is_kept_and_nothing_in_it_runs(settings: Any) -> None:
    settings.EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
    build_mail("x", "dana@contoso.example", "Message from the team", ["Hello & welcome"], timezone.now()).save()
    send_due_mail(timezone.now())
    mail = LocalMail.objects.get()
    page = Client().get("/mailbox/").content.decode()
    assert f'href="/mailbox/{mail.pk}/html/"' in page
    answer = Client().get(f"/mailbox/{mail.pk}/html/")
    assert "<p>Hello &amp; welcome</p>" in answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    plain = LocalMail.objects.create(to="a@b.example", subject="s", body="b")
    assert Client().get(f"/mailbox/{plain.pk}/html/").status_code == 404
    assert Client().get(f"/mailbox/{10**30}/html/").status_code == 404
    settings.LOCAL_MODE = False
    assert Client().get(f"/mailbox/{mail.pk}/html/").status_code == 404
