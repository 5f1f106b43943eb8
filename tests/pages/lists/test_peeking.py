"""A row looked at beside its list says what decides whether to open it, and no more than its page would."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals.answering import colleagues
from referrals.answering.responding import decline_offer
from referrals.models import Offer, Referral
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def test_an_offer_is_looked_at_beside_the_queue(offer: Offer) -> None:
    by, now = world.by_partner(offer.partner), timezone.now()
    colleagues.tag_offer(offer.pk, add=["vip"], by=by, now=now)
    colleagues.write_to_colleagues(offer.pk, text="Known from last year.", tell=[], by=by, now=now)
    address = reverse("pages:peek-offer", args=[offer.public_id])
    page = world.text(client_of(offer.partner).get(address))
    for words in (offer.referral.customer.name, offer.referral.public_id, offer.referral.text, "Respond by"):
        assert words in page
    for words in ("Microsoft Teams", "vip", "Known from last year.", "Open referral"):
        assert words in page
    assert offer.referral.requester_email not in page
    assert client_of(world.make_partner("Fabrikam")).get(address).status_code == 404


def test_a_look_counts_as_opening_and_a_get_writes_nothing(offer: Offer) -> None:
    client = client_of(offer.partner)
    page = client.get(reverse("pages:peek-offer", args=[offer.public_id])).content.decode()
    assert reverse("pages:offer-opened", args=[offer.public_id]) in page
    offer.refresh_from_db()
    assert offer.opened_at is None


def test_what_became_of_an_ended_offer_is_not_told(offer: Offer) -> None:
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    Referral.objects.filter(pk=offer.referral_id).update(cover=["INTUNE"])
    page = world.text(client_of(offer.partner).get(reverse("pages:peek-offer", args=[offer.public_id])))
    assert "Intune" not in page, "nor what it is about by now"
    assert "Microsoft Teams" in page
    assert "Determination" not in page
    assert "Declined" in page


def test_the_team_sees_who_has_it_and_why_others_declined(team_client: Client, offer: Offer) -> None:
    said = world.said(notes="NOTES-OF-THE-DECLINE " + world.NOTES)
    decline_offer(offer.pk, said, by=world.by_partner(offer.partner), now=timezone.now())
    address = reverse("pages:peek-referral", args=[offer.referral.public_id])
    page = world.text(team_client.get(address))
    assert "NOTES-OF-THE-DECLINE" in page
    assert offer.partner.name in page
    assert client_of(offer.partner).get(address).status_code == 404
