"""What the decline page says of each reason is what declining does."""

import datetime as dt

import pytest
from django.core import checks
from django.test import Client

from partners.models import Partner
from partners.services.availability import AvailabilityRefused
from referrals.answering.foretelling import foretell_declines, say_what_follows
from referrals.answering.responding import Availability, DutyToDeliver, accept_offer, decline_offer
from referrals.choices import State
from referrals.models import Offer
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def told(offer: Offer, code: str) -> str:
    fresh = Offer.objects.get(pk=offer.pk)
    return next(will for _reason, will in foretell_declines(fresh, [world.reason(code)], NOW))


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
        Partner.objects.filter(pk=partner.pk).update(capacity=1, open_offers=2)
    will, correction = told(offer, code), None
    if "Yours to deliver" in will or "until when" in will:
        with pytest.raises((DutyToDeliver, AvailabilityRefused)):
            decline_offer(offer.pk, world.said(code), by=by, now=NOW)
        correction = Availability(NOW + DAY)
    decline_offer(offer.pk, world.said(code, correction=correction), by=by, now=NOW)
    referral.refresh_from_db()
    assert ("Yours to deliver" in will) is (has_availability and not enabled and code != "duplicate")
    assert "Yours to deliver" not in will or "at once" not in will
    assert ("The team looks at it before it goes on." in will) is (referral.state == State.IN_REVIEW)
    assert ("offered to the next partner" in will) is (referral.state == State.AWAITING_PARTNER)
    assert ("It becomes a Standard referral." in will) is (referral.assigned_type != before)
    assert ("The determination says so." in will) is (code == "already_realized" and enabled)


def test_a_held_referral_has_no_release_to_ask_for() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    assert "or a release by the team" in told(offer, "skills")
    accept_offer(offer.pk, by=world.by_partner(partner), now=NOW)
    assert "Yours to deliver: this needs a corrected availability." in told(offer, "skills")
    assert "release" not in told(offer, "skills")


def test_a_standard_referral_that_is_not_realized_becomes_a_benefit_referral() -> None:
    said = say_what_follows(world.reason("skills"), "standard", "benefit_not_realized")
    assert "it becomes a Benefit referral. It is offered to the next partner at once." in said
    none = say_what_follows(world.reason("already_realized"), "benefit", "")
    assert none == "There is no determination that says so. The team looks at it before it goes on."


def test_admins_read_what_a_reason_does_in_general(admin_client: Client) -> None:
    page = world.text(admin_client.get("/admin/referrals/declinereason/"))
    assert "says so, it is a Standard referral from then on. It is offered to the next partner at once. If not," in page
    assert "It comes back to you in 7 days" in page
    assert admin_client.get("/admin/referrals/declinereason/add/").status_code == 200
    assert not [found for found in checks.run_checks() if found.is_serious()]
