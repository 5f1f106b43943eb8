"""Words that somebody wrote reach nobody else by any channel: pages, files, feeds, mail; and no log at all.

Every text of others is marked; then a partner, the next partner and the requester take in all that there is.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from accounts.sealing import seal
from partners.models import Partner
from referrals.answering.responding import decline_offer
from referrals.email import notifications, sending
from referrals.lists.exporting import write_due_exports
from referrals.models import ColleagueNote, Referral
from referrals.reviewing.calendar import make_feed
from referrals.routing.choosing import route_due
from referrals.sweeping import sweeps
from tests import world
from tests.isolation.changing import CANARY, change_rows
from tests.isolation.owning import OWN_APPS, Owned, find_others
from tests.isolation.visiting import fetch_all

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
BEGIN = ["/", "/queue/", "/notices/", "/escalations/"]
TEXTS = (models.CharField, models.TextField, models.JSONField)
# Texts that are codes, keys or digests, which the database holds to a form; nobody writes them.
CODES = {"public_id", "token", "status_token", "sender_token", "receipt_hash", "input_hash", "result_hash"}


@contextmanager
def unguarded(rows: Owned) -> Iterator[None]:
    """As the owner of the database may: what is written once is marked, too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for way in ("DISABLE", "ENABLE"):
            for table in {model._meta.db_table for model in rows}:
                cursor.execute(f"ALTER TABLE {table} {way} TRIGGER USER")
            if way == "DISABLE":
                yield


def mark(rows: Owned) -> None:
    """Write the canary into every text of the rows; all but codes take it."""
    with unguarded(rows):
        changed = change_rows(rows, leave=CODES)
    for model, keys in rows.items():
        for field in model._meta.concrete_fields:
            has_text = isinstance(field, TEXTS) and not field.choices and field.name not in CODES
            if has_text and model._meta.app_label in OWN_APPS and len(keys) > 0:
                assert field.name in changed[model._meta.label], f"{model._meta.label}.{field.name}"


def read_file(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    book = load_workbook(io.BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def every_channel(partner: Partner) -> dict[str, str]:
    """What a partner takes in: pages, lists, files, its calendar, and what a day brings by mail."""
    person, client = User.objects.filter(memberships__partner=partner).earliest("id"), Client()
    client.force_login(person)
    feed = make_feed(person, names_customers=True, now=timezone.now())
    found = fetch_all(client, [*BEGIN, f"/calendar/{seal('calendar', feed.pk)}.ics"])
    texts = {address: said + read_file(content) for address, (_status, said, content) in found.items()}
    for kind in ("csv", "xlsx"):
        page = client.post("/exports/offers/new/", {"list": "?tab=all", "kind": kind})["Location"]
        write_due_exports(now=timezone.now())
        texts[kind] = read_file(client.get(f"{page}file/").content)
    return texts | {f"mail to {person.email}": mail_of({person.email})}


def mail_of(addresses: set[str]) -> str:
    """All mail that a day's work sends to somebody, with headers and every part."""
    now = timezone.now()
    sweeps.remind_due(now=now)
    notifications.send_digests(now)
    sending.send_due_mail(now)
    return "\n".join(str(one.message()) for one in mail.outbox if addresses & set(one.to))


def with_canaries(texts: dict[str, str]) -> list[str]:
    return [name for name, text in texts.items() if CANARY in text.lower()]


def test_no_text_of_others_reaches_a_partner_by_any_channel() -> None:
    call_command("load_demo")
    partner = User.objects.get(email="partner@demo.example").memberships.get().partner
    assert with_canaries(every_channel(partner)) == []
    mark(find_others(partner))
    texts = every_channel(partner)
    assert with_canaries(texts) == []
    assert len(texts) > 200
    assert all(texts[name] for name in ("csv", "xlsx"))


@pytest.fixture
def passed_on(db: None) -> tuple[Referral, Partner, Partner]:
    """A referral that one partner has declined and the next is offered."""
    gamma = world.make_partner("Gamma", is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    ColleagueNote.objects.create(offer=offer, by=world.triager(gamma), text="Ours", at=timezone.now())
    decline_offer(offer.pk, world.said(notes=world.NOTES), by=world.by_partner(gamma), now=timezone.now())
    alpha = world.make_partner("Alpha")
    route_due(now=timezone.now())
    assert referral.offers.get(state="pending").partner == alpha
    return referral, gamma, alpha


def test_what_one_partner_wrote_reaches_neither_the_next_nor_the_requester(passed_on: Any) -> None:
    referral, gamma, alpha = passed_on
    rows = find_others(alpha)
    rows.pop(type(gamma.organisation))
    mark(rows)
    assert with_canaries(every_channel(alpha)) == []
    status = f"/status/{referral.status_token}/"
    asked = {address: page[1] + read_file(page[2]) for address, page in fetch_all(Client(), [status]).items()}
    assert status in asked
    assert with_canaries(asked | {"mail": mail_of({referral.requester_email})}) == []


def test_control_the_team_reads_what_was_marked(passed_on: Any, team_client: Client) -> None:
    referral, _gamma, alpha = passed_on
    mark(find_others(alpha))
    assert CANARY in team_client.get(f"/team/referrals/{referral.public_id}/").content.decode()
