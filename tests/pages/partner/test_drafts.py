"""What is typed on the decline page is kept: over a lost session and a closed window, for the person alone."""

import re

import pytest
from django.test import Client

from referrals.models import DeclineDraft, Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
TYPED = "The customer wants on-site days in Oslo, where we have nobody."


def test_a_draft_is_saved_found_again_and_gone_once_sent(offer: Offer) -> None:
    client, page = client_of(offer.partner), f"/offers/{offer.public_id}/decline/"
    before = world.fingerprint()
    said = client.post(page + "draft/", {"notes": TYPED, "reason": world.reason().pk, "foreign": "x", "handover": " "})
    assert "Draft saved" in world.text(said)
    assert world.fingerprint() == before
    assert DeclineDraft.objects.get().typed == {"notes": TYPED, "reason": str(world.reason().pk)}
    later = client_of(offer.partner)  # another session
    text = world.text(later.get(page))
    assert TYPED in text
    assert "Draft saved" in text
    assert re.search(rf'value="{world.reason().pk}"[^>]*checked', text)
    later.post(page, {"notes": TYPED, "reason": world.reason().pk})
    offer.refresh_from_db()
    assert offer.state == "declined"
    assert not DeclineDraft.objects.exists()


def test_a_draft_can_be_thrown_away(offer: Offer) -> None:
    client, page = client_of(offer.partner), f"/offers/{offer.public_id}/decline/"
    client.post(page + "draft/", {"notes": TYPED})
    client.post(page + "draft/", {"discard": "1"})
    assert TYPED not in world.text(client.get(page))


def test_a_draft_is_its_authors_alone_and_bounded(offer: Offer) -> None:
    client, page = client_of(offer.partner), f"/offers/{offer.public_id}/decline/"
    client.post(page + "draft/", {"notes": TYPED + "\x00" + "x" * 9000})
    assert len(DeclineDraft.objects.get().typed["notes"]) <= 4000
    fellow = world.make_user("robin@contoso.example")
    offer.partner.memberships.create(user=fellow, role="triager")
    other = Client()
    other.force_login(fellow)
    assert TYPED not in world.text(other.get(page))
    assert client_of(world.make_partner("Fabrikam")).post(page + "draft/", {"notes": "x"}).status_code == 404


def test_a_draft_that_is_longer_than_what_is_kept_says_so(offer: Offer) -> None:
    client, page = client_of(offer.partner), f"/offers/{offer.public_id}/decline/draft/"
    said = world.text(client.post(page, {"notes": "x" * 4001, "handover": "Short"}))
    assert "Too long: Notes for the referral processing team. Only the first 4000 characters" in said
    assert "Draft saved" not in said
    assert DeclineDraft.objects.get().typed == {"notes": "x" * 4000, "handover": "Short"}
    assert "Draft saved" in world.text(client.post(page, {"notes": "x" * 4000}))
