"""What a stranger asks for a customer is no fact of its tenant, and tells it nothing, until it is confirmed."""

import datetime as dt
import uuid
from typing import Any

import pytest

from benefits.models import Customer, Subscription, Tenant
from referrals.choices import Actor, NextAct, Sender, Source, State
from referrals.domain.lifecycle import MoveRefused
from referrals.intake import filing
from referrals.intake.senders import SenderSettled, confirm_sender, is_public_host, refuse_sender
from referrals.lifecycle.acting import By
from referrals.models import Notification, Referral
from referrals.reviewing.acts import cancel, change_type, hold, reopen, resume, set_cover
from referrals.routing.screening import screen_referral
from referrals.sweeping.sweeps import remind_due, wake_due
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db
STRANGER = "sam@elsewhere.example"


@pytest.fixture
def known() -> Tenant:
    """A tenant that a request of its own people has made known."""
    return world.submit().tenant


def asked(**changes: Any) -> Referral:
    return world.submit(**{"requester_email": STRANGER, "plans": [["O365_E1", 9000]], **changes})


@pytest.mark.parametrize(
    ("email", "sender"),
    [
        ("alex@woodgrove.example", Sender.TENANT),
        ("Alex@Mail.WOODGROVE.example", Sender.TENANT),
        ("alex@subsidiary.example", Sender.TENANT),
        ("alex@notwoodgrove.example", Sender.UNCONFIRMED),
        ("alex@woodgrove.example.evil.example", Sender.UNCONFIRMED),
        ("field@microsoft.com", Sender.TRUSTED),
        ("field@emea.microsoft.com", Sender.TRUSTED),
        ("field@microsoft.com.evil.example", Sender.UNCONFIRMED),
        ("field@woodgrove.onmicrosoft.com", Sender.UNCONFIRMED),
        (STRANGER, Sender.UNCONFIRMED),
    ],
)
def test_who_asks_is_told_by_the_domain(known: Tenant, email: str, sender: Sender) -> None:
    Tenant.objects.filter(pk=known.pk).update(sender_domains=["subsidiary.example"])
    assert world.submit(requester_email=email).sender == sender


def test_a_known_directory_id_does_not_make_a_stranger_one_of_the_tenant(known: Tenant) -> None:
    directory_id = str(uuid.uuid4())
    Tenant.objects.filter(pk=known.pk).update(directory_id=directory_id)
    for email in (STRANGER, "field@microsoft.com", "alex@elsewhere.example"):
        referral = world.submit(domain="elsewhere.example", requester_email=email, tenant_id=directory_id)
        assert (referral.sender, referral.tenant == known) == (Sender.UNCONFIRMED, False)
        assert referral.sender_token == "", "nor is its contact told of a request for another domain"
    confirm_sender(referral.pk, by=world.by_team(), now=NOW)
    assert Referral.objects.get(pk=referral.pk).tenant == known, "the team may say that both are one"


@pytest.mark.parametrize("host", ["gmail.com", "yahoo.co.uk", "hotmail.fr", "outlook.com.br", "googlemail.com"])
def test_nobody_speaks_for_a_public_mail_host(host: str) -> None:
    for name in ("sam", "mallory"):
        referral = world.submit(domain=host, requester_email=f"{name}@{host}")
        assert (referral.sender, referral.tenant.is_confirmed) == (Sender.UNCONFIRMED, False)
    assert not is_public_host("yahoo.contoso.example")
    assert not is_public_host("live.contoso.com")


def test_plans_that_a_request_brings_are_known_to_the_customers_other_referrals() -> None:
    first = world.screened(plans=[])
    assert first.determination is not None
    world.submit(plans=[["M365_E5", 500]], text="Another wish.")
    first.refresh_from_db()
    assert [plan["plan"] for plan in first.determination.result["plans_held"]] == ["M365_E5"]


def test_a_signed_in_partner_asks_for_its_own_customer() -> None:
    partner = world.make_partner()
    data = world.request_data(requester_email="anna@contoso-partner.example")
    words: dict[str, Any] = {"source": Source.RFA, "form_key": None, "by": By(Actor.REQUESTER), "now": NOW}
    assert filing.submit(data, **words, filed_by=world.triager(partner)).sender == Sender.PARTNER
    nobody = world.make_user("somebody@triage.example")
    assert filing.submit(data, **words, filed_by=nobody).sender == Sender.UNCONFIRMED


def test_a_strangers_request_is_the_teams_next_act_and_is_not_screened(known: Tenant) -> None:
    referral = asked()
    assert (referral.state, referral.next_action, referral.next_owner) == ("submitted", "confirm_sender", "team")
    assert referral.next_action_at == dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC), "two business days"
    screen_referral(referral.pk, now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.determination) == ("submitted", None)
    later = NOW + dt.timedelta(days=30)
    wake_due(now=later)
    remind_due(now=later)
    assert Notification.objects.filter(
        subject__icontains=referral.public_id, to="referral-team@triage.example"
    ).exists()


