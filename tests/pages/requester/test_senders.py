"""The pages of an unconfirmed sender, of the team and of the contact who decide; and requests found again."""

import re
import uuid
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from referrals.choices import Sender
from referrals.intake import filing
from referrals.intake.own_requests import SALT
from referrals.models import Notification, Referral
from tests import world

pytestmark = pytest.mark.django_db
STRANGER = "sam@elsewhere.example"
PRIVATE = re.compile(r'(csrfmiddlewaretoken" value="|x-csrftoken": "|/status/|REF-|form_key" value=")[\w-]*')


def filed(**changes: Any) -> Referral:
    data = world.request_data(requester_email=STRANGER, customer_name="As I call it", **changes)
    token = filing.file_rfa(data, form_key=uuid.uuid4(), now=timezone.now()).token
    answer = Client().post(f"/request/confirm/{token}/")
    assert answer.status_code == 302
    return Referral.objects.latest("id")


def plain(answer: Any) -> str:
    return PRIVATE.sub(r"\1", answer.content.decode())


def test_a_stranger_sees_the_same_bytes_whether_the_tenant_is_known_or_not() -> None:
    pages = []
    for is_known in (False, True):
        if is_known:
            world.submit(domain="woodgrove.example", customer_name="The Real Woodgrove", tenant_id=str(uuid.uuid4()))
        referral = filed()
        pages.append(plain(Client().get(f"/status/{referral.status_token}/")))
        told = Notification.objects.filter(to=STRANGER, referral=referral).values_list("subject", "body")
        pages.append(PRIVATE.sub("", re.sub(r"[0-9a-f]{48}", "", str(list(told)))))
        Referral.objects.filter(pk=referral.pk).update(requester_email="past@elsewhere.example")
    assert pages[:2] == pages[2:]
    assert "The Real Woodgrove" not in str(pages)
    assert "We’re checking that you can submit requests for this organization" in pages[0]


@pytest.mark.parametrize(("button", "sender"), [("confirm", Sender.CONFIRMED), ("refuse", Sender.REFUSED)])
def test_the_team_decides_by_one_click(team_client: Client, button: str, sender: Sender) -> None:
    world.submit(customer_name="The Real Woodgrove")
    referral = filed()
    page = world.text(team_client.get(f"/team/referrals/{referral.public_id}/"))
    assert "May this sender make requests for the customer?" in page
    assert "the request is filed under The Real Woodgrove" in page
    assert "Senders to confirm" in world.text(team_client.get("/team/"))
    answer = team_client.post(f"/team/referrals/{referral.public_id}/sender/", {button: "1"}, follow=True)
    assert answer.status_code == 200
    assert Referral.objects.get(pk=referral.pk).sender == sender
    again = team_client.post(f"/team/referrals/{referral.public_id}/sender/", {button: "1"}, follow=True)
    assert "already been decided" in world.text(again)


def test_a_trusted_sender_is_marked(team_client: Client) -> None:
    referral = world.submit(requester_email="field@microsoft.com")
    assert "Trusted sender" in world.text(team_client.get(f"/team/referrals/{referral.public_id}/"))


def test_the_contacts_link_shows_and_its_button_decides() -> None:
    world.submit()
    referral = filed()
    address = f"/request/sender/{referral.sender_token}/"
    page = world.text(Client().get(address))
    assert STRANGER in page
    assert Referral.objects.get(pk=referral.pk).sender == Sender.UNCONFIRMED, "a link that is followed decides nothing"
    assert "Thank you for your answer. There’s nothing more to do" in world.text(
        Client().post(address, {"confirm": "1"}, follow=True)
    )
    assert Referral.objects.get(pk=referral.pk).sender == Sender.CONFIRMED
    assert Client().get(address).status_code == 404


def test_a_refused_sender_reads_that_on_its_page(team_client: Client) -> None:
    referral = filed()
    team_client.post(f"/team/referrals/{referral.public_id}/sender/", {"refuse": "1"})
    page = world.text(Client().get(f"/status/{referral.status_token}/"))
    assert "We couldn’t confirm that you can submit requests for this organization" in page


def test_senders_find_their_requests_again_by_a_mailed_link() -> None:
    referral = filed()
    said = {
        Client().post("/request/yours/", {"email": email}, follow=True).status_code
        for email in (STRANGER, "x@y.example")
    }
    assert said == {200}
    mail = Notification.objects.get(kind="own_requests")
    assert mail.to == STRANGER, "nobody learns which addresses have asked"
    found = re.search(r"/request/yours/[^\s/]+/", mail.body)
    assert found
    page = Client().get(found[0])
    assert referral.public_id in page.content.decode()
    assert referral.status_token in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_link_to_own_requests_that_nobody_was_mailed_leads_nowhere() -> None:
    signed = signing.dumps(STRANGER, salt=SALT)
    assert Client().get(f"/request/yours/{signed[:-2]}xx/").status_code == 404
    assert Client().get(f"/request/yours/{signed}/").status_code == 200


def test_an_address_is_mailed_its_list_three_times_a_day_at_most() -> None:
    filed()
    for _ in range(5):
        Client().post("/request/yours/", {"email": STRANGER})
    assert Notification.objects.filter(kind="own_requests").count() == 3


def test_microsoft_field_says_so_on_the_form() -> None:
    assert "Microsoft field, on behalf of the customer" in world.text(Client().get("/request/new/"))
