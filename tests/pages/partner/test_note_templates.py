"""Templates for decline notes: own and shared, per reason; nobody else's, and no other partner's."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from partners.models import Partner
from referrals.models import NoteTemplate, Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
TEXT = "No consultant for this workload is available before March."


@pytest.fixture
def offer() -> Offer:
    world.make_partner()
    return world.offered(now=timezone.now())[1]


def colleague_of(partner: Partner, role: str = "triager") -> Client:
    person = world.make_user(f"{role}2@contoso.example")
    partner.memberships.create(user=person, role=role)
    client = Client()
    client.force_login(person)
    return client


def address_of(partner: Partner) -> str:
    return f"/partners/{partner.public_id}/notes/"


def words(**changes: str) -> dict[str, str]:
    return {"name": "No consultant", "reason": "skills", "text": TEXT} | changes


def inserted(client: Client, offer: Offer) -> list[str]:
    return [one.name for one in client.get(f"/offers/{offer.number}/decline/").context["templates"]]


def test_a_template_is_saved_changed_and_deleted_by_its_owner(offer: Offer) -> None:
    client, address = client_of(offer.partner), address_of(offer.partner)
    assert client.post(address, words()).status_code == 302
    made = NoteTemplate.objects.get()
    assert (made.reason and made.reason.code, made.is_shared) == ("skills", False)
    sealed = seal("template", made.pk)
    page = client.get(address, {"template": sealed})
    assert TEXT in page.content.decode()
    client.post(address, words(template=sealed, name="None free", reason=""))
    made.refresh_from_db()
    assert (made.name, made.reason) == ("None free", None)
    client.post(address, {"template": sealed, "delete": "1"})
    assert not NoteTemplate.objects.exists()


def test_what_is_wrong_is_said_beside_the_field_and_keeps_what_was_typed(offer: Offer) -> None:
    client, address = client_of(offer.partner), address_of(offer.partner)
    client.post(address, words())
    answer = client.post(address, words(text=TEXT + " Really."))
    assert answer.status_code == 422
    assert "You already have a template with this name." in answer.content.decode()
    assert "Really." in answer.content.decode()
    assert client.post(address, words(name="Short", text="no")).status_code == 422
    assert NoteTemplate.objects.count() == 1


def test_a_colleague_sees_what_is_shared_and_changes_nothing_of_it(offer: Offer) -> None:
    client, address = client_of(offer.partner), address_of(offer.partner)
    client.post(address, words(is_shared="on"))
    client.post(address, words(name="Mine"))
    other = colleague_of(offer.partner)
    assert inserted(client, offer) == ["Mine", "No consultant"]
    assert inserted(other, offer) == ["No consultant"]
    sealed = seal("template", NoteTemplate.objects.get(is_shared=True).pk)
    assert other.get(address, {"template": sealed}).status_code == 404
    assert other.post(address, words(template=sealed)).status_code == 404
    assert other.post(address, words()).status_code == 302, "its own may have the same name"


def test_no_other_partner_sees_them_and_who_only_reads_makes_none(offer: Offer) -> None:
    client_of(offer.partner).post(address_of(offer.partner), words(is_shared="on"))
    stranger = client_of(world.make_partner("Fabrikam"))
    assert stranger.get(address_of(offer.partner)).status_code == 404
    viewer = colleague_of(offer.partner, "viewer")
    assert viewer.get(address_of(offer.partner)).status_code == 200
    assert viewer.post(address_of(offer.partner), words()).status_code == 403


def test_a_template_is_inserted_without_a_script(offer: Offer) -> None:
    client = client_of(offer.partner)
    client.post(address_of(offer.partner), words())
    sealed = seal("template", NoteTemplate.objects.get().pk)
    address = f"/offers/{offer.number}/decline/"
    assert client.get(address, {"template": sealed}).context["form"]["notes"].value() == TEXT
    other = colleague_of(offer.partner)
    assert not other.get(address, {"template": sealed}).context["form"]["notes"].value(), "it is not shared"
