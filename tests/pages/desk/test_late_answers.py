"""Answers and decisions that come too late say so, keep what was typed, and change nothing."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from partners.models import ProfileCorrection
from referrals.answering.releasing import request_release
from referrals.answering.responding import decline_offer
from referrals.models import Offer, ReleaseRequest
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
COMMUNITY: dict[str, Any] = {"is_fasttrack_ready": False, "takes_benefit": False}
STANDARD: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}


def asked() -> tuple[Offer, ReleaseRequest]:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    return offer, request_release(offer.pk, world.said(), by=world.by_partner(partner), now=timezone.now())


def test_second_decision_about_a_release_says_that_there_is_one(team_client: Client) -> None:
    _offer, release = asked()
    address = f"/team/releases/{release.pk}/"
    unclear = team_client.post(address, {"reason": "KEEP ME"})
    assert (unclear.status_code, "Select Grant or Refuse." in unclear.content.decode()) == (422, True)
    assert team_client.post(address, {"reason": "Stay", "refuse": "1"}).status_code == 302
    before = world.fingerprint()
    late = team_client.post(address, {"reason": "KEEP ME", "grant": "1"})
    assert late.status_code == 422
    assert "”. No changes were made" in late.content.decode()
    assert "KEEP ME" in late.content.decode()
    assert world.fingerprint() == before


def test_release_takes_a_proposal_along_and_no_corrected_availability() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    client, address = client_of(partner), f"/offers/{offer.public_id}/decline/"
    day = (timezone.now() + dt.timedelta(days=3)).date().isoformat()
    data = {"reason": world.reason().pk, "notes": world.NOTES, "ask_release": "1"}
    both = client.post(address, data | {"pause_until": day})
    assert (
        both.status_code,
        "Either update your availability or ask to be released. Clear this date to request release"
        in both.content.decode(),
    ) == (409, True)
    data |= {"correct": "languages", "correct_to": "French too"}
    assert client.post(address, data).status_code == 302
    assert ProfileCorrection.objects.get().text == "French too"


def test_answer_that_nobody_waits_for_is_given_back() -> None:
    referral = world.screened()
    answer = Client().post(f"/status/{referral.status_token}/reach/", {"reach-note": "KEEP ME"})
    assert answer.status_code == 422
    assert "This answer is no longer needed" in answer.content.decode()
    assert "KEEP ME" in answer.content.decode()


def test_record_takes_no_notes() -> None:
    partner = world.make_partner(**COMMUNITY)
    _referral, offer = world.offered(now=timezone.now(), **STANDARD)
    decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=timezone.now())
    before = world.fingerprint()
    answer = client_of(partner).post(f"/offers/{offer.public_id}/note/", {"note-note": "KEEP ME"})
    assert (answer.status_code, "KEEP ME" in answer.content.decode()) == (422, True)
    assert world.fingerprint() == before


def test_search_and_attention_narrow_each_other_down(team_client: Client) -> None:
    now = timezone.now() - dt.timedelta(days=9)
    world.make_partner(capacity=5)
    first, _offer = world.offered(now=now)
    second, _offer = world.offered(now=now, domain="other.example", customer_name="Other")
    text = world.text(team_client.get("/team/referrals/", {"tab": "open", "flag": "overdue", "q": "other.example"}))
    assert second.public_id in text
    assert first.public_id not in text


def test_corrections_are_decided_by_those_who_may_change_them() -> None:
    partner = world.make_partner()
    proposed = ProfileCorrection.objects.create(
        partner=partner, about="languages", text="French", proposed_at=timezone.now()
    )
    reader = world.make_user("reader@triage.example", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_profilecorrection"))
    client = Client()
    client.force_login(reader)
    client.post("/admin/partners/profilecorrection/", {"action": "mark_applied", "_selected_action": [proposed.pk]})
    proposed.refresh_from_db()
    assert proposed.state == "open"
