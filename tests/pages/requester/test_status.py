"""The requester's page: how far the request is, and who has it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.answering.responding import accept_offer
from referrals.choices import State
from referrals.models import Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from tests import world

pytestmark = pytest.mark.django_db
RECEIVED, ENTITLED, FINDING, PARTNER = (
    *("Request received", "What your plans include", "Finding a partner"),
    "Working with your partner",
)


def look(referral: Referral) -> Any:
    return Client().get(f"/status/{referral.status_token}/")


def steps(referral: Referral) -> dict[str, str]:
    return dict(look(referral).context["steps"])


def accept(offer: Offer) -> None:
    accept_offer(offer.pk, by=world.by_partner(offer.partner), now=timezone.now())


def hold(referral: Referral) -> None:
    now = timezone.now()
    acts.hold(referral.pk, until=now + dt.timedelta(days=3), reason="Holidays", by=world.by_team(), now=now)


@pytest.fixture
def offer() -> Offer:
    world.make_partner()
    return world.offered(now=timezone.now())[1]


def test_what_was_withdrawn_ticks_only_what_happened(offer: Offer) -> None:
    assert steps(offer.referral) == {RECEIVED: "done", ENTITLED: "done", FINDING: "now", PARTNER: "ahead"}
    Client().post(f"/status/{offer.referral.status_token}/cancel/", {"reason": "We changed our minds."})
    assert steps(offer.referral) == {RECEIVED: "done", ENTITLED: "done", "Withdrawn": "done"}
    early = world.submit(domain="early.example")
    acts.cancel(early.pk, reason="Gone", by=world.by_team(), now=timezone.now())
    assert steps(early) == {RECEIVED: "done", "Withdrawn": "done"}


def test_what_a_partner_had_keeps_its_tick_when_it_is_withdrawn(offer: Offer) -> None:
    accept(offer)
    hold(offer.referral)
    acts.cancel(offer.referral.pk, reason="Gone", by=world.by_team(), now=timezone.now())
    assert list(steps(offer.referral)) == [RECEIVED, ENTITLED, FINDING, PARTNER, "Withdrawn"]
    assert offer.partner.name not in world.text(look(offer.referral)), "nobody has it any more"


def test_a_partner_that_accepted_is_named_while_the_request_rests(offer: Offer) -> None:
    name = f"Your partner: <strong>{offer.partner.name}</strong>"
    assert name not in world.text(look(offer.referral)), "before acceptance nobody is named"
    accept(offer)
    hold(offer.referral)
    assert Referral.objects.get().state == State.ON_HOLD
    assert name in world.text(look(offer.referral))
    assert steps(offer.referral)[PARTNER] == "now"


def test_what_rests_before_acceptance_names_nobody_and_stays_where_it_was(offer: Offer) -> None:
    hold(offer.referral)
    assert steps(offer.referral)[FINDING] == "now"
    assert offer.partner.name not in world.text(look(offer.referral))
    early = world.submit(domain="early.example")
    hold(early)
    assert steps(early)[RECEIVED] == "now"


def test_each_share_names_its_partner_once_it_has_accepted() -> None:
    for code in ("INTUNE", "TEAMS"):
        world.make_partner(f"Only {code}", endorsed=[code])
    now = timezone.now()
    referral = world.screened(now, workloads=["INTUNE", "TEAMS"])
    route_due(now=now)
    first, second = Offer.objects.order_by("id")
    assert "Only" not in world.text(look(referral))
    accept(second)
    text = world.text(look(referral))
    assert (second.partner.name in text, first.partner.name in text) == (True, False)


def test_the_us_government_cloud_is_told_of_its_own_portal(offer: Offer) -> None:
    customer = offer.referral.customer
    page = f"/status/{offer.referral.status_token}/"
    assert "gcc.fasttrack.microsoft.com" not in world.text(Client().get(page))
    customer.audience = "us_gov_gcc"
    customer.save()
    assert "https://gcc.fasttrack.microsoft.com" in world.text(Client().get(page))
