"""A page that is out of date says who changed what since, and keeps what was typed."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.models import Offer
from referrals.reviewing import acts
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
TYPED = "The customer asked for another month, and we agreed."


def test_a_partner_is_told_which_colleague_was_faster(offer: Offer) -> None:
    client = client_of(offer.partner)
    fellow = world.make_user("robin@contoso.example")
    offer.partner.memberships.create(user=fellow, role="triager")
    decline_offer(offer.pk, world.said(), by=By(Actor.PARTNER, fellow, offer.partner), now=timezone.now())
    text = world.text(client.post(f"/offers/{offer.public_id}/accept/", follow=True))
    assert "Last change: " in text
    assert "by robin" in text


def test_what_was_typed_stays_beside_it(offer: Offer) -> None:
    client = client_of(offer.partner)
    now = timezone.now()
    acts.hold(offer.referral_id, until=now + dt.timedelta(days=3), reason="Wait.", by=world.by_team(), now=now)
    said = {"reason": world.reason("conflict").pk, "notes": TYPED}
    answer = client.post(f"/offers/{offer.public_id}/decline/", said)
    text = world.text(answer)
    assert answer.status_code == 409
    assert TYPED in text
    assert "Last change: " in text
    assert "On hold" in text


def test_the_team_is_told_what_a_partner_did(team_client: Client, offer: Offer) -> None:
    page = f"/team/referrals/{offer.referral.public_id}/reassign/"
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    answer = team_client.post(page, {"reason": TYPED})
    text = world.text(answer)
    assert (answer.status_code, TYPED in text) == (422, True)
    assert "Last change: " in text
    assert f"by {world.triager(offer.partner)}" in text


def test_a_field_that_is_wrong_tells_of_no_change(team_client: Client, offer: Offer) -> None:
    accept_offer(offer.pk, by=world.by_partner(offer.partner), now=timezone.now())
    page = f"/team/referrals/{offer.referral.public_id}/hold/"
    answer = team_client.post(page, {"until": "2001-01-01", "reason": TYPED})
    assert answer.status_code == 422
    assert "Last change" not in world.text(answer)
