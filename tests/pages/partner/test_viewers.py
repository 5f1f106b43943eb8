"""Viewers read their partner's pages: no act is offered, why is said, and what they post all the same is given back."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from referrals.answering.colleagues import give_to_colleague
from referrals.answering.responding import accept_offer, decline_offer
from referrals.answering.undoing import undo_answer
from referrals.email.escalating import open_escalation
from referrals.lifecycle.acting import By
from referrals.models import Offer
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db
WHY = "You have read-only access. Ask a partner admin for the triager role."
GRID = "/facts/%s/statuses/"
ACTS = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"')


def people_of(offer: Offer) -> tuple[Client, Client, By]:
    """Somebody who acts for the offer's partner, a viewer of it, and the first as services know it."""
    client, by = client_of(offer.partner), world.by_partner(offer.partner)
    viewer = world.make_user("viewer@contoso.example")
    offer.partner.memberships.create(user=viewer, role="viewer")
    reading = Client()
    reading.force_login(viewer)
    return client, reading, by


def acts_on(client: Client, address: str) -> set[str]:
    """What the forms of a page would do, but for the grid: read-only it is a form without a field."""
    page = client.get(address).content.decode()
    acts = {act for act in ACTS.findall(page) if act.startswith(("/offers/", "/facts/"))}
    return {act for act in acts if not act.endswith("/statuses/")}


@pytest.mark.parametrize("stage", ["pending", "accepted", "delivering", "declined"])
def test_a_viewer_is_offered_no_act_and_told_why(stage: str) -> None:
    world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    offer = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])[1]
    client, viewer, by = people_of(offer)
    if stage in ("accepted", "delivering"):
        accept_offer(offer.pk, by=by, now=timezone.now())
    if stage == "delivering":
        client.post(f"/offers/{offer.public_id}/fee-based/")
    if stage == "declined":
        decline_offer(offer.pk, world.said("conflict"), by=by, now=timezone.now())
    address = f"/offers/{offer.public_id}/"
    assert acts_on(client, address), "whoever acts is offered something"
    assert acts_on(viewer, address) == set()
    page = viewer.get(address).content.decode()
    if stage != "declined":
        assert WHY in page
    assert not re.search(r'name="(status:|note-note|attempt-|close-)', page)
    together = viewer.get(f"{address}together/").content.decode()
    assert 'method="post" class="mt-2"' not in together
    assert "/colleague/" not in together


def test_a_viewer_sees_who_looks_after_an_offer(offer: Offer) -> None:
    _client, viewer, by = people_of(offer)
    give_to_colleague(offer.pk, to=by.user, by=by, now=timezone.now())
    assert f"Assigned to {by.user}." in world.text(viewer.get(f"/offers/{offer.public_id}/together/"))


def test_the_decline_page_of_a_viewer_says_why_and_gives_posted_notes_back(offer: Offer) -> None:
    client, viewer, _by = people_of(offer)
    address = f"/offers/{offer.public_id}/decline/"
    page = viewer.get(address)
    assert WHY in world.text(page)
    assert 'name="notes"' not in page.content.decode()
    assert 'name="notes"' in client.get(address).content.decode()
    before = world.fingerprint()
    typed = {"reason": world.reason("conflict").pk, "notes": world.NOTES, "handover": "Ask <Robin> first."}
    refused = viewer.post(address, typed)
    assert (refused.status_code, world.fingerprint()) == (403, before)
    text = refused.content.decode()
    assert WHY in text
    assert text.count("readonly") == 1
    assert "nobody who speaks the customer&#x27;s language.\n\nAsk &lt;Robin&gt; first.</textarea>" in text


def test_only_texts_are_given_back(offer: Offer) -> None:
    _client, viewer, _by = people_of(offer)
    typed = {"status:TEAMS": "enabled", "evidence:TEAMS": "Seen in the portal", "was:TEAMS": "unknown||not seen"}
    refused = viewer.post(GRID % offer.public_id, typed | {"password1": "my dear secret"})
    assert refused.status_code == 403
    assert refused.context["typed"] == "Seen in the portal"
    assert "readonly" not in viewer.post(f"/offers/{offer.public_id}/accept/").content.decode()


def test_a_viewer_only_exports_several_rows() -> None:
    client, viewer, _by = people_of(make_many(1)[0])
    assert list(viewer.get("/queue/?tab=all").context["bulk_acts"]) == ["export"]
    assert "accept" in client.get("/queue/?tab=all").context["bulk_acts"]


def test_a_viewer_reads_an_escalation_and_suggestions(offer: Offer) -> None:
    client, viewer, by = people_of(offer)
    asked = open_escalation(subject="Who pays?", text="Please say.", by=by, now=timezone.now(), referral=offer.referral)
    page = world.text(viewer.get(f"/escalations/{asked.public_id}/"))
    assert (WHY in page, "Close escalation" in page) == (True, False)
    found = f"/facts/{offer.public_id}/suggestions/?q=Teams meetings"
    assert "Add to request" not in world.text(viewer.get(found))
    assert "Add to request" in world.text(client.get(found))


def test_a_viewer_who_opens_an_offer_ends_nobodys_undo(team_client: Client) -> None:
    first = world.make_partner("Alpha", is_fasttrack_ready=False, takes_benefit=False)
    words = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
    now = timezone.now()
    referral, declined = world.offered(now, **words)
    second = world.make_partner("Beta", is_fasttrack_ready=False, takes_benefit=False)
    decline_offer(declined.pk, world.said(), by=world.by_partner(first), now=now)
    route_due(now=now)
    offer = Offer.objects.live().get(referral=referral)
    assert offer.partner == second
    _acting, reading, _by = people_of(offer)
    for _ in range(2):
        assert reading.post(f"/offers/{offer.public_id}/opened/").status_code == 204
    offer.refresh_from_db()
    assert offer.opened_at is None
    assert not offer.events.filter(kind="offer_opened").exists()
    assert offer.events.filter(kind="read").count() == 1
    assert "Read by a viewer" in world.text(team_client.get(f"/team/referrals/{referral.public_id}/"))
    undo_answer(declined.pk, by=world.by_partner(first), now=now)
    assert Offer.objects.get(pk=declined.pk).state == "pending"


def test_whoever_acts_opens_it_after_a_viewer_has_read_it() -> None:
    world.make_partner()
    _referral, offer = world.offered(timezone.now())
    acting, reading, _by = people_of(offer)
    reading.post(f"/offers/{offer.public_id}/opened/")
    acting.post(f"/offers/{offer.public_id}/opened/")
    offer.refresh_from_db()
    assert offer.opened_at is not None
    assert offer.events.filter(kind="offer_opened").count() == 1
