"""What was done just now may be undone from every page, row by row, until it is dismissed or too late."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from benefits.models import Enablement
from benefits.services.customers import Recorded
from pages.undoing import KEPT
from partners.models import Partner
from referrals.answering.responding import decline_offer
from referrals.choices import OfferState, ReviewState
from referrals.diligence.facts import record_statuses
from referrals.models import DeclineReview, Event, Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<form method="post" action="(/[^"]*undo/)">.*?<strong>(.*?)</strong> (REF-[\w-]+)', re.DOTALL)


def bar(client: Client, path: str) -> dict[str, str]:
    """Reference → where its Undo posts to."""
    return {found[3]: found[1] for found in LINE.finditer(client.get(path).content.decode())}


@pytest.fixture
def offers() -> list[Offer]:
    world.make_partner(capacity=9)
    words = [{"domain": f"a{n}.example", "customer_name": f"Customer {n}"} for n in range(4)]
    return [world.offered(now=timezone.now(), **one)[1] for one in words]


def test_an_accepted_offer_is_undone_from_another_page(offers: list[Offer]) -> None:
    client, offer = client_of(offers[0].partner), offers[0]
    assert bar(client, "/home/") == {}
    client.post(f"/offers/{offer.number}/accept/")
    undo = bar(client, "/home/")[offer.referral.public_id]
    assert "Customer 0" in client.get("/queue/").content.decode()
    answer = client.post(undo)
    assert answer.status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.PENDING
    assert bar(client, "/home/") == {}


def test_it_is_on_the_page_once_and_stays_there_when_the_bar_was_dismissed(offers: list[Offer]) -> None:
    client, offer = client_of(offers[0].partner), offers[0]
    client.post(f"/offers/{offer.number}/accept/")
    page = f"/offers/{offer.number}/"
    assert client.get(page).content.decode().count(f"/offers/{offer.number}/undo/") == 1
    answer = client.post("/undo/dismiss/", headers={"Referer": "http://testserver/queue/"})
    assert answer["Location"] == "http://testserver/queue/"
    assert client.post("/undo/dismiss/", headers={"Referer": "http://elsewhere.example/"})["Location"] == "/"
    assert bar(client, "/home/") == {}
    assert client.get(page).content.decode().count("/undo/") == 1


def statuses_of(offer: Offer) -> dict[str, str]:
    current = Enablement.objects.filter(tenant=offer.referral.tenant).current()
    return {row.workload_code: row.status for row in current}


def set_area(client: Client, offer: Offer, status: str, area: str = "endpoint") -> None:
    codes = ["INTUNE", "DEFENDER_ENDPOINT"]
    data = {"tenant": offer.referral.tenant.domain, "set_area": area, f"area-status:{area}": status}
    answer = client.post(f"/facts/{offer.number}/statuses/", data | {f"in-area:{area}": codes})
    assert answer.status_code == 302


@pytest.fixture
def taken(offers: list[Offer]) -> tuple[Client, Offer]:
    client, offer = client_of(offers[0].partner), offers[0]
    client.post(f"/offers/{offer.number}/accept/")
    client.post("/undo/dismiss/")
    world.record(offer.referral, world.by_partner(offer.partner), timezone.now(), INTUNE="in_progress")
    return client, offer


def test_statuses_of_a_whole_area_are_undone_in_one_go(taken: tuple[Client, Offer]) -> None:
    client, offer = taken
    before = Event.objects.count()
    set_area(client, offer, "enabled")
    assert set(statuses_of(offer).values()) == {"enabled"}
    assert "2 statuses set" in world.text(client.get("/home/"))
    answer = client.post(bar(client, "/home/")[offer.referral.public_id], follow=True)
    assert "The previous statuses are back" in world.text(answer)
    assert statuses_of(offer) == {"INTUNE": "in_progress", "DEFENDER_ENDPOINT": "unknown"}
    assert Event.objects.count() > before + 1, "the history tells of both"
    assert bar(client, "/home/") == {}


def test_what_somebody_recorded_since_is_never_undone(taken: tuple[Client, Offer]) -> None:
    client, offer = taken
    set_area(client, offer, "enabled")
    undo = bar(client, "/home/")[offer.referral.public_id]
    world.record(offer.referral, world.by_partner(offer.partner), timezone.now(), INTUNE="blocked")
    assert bar(client, "/home/") == {}
    assert "Nothing was undone" in world.text(client.post(undo, follow=True))
    assert statuses_of(offer)["INTUNE"] == "blocked"


def test_nobody_else_undoes_them_and_nobody_too_late(taken: tuple[Client, Offer], team_client: Client) -> None:
    client, offer = taken
    set_area(client, offer, "enabled")
    undo = bar(client, "/home/")[offer.referral.public_id]
    assert client_of(world.make_partner("Fabrikam")).post(undo).status_code == 404
    assert "too late" in world.text(team_client.post(undo.replace(offer.number, offer.referral.public_id), follow=True))
    Enablement.objects.update(recorded_at=timezone.now() - dt.timedelta(hours=1))
    assert bar(client, "/home/") == {}
    assert "too late" in world.text(client.post(undo, follow=True))


def test_undoing_tells_nothing_that_another_side_wrote(offers: list[Offer]) -> None:
    client, offer = client_of(offers[0].partner), offers[0]
    known = {"INTUNE": Recorded("blocked", "Private words of the team")}
    before = offer.offered_at - dt.timedelta(hours=1)
    record_statuses(offer.referral_id, offer.referral.tenant, known, by=world.by_team(), now=before)
    client.post(f"/offers/{offer.number}/accept/")
    client.post("/undo/dismiss/")
    set_area(client, offer, "enabled")
    client.post(bar(client, "/home/")[offer.referral.public_id])
    newest = Enablement.objects.filter(workload_code="INTUNE").latest("recorded_at")
    assert (newest.status, newest.recorded_by) == ("blocked", world.triager(offer.partner))
    assert "Private" not in newest.evidence
    assert "Private words" not in world.text(client.get(f"/offers/{offer.number}/"))


def test_statuses_are_undone_on_a_referral_of_their_customer_alone(taken: tuple[Client, Offer]) -> None:
    client, offer = taken
    other = Offer.objects.filter(partner=offer.partner).exclude(pk=offer.pk).latest("pk")
    client.post(f"/offers/{other.number}/accept/")
    client.post("/undo/dismiss/")
    set_area(client, offer, "enabled")
    [undo] = bar(client, "/home/").values()
    assert "too late" in world.text(client.post(undo.replace(offer.number, other.number), follow=True))
    assert set(statuses_of(offer).values()) == {"enabled"}


def test_statuses_of_an_offer_that_has_ended_are_not_offered_for_undoing(taken: tuple[Client, Offer]) -> None:
    client, offer = taken
    set_area(client, offer, "enabled")
    Partner.objects.update(is_fasttrack_ready=False, takes_benefit=False)
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    assert bar(client, "/home/") == {}


def test_it_is_gone_when_it_is_too_late_or_somebody_has_relied_on_it(offers: list[Offer]) -> None:
    client, (first, second, *_rest) = client_of(offers[0].partner), offers
    for offer in (first, second):
        client.post(f"/offers/{offer.number}/accept/")
    client.post(f"/offers/{first.number}/contacts/")
    assert set(bar(client, "/home/")) == {second.referral.public_id}
    session = client.session
    over = (timezone.now() - dt.timedelta(minutes=1)).timestamp()
    session[KEPT] = [[kind, pk, over, *rest] for kind, pk, _until, *rest in session[KEPT]]
    session.save()
    assert bar(client, "/home/") == {}


def test_a_decline_and_several_rows_at_once(offers: list[Offer]) -> None:
    client = client_of(offers[0].partner)
    said = {"reason": world.reason("conflict").pk, "notes": "We already work for a competitor of theirs."}
    client.post(f"/offers/{offers[0].number}/decline/", said)
    rows = {"act": "accept", "confirmed": "1", "row": [offer.public_id for offer in offers[1:]]}
    client.post("/queue/bulk/", rows)
    assert set(bar(client, "/home/")) == {offer.referral.public_id for offer in offers}
    client.post(bar(client, "/home/")[offers[2].referral.public_id])
    assert set(bar(client, "/home/")) == {offer.referral.public_id for offer in offers if offer != offers[2]}


def test_the_bar_of_one_person_is_not_anothers(offers: list[Offer]) -> None:
    client_of(offers[0].partner).post(f"/offers/{offers[0].number}/accept/")
    assert bar(client_of(offers[0].partner), "/home/") == {}, "another session"


def declined(offer: Offer) -> DeclineReview:
    by = world.by_partner(offer.partner)
    decline_offer(offer.pk, world.said("conflict"), by=by, now=timezone.now())
    return DeclineReview.objects.get(offer=offer)


def test_an_acknowledgement_is_undone(offers: list[Offer], team_client: Client) -> None:
    review = declined(offers[0])
    team_client.post(f"/team/reviews/{offers[0].public_id}/", {"acknowledge": "1", "note": ""})
    review.refresh_from_db()
    assert review.state == ReviewState.ACKNOWLEDGED
    team_client.post(bar(team_client, "/team/")[offers[0].referral.public_id])
    review.refresh_from_db()
    assert (review.state, review.decided_at, review.decided_by) == (ReviewState.OPEN, None, None)
    assert Event.objects.filter(referral=offers[0].referral, kind="undone").count() == 1
    assert bar(team_client, "/team/") == {}


def test_what_the_partner_was_told_is_not_undone(offers: list[Offer], team_client: Client) -> None:
    review, note = declined(offers[0]), "Please answer the questions before you decline."
    team_client.post(f"/team/reviews/{offers[0].public_id}/", {"coach": "1", "note": note})
    assert bar(team_client, "/team/") == {}
    team_client.post(f"/team/reviews/{offers[0].public_id}/undo/")
    review.refresh_from_db()
    assert review.state == ReviewState.ACKNOWLEDGED


def test_acknowledged_at_once_and_undone_one_by_one(offers: list[Offer], team_client: Client) -> None:
    reviews = [declined(offer) for offer in offers[:3]]
    rows = {"act": "acknowledge", "confirmed": "1", "row": [offer.referral.public_id for offer in offers[:3]]}
    team_client.post("/team/referrals/bulk/", rows)
    lines = bar(team_client, "/team/")
    assert set(lines) == {offer.referral.public_id for offer in offers[:3]}
    team_client.post(lines[offers[1].referral.public_id])
    for review in reviews:
        review.refresh_from_db()
    assert [review.state for review in reviews] == ["acknowledged", "open", "acknowledged"]
