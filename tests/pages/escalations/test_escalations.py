"""Escalations: partners and requesters ask, the team answers in a thread, nobody else reads it, none is forgotten."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Escalation, Notification, Offer
from referrals.sweeping.due import find_due
from referrals.sweeping.sweeps import remind_due
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
BUTTONS = ("objects", "close")
WORDS = "This was typed as Standard although the Benefit is not realized."


@pytest.fixture
def offer() -> Offer:
    world.make_partner()
    return world.offered(now=timezone.now())[1]


def post(client: Client, page: str, **typed: str) -> Any:
    """Post a form that was opened anew."""
    prefix = "escalate-" if page.endswith("/ask/") else ""
    named = {name if name in BUTTONS else f"{prefix}{name}": value for name, value in typed.items()}
    return client.post(page, named | new_key(prefix))


def new_key(prefix: str = "") -> dict[str, str]:
    return {f"{prefix}form_key": str(uuid.uuid4())}


def ask(client: Client, about: str = "") -> Escalation:
    answer = post(
        client,
        f"/escalations/new/?about={about}",
        subject="Wrong type",
        text=WORDS,
    )
    assert answer.status_code == 302, world.text(answer)
    return Escalation.objects.latest("id")


def test_a_partner_asks_and_the_team_answers(offer: Offer, team_client: Client) -> None:
    client = client_of(offer.partner)
    made = ask(client, offer.public_id)
    assert (made.referral, made.partner, made.state) == (offer.referral, offer.partner, "open")
    assert "Wrong type" in world.text(team_client.get("/escalations/"))
    assert "asked_team" in world.kinds(offer.referral)
    page = f"/escalations/{made.public_id}/"
    post(team_client, page, note="You are right: it goes back to Benefit.")
    made.refresh_from_db()
    assert made.state == "answered"
    assert "You are right" in world.text(client.get(page))
    mail = Notification.objects.get(kind="escalation_answered")
    assert (mail.to, "You are right" in mail.body) == (world.triager(offer.partner).email, False)
    post(client, page, note="It has not happened yet.")
    made.refresh_from_db()
    assert made.state == "open", "another word opens it again"
    client.post(page, {"close": "1"})
    late = post(client, page, note="One more thing.")
    assert (
        late.status_code,
        "This escalation is resolved. Open a new one" in world.text(late),
        "One more thing." in world.text(late),
    ) == (
        422,
        True,
        True,
    )


def test_a_requester_objects_from_its_page_and_reads_the_answer(offer: Offer, team_client: Client) -> None:
    page, referral = f"/status/{offer.referral.status_token}/", offer.referral
    post(Client(), page + "ask/", note=WORDS)
    post(Client(), page + "ask/", note="And it is urgent.")
    made = Escalation.objects.get()
    assert made.messages.count() == 2, "again, it adds to what it asked"
    post(team_client, f"/escalations/{made.public_id}/", note="We look at it today.")
    text = world.text(Client().get(page))
    assert "We look at it today." in text
    assert Notification.objects.filter(kind="escalation_answered", to=referral.requester_email).exists()
    assert WORDS not in world.text(client_of(offer.partner).get(f"/offers/{offer.public_id}/"))
    long = WORDS + "x" * 9000
    for said in (" ", long):
        answer = post(Client(), page + "ask/", note=said)
        assert (answer.status_code, said.strip() in world.text(answer)) == (422, True), "what was typed is kept"
    assert made.messages.count() == 3


def test_who_has_left_the_partner_gets_no_answer(offer: Offer, team_client: Client) -> None:
    made = ask(client_of(offer.partner), offer.public_id)
    offer.partner.memberships.update(is_active=False)
    post(team_client, f"/escalations/{made.public_id}/", note="We look at it.")
    assert not Notification.objects.filter(kind="escalation_answered").exists()


def client_of_first(offer: Offer) -> Client:
    client, first = Client(), offer.partner.memberships.order_by("id")[0]
    client.force_login(first.user)
    return client


def test_a_thread_is_read_by_its_own_side_and_the_team(offer: Offer, team_client: Client) -> None:
    made = ask(client_of(offer.partner), offer.public_id)
    page, stranger = f"/escalations/{made.public_id}/", client_of(world.make_partner("Fabrikam"))
    assert stranger.get(page).status_code == 404
    assert post(stranger, page, note="x").status_code == 404
    assert stranger.get(f"/escalations/new/?about={offer.public_id}").status_code == 404
    assert made.public_id not in world.text(stranger.get("/escalations/"))
    auditor = Client()
    auditor.force_login(world.make_user("auditor@triage.example", is_auditor=True))
    assert auditor.get(page).status_code == 200
    assert post(auditor, page, note="x").status_code == 404
    assert auditor.post("/escalations/new/", {"subject": "x", "text": "y"}).status_code == 403
    viewer = world.make_user("viewer@contoso.example")
    offer.partner.memberships.create(user=viewer, role="viewer")
    reader = Client()
    reader.force_login(viewer)
    assert reader.get(page).status_code == 200
    assert post(reader, page, note="x").status_code == 403
    offer.partner.memberships.update(is_active=False)
    assert client_of_first(offer).get(page).status_code == 404, "who has left the partner has left its threads"
    general = ask(stranger)
    assert (general.referral, general.partner) == (None, None)
    assert stranger.get(f"/escalations/{general.public_id}/").status_code == 200
    empty = post(team_client, "/escalations/new/", subject="", text="Only words.")
    assert (empty.status_code, "Only words." in world.text(empty)) == (422, True)


def test_what_the_team_does_not_answer_in_time_is_told_once(offer: Offer) -> None:
    made = ask(client_of(offer.partner), offer.public_id)
    later = made.due_at + dt.timedelta(minutes=1)
    assert "referrals.remind_due" in find_due(later)
    remind_due(now=later)
    post(client_of(offer.partner), f"/escalations/{made.public_id}/", note="Still nobody?")
    made.refresh_from_db()
    assert made.due_at < later, "asking again does not hide that the team is late"
    remind_due(now=later)
    assert Notification.objects.filter(subject__contains=offer.referral.public_id, kind="overdue").count() == 1


def test_the_same_form_posted_twice_asks_and_answers_once(offer: Offer, team_client: Client) -> None:
    client, ours = client_of(offer.partner), f"/escalations/new/?about={offer.public_id}"
    typed = {
        "subject": "Wrong type",
        "text": WORDS,
    } | new_key()
    assert client.post(ours, typed)["Location"] == client.post(ours, typed)["Location"]
    made = Escalation.objects.get()
    assert world.kinds(offer.referral).count("asked_team") == 1
    page, answer = f"/escalations/{made.public_id}/", {"note": "We look at it."} | new_key()
    for _time in range(2):
        assert team_client.post(page, answer).status_code == 302
    assert Notification.objects.filter(kind="escalation_answered").count() == 1
    assert made.messages.count() == 2
    team_client.post(page, answer | {"note": "And something else, after Back."})
    assert made.messages.count() == 3, "other words are another answer"
    client.post(page, {"close": "1"})
    assert team_client.post(page, answer).status_code == 302, "what was written is no word too many"
    asked, objection = f"/status/{offer.referral.status_token}/ask/", {"escalate-note": WORDS} | new_key("escalate-")
    for _time in range(2):
        assert Client().post(asked, objection).status_code == 302
    assert Escalation.objects.get(side="requester").messages.count() == 1
    assert Notification.objects.filter(kind="escalation").count() == 2
    assert team_client.get(page).content != team_client.get(page).content, "each page has a key of its own"


def test_an_objection_has_its_own_subject_and_stands_on_the_team_page(team_client: Client) -> None:
    referral = world.screened(timezone.now(), plans=[["O365_E3", 120]], workloads=["TEAMS"])
    assert (referral.requested_type, referral.assigned_type) == ("benefit", "standard")
    page = f"/status/{referral.status_token}/"
    assert "Appeal this decision" in world.text(Client().get(page))
    for said in (
        {"note": WORDS, "objects": "1"},
        {"note": "When do you start?"},
        {"note": "Look again.", "objects": "1"},
    ):
        assert post(Client(), page + "ask/", **said).status_code == 302
    objection, question = Escalation.objects.order_by("id")
    assert (objection.subject, objection.messages.count()) == ("The requester appeals the change of type", 2)
    assert (question.subject, question.messages.count()) == ("Message from the requester", 1)
    assert "Your appeal" in world.text(Client().get(page))
    post(team_client, f"/escalations/{question.public_id}/", note="Tomorrow.")
    text = world.markup(team_client.get(f"/team/referrals/{referral.public_id}/"))
    for one, state in ((objection, "Awaiting team"), (question, "Answered")):
        assert f'<a href="/escalations/{one.public_id}/">{one.subject}</a><span class="badge-state' in text
        assert f">{state}</span>" in text


def test_nobody_objects_to_a_type_that_was_not_changed(offer: Offer) -> None:
    page = f"/status/{offer.referral.status_token}/"
    assert "Appeal this decision" not in world.text(Client().get(page))
    post(Client(), page + "ask/", note=WORDS, objects="1")
    assert (Escalation.objects.get().subject, Escalation.objects.get().is_objection) == (
        "Message from the requester",
        False,
    )


def test_the_team_closes_an_open_question_with_a_word_and_the_asker_is_told(offer: Offer, team_client: Client) -> None:
    client = client_of(offer.partner)
    made = ask(client, offer.public_id)
    page = f"/escalations/{made.public_id}/"
    refused = post(team_client, page, note=" ", close="1")
    assert (refused.status_code, "Add a reply before closing" in world.text(refused)) == (422, True)
    assert "note" in refused.context["form"].errors, "it stands beside its field"
    made.refresh_from_db()
    assert (made.state, made.closed_at) == ("open", None)
    post(team_client, page, note="It is Benefit again.", close="1")
    made.refresh_from_db()
    assert (made.state, made.closed_side, made.closed_by) == ("closed", "team", world.by_team().user)
    assert made.closed_at is not None
    mail = Notification.objects.get(kind="escalation_closed")
    assert (mail.to, "Benefit again" in mail.body) == (world.triager(offer.partner).email, False)
    text = world.text(client.get(page))
    assert ("It is Benefit again." in text, "Resolved by the team," in text) == (True, True)
    assert f"Resolved by {made.closed_by}" not in text, "who of the team it was is the team's to know"
    for where in (page, f"/team/referrals/{offer.referral.public_id}/"):
        assert f"esolved by {made.closed_by}" in world.text(team_client.get(where))


def test_closing_again_changes_nothing_and_says_so(offer: Offer, team_client: Client) -> None:
    client = client_of(offer.partner)
    made = ask(client, offer.public_id)
    page = f"/escalations/{made.public_id}/"
    assert "Escalation resolved. The conversation remains available" in world.text(
        client.post(page, {"close": "1"}, follow=True)
    ), "its own needs no word"
    assert not Notification.objects.filter(kind="escalation_closed").exists(), "who closes it knows"
    before = Escalation.objects.values().get()
    again = team_client.post(page, {"close": "1", "note": "Too late."}, follow=True)
    assert "Already resolved. No changes were made" in world.text(again)
    assert Escalation.objects.values().get() == before
    assert made.messages.count() == 1
    assert not Notification.objects.filter(kind="escalation_closed").exists()


def test_a_requester_reads_on_its_page_that_its_question_was_closed(offer: Offer, team_client: Client) -> None:
    page = f"/status/{offer.referral.status_token}/"
    post(Client(), page + "ask/", note=WORDS)
    thread = f"/escalations/{Escalation.objects.get().public_id}/"
    post(team_client, thread, note="We look at it today.")
    assert team_client.post(thread, {"close": "1"}).status_code == 302, "it was answered: no word is needed"
    text = world.text(Client().get(page))
    assert "Resolved by the team," in text
    assert f"losed by {Escalation.objects.get().closed_by}" not in text
    assert Notification.objects.filter(kind="escalation_closed", to=offer.referral.requester_email).count() == 1
    post(Client(), page + "ask/", note="Still wrong.")
    assert Escalation.objects.filter(state="open").count() == 1, "what is asked then is a question of its own"
