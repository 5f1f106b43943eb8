"""Numbers that all partners share are in no page, address or hidden field that a partner sees."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal, unseal
from referrals.answering.responding import accept_offer
from referrals.choices import Actor
from referrals.diligence.inquiring import answer_inquiry, ask_customer
from referrals.lifecycle.acting import By
from referrals.models import ListExport, SavedView
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, Places

pytestmark = pytest.mark.django_db
NUMBERED = re.compile(r"(?<![0-9a-fA-F.])7[0-9]{8}(?![0-9a-fA-F])")  # as every row of this test is numbered
SHARED_BY_ALL = {"benefits", "auth", "contenttypes"}  # the service description's rows are everybody's
RECORDS = {"customer", "tenant", "subscription", "enablement", "exportupload", "usagefigure", "determination"}


@pytest.fixture
def numbered(db: None) -> None:
    """Every table's next row bears a number that can be told from any other."""
    with connection.cursor() as cursor:
        for place, model in enumerate(apps.get_models()):
            label = model._meta
            if label.app_label in SHARED_BY_ALL and label.model_name not in RECORDS:
                continue
            if label.model_name == "declinereason" or not label.pk.get_internal_type().startswith("BigAuto"):
                continue
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [label.db_table, label.pk.column])
            (sequence,) = cursor.fetchone()
            if sequence:
                cursor.execute("SELECT setval(%s, %s)", [sequence, 700_000_000 + place * 1_000_000])


def numbers_in(answer: Any) -> set[str]:
    said = answer.content.decode(errors="replace") if not answer.streaming else ""
    said += " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return set(NUMBERED.findall(said))


def test_no_page_of_a_partner_shows_a_number_that_all_share(numbered: None) -> None:
    places = Places()
    now = timezone.now()
    assert places.offer.pk > 700_000_000
    by = world.by_partner(places.alpha)
    places.alpha.memberships.update(role="admin")
    accept_offer(places.offer.pk, by=by, now=now)
    assert by.user is not None
    SavedView.objects.create(owner=by.user, partner=places.alpha, list_name="offers", name="Mine", address="?tab=all")
    client = client_of(places.alpha)
    client.post(places.address("pages:record-statuses"), {"tenant": "woodgrove.example", "status:TEAMS": "enabled"})
    client.post("/exports/offers/new/", {"kind": "csv", "address": "?tab=all"})
    for name, (reach, words) in OURS.items():
        if (
            reach in (PARTNER, PARTNER_OR_TEAM, PUBLIC, "signed in")
            and not {"edition", "mail"} & set(words)
            and name != "accounts:mailbox"
        ):
            assert not numbers_in(client.get(places.address(name))), name
    for address in ("/views/offers/?list=%3Ftab%3Dall", "/home/", "/notices/", f"/partners/{places.alpha.public_id}/"):
        assert not numbers_in(client.get(address)), address
    for export in ListExport.objects.all():
        address = f"/exports/{seal('export', export.pk)}/"
        assert client.get(address).status_code == 200
        assert not numbers_in(client.get(address))


def test_answers_of_a_customer_show_no_number(numbered: None) -> None:
    partner, now = world.make_partner(), timezone.now()
    _referral, offer = world.offered(now)
    by, words = world.by_partner(partner), {"now": now}
    accept_offer(offer.pk, by=by, **words)
    asked = ask_customer(offer.referral_id, by=by, offer=offer, **words)
    assert not numbers_in(Client().get(f"/status/{offer.referral.status_token}/"))
    answers: list[dict[str, Any] | None] = [{"status": "enabled", "note": "", "part": ""} for _ in asked.questions]
    answer_inquiry(offer.referral_id, asked.pk, answers, by=By(Actor.REQUESTER), **words)
    client, page = client_of(partner), f"/offers/{offer.public_id}/"
    client.post(f"/facts/{offer.public_id}/statuses/", {"tenant": "woodgrove.example", "status:TEAMS": "enabled"})
    shown = client.get(page)
    assert "Record selected answers" in world.text(shown)
    assert not numbers_in(shown)


def test_pages_of_lists_go_on_without_saying_a_number(numbered: None) -> None:
    partner = world.make_partner(capacity=99)
    for number in range(52):
        world.offered(timezone.now(), domain=f"c{number}.example", customer_name=f"Customer {number}")
    client = client_of(partner)
    for order in ("", "&sort=customer", "&sort=-offered"):
        page = client.get(f"/queue/?tab=all{order}")
        assert not numbers_in(page), order
        found = re.search(r'href="(\?[^"]*after=[^"]*)"', page.content.decode())
        assert found, order
        beyond = client.get("/queue/" + found[1].replace("&amp;", "&"))
        assert 0 < len(beyond.context["page"].rows) < 50
        assert not numbers_in(beyond)


@pytest.mark.parametrize("number", [0, 1, 4711, 2**63 - 1])
def test_a_sealed_number_is_read_as_its_kind_alone(number: int) -> None:
    sealed = seal("export", number)
    assert unseal("export", sealed) == number
    assert unseal("inquiry", sealed) is None
    assert str(number) not in sealed or number < 10
    for wrong in ("", "4711", sealed[:-1], sealed[:-1] + ("0" if sealed[-1] != "0" else "1"), "é" * 32, "g" * 32):
        assert unseal("export", wrong) is None
