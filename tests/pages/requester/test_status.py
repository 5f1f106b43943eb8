"""The requester's page: how far the request is, and who has it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.answering.responding import accept_offer
from referrals.choices import State
from referrals.intake.filing import confirm_rfa, file_rfa
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
    return {step.label: step.progress for step in look(referral).context["steps"]}


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


def test_steps_say_since_when_and_the_page_what_was_sent(offer: Offer) -> None:
    page = look(offer.referral)
    dated = {step.label: step.since for step in page.context["steps"]}
    assert dated[RECEIVED] == offer.referral.created_at
    assert (dated[FINDING] is not None, dated[PARTNER]) == (True, None)
    sent = dict(page.context["sent"])
    assert "Organization" not in sent, "entered by the team, the request did not say it"
    assert sent["Email"] == offer.referral.requester_email
    assert "Next step expected by" in world.text(page)


def test_plans_are_shown_as_they_were_sent() -> None:
    rfa = file_rfa(
        world.request_data(plans=[["M365_E5", 500], ["M365_F3", None]]), form_key=uuid.uuid4(), now=world.NOW
    )
    referral = confirm_rfa(rfa.token, now=world.NOW)
    sent = dict(look(referral).context["sent"])
    assert (sent["Organization"], sent["Country"]) == ("Woodgrove Bank", "United Kingdom")
    assert sent["Plans"] == "Microsoft 365 E5, 500 paid seats; Microsoft 365 F3, seats unknown"


def test_a_requester_who_was_re_typed_need_not_be_passed_to_paid_work() -> None:
    referral = world.screened(plans=[["O365_E3", 120]], workloads=["TEAMS"])
    assert referral.was_retyped
    assert "I don’t want paid work" in world.text(look(referral))
    answer = Client().post(f"/status/{referral.status_token}/no-paid-work/")
    assert answer.status_code == 302
    referral.refresh_from_db()
    assert referral.state == State.CANCELLED
    assert referral.events.order_by("-id")[0].note == acts.NO_PAID_WORK
    assert "I don’t want paid work" not in world.text(look(referral))


def test_what_the_benefit_covers_or_a_partner_has_begun_is_not_refused_that_way(offer: Offer) -> None:
    path = f"/status/{offer.referral.status_token}/no-paid-work/"
    assert Client().post(path).status_code == 302
    offer.referral.refresh_from_db()
    assert offer.referral.state == State.OFFERED
