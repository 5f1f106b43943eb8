"""What the decline page says of each reason is what declining does."""

import datetime as dt

import pytest
from django.core import checks
from django.test import Client

from partners.models import Partner
from partners.services.availability import AvailabilityRefused
from referrals.answering.foretelling import Foretold, foretell_declines, say_what_follows
from referrals.answering.responding import Availability, DutyToDeliver, accept_offer, decline_offer
from referrals.choices import State
from referrals.models import Offer
from tests import world
from tests.conftest import client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(offer: Offer, code: str) -> Foretold:
    fresh = Offer.objects.get(pk=offer.pk)
    return next(iter(foretell_declines(fresh, [world.reason(code)], NOW)))


@pytest.mark.parametrize("code", ["skills", "already_realized", "out_of_scope", "no_capacity", "duplicate"])
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("has_availability", [False, True])
def test_what_a_reason_will_do_is_what_declining_does(code: str, enabled: bool, has_availability: bool) -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by, before = world.by_partner(partner), referral.assigned_type
    if enabled:
        world.enable_everything(referral, by)
    if not has_availability:
        Partner.objects.filter(pk=partner.pk).update(capacity=0)
    foretold, correction = told(offer, code), None
    will = foretold.words
    if foretold.has_duty or "availability returns" in will:
        assert "availability" in foretold.asks.split()
        with pytest.raises((DutyToDeliver, AvailabilityRefused)):
            decline_offer(offer.pk, world.said(code), by=by, now=NOW)
        correction = Availability(NOW + DAY)
    decline_offer(offer.pk, world.said(code, correction=correction), by=by, now=NOW)
    referral.refresh_from_db()
    assert foretold.has_duty is (has_availability and not enabled and code != "duplicate")
    assert not foretold.has_duty or "immediately" not in will
    assert ("Reviewed by the team first." in will) is (referral.state == State.IN_REVIEW)
    assert ("ffered to the next partner" in will) is (referral.state == State.AWAITING_PARTNER)
    assert ("It becomes a Standard referral." in will) is (referral.assigned_type != before)
    assert ("The determination confirms this." in will) is (code == "already_realized" and enabled)


def test_only_an_offer_may_be_released_from_the_duty() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    address = f"/offers/{offer.public_id}/decline/"
    assert "Request release" in world.text(client_of(partner).get(address))
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    page = world.text(client_of(partner).get(address))
    assert told(offer, "skills").has_duty
    assert page.count("you must deliver this Benefit referral") == 1, "the duty is said once"
    assert "Request release" not in page


def test_a_standard_referral_that_is_not_realized_becomes_a_benefit_referral() -> None:
    said = say_what_follows(world.reason("skills"), "standard", "benefit_not_realized")
    assert "it becomes a Benefit referral. Offered to the next partner immediately." in said
    none = say_what_follows(world.reason("already_realized"), "benefit", "")
    assert none == "No determination confirms this. Reviewed by the team first."


def test_admins_read_what_a_reason_does_in_general(admin_client: Client) -> None:
    page = world.text(admin_client.get("/admin/referrals/declinereason/"))
    assert "confirms it, it becomes a Standard referral. Offered to the next partner immediately. If not," in page
    assert "You’ll be offered it again in 7 days" in page
    assert admin_client.get("/admin/referrals/declinereason/add/").status_code == 200
    assert not [found for found in checks.run_checks() if found.is_serious()]
