"""Ask the customer: questions go to its private page, answers come back as proposed facts that a person confirms."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from benefits.models import Enablement
from benefits.services.customers import Recorded
from referrals.answering.responding import accept_offer
from referrals.diligence.facts import record_statuses
from referrals.diligence.inquiring import ASK_AGAIN
from referrals.models import Inquiry, Notification, Offer
from referrals.reviewing.acts import reassign
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def asked(client: Client, offer: Offer) -> Inquiry:
    client.post(f"/facts/{offer.public_id}/ask/")
    return Inquiry.objects.get(settled_at=None)


def test_questions_reach_the_requester_without_the_partners_name(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = asked(client, offer)
    mail = Notification.objects.get(kind="inquiry")
    assert mail.to == offer.referral.requester_email
    assert inquiry.questions[0]["text"] in mail.body
    assert offer.partner.name not in mail.body
    text = world.text(Client().get(f"/status/{offer.referral.status_token}/"))
    assert all(question["text"] in text for question in inquiry.questions)


def test_answers_are_proposed_and_recorded_only_when_taken_over(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = asked(client, offer)
    first, second = (question["code"] for question in inquiry.questions[:2])
    before = Enablement.objects.count()
    typed = {
        "inquiry": seal("inquiry", inquiry.pk),
        "status_0": "enabled",
        "note_0": "",
        "status_1": "partly_enabled",
        "note_1": "120 of 500",
    }
    answer = Client().post(f"/status/{offer.referral.status_token}/questions/", typed)
    assert answer.status_code == 302
    assert Enablement.objects.count() == before, "proposed facts decide nothing"
    assert Notification.objects.filter(kind="proposed", to=offer.partner.contact_email).exists()
    page = world.text(client.get(f"/offers/{offer.public_id}/"))
    assert "Partially enabled: 120 of 500" in page
    client.post(f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/", {"take": ["1"]})
    now = {row.workload_code: row for row in Enablement.objects.current()}
    assert first not in now, "what is not ticked is left out"
    assert (now[second].status, now[second].part_seats) == ("partly_enabled", 120)
    assert "The customer’s answer of" in now[second].evidence
    assert "recorded" in world.text(client.get(f"/offers/{offer.public_id}/"))
    again = client.post(
        f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/", {"take": ["0"]}, follow=True
    )
    assert "These answers were already reviewed. No changes were made" in world.text(again)


def test_unknown_plans_come_back_as_plans(db: None, team_client: Client) -> None:
    world.make_partner()
    referral = world.submit(timezone.now(), plans=[])
    from referrals.sweeping.sweeps import screen_due

    screen_due(now=timezone.now())
    referral.refresh_from_db()
    assert referral.state == "awaiting_customer", "screening asks in its own way"
    refused = team_client.post(f"/facts/{referral.public_id}/ask/", follow=True)
    assert "nothing to ask now" in world.text(refused)


def test_asking_again_waits_two_days_and_closed_answers_are_refused(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = asked(client, offer)
    soon = client.post(f"/facts/{offer.public_id}/ask/", follow=True)
    assert "Allow two days for a reply" in world.text(soon)
    Inquiry.objects.update(asked_at=timezone.now() - ASK_AGAIN - dt.timedelta(minutes=1))
    later = asked(client, offer)
    assert later.pk != inquiry.pk
    page = f"/status/{offer.referral.status_token}/questions/"
    old = Client().post(page, {"inquiry": seal("inquiry", inquiry.pk), "status_0": "enabled"})
    assert (old.status_code, "The questions have changed. Answer the current ones" in world.text(old)) == (409, True)
    nothing: dict[str, Any] = {"inquiry": seal("inquiry", later.pk), "note_0": "Only a note, kept."}
    empty = Client().post(page, nothing)
    assert (empty.status_code, "Select an answer for your comment below" in world.text(empty)) == (422, True)
    assert "Answer at least one" in world.text(Client().post(page, {"inquiry": seal("inquiry", later.pk)}))
    assert 'value="Only a note, kept."' in world.text(empty)
    Client().post(page, {"inquiry": seal("inquiry", later.pk), "status_0": "enabled"})
    twice = Client().post(page, {"status_0": "not_enabled"}, follow=True)
    assert "There are no questions for you at the moment" in world.text(twice)
    wait = client.post(f"/facts/{offer.public_id}/ask/", follow=True)
    assert "The customer has replied. Record or discard the answers, then ask again" in world.text(wait)


def test_nobody_asks_before_the_conversation_has_begun(db: None) -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    answer = client_of(partner).post(f"/facts/{offer.public_id}/ask/", follow=True)
    assert "Accept the referral before you contact the customer" in world.text(answer)
    assert not Inquiry.objects.exists()
    assert client_of(world.make_partner("Fabrikam")).post(f"/facts/{offer.public_id}/ask/").status_code == 404


def answered(client: Client, offer: Offer, **said: str) -> Inquiry:
    inquiry = asked(client, offer)
    said = said or {"status_0": "enabled"}
    Client().post(f"/status/{offer.referral.status_token}/questions/", {"inquiry": seal("inquiry", inquiry.pk)} | said)
    return Inquiry.objects.get(pk=inquiry.pk)


def test_what_was_recorded_since_the_question_is_shown_and_never_silently_replaced(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = answered(client, offer, status_0="enabled", status_1="enabled")
    domain, code = (inquiry.questions[0][name] for name in ("tenant", "code"))
    tenant = offer.referral.customer.tenants.get(domain=domain)
    url = f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/"
    own: dict[str, Any] = {"by": world.by_partner(offer.partner), "now": timezone.now(), "offer": offer}
    record_statuses(offer.referral_id, tenant, {code: Recorded("not_enabled")}, **own)
    refused = client.post(url, {"take": ["0", "1"], "seen_0": "", "seen_1": ""}, follow=True)
    text = world.text(refused)
    assert "to “Not started” while you were editing. Your value: “Enabled”" in text
    assert "(recorded after you asked). Select only if the answer is still correct" in text
    assert not Enablement.objects.current().filter(status="enabled").exists(), "all or nothing"
    row = Enablement.objects.current().get(workload_code=code)
    page = refused.content.decode()
    assert f'name="seen_0" value="{seal("fact", row.pk)}"' in page
    assert 'id="take-0">' in page, "what is newer is not ticked"
    assert 'id="take-1" checked>' in page
    client.post(url, {"take": ["0", "1"], "seen_0": seal("fact", row.pk), "seen_1": ""})
    assert Enablement.objects.current().get(workload_code=code).status == "enabled"


def test_seats_of_a_plan_that_is_gone_are_left_out(held: tuple[Client, Offer]) -> None:
    client, offer = held
    tenant = offer.referral.tenant
    question = {"kind": "seats", "code": "M365_E5", "tenant": tenant.domain, "text": "How many paid seats?"}
    inquiry = asked(client, offer)
    words: dict[str, Any] = {"questions": [question], "answers": [{"seats": 700}], "answered_at": timezone.now()}
    Inquiry.objects.filter(pk=inquiry.pk).update(**words)
    party = f"partner:{offer.partner_id}"
    tenant.subscriptions.current().update(replaced_at=timezone.now(), replaced_by_party=party)
    assert ": plan no longer recorded; answer skipped" in world.text(client.get(f"/offers/{offer.public_id}/"))
    url = f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/"
    refused = client.post(url, {"take": ["0"], "seen_0": ""}, follow=True)
    assert "”: this plan is no longer recorded. Clear this answer" in world.text(refused)
    assert not tenant.subscriptions.current().exists()
    client.post(url, {"discard": "1"})
    assert Inquiry.objects.get().settled_at is not None


def test_a_question_ends_with_its_offer_and_its_answers_are_the_teams(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = answered(client, offer)
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=timezone.now())
    inquiry.refresh_from_db()
    assert (inquiry.offer, inquiry.side, inquiry.settled_at) == (None, "team", None)
    following = world.make_partner("Next")
    route_due(now=timezone.now() + dt.timedelta(hours=1))
    theirs = Offer.objects.get(partner=following)
    accept_offer(theirs.pk, by=world.by_partner(following), now=timezone.now())
    page = client_of(following).get(f"/offers/{theirs.public_id}/").content.decode()
    panel = page[page.index('id="inquiry"') : page.index("</section>", page.index('id="inquiry"'))]
    assert "The customer has replied." in panel
    assert "<time" not in panel, "when others asked is not told"


def test_a_question_without_an_answer_is_not_asked_after_its_offer(held: tuple[Client, Offer]) -> None:
    client, offer = held
    inquiry = asked(client, offer)
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=timezone.now())
    inquiry.refresh_from_db()
    assert inquiry.settled_at is not None
    page = f"/status/{offer.referral.status_token}/"
    assert inquiry.questions[0]["text"] not in world.text(Client().get(page))


def test_who_asked_hears_of_the_answer_beside_who_has_the_referral(
    held: tuple[Client, Offer], team_client: Client
) -> None:
    _client, offer = held
    team_client.post(f"/facts/{offer.referral.public_id}/ask/")
    inquiry = Inquiry.objects.get()
    assert inquiry.offer is None
    typed = {"inquiry": seal("inquiry", inquiry.pk), "status_0": "enabled"}
    Client().post(f"/status/{offer.referral.status_token}/questions/", typed)
    told = set(Notification.objects.filter(kind="proposed").values_list("to", flat=True))
    assert told == {offer.partner.contact_email, settings.TEAM_EMAIL}


def test_the_team_may_take_over_what_a_partners_question_brought(
    held: tuple[Client, Offer], team_client: Client
) -> None:
    client, offer = held
    inquiry = answered(client, offer)
    answer = team_client.post(
        f"/facts/{offer.referral.public_id}/answers/{seal('inquiry', inquiry.pk)}/",
        {"take": ["0"], "seen_0": ""},
        follow=True,
    )
    assert "1 of the customer’s answers recorded" in world.text(answer)
    assert Enablement.objects.current().filter(status="enabled").count() == 1


def test_a_partner_learns_no_day_on_which_others_asked(held: tuple[Client, Offer], team_client: Client) -> None:
    client, offer = held
    team_client.post(f"/facts/{offer.referral.public_id}/ask/")
    refused = world.text(client.post(f"/facts/{offer.public_id}/ask/", follow=True))
    assert "The customer has already been asked. Allow two days for a reply" in refused


def test_answers_are_judged_only_by_ticks_that_are_theirs_or_by_the_button_that_discards(
    held: tuple[Client, Offer],
) -> None:
    client, offer = held
    inquiry = answered(client, offer, status_0="enabled", status_1="partly_enabled", note_1="Sales only")
    url, before = f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/", world.fingerprint()
    for ticked in (["77", "999999"], ["0", "77"], ["0", "x"], ["2"]):
        assert "The selected answers aren’t the customer’s. No changes were made" in world.text(
            client.post(url, {"take": ticked}, follow=True)
        )
    assert "No answers selected. Select the correct ones, or discard the answers" in world.text(
        client.post(url, follow=True)
    )
    assert world.fingerprint() == before
    page = client.post(url, {"take": ["0"], "discard": "1"}, follow=True).content.decode()
    assert not Enablement.objects.current().filter(status="enabled").exists()
    kept = page[page.index("Answers not recorded") :]
    assert inquiry.questions[1]["text"] in kept
    assert "Partially enabled: Sales only" in kept


def test_what_was_not_taken_over_stays_readable_for_who_has_the_offer_and_nobody_after(
    held: tuple[Client, Offer], team_client: Client
) -> None:
    client, offer = held
    inquiry = answered(client, offer, status_0="enabled", status_1="partly_enabled", note_1="Sales only")
    client.post(f"/facts/{offer.public_id}/answers/{seal('inquiry', inquiry.pk)}/", {"take": ["0"], "seen_0": ""})
    page = client.get(f"/offers/{offer.public_id}/").content.decode()
    kept = page[page.index("Answers not recorded") :].split("</ul>")[0]
    assert "Partially enabled: Sales only" in kept
    assert inquiry.questions[0]["text"] not in kept, "it was recorded"
    reassign(offer.referral_id, reason="Somebody else.", by=world.by_team(), now=timezone.now())
    following = world.make_partner("Next")
    route_due(now=timezone.now() + dt.timedelta(hours=1))
    theirs = Offer.objects.get(partner=following)
    accept_offer(theirs.pk, by=world.by_partner(following), now=timezone.now())
    assert "Sales only" not in world.text(client_of(following).get(f"/offers/{theirs.public_id}/"))
    assert "Sales only" in world.text(team_client.get(f"/team/referrals/{offer.referral.public_id}/"))
