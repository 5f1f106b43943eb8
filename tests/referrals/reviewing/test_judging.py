"""What the team does with a decline: a word to the partner, giving it back, notes used again, a profile put right."""

import re
from typing import Any

import pytest
from django.test import Client

from partners.models import Partner, ProfileCorrection
from referrals.answering.opening import mark_opened
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import OfferState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.models import DeclineReview, Event, Notification, Offer, Referral
from referrals.reviewing.judging import (
    acknowledge_decline,
    coach_partner,
    find_near_notes,
    link_duplicate,
    overturn_decline,
    screen_again,
)
from referrals.routing.choosing import route_due
from referrals.sweeping.sweeps import screen_due
from tests import world
from tests.conftest import client_of
from tests.world import LATER, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def declined() -> Offer:
    """Declined by a partner without a duty, and offered to the next."""
    words = {"is_fasttrack_ready": False, "takes_benefit": False}
    first = world.make_partner("Alpha", **words)
    asked: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
    _referral, offer = world.offered(**asked)
    decline_offer(offer.pk, world.said(), by=world.by_partner(first), now=NOW)
    world.make_partner("Beta", **words)
    route_due(now=NOW)
    offer.refresh_from_db()
    return offer


def test_a_word_reaches_the_partner_and_nobody_else(declined: Offer, team_client: Client) -> None:
    page = f"/team/reviews/{declined.public_id}/"
    silent = team_client.post(page, {"note": "", "coach": "1"})
    assert (silent.status_code, "Enter a message for the partner" in world.text(silent)) == (422, True)
    answer = team_client.post(page, {"note": "Say which skill is missing.", "coach": "1"}, follow=True)
    assert "Message sent to the partner. Decline acknowledged" in world.text(answer)
    mail = Notification.objects.get(kind="coached")
    assert (mail.to, "Say which skill" in mail.body) == (declined.partner.contact_email, True)
    assert "Say which skill" in world.text(client_of(declined.partner).get(f"/offers/{declined.public_id}/"))
    live = declined.referral.offers.live().get()
    assert "Say which skill" not in world.text(client_of(live.partner).get(f"/offers/{live.public_id}/"))
    assert DeclineReview.objects.get().state == "acknowledged"
    again = team_client.post(page, {"note": "Once more.", "coach": "1"})
    assert again.status_code == 422
    assert Notification.objects.filter(kind="coached").count() == 1


def test_an_overturned_decline_goes_back_to_its_partner(declined: Offer) -> None:
    review = DeclineReview.objects.get()
    turn_before = Offer.objects.live().get().turn_before
    overturn_decline(review.pk, note="You have the skill: see your endorsement.", by=world.by_team(), now=NOW + LATER)
    referral = Referral.objects.get()
    assert (referral.state, referral.round, referral.round_by) == (State.AWAITING_PARTNER, 2, "team")
    unseen = referral.offers.filter(partner__name="Beta").get()
    assert (unseen.state, unseen.was_unseen) == (OfferState.WITHDRAWN, True)
    assert unseen.partner.last_offered_at == turn_before, "it did not spend its turn"
    route_due(now=NOW + LATER)
    assert referral.offers.live().get().partner == declined.partner
    words = Event.objects.filter(kind="coached").get()
    assert "overturned" in words.note


def test_what_the_next_partner_has_opened_is_not_taken_from_it(declined: Offer) -> None:
    review, live = DeclineReview.objects.get(), Offer.objects.live().get()
    mark_opened(live.pk, by=world.by_partner(live.partner), now=NOW)
    before = world.fingerprint()
    with pytest.raises(MoveRefused, match="The next partner has opened the offer"):
        overturn_decline(review.pk, note="Back to you.", by=world.by_team(), now=NOW + LATER)
    assert world.fingerprint() == before
    accept_offer(live.pk, by=world.by_partner(live.partner), now=NOW)
    with pytest.raises(MoveRefused, match="Reassign it instead"):
        overturn_decline(review.pk, note="Back to you.", by=world.by_team(), now=NOW + LATER)
    with pytest.raises(MoveRefused, match="Explain why you’re overturning"):
        overturn_decline(review.pk, note=" ", by=world.by_team(), now=NOW + LATER)


