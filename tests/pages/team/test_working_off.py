"""The team works off what waits: declines that read alike together, and from each item straight to the next."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pages.undoing import KEPT
from partners.models import Partner
from referrals.answering.releasing import request_release
from referrals.answering.responding import decline_offer
from referrals.choices import ReleaseState, ReviewState
from referrals.email.escalating import open_escalation
from referrals.models import DeclineReview, Escalation, Offer, ReleaseRequest
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
SAME = "We have nobody free who speaks the language of customer {}, and none until spring."
OTHER = "The customer wants the work done on site, where we may not travel this year."


def decline(number: int, notes: str, reason: str = "conflict") -> Offer:
    now = timezone.now()
    offer = world.offered(now=now, domain=f"c{number}.example", customer_name=f"Customer {number}")[1]
    said = world.said(reason, notes=notes)
    return decline_offer(offer.pk, said, by=world.by_partner(offer.partner), now=now)


@pytest.fixture
def partner() -> Partner:
    return world.make_partner(capacity=50)


@pytest.fixture
def alike(partner: Partner) -> list[Offer]:
    """Three that read alike, and one that does not."""
    offers = [decline(number, SAME.format(number)) for number in range(3)]
    return [*offers, decline(9, OTHER)]


def test_declines_that_read_alike_are_one_line_of_the_list(team_client: Client, alike: list[Offer]) -> None:
    text = world.text(team_client.get("/team/reviews/"))
    assert "2 more with nearly the same notes" in text
    assert ("Customer 0" in text, "Customer 1" in text, "Customer 9" in text) == (True, False, True)
    assert 'To review <span class="count">4</span>' in text


def test_each_text_is_shown_and_those_selected_are_acknowledged(team_client: Client, alike: list[Offer]) -> None:
    first, second, third, other = alike
    path = f"/team/reviews/{second.public_id}/alike/"
    text = world.text(team_client.get(path))
    for number in range(3):
        assert SAME.format(number) in text
    assert OTHER not in text
    rows = [first.public_id, third.public_id, other.public_id]
    answer = team_client.post(path, {"rows": rows, "note": "Read."}, follow=True)
    assert "2 declines acknowledged" in world.text(answer)
    assert "1 was already reviewed" in world.text(answer), "one that is not among them, or no more"
    done = DeclineReview.objects.filter(state=ReviewState.ACKNOWLEDGED)
    assert set(done.values_list("offer", "verdict_note")) == {(first.pk, "Read."), (third.pk, "Read.")}
    assert answer.redirect_chain[-1][0] == f"/team/reviews/{second.public_id}/", "the next that waits"
    assert len(team_client.session[KEPT]) == 2, "each can be undone by itself"


def test_a_group_without_a_selection_or_for_an_auditor(team_client: Client, alike: list[Offer]) -> None:
    path = f"/team/reviews/{alike[0].public_id}/alike/"
    refused = team_client.post(path, {"note": "Typed already"})
    assert refused.status_code == 422
    assert "Select at least one decline." in world.text(refused)
    assert "Typed already" in world.text(refused)
    auditor = Client()
    auditor.force_login(world.make_user("auditor@triage.example", is_auditor=True))
    assert "Acknowledge selected" not in world.text(auditor.get(path))
    assert auditor.post(path, {"rows": [alike[0].public_id]}).status_code == 403
    assert not DeclineReview.objects.exclude(state=ReviewState.OPEN).exists()


def test_what_a_colleague_has_reviewed_meanwhile_loses_nothing(team_client: Client, alike: list[Offer]) -> None:
    first, second, third, _other = alike
    team_client.post(f"/team/reviews/{first.public_id}/", {"note": "", "acknowledge": "1"})
    rows = [first.public_id, second.public_id, third.public_id]
    answer = team_client.post(f"/team/reviews/{first.public_id}/alike/", {"rows": rows, "note": "Read."}, follow=True)
    assert "2 declines acknowledged" in world.text(answer)
    assert "1 was already reviewed" in world.text(answer)
    assert DeclineReview.objects.filter(state=ReviewState.OPEN).count() == 1


def test_a_decided_review_has_no_group(team_client: Client, alike: list[Offer]) -> None:
    path = f"/team/reviews/{alike[3].public_id}/"
    team_client.post(path, {"note": "", "acknowledge": "1"})
    assert team_client.get(f"{path}alike/")["Location"] == path
    assert "with similar notes" not in world.text(team_client.get(path))


def ask_release(number: int) -> ReleaseRequest:
    now = timezone.now()
    offer = world.offered(now=now, domain=f"r{number}.example", customer_name=f"Release {number}")[1]
    return request_release(offer.pk, world.said(), by=world.by_partner(offer.partner), now=now)


def test_a_release_shows_what_decides_it_and_leads_to_the_next(team_client: Client, partner: Partner) -> None:
    first, second = ask_release(1), ask_release(2)
    world.make_partner("Fabrikam")
    text = world.text(team_client.get(f"/team/releases/{first.pk}/"))
    assert first.offer.referral.text in text
    assert "The partner has the duty to deliver." in text
    assert ("Fabrikam" in text, "2 to decide" in text) == (True, True)
    answer = team_client.post(f"/team/releases/{first.pk}/", {"reason": "No.", "refuse": "1"})
    assert answer["Location"] == f"/team/releases/{second.pk}/"
    text = world.text(team_client.get(f"/team/releases/{second.pk}/"))
    assert f'{ReleaseState.REFUSED.label}: <a href="/team/releases/{first.pk}/">Release 1</a>' in text
    answer = team_client.post(f"/team/releases/{second.pk}/", {"reason": "Yes.", "grant": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/team/releases/"
    assert "That was the last one." in world.text(answer)


def test_a_release_names_those_who_would_share_it(team_client: Client, partner: Partner) -> None:
    now = timezone.now()
    for name, code in (("Fabrikam", "INTUNE"), ("Litware", "TEAMS")):
        world.make_partner(name, endorsed=[code])
    offer = world.offered(now=now, domain="two.example", workloads=["INTUNE", "TEAMS"])[1]
    release = request_release(offer.pk, world.said(), by=world.by_partner(offer.partner), now=now)
    text = world.text(team_client.get(f"/team/releases/{release.pk}/"))
    assert "No partner covers all workloads. It would be split: Fabrikam, Litware." in text


def test_a_release_says_when_nobody_would_be_next_and_that_it_is_late(team_client: Client, partner: Partner) -> None:
    release = ask_release(1)
    ReleaseRequest.objects.update(due_at=timezone.now() - dt.timedelta(days=2))
    text = world.text(team_client.get(f"/team/releases/{release.pk}/"))
    assert ("No other partner passes every filter now" in text, "overdue since" in text) == (True, True)


def test_the_team_goes_from_one_escalation_to_the_next(team_client: Client, partner: Partner) -> None:
    by, now = world.by_partner(partner), timezone.now()
    asked = [open_escalation(subject=f"Help {n}", text="Please.", by=by, now=now) for n in range(2)]
    said: dict[str, Any] = {"note": "Here is how.", "form_key": "6f1c2a52-0000-4000-8000-000000000001"}
    answer = team_client.post(f"/escalations/{asked[0].public_id}/", said)
    assert answer["Location"] == f"/escalations/{asked[1].public_id}/"
    said["form_key"] = "6f1c2a52-0000-4000-8000-000000000002"
    answer = team_client.post(f"/escalations/{asked[1].public_id}/", said | {"close": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/escalations/"
    assert "That was the last one." in world.text(answer)
    own = client_of(partner)
    said["form_key"] = "6f1c2a52-0000-4000-8000-000000000003"
    assert own.post(f"/escalations/{asked[0].public_id}/", said)["Location"] == f"/escalations/{asked[0].public_id}/"
    assert Escalation.objects.get(pk=asked[0].pk).messages.count() == 3
