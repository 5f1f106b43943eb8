"""Facts that others recorded: shown the next day on the offer's page, looked at before what rests on them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from benefits.domain.situation import Subscription as Held
from partners.models import Partner
from referrals.choices import OfferState, State
from referrals.diligence import facts
from referrals.models import Offer, Referral
from tests import world
from tests.conftest import client_of
from tests.referrals.pairs import all_enabled, two_partners

pytestmark = pytest.mark.django_db
NOTES = "The customer uses it everywhere, as its own report says."


@pytest.fixture
def changed() -> tuple[Client, Offer]:
    """An offer, accepted two days ago, of whose customer another partner has recorded something yesterday."""
    now = timezone.now()
    mine, others = two_partners(now - dt.timedelta(days=2))
    Partner.objects.filter(pk=mine.partner_id).update(is_fasttrack_ready=False, takes_benefit=False)
    day_before = now - dt.timedelta(days=1)
    held = [Held("M365_E5", "woodgrove.example", "enabled", paid_seats=900)]
    by = world.by_partner(others.partner)
    facts.record_plans(others.referral_id, others.referral.tenant, held, by=by, now=day_before, offer=others)
    return client_of(mine.partner), mine


def looked_of(page: str) -> str:
    return page.partition('name="looked" value="')[2].partition('"')[0]


def test_the_page_shows_what_was_and_is_and_a_button_makes_it_count(changed: tuple[Client, Offer]) -> None:
    client, offer = changed
    address = f"/offers/{offer.public_id}/"
    page = client.get(address).content.decode()
    assert "Facts on record have changed" in page
    answer = client.post(f"{address}look/", {"looked": "of something else"}, follow=True)
    assert "More facts were recorded since you opened this page. Reload it" in world.text(answer)
    answer = client.post(f"{address}look/", {"looked": looked_of(page)}, follow=True)
    assert "Determination updated with the changed facts" in world.text(answer)
    assert "Facts on record have changed" not in world.text(answer)


def test_declining_as_realized_shows_them_and_keeps_what_was_typed(changed: tuple[Client, Offer]) -> None:
    client, offer = changed
    address = f"/offers/{offer.public_id}/decline/"
    fields = {"reason": str(world.reason("already_realized").pk), "notes": NOTES}
    answer = client.post(address, fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Facts on record have changed" in page
    assert NOTES in page
    fields["looked"] = looked_of(page)
    answer = client.post(address, fields | {"notes": "Too short"})
    assert answer.status_code == 422
    assert looked_of(answer.content.decode()) == fields["looked"], "it need not be looked at twice"
    assert client.post(address, fields).status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED


def test_fee_based_work_shows_them_on_a_page_of_its_own(changed: tuple[Client, Offer]) -> None:
    client, offer = changed
    all_enabled(offer, timezone.now())
    address = f"/offers/{offer.public_id}/fee-based/"
    answer = client.post(address, {})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Review changed facts first" in page
    assert Referral.objects.get(pk=offer.referral_id).state == State.ACCEPTED
    client.post(address, {"looked": looked_of(page)})
    assert Referral.objects.get(pk=offer.referral_id).state == State.FEE_BASED
