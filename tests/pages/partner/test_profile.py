"""Profile self-service: partner admins keep it, addresses are confirmed by mail, conflicts show both versions."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from partners.models import Confirmation, Membership, Partner, ProfileCorrection, ProfileVersion
from partners.services.holiday_calendars import years_without_holidays
from referrals.models import Notification
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    return world.make_partner()


def admin_of(partner: Partner) -> Client:
    person = world.make_user(f"admin-{partner.pk}@contoso.example")
    Membership.objects.create(partner=partner, user=person, role="admin")
    client = Client()
    client.force_login(person)
    return client


def page_of(partner: Partner) -> str:
    return f"/partners/{partner.public_id}/"


def typed(client: Client, partner: Partner, name: str, **changes: Any) -> dict[str, Any]:
    """A form as the page shows it, with changes."""
    form = client.get(page_of(partner)).context["parts"][name][1]
    values = {key: form[key].value() for key in form.fields}
    shown = {f"{form.prefix}-{key}": "" if value is None else value for key, value in values.items()}
    return {"part": name} | shown | {f"{form.prefix}-{key}": value for key, value in changes.items()}


def test_capacity_hours_and_reach_are_kept_and_noted(partner: Partner) -> None:
    client, version = admin_of(partner), ProfileVersion.objects.get().version
    client.post(page_of(partner), typed(client, partner, "capacity", capacity=3))
    client.post(page_of(partner), typed(client, partner, "reach", languages=["de", "en"]))
    client.post(page_of(partner), typed(client, partner, "hours", opens_at="08:00", closes_at="16:00"))
    partner.refresh_from_db()
    assert (partner.capacity, partner.languages, partner.opens_at) == (3, ["de", "en"], dt.time(8))
    assert ProfileVersion.objects.get().version != version, "routing reads the new profile"
    text = world.text(client.get(page_of(partner)))
    assert "Maximum open referrals: 3" in text
    saved = client.post(page_of(partner), typed(client, partner, "reach", languages=["en"]))
    assert saved["Location"] == page_of(partner) + "#coverage"
    section = client.get(saved["Location"]).content.decode().split('id="coverage"')[1].split("</section>")[0]
    assert "Saved." in section
    wrong = client.post(page_of(partner), typed(client, partner, "hours", opens_at="18:00", closes_at="16:00"))
    assert (wrong.status_code, "Closing must be after opening" in world.text(wrong)) == (422, True)


def test_each_type_may_have_a_capacity_of_its_own(partner: Partner) -> None:
    client, address = admin_of(partner), page_of(partner)
    words = {"capacity": 5, "capacity_benefit": 2, "capacity_standard": ""}
    client.post(address, typed(client, partner, "capacity", **words))
    partner.refresh_from_db()
    assert (partner.capacity, partner.capacity_benefit, partner.capacity_standard) == (5, 2, None)
    shown = world.text(client.get(address))
    assert "Benefit referrals: 0 of 2." in shown
    assert "Standard referrals:" not in shown
    refused = client.post(address, typed(client, partner, "capacity", capacity_standard=6))
    assert refused.status_code == 422
    assert "Enter up to 5, your total maximum." in world.text(refused)
    client.post(address, typed(client, partner, "capacity", capacity_benefit=""))
    partner.refresh_from_db()
    assert partner.capacity_benefit is None


def test_a_conflicting_save_is_refused_with_both_versions(partner: Partner) -> None:
    first, second = admin_of(partner), Client()
    other = world.make_user("dana@contoso.example")
    Membership.objects.create(partner=partner, user=other, role="admin")
    second.force_login(other)
    mine = typed(first, partner, "capacity", capacity=7)
    second.post(page_of(partner), typed(second, partner, "capacity", capacity=4))
    refused = first.post(page_of(partner), mine)
    text = world.text(refused)
    assert refused.status_code == 409
    assert "Last changed by dana" in text
    assert 'value="7"' in text, "what was typed is kept"
    assert re.search(r"Maximum open referrals</dt><dd>4", text), "beside what stands"
    partner.refresh_from_db()
    assert partner.capacity == 4
    again = refused.context["parts"]["capacity"][1]
    assert json.loads(again["was"].value()) == {"capacity": 4, "capacity_benefit": None, "capacity_standard": None}
    first.post(
        page_of(partner), {"part": "capacity", "capacityform-capacity": 7, "capacityform-was": again["was"].value()}
    )
    partner.refresh_from_db()
    assert partner.capacity == 7
    damaged = first.post(page_of(partner), mine | {"capacityform-was": "[" * 9000})
    assert damaged.status_code == 422


def test_pauses_end_within_the_allowed_days_and_by_hand(partner: Partner) -> None:
    client, today = admin_of(partner), timezone.localdate()
    far = client.post(page_of(partner), typed(client, partner, "pause", until=today + dt.timedelta(days=90)))
    assert (far.status_code, "up to 30 days" in world.text(far)) == (422, True)
    client.post(page_of(partner), typed(client, partner, "pause", until=today + dt.timedelta(days=9)))
    partner.refresh_from_db()
    assert partner.is_paused(timezone.now())
    assert partner.pause_remind_at is not None
    client.post(page_of(partner), {"resume": "1"})
    partner.refresh_from_db()
    assert not partner.is_paused(timezone.now())


def test_an_address_for_offers_holds_once_it_is_confirmed(partner: Partner) -> None:
    client, before = admin_of(partner), partner.contact_email
    client.post(page_of(partner), typed(client, partner, "contact", email="desk@contoso.example"))
    partner.refresh_from_db()
    assert partner.contact_email == before
    mail = Notification.objects.get(kind="confirm")
    assert mail.to == "desk@contoso.example"
    link = re.search(r"/confirm/[0-9a-f]{48}/", mail.body)
    assert link
    assert "desk@contoso.example" in world.text(Client().get(link[0]))
    partner.refresh_from_db()
    assert partner.contact_email == before, "looking changes nothing"
    Client().post(link[0])
    partner.refresh_from_db()
    assert partner.contact_email == "desk@contoso.example"
    assert Client().post(link[0]).status_code == 422, "a link is used once"


def test_members_are_invited_changed_and_never_all_lost(partner: Partner) -> None:
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "invite", email="New@contoso.example", role="viewer"))
    assert not User.objects.filter(email="new@contoso.example").exists()
    Client().post(f"/confirm/{Confirmation.objects.get().token}/")
    joined = partner.memberships.get(user__email="new@contoso.example")
    assert (joined.role, joined.user.has_usable_password()) == ("viewer", False)
    client.post(page_of(partner), {"member": seal("member", joined.pk), "role": "triager"})
    joined.refresh_from_db()
    assert joined.role == "triager"
    own = partner.memberships.get(role="admin")
    refused = client.post(page_of(partner), {"member": seal("member", own.pk), "role": ""}, follow=True)
    assert "A partner needs at least one partner admin. Make someone else partner admin first" in world.text(refused)
    client.post(page_of(partner), {"member": seal("member", joined.pk), "role": ""})
    joined.refresh_from_db()
    assert not joined.is_active
    world.by_team()
    client.post(page_of(partner), typed(client, partner, "invite", email="team@triage.example", role="viewer"))
    team = Client().post(f"/confirm/{Confirmation.objects.waiting().get().token}/")
    assert "This address can’t be used for a partner. Contact the referral processing team" in world.text(team)


def test_an_invitation_ends_with_its_inviters_rights(partner: Partner) -> None:
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "invite", email="back@door.example", role="admin"))
    partner.memberships.filter(role="admin").update(role="viewer")
    late = Client().post(f"/confirm/{Confirmation.objects.get().token}/")
    assert (
        late.status_code,
        "The person who requested this is no longer a partner admin. Request a new link" in world.text(late),
    ) == (422, True)
    assert not partner.memberships.filter(user__email="back@door.example").exists()


def test_what_the_team_proposes_stays_with_the_team(partner: Partner) -> None:
    words = {"about": "languages", "text": "CANARY", "proposed_at": timezone.now()}
    ProfileCorrection.objects.create(partner=partner, proposed_by=world.by_team().user, **words)
    assert "CANARY" not in world.text(admin_of(partner).get(page_of(partner)))


def test_what_only_the_programme_changes_is_asked_for(partner: Partner) -> None:
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "programme", about="endorsements", text="Intune since May."))
    proposed = ProfileCorrection.objects.get()
    assert (proposed.partner, proposed.about, proposed.source) == (partner, "endorsements", "")
    flags = client.post(page_of(partner), {"part": "reach", "reachform-takes_benefit": "on"})
    assert flags.status_code == 422
    closed = typed(client, partner, "closure", starts_on="2027-01-04", ends_on="2027-01-08", reason="Stocktaking")
    client.post(page_of(partner), closed)
    assert "Stocktaking" in world.text(client.get(page_of(partner)))
    client.post(page_of(partner), {"closure": seal("closure", partner.closures.get().pk)})
    assert not partner.closures.exists()


def test_others_read_or_find_nothing(partner: Partner) -> None:
    triager = Client()
    triager.force_login(world.triager(partner))
    assert triager.get(page_of(partner)).status_code == 200
    assert "Save" not in world.text(triager.get(page_of(partner))).split("Last changes")[0].split("<main")[1]
    assert triager.post(page_of(partner), {"resume": "1"}).status_code == 403
    stranger = admin_of(world.make_partner("Fabrikam"))
    assert stranger.get(page_of(partner)).status_code == 404
    assert stranger.post(page_of(partner), {"resume": "1"}).status_code == 404


def test_what_waits_to_be_confirmed_can_be_withdrawn_and_its_link_says_so(partner: Partner) -> None:
    triager, before = Client(), partner.contact_email
    triager.force_login(world.triager(partner))
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "invite", email="new@contoso.example", role="viewer"))
    client.post(page_of(partner), typed(client, partner, "contact", email="desk@contoso.example"))
    assert 'name="withdraw"' not in world.text(triager.get(page_of(partner)))
    for asked in Confirmation.objects.all():
        sealed = seal("confirmation", asked.pk)
        assert f'name="withdraw" value="{sealed}"' in client.get(page_of(partner)).content.decode()
        client.post(page_of(partner), {"withdraw": seal("confirmation", asked.pk)})
        link = f"/confirm/{asked.token}/"
        assert "This was canceled. No changes were made" in world.text(Client().get(link))
        late = Client().post(link)
        assert (late.status_code, "This was canceled. No changes were made" in world.text(late)) == (422, True)
    partner.refresh_from_db()
    assert partner.contact_email == before
    assert not partner.memberships.filter(user__email="new@contoso.example").exists()
    page = world.text(client.get(page_of(partner)))
    assert "new@contoso.example: invitation withdrawn" in page
    assert "desk@contoso.example: new address withdrawn" in page
    assert ", not confirmed yet" not in page
    sealed = seal("confirmation", Confirmation.objects.earliest("pk").pk)
    again = client.post(page_of(partner), {"withdraw": sealed}, follow=True)
    assert "This was already confirmed or canceled" in world.text(again)


def test_another_partners_invitation_is_not_withdrawn(partner: Partner) -> None:
    client, stranger = admin_of(partner), admin_of(world.make_partner("Fabrikam"))
    client.post(page_of(partner), typed(client, partner, "invite", email="new@contoso.example", role="viewer"))
    asked = Confirmation.objects.get()
    assert stranger.post(page_of(partner), {"withdraw": seal("confirmation", asked.pk)}).status_code == 404
    own = Partner.objects.get(organisation__name__contains="Fabrikam")
    stranger.post(page_of(own), {"withdraw": seal("confirmation", asked.pk)})
    assert Confirmation.objects.waiting().exists()


def test_last_changes_read_as_they_were_written(partner: Partner) -> None:
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "capacity", capacity_benefit=2))
    client.post(page_of(partner), typed(client, partner, "capacity", capacity_benefit=""))
    joined = Membership.objects.create(partner=partner, user=world.make_user("dana@contoso.example"), role="viewer")
    User.objects.filter(pk=joined.user_id).update(name="Dana McNeil")
    client.post(page_of(partner), {"member": seal("member", joined.pk), "role": "triager"})
    client.post(page_of(partner), {"member": seal("member", joined.pk), "role": ""})
    page = world.text(client.get(page_of(partner)))
    assert "Maximum Benefit referrals: no separate limit" in page
    assert "Dana McNeil: Triager" in page
    assert "Dana McNeil: left" in page
    assert "at most: None" not in page


@pytest.mark.parametrize("posted", [{"part": "unknown"}, {"part": ""}, {}, {"member": "1", "role": "owner"}])
def test_what_the_page_does_not_know_is_not_found(partner: Partner, posted: dict[str, str]) -> None:
    assert admin_of(partner).post(page_of(partner), posted).status_code == 404


def test_a_person_says_how_it_is_called(partner: Partner) -> None:
    client = admin_of(partner)
    refused = client.post("/notices/name/", {"name": "x" * 121})
    assert (refused.status_code, "x" * 121 in world.text(refused)) == (422, True)
    assert "“Dana McNeil”" in world.text(client.post("/notices/name/", {"name": " Dana McNeil "}, follow=True))
    assert User.objects.get(email=f"admin-{partner.pk}@contoso.example").name == "Dana McNeil"
    assert "Dana McNeil" in world.text(client.get(page_of(partner)))
    client.post("/notices/name/", {"name": ""})
    assert str(User.objects.get(email=f"admin-{partner.pk}@contoso.example")).startswith("admin-")


def test_a_country_whose_calendar_has_no_days_is_told(partner: Partner) -> None:
    client = admin_of(partner)
    assert "Enter the days you are closed" not in world.text(client.get(page_of(partner)))
    client.post(page_of(partner), typed(client, partner, "hours", calendar_country="UA"))
    assert years_without_holidays("UA"), "no public holidays are kept there for now"
    assert "We have no public holidays for Ukraine in" in world.text(client.get(page_of(partner)))


def test_a_partner_may_work_in_any_country_and_territory(partner: Partner) -> None:
    client = admin_of(partner)
    client.post(page_of(partner), typed(client, partner, "reach", countries=["AX", "GL", "PN"]))
    partner.refresh_from_db()
    assert partner.countries == ["AX", "GL", "PN"]
    assert "Åland Islands, Greenland, Pitcairn" in world.text(client.get(page_of(partner)))
