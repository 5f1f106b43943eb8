"""Things done in the wrong order, twice, or by people who should not: refused in words, and nothing is stuck."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from benefits.domain.situation import Subscription
from referrals.answering import delivering, releasing, responding
from referrals.choices import Actor, NextAct, OfferState, Source, State
from referrals.domain.lifecycle import MoveRefused
from referrals.email.sending import send_due_mail
from referrals.intake import filing
from referrals.lifecycle.acting import By
from referrals.models import Notification, Offer, Referral
from referrals.reviewing import acts
from referrals.routing import splitting
from referrals.routing.choosing import route_due
from referrals.routing.screening import answer_questions, say_to_requester
from referrals.sweeping.sweeps import expire_due, wake_due
from tests import world
from tests.conftest import client_of
from tests.world import NOTES, NOW, record

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def held_offer() -> tuple[Referral, Offer, By]:
    """An offer whose referral the team has put on hold for three days."""
    partner = world.make_partner()
    referral, offer = world.offered()
    acts.hold(referral.pk, until=NOW + 3 * DAY, reason="Asked to wait", by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    return referral, offer, world.by_partner(partner)


def test_nothing_can_be_answered_while_on_hold(held_offer: tuple[Referral, Offer, By]) -> None:
    _referral, offer, by = held_offer
    with pytest.raises(MoveRefused, match="On hold"):
        responding.accept_offer(offer.pk, by=by, now=NOW)
    with pytest.raises(MoveRefused, match="” and can’t be declined now"):
        responding.decline_offer(offer.pk, world.said(), by=by, now=NOW)
    page = client_of(offer.partner)
    text = page.get(f"/offers/{offer.public_id}/").content.decode()
    assert "On hold until" in text
    assert "Accept and start" not in text
    assert page.post(f"/offers/{offer.public_id}/accept/").status_code == 302


def test_release_refused_while_on_hold_leaves_the_hold_in_charge() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    by = world.by_partner(partner)
    request = releasing.request_release(offer.pk, world.said(), by=by, now=NOW)
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    releasing.decide_release(request.pk, grant=False, note="No", by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.next_action) == (State.ON_HOLD, NextAct.WAKE)
    wake_due(now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.next_action) == (State.OFFERED, NextAct.ANSWER_OFFER)


def test_open_release_is_the_next_act_again_after_a_hold() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    releasing.request_release(offer.pk, world.said(), by=world.by_partner(partner), now=NOW)
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    wake_due(now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.next_action, referral.next_owner) == (NextAct.DECIDE_RELEASE, Actor.TEAM)


def test_release_is_asked_for_once_and_only_where_there_is_a_duty() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered()
    by = world.by_partner(partner)
    request = releasing.request_release(offer.pk, world.said(), by=by, now=NOW)
    releasing.decide_release(request.pk, grant=False, note="No", by=world.by_team(), now=NOW)
    with pytest.raises(releasing.ReleaseRefused, match="decided"):
        releasing.request_release(offer.pk, world.said(), by=by, now=NOW)
    world.make_partner("Community", is_fasttrack_ready=False, takes_benefit=False, endorsed=["TEAMS"])
    other = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"], domain="other.example")[1]
    with pytest.raises(releasing.ReleaseRefused, match="You can decline immediately"):
        releasing.request_release(other.pk, world.said(), by=world.by_partner(other.partner), now=NOW)


def test_referral_without_a_type_cannot_be_routed() -> None:
    referral = world.submit()
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    with pytest.raises(MoveRefused, match="screening first"):
        acts.resume(referral.pk, to=State.AWAITING_PARTNER, reason="Go", by=world.by_team(), now=NOW)


def test_holding_a_review_comes_back_to_the_review() -> None:
    world.make_partner(countries=["DE"])
    referral = world.screened()
    route_due(now=NOW)
    acts.hold(referral.pk, until=NOW + DAY, reason="Wait", by=world.by_team(), now=NOW)
    wake_due(now=NOW + DAY)
    referral.refresh_from_db()
    assert (referral.state, referral.state_before) == (State.IN_REVIEW, State.AWAITING_PARTNER)


def test_workloads_of_a_held_offer_cannot_be_changed_or_split(held_offer: tuple[Referral, Offer, By]) -> None:
    referral, _offer, _by = held_offer
    words: dict[str, Any] = {"reason": "x", "by": world.by_team(), "now": NOW}
    for act in (
        lambda: acts.set_cover(referral.pk, workloads=["TEAMS"], **words),
        lambda: splitting.split_off(referral.pk, workloads=["DEFENDER_ENDPOINT"], **words),
        lambda: acts.change_type(referral.pk, to="standard", **words),  # type: ignore[arg-type]
    ):
        with pytest.raises(MoveRefused, match="A partner has it"):
            act()


def test_delivering_twice_is_delivering_once_and_pages_never_fail() -> None:
    partner = world.make_partner()
    referral, offer = world.offered(now=timezone.now())
    client, page = client_of(partner), f"/offers/{offer.public_id}/"
    for act in ("deliver", "fee-based", "contacts", "close"):
        assert client.post(f"{page}{act}/", {"close-outcome": "delivered"}).status_code in (302, 422), act
    client.post(f"{page}accept/")
    record(referral, world.by_partner(partner), timezone.now(), DEFENDER_ENDPOINT="not_enabled")
    for act in ("deliver", "deliver", "fee-based", "accept", "decline"):
        answer = client.post(f"{page}{act}/", {"reason": world.reason().pk, "notes": NOTES, "pause_until": ""})
        assert answer.status_code in (302, 409), act
    referral.refresh_from_db()
    assert referral.state == State.DELIVERING
    assert referral.events.filter(state_to=State.DELIVERING).count() == 1
    with pytest.raises(delivering.DeterminationMissing):
        delivering.continue_fee_based(offer.pk, by=world.by_partner(partner), now=NOW)


def test_act_that_does_not_apply_says_so(team_client: Client) -> None:
    world.make_partner()
    referral, _offer = world.offered()
    address = f"/team/referrals/{referral.public_id}/resume/"
    answer = team_client.get(address, follow=True)
    assert "Not available while “Offered”" in answer.content.decode()
    posted = team_client.post(address, {"to": "screening", "reason": "KEEP ME"})
    assert posted.status_code == 422
    assert "KEEP ME" in posted.content.decode()


def test_teams_words_stay_with_the_team() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    acts.reassign(referral.pk, reason="CANARY give it to Fabrikam", by=world.by_team(), now=NOW)
    assert "CANARY" not in client_of(partner).get(f"/offers/{offer.public_id}/").content.decode()
    world.make_partner("Next")
    route_due(now=NOW)
    following = referral.offers.get(state=OfferState.PENDING)
    assert "CANARY" not in client_of(following.partner).get(f"/offers/{following.public_id}/").content.decode()
    acts.change_type(referral.pk, to="standard", reason="CANARY two", by=world.by_team(), now=NOW)  # type: ignore[arg-type]
    assert not Notification.objects.filter(body__contains="CANARY").exists()


@pytest.mark.by_hand
def test_trusted_sender_learns_and_overwrites_nothing_of_a_known_tenant() -> None:
    victim = world.screened()
    stranger = world.screened(requester_email="field@microsoft.com", plans=[])
    assert stranger.customer == victim.customer
    assert "seats" not in say_to_requester(stranger)
    page = Client().get(f"/status/{stranger.status_token}/").content.decode()
    assert "Woodgrove Bank" not in page
    Referral.objects.filter(pk=stranger.pk).update(
        state=State.AWAITING_CUSTOMER, next_action="answer_questions", next_owner="requester", next_action_at=NOW
    )
    lie = [Subscription("M365_E3", "woodgrove.example", "enabled", paid_seats=1)]
    answer_questions(stranger.pk, lie, by=By(Actor.REQUESTER), now=NOW)
    assert [row.plan_code for row in victim.tenant.subscriptions.current()] == ["M365_E5"]
    assert "M365_E3: 1" in stranger.events.get(kind="answered").note


def test_one_mail_that_cannot_be_sent_stops_no_other(mailoutbox: list[Any]) -> None:
    words: dict[str, Any] = {"kind": "x", "subject": "s", "body": "b", "created_at": NOW, "due_at": NOW}
    bad = Notification.objects.create(to="a@" + "ä" * 80 + ".com", **words)
    Notification.objects.create(to="good@example.com", **words)
    assert send_due_mail(NOW) == 1
    bad.refresh_from_db()
    assert [mail.to for mail in mailoutbox] == [["good@example.com"]]
    assert bad.due_at is not None
    assert (bad.attempts, bad.sent_at, bad.due_at > NOW, bool(bad.last_error)) == (1, None, True, True)


def test_address_that_takes_no_mail_is_refused_in_the_form() -> None:
    data = world.request_data() | {
        "form_key": str(uuid.uuid4()),
        "consent": "on",
        "requester_email": "ä@woodgrove.example",
    }
    del data["plans"]
    answer = Client().post("/request/one-page/", data)
    assert answer.status_code == 422
    assert "requester_email" in answer.context["form"].errors


def test_one_address_has_a_few_unconfirmed_requests_a_day() -> None:
    for _ in range(filing.MOST_A_DAY):
        filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    with pytest.raises(filing.TooManyRequests):
        filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)


def test_pause_given_with_an_ordinary_decline_counts() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    _referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    correction = responding.Availability(NOW + 5 * DAY)
    by = world.by_partner(partner)
    responding.decline_offer(offer.pk, world.said("no_capacity", correction=correction), by=by, now=NOW)
    partner.refresh_from_db()
    assert partner.paused_until == NOW + 5 * DAY


def test_viewer_cannot_answer_a_lapse() -> None:
    partner = world.make_partner(role="viewer")
    _referral, offer = world.offered()
    expire_due(now=offer.expires_at)
    answer = client_of(partner).post(f"/partners/{partner.public_id}/lapse/", {"lapse-note": "Sorry"})
    assert answer.status_code == 403
    partner.refresh_from_db()
    assert partner.must_answer_review


def test_same_team_form_twice_makes_one_referral() -> None:
    key, by = uuid.uuid4(), world.by_team()
    made = [filing.submit(world.request_data(), source=Source.TEAM, form_key=key, by=by, now=NOW) for _ in range(2)]
    assert made[0] == made[1]
