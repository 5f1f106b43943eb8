"""Inside a partner: who looks after an offer, notes that nobody else reads, earlier referrals, a block to copy."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from pages.partner.forms import PERSON
from referrals.answering.colleagues import earlier_referrals, give_to_colleague
from referrals.answering.delivering import show_contacts
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import ColleagueNote, Notification, Offer, Referral
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
SECRET = "Their budget is tight; ask Robin first."


def colleague_of(offer: Offer) -> Any:
    fellow = world.make_user("robin@contoso.example")
    offer.partner.memberships.create(user=fellow, role="triager")
    return fellow


def test_notes_to_colleagues_are_read_by_nobody_else(offer: Offer, team_client: Client) -> None:
    by, client, fellow = world.by_partner(offer.partner), client_of(offer.partner), colleague_of(offer)
    page = f"/offers/{offer.public_id}/"
    client.post(page + "colleagues/", {"colleague-note-text": SECRET, "colleague-note-tell": [seal(PERSON, fellow.pk)]})
    assert SECRET in world.text(client.get(page + "together/"))
    assert SECRET not in world.text(team_client.get(f"/team/referrals/{offer.referral.public_id}/"))
    mail = Notification.objects.get(kind="mentioned")
    assert (mail.to, SECRET in mail.body) == (fellow.email, False), "mail is read by more people than the page"
    decline_offer(offer.pk, world.said(), by=by, now=timezone.now())
    second = world.make_partner("Fabrikam", is_fasttrack_ready=False, takes_benefit=False)
    route_due(now=timezone.now())
    live = Offer.objects.live().get()
    assert live.partner == second
    for place in ("", "together/"):
        assert SECRET not in world.text(client_of(second).get(f"/offers/{live.public_id}/{place}"))
    assert SECRET in world.text(client.get(page + "together/")), "the record keeps it"
    assert client_of(second).post(page + "colleagues/", {"colleague-note-text": "x"}).status_code == 404


def test_strangers_cannot_be_told_or_given_an_offer(offer: Offer) -> None:
    client, stranger = client_of(offer.partner), world.make_user("stranger@fabrikam.example")
    page = f"/offers/{offer.public_id}/"
    told = client.post(page + "colleagues/", {"colleague-note-text": SECRET, "colleague-note-tell": [stranger.pk]})
    assert (told.status_code, SECRET in world.text(told)) == (422, True), "what was typed is kept"
    assert client.post(page + "colleague/", {"colleague-to": seal(PERSON, stranger.pk)}).status_code == 422
    assert not ColleagueNote.objects.exists()
    assert not Notification.objects.filter(kind="mentioned").exists()


def test_an_offer_is_given_and_tagged_from_its_page(offer: Offer) -> None:
    by, client, fellow = world.by_partner(offer.partner), client_of(offer.partner), colleague_of(offer)
    page = f"/offers/{offer.public_id}/"
    client.post(page + "colleague/", {"colleague-to": seal(PERSON, fellow.pk)})
    client.post(page + "tags/", {"tags-add": "Quick win"})
    offer.refresh_from_db()
    assert (offer.colleague, offer.tags) == (fellow, ["quick win"])
    assert "Assigned to robin" in world.text(client.get(page))
    decline_offer(offer.pk, world.said(), by=by, now=timezone.now())
    ended = client.post(page + "colleague/", {"colleague-to": ""})
    assert (ended.status_code, "This referral is closed. The record is read-only" in world.text(ended)) == (422, True)


def test_an_offer_given_meanwhile_is_not_given_on_unseen(offer: Offer) -> None:
    by, me, client = world.by_partner(offer.partner), world.triager(offer.partner), client_of(offer.partner)
    fellow, address = colleague_of(offer), f"/offers/{offer.public_id}/colleague/"
    shown = client.get(f"/offers/{offer.public_id}/together/").context["colleague_form"]
    nobody = seal(PERSON, 0)
    assert f'name="colleague-was" value="{nobody}"' in str(shown["was"])
    give_to_colleague(offer.pk, to=fellow, by=by, now=timezone.now())
    mine = {"colleague-to": seal(PERSON, me.pk), "colleague-was": nobody}
    for chosen in (seal(PERSON, me.pk), ""):
        refused = client.post(address, mine | {"colleague-to": chosen})
        assert refused.status_code == 409
        assert f"{by.user} assigned it to robin while you were editing" in world.text(refused)
        assert str(refused.context["form"]["to"].value()) == str(chosen), "who was chosen is kept"
        offer.refresh_from_db()
        assert offer.colleague == fellow
    assert client.post(address, mine | {"colleague-to": seal(PERSON, fellow.pk)}).status_code == 302, (
        "the same is no conflict"
    )
    client.post(address, mine | {"colleague-was": refused.context["form"]["was"].value()})
    offer.refresh_from_db()
    assert offer.colleague == me


def test_the_block_to_copy_says_what_happened_without_contact_data(offer: Offer) -> None:
    client, by = client_of(offer.partner), world.by_partner(offer.partner)
    accept_offer(offer.pk, by=by, now=timezone.now())
    show_contacts(offer.pk, by=by, now=timezone.now())
    decline_offer(offer.pk, world.said(), by=by, now=timezone.now())
    text = client.get(f"/offers/{offer.public_id}/").content.decode()
    block = text[text.index('id="copy"') :]
    for part in (
        offer.referral.public_id,
        "Status: Declined",
        world.reason().label,
        "called twice",
    ):
        assert part in block
    assert offer.referral.requester_email not in text


def test_earlier_referrals_of_a_tenant_name_nobody(offer: Offer) -> None:
    now = timezone.now()
    decline_offer(offer.pk, world.said("conflict"), by=world.by_partner(offer.partner), now=now)
    acts.cancel(offer.referral_id, reason="Gone", by=world.by_team(), now=now)
    Referral.objects.filter(pk=offer.referral_id).update(closed_at=now - dt.timedelta(days=1))
    plans = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
    later = now + dt.timedelta(seconds=5)
    world.make_partner("Fabrikam", is_fasttrack_ready=False, takes_benefit=False)
    theirs = [world.offered(later, **plans)[1] for _ in range(2)]
    assert {one.partner.name for one in theirs} == {"Contoso", "Fabrikam"}
    for one in theirs:
        text = world.text(client_of(one.partner).get(f"/offers/{one.public_id}/together/"))
        assert "Previous referrals for this tenant" in text
        assert (">assigned to you</a>" in text) == (one.partner.name == "Contoso")
        assert {"Contoso": "Fabrikam", "Fabrikam": "Contoso"}[one.partner.name] not in text


def test_others_open_referrals_of_a_tenant_are_not_there(offer: Offer) -> None:
    now = timezone.now()
    world.make_partner("Fabrikam", is_fasttrack_ready=False, takes_benefit=False)
    later = [world.offered(now, plans=[["O365_E3", 100]], workloads=["TEAMS"])[1] for _ in range(2)]
    theirs = next(one for one in later if one.partner.name == "Fabrikam")
    assert earlier_referrals(theirs, now) == [], "not even that there are any"
    acts.cancel(offer.referral_id, reason="Gone", by=world.by_team(), now=now)
    assert earlier_referrals(theirs, now) == [], "what ended today is known tomorrow"
    assert len(earlier_referrals(theirs, now + dt.timedelta(days=1))) == 1


def test_earlier_referrals_show_how_the_own_turn_ended(offer: Offer) -> None:
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    acts.cancel(offer.referral_id, reason="Gone", by=world.by_team(), now=timezone.now())
    _referral, later = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    assert later.referral.tenant_id == offer.referral.tenant_id
    tomorrow = timezone.now() + dt.timedelta(days=1)
    shown = [(row.outcome, row.own_offer) for row in earlier_referrals(later, tomorrow)]
    assert shown == [("declined", offer.public_id)]
    Offer.objects.filter(pk=offer.pk).update(partner=world.make_partner("Fabrikam"))
    assert [(row.outcome, row.own_offer) for row in earlier_referrals(later, tomorrow)] == [("canceled", "")]


def test_a_part_of_a_request_shows_its_requests_source_and_no_sibling(offer: Offer) -> None:
    _referral, part = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    Referral.objects.filter(pk=part.referral_id).update(source="split", split_from=offer.referral, engagement="E-1")
    Referral.objects.filter(pk=offer.referral_id).update(engagement="E-1")
    part.refresh_from_db()
    assert earlier_referrals(part, timezone.now()) == []
    page = client_of(offer.partner).get("/queue/?tab=all&columns=source&sort=source")
    assert {row.shown_source for row in page.context["page"].rows} == {offer.referral.source}