def test_notes_that_are_used_again_are_flagged(team_client: Client) -> None:
    first = world.make_partner("Alpha", is_fasttrack_ready=False, takes_benefit=False)
    said = (
        world.NOTES,
        "The customer asks for on-site days in Madrid, and we have no office there.",
        world.NOTES.replace("twice", "three times"),
    )
    offers = []
    for place, notes in enumerate(said):
        words: dict[str, Any] = {"domain": f"n{place}.example", "customer_name": f"N {place}"}
        offers.append(world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"], **words)[1])
        decline_offer(offers[-1].pk, world.said(notes=notes), by=world.by_partner(first), now=NOW)
        offers[-1].refresh_from_db()
    assert [find_near_notes(offer) for offer in offers] == [[], [], [offers[0]]], "only what came before counts"
    pages = [world.text(team_client.get(f"/team/reviews/{offer.public_id}/")) for offer in offers]
    assert ["Similar past notes" in page for page in pages] == [False, False, True]


def test_a_wrong_profile_is_proposed_to_the_admins(declined: Offer, team_client: Client) -> None:
    page = f"/team/reviews/{declined.public_id}/"
    team_client.post(page, {"note": "They do not speak French.", "about": "languages"})
    proposed = ProfileCorrection.objects.get()
    assert (proposed.about, proposed.text, proposed.partner) == (
        "languages",
        "They do not speak French.",
        declined.partner,
    )
    with pytest.raises(MoveRefused, match="Already"):
        acknowledge_decline(
            DeclineReview.objects.get().pk, note="Again", about="languages", by=world.by_team(), now=NOW
        )
    assert ProfileCorrection.objects.count() == 1, "one decision, one proposal"
    with pytest.raises(MoveRefused, match="Already"):
        coach_partner(DeclineReview.objects.get().pk, note="Too late.", by=world.by_team(), now=NOW)


@pytest.mark.parametrize("change", [{"paused_until": NOW + 9 * LATER}, {"capacity": 0}])
def test_a_partner_that_takes_no_offers_is_not_asked_again(declined: Offer, change: dict[str, Any]) -> None:
    Partner.objects.filter(pk=declined.partner_id).update(**change)
    before = world.fingerprint()
    with pytest.raises(
        MoveRefused, match="can’t receive offers now: it’s paused, full, or has to explain an expired referral"
    ):
        overturn_decline(DeclineReview.objects.get().pk, note="Back to you.", by=world.by_team(), now=NOW + LATER)
    assert world.fingerprint() == before


def test_a_partner_that_the_customer_does_not_want_is_not_asked_again(declined: Offer) -> None:
    declined.referral.excluded_partners.add(declined.partner.organisation)
    with pytest.raises(MoveRefused, match="The customer excluded"):
        overturn_decline(DeclineReview.objects.get().pk, note="Back to you.", by=world.by_team(), now=NOW + LATER)
    assert Offer.objects.live().get().partner != declined.partner


def test_a_note_on_a_decline_decided_meanwhile_is_kept(declined: Offer, team_client: Client) -> None:
    coach_partner(DeclineReview.objects.get().pk, note="First.", by=world.by_team(), now=NOW + LATER)
    late = team_client.post(f"/team/reviews/{declined.public_id}/", {"note": "A long thought.", "about": "languages"})
    assert (late.status_code, "A long thought." in world.text(late)) == (422, True)
    assert not ProfileCorrection.objects.exists(), "the proposal is part of the decision that did not come about"


def test_a_decline_that_shows_a_wrong_type_goes_back_to_screening(declined: Offer, team_client: Client) -> None:
    page = f"/team/reviews/{declined.public_id}/"
    silent = team_client.post(page, {"note": "", "screen": "1"})
    assert (silent.status_code, "Explain the problem (kept in the history)" in world.text(silent)) == (422, True)
    team_client.post(page, {"note": "They want training, not Teams.", "screen": "1"})
    referral = Referral.objects.get()
    assert (referral.state, referral.next_owner, referral.offers.live().count()) == (State.SCREENING, "system", 0)
    unseen = referral.offers.get(partner__name="Beta")
    assert (unseen.state, unseen.was_unseen) == (OfferState.WITHDRAWN, True)
    assert DeclineReview.objects.get().state == "acknowledged"


def test_a_decline_of_a_repeated_request_links_the_two(declined: Offer, team_client: Client) -> None:
    page = f"/team/reviews/{declined.public_id}/"
    before = world.fingerprint()
    for named in ("", "REF-0000-0000", declined.referral.public_id):
        refused = team_client.post(page, {"duplicate_of": named, "duplicate": "1"})
        assert (refused.status_code, "Enter another referral" in world.text(refused)) == (422, True)
    assert world.fingerprint() == before, "nothing of it is half done"
    other = world.submit(NOW, domain="other.example")
    team_client.post(page, {"duplicate_of": f" {other.public_id.lower()} ", "duplicate": "1"})
    referral = Referral.objects.get(pk=declined.referral_id)
    assert (referral.state, referral.close_outcome, referral.duplicate_of) == (State.CLOSED, "duplicate", other)
    assert not referral.offers.live().exists()


def test_verdicts_leave_what_the_next_partner_has_opened(declined: Offer) -> None:
    review, live = DeclineReview.objects.get(), Offer.objects.live().get()
    other = world.submit(NOW, domain="other.example")
    mark_opened(live.pk, by=world.by_partner(live.partner), now=NOW)
    before = world.fingerprint()
    words: dict[str, Any] = {"note": "Wrong type.", "by": world.by_team(), "now": NOW + LATER}
    with pytest.raises(MoveRefused, match="The next partner has opened the offer"):
        screen_again(review.pk, **words)
    with pytest.raises(MoveRefused, match="The next partner has opened the offer"):
        link_duplicate(review.pk, duplicate_of=other.public_id, **words)
    assert world.fingerprint() == before


def test_screening_again_finds_the_workloads_anew(declined: Offer) -> None:
    review = DeclineReview.objects.get()
    screen_again(review.pk, note="It is about Intune.", by=world.by_team(), now=NOW + LATER)
    Referral.objects.update(workloads=["INTUNE"])
    screen_due(now=NOW + LATER)
    assert Referral.objects.get().cover == ["INTUNE"]


@pytest.mark.by_hand
def test_two_referrals_are_never_duplicates_of_each_other(declined: Offer) -> None:
    other = world.submit(NOW, domain="other.example")
    ended: dict[str, Any] = {"state": "closed", "next_action": "", "next_owner": "", "next_action_at": None}
    ended |= {"close_outcome": "duplicate", "duplicate_of": declined.referral, "closed_at": NOW, "unheld_since": None}
    Referral.objects.filter(pk=other.pk).update(**ended)
    words: dict[str, Any] = {"note": "Twice.", "by": world.by_team(), "now": NOW + LATER}
    with pytest.raises(MoveRefused, match="That referral was closed as a duplicate"):
        link_duplicate(DeclineReview.objects.get().pk, duplicate_of=other.public_id, **words)
    assert Referral.objects.get(pk=declined.referral_id).is_open


WAYS_TWICE: tuple[dict[str, str], ...] = (
    {"note": ""},
    {"note": "Seen.", "about": "languages"},
    {"note": "Say which skill is missing.", "coach": "1"},
    {"note": "You have the skill.", "overturn": "1"},
    {"note": "The type looks wrong.", "screen": "1"},
)


@pytest.mark.parametrize("said", WAYS_TWICE)
def test_an_answer_sent_twice_has_one_effect_and_leads_on(
    declined: Offer, team_client: Client, said: dict[str, str]
) -> None:
    page = f"/team/reviews/{declined.public_id}/"
    first = team_client.post(page, said)
    before = world.fingerprint(), Notification.objects.count(), ProfileCorrection.objects.count()
    again = team_client.post(page, said)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert before == (world.fingerprint(), Notification.objects.count(), ProfileCorrection.objects.count())
    for other in WAYS_TWICE:
        if other != said:
            assert team_client.post(page, other).status_code == 422, "another answer is no repetition"
    DeclineReview.objects.update(decided_by=world.make_user("other@triage.example"))
    assert team_client.post(page, said).status_code == 422, "somebody else decided it"


def test_closing_as_a_duplicate_twice_has_one_effect(declined: Offer, team_client: Client) -> None:
    said = {"note": "", "duplicate": "1", "duplicate_of": world.screened().public_id}
    page = f"/team/reviews/{declined.public_id}/"
    assert [team_client.post(page, said).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="linked").count() == 1


@pytest.mark.parametrize("way", ["coach", "overturn", "screen"])
def test_a_note_that_is_missing_is_asked_for_at_the_note(declined: Offer, team_client: Client, way: str) -> None:
    answer = team_client.post(f"/team/reviews/{declined.public_id}/", {"note": " ", way: "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_note">' in page
    field = page[page.index("<textarea") : page.index("</textarea>")]
    assert "autofocus" in field
    assert "is-invalid" in field
    assert "data-takes-focus" not in page


def test_every_act_of_a_review_has_its_key(declined: Offer, team_client: Client) -> None:
    page = team_client.get(f"/team/reviews/{declined.public_id}/").content.decode()
    for key in "acoslp":
        found = re.search(rf'data-key="{key}">[^<]*<kbd>{key}</kbd>', page)
        assert found, key
    bar = page[page.index("bottom-bar") :]
    assert bar.count('form="review"') == 5
    assert "autofocus" not in page
