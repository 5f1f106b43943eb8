"""Everything that ends with an account that is switched off, in one table: each works before, and is refused after."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from accounts.signing_in import inviting
from partners.models import Confirmed, Membership, Partner
from partners.services.people import ask_to_confirm
from referrals.email.own_accounts import say_reset
from referrals.models import Notification, ScheduledReport
from referrals.models.scheduled_report import Rhythm
from referrals.reviewing.calendar import make_feed
from referrals.reviewing.reports import schedule_report, send_due_reports
from tests import world
from tests.accounts.doors import is_signed_in, sign_in
from tests.pages.addresses import export_of
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
Works = Callable[[], bool]  # does it still let the person in, or tell anything?
CHOSEN = {"password1": "a-long-and-new-one-7", "password2": "a-long-and-new-one-7"}


def session(person: User, partner: Partner) -> Works:
    client = Client()
    sign_in(client, person.email)
    return lambda: client.get("/queue/").status_code == 200


def password(person: User, partner: Partner) -> Works:
    def works() -> bool:
        client = Client()
        sign_in(client, person.email)
        return is_signed_in(client)

    return works


def reset_link(person: User, partner: Partner) -> Works:
    """One that was mailed before."""
    found = re.search(r"/account/password/reset/key/\S+", say_reset(person.email, timezone.now()))
    assert found

    def works() -> bool:
        return "token_fail" not in Client().get(found[0], follow=True).context

    return works


def reset(person: User, partner: Partner) -> Works:
    """One that is asked for now."""
    return lambda: "/account/password/reset/key/" in say_reset(person.email, timezone.now())


def invitation(person: User, partner: Partner) -> Works:
    inviting.invite(person, by=None, now=timezone.now())
    token = inviting.give_token(person.email, timezone.now())
    return lambda: Client().get(f"/account/invitation/{token}/").status_code == 200


def colleague(person: User, partner: Partner) -> Works:
    """Somebody whom the person has invited, and who has not answered yet."""
    words: dict[str, Any] = {"email": "colleague@partner.example", "role": "viewer", "by": person}

    def works() -> bool:
        asked = partner.confirmations.last() or ask_to_confirm(
            partner.pk, Confirmed.MEMBER, **words, now=timezone.now()
        )
        Membership.objects.filter(user__email="colleague@partner.example").delete()
        partner.confirmations.update(ended_at=None)
        return Client().post(f"/confirm/{asked.token}/").status_code in (200, 302)

    return works


def calendar_feed(person: User, partner: Partner) -> Works:
    feed = make_feed(person, names_customers=False, now=timezone.now())
    address = f"/calendar/{seal('calendar', feed.pk)}.ics"
    return lambda: Client().get(address).status_code == 200


def export(person: User, partner: Partner) -> Works:
    client, made = Client(), export_of(partner, timezone.now())
    sign_in(client, person.email)
    address = f"/exports/{seal('export', made.pk)}/file/"
    return lambda: client.get(address).status_code == 200


def report(person: User, partner: Partner) -> Works:
    User.objects.filter(pk=person.pk).update(is_processing_team=True)
    person.refresh_from_db()

    def works() -> bool:
        schedule_report(person, None, Rhythm.WEEKLY, timezone.now())
        ScheduledReport.objects.update(due_at=timezone.now())
        before = Notification.objects.count()
        send_due_reports(now=timezone.now())
        return Notification.objects.count() > before

    return works


@pytest.mark.parametrize(
    "way",
    [session, password, reset_link, reset, invitation, colleague, calendar_feed, export, report],
    ids=lambda way: way.__name__,
)
def test_it_ends_with_the_account(way: Callable[[User, Partner], Works]) -> None:
    cache.clear()
    partner = world.make_partner()
    person = world.triager(partner)
    Membership.objects.filter(user=person).update(role="admin")
    person.set_password(PASSWORD)
    person.save()
    works = way(person, partner)
    assert works(), "before"
    person.is_active = False
    person.save()
    assert not works(), "after"


def test_a_person_is_switched_off_and_never_deleted(client: Client) -> None:
    client.force_login(world.make_user("admin@triage.example", is_staff=True, is_superuser=True))
    person = world.make_user("leaver@triage.example")
    assert client.get(f"/admin/accounts/user/{person.pk}/delete/").status_code == 403
    assert Session.objects.exists()
    assert User.objects.filter(pk=person.pk).exists()