@pytest.mark.parametrize("is_known", [True, False])
def test_what_a_stranger_says_is_no_fact_of_the_tenant(is_known: bool) -> None:
    tenant = world.submit().tenant if is_known else None
    before = set(Subscription.objects.values_list("pk", flat=True))
    referral = asked(customer_name="Mine, all mine", tenant_id=str(uuid.uuid4()))
    assert referral.tenant != tenant
    assert not referral.tenant.is_confirmed
    if tenant is not None:
        assert {row.pk for row in tenant.subscriptions.all()} == before
    real = world.submit(requester_email="alex@woodgrove.example", text="Another wish.")
    assert real.customer.name == "Woodgrove Bank", "nor is it where a tenant begins"
    assert real.tenant.directory_id is None


def test_confirmed_it_is_joined_to_the_tenant_and_screened(known: Tenant) -> None:
    referral, people = asked(), Customer.objects.count()
    confirm_sender(referral.pk, by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    assert (referral.tenant, referral.sender, referral.next_action) == (known, Sender.CONFIRMED, NextAct.SCREEN)
    assert Customer.objects.count() == people - 1, "its own is gone"
    assert [row.plan_code for row in known.subscriptions.current()] == ["M365_E5"], "what is known stands"
    assert screen_referral(referral.pk, now=NOW).state == State.AWAITING_PARTNER


def test_confirmed_where_nothing_is_known_it_becomes_the_tenant() -> None:
    referral = asked()
    confirm_sender(referral.pk, by=world.by_team(), now=NOW)
    tenant = Referral.objects.get(pk=referral.pk).tenant
    assert tenant.is_confirmed
    assert [row.plan_code for row in tenant.subscriptions.current()] == ["O365_E1"]
    assert world.submit(text="Another wish.").tenant == tenant


def test_confirming_may_add_the_domain_but_never_a_public_mail_host(known: Tenant) -> None:
    for email, added in ((STRANGER, True), ("sam@gmail.com", False)):
        confirm_sender(asked(requester_email=email).pk, by=world.by_team(), now=NOW, keeps_domain=True)
        known.refresh_from_db()
        assert (email.rpartition("@")[2] in known.sender_domains) is added
    assert world.submit(requester_email="other@elsewhere.example").sender == Sender.TENANT


def test_refused_it_ends_and_its_sender_is_told_no_more(known: Tenant) -> None:
    referral = asked()
    refuse_sender(referral.pk, by=world.by_team(), now=NOW)
    referral.refresh_from_db()
    assert (referral.state, referral.sender) == (State.CANCELLED, Sender.REFUSED)
    mail = Notification.objects.filter(to=STRANGER).latest("id")
    assert "We couldn’t confirm that you can submit requests for this organization" in mail.body
    for act in (confirm_sender, refuse_sender):
        with pytest.raises(SenderSettled):
            act(referral.pk, by=world.by_team(), now=NOW)


def test_no_way_round_leads_to_screening(known: Tenant) -> None:
    referral, by = asked(), world.by_team()
    hold(referral.pk, until=NOW + dt.timedelta(days=2), reason="Wait.", by=by, now=NOW)
    resume(referral.pk, to=State.SUBMITTED, reason="Go on.", by=by, now=NOW)
    assert Referral.objects.get(pk=referral.pk).next_action == NextAct.CONFIRM_SENDER
    hold(referral.pk, until=NOW + dt.timedelta(days=2), reason="Wait.", by=by, now=NOW)
    for act, words in (
        (set_cover, {"workloads": ["TEAMS"], "reason": "So."}),
        (change_type, {"to": "benefit", "reason": "So."}),
    ):
        act(referral.pk, by=by, now=NOW, **words)
    for to in (State.AWAITING_PARTNER, State.IN_REVIEW):
        with pytest.raises(MoveRefused):
            resume(referral.pk, to=to, reason="Go on.", by=by, now=NOW)
    cancel(referral.pk, reason="No.", by=by, now=NOW)
    reopen(referral.pk, reason="Yes.", by=by, now=NOW)
    assert Referral.objects.get(pk=referral.pk).next_action == NextAct.CONFIRM_SENDER
    confirm_sender(referral.pk, by=by, now=NOW)
    assert Referral.objects.get(pk=referral.pk).next_action == NextAct.SCREEN


def test_the_known_contact_is_mailed_and_may_confirm(known: Tenant) -> None:
    referral = asked()
    mail = Notification.objects.get(kind="sender")
    assert (mail.to, referral.sender_token in mail.body) == ("alex@woodgrove.example", True)
    assert STRANGER in mail.body
    asked(text="Again, something else.")
    assert Notification.objects.filter(kind="sender").count() == 1, "once a day"


def test_nobody_is_mailed_about_a_tenant_that_nobody_knows() -> None:
    assert asked().sender_token == ""
    assert not Notification.objects.filter(kind="sender").exists()


def test_the_same_asked_again_by_the_stranger_leads_to_its_own_request(known: Tenant) -> None:
    data = world.request_data(requester_email=STRANGER)
    tokens = [filing.file_rfa(data, form_key=uuid.uuid4(), now=NOW).token for _ in range(2)]
    first, second = (filing.confirm_rfa(token, now=NOW) for token in tokens)
    assert first == second
