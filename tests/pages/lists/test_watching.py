"""Presence and changes by others: a hint within one side, and saves that would overwrite somebody's are refused."""

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from benefits.models import Enablement
from referrals.answering.responding import decline_offer
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.lists.names import current_edition
from referrals.lists.presence import LATE
from referrals.models import Offer, Presence
from referrals.reviewing import acts
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


def fellow_of(offer: Offer) -> Client:
    fellow = world.make_user("dana@contoso.example")
    offer.partner.memberships.create(user=fellow, role="triager")
    client = Client()
    client.force_login(fellow)
    return client


def test_colleagues_see_each_other_and_nobody_else_does(held: tuple[Client, Offer], team_client: Client) -> None:
    client, offer = held
    dana = fellow_of(offer)
    assert "viewing" not in world.text(dana.post(f"/watch/{offer.public_id}/"))
    assert "dana is viewing this" in world.text(client.post(f"/watch/{offer.public_id}/"))
    listed = client.post("/watch/offers/", {"row": [offer.public_id, "OFR-ZZZZ-ZZZZ", "x"]})
    assert f'id="who-{offer.public_id}"' in listed.content.decode()
    assert "dana is viewing this" in world.text(listed)
    seen_by_team = team_client.post(f"/watch/{offer.referral.public_id}/")
    assert "dana" not in world.text(seen_by_team)
    assert "viewing" not in world.text(team_client.post("/watch/referrals/", {"row": offer.referral.public_id}))
    assert client_of(world.make_partner("Fabrikam")).post(f"/watch/{offer.public_id}/").status_code == 404
    Presence.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=2))
    assert "viewing" not in world.text(client.post(f"/watch/{offer.public_id}/"))
    Presence.objects.update(seen_at=timezone.now() - dt.timedelta(hours=2))
    dana.post(f"/watch/{offer.public_id}/")
    assert Presence.objects.filter(person__email="dana@contoso.example").count() == 1


def test_a_change_by_another_is_told_and_ones_own_is_not(held: tuple[Client, Offer], team_client: Client) -> None:
    client, offer = held
    page = client.get(f"/offers/{offer.public_id}/")
    after = seal("event", page.context["newest_event"])
    client.post(f"/offers/{offer.public_id}/note/", {"note-note": "A note of my own."})
    quiet = client.post(f"/watch/{offer.public_id}/", {"after": after})
    assert "(unsaved text will be lost)" not in world.text(quiet)
    dana = fellow_of(offer)
    dana.post(f"/offers/{offer.public_id}/note/", {"note-note": "Called them."})
    told = world.text(client.post(f"/watch/{offer.public_id}/", {"after": after}))
    assert "Note, by dana" in told
    acts.add_note(offer.referral_id, note="Only for the team", by=world.by_team(), now=timezone.now())
    still = world.text(
        client.post(f"/watch/{offer.public_id}/", {"after": seal("event", page.context["newest_event"])})
    )
    assert "team" not in still, "the team's own notes are nothing to a partner"
    assert "(unsaved text will be lost)" in world.text(
        team_client.post(f"/watch/{offer.referral.public_id}/", {"after": seal("event", 1)})
    )
    assert client.post(f"/watch/{offer.public_id}/", {"after": "9" * 40}).status_code == 200


def test_a_list_says_what_others_have_changed(held: tuple[Client, Offer]) -> None:
    client, offer = held
    later = timezone.now() + dt.timedelta(seconds=10)
    shown = client.get("/queue/?tab=in-progress")
    asks = {"row": [offer.public_id], "here": shown.context["state"].here}
    asks |= {"numbers": shown.context["numbers"], "since": (shown.context["now"] + LATE).isoformat()}

    def hear(**more: Any) -> str:
        with mock.patch.object(timezone, "now", return_value=later):
            return world.text(client.post("/watch/offers/", asks | more))

    mine, dana = world.by_partner(offer.partner), world.make_user("dana@contoso.example")
    theirs = By(Actor.PARTNER, dana, offer.partner)
    acts.add_note(offer.referral_id, note="A note of my own", by=mine, now=later, offer=offer)
    acts.add_note(offer.referral_id, note="Only for the team", by=world.by_team(), now=later)
    assert "Reload list" not in hear(), "neither is news"
    acts.add_note(offer.referral_id, note="Called them", by=theirs, now=later, offer=offer)
    told = hear()
    assert "1 row has changed." in told
    assert 'href="?tab=in-progress"' in told
    assert "changed</span>" in told
    decline_offer(offer.pk, world.said("conflict"), by=mine, now=later)
    new = hear(since=(later + LATE * 2).isoformat())
    assert "New activity" in new
    assert 'id="count-in-progress" class="count" hx-swap-oob="true">0' in new
    for odd in ({"since": "yesterday"}, {"since": "2026-01-01"}, {"here": "//elsewhere.example"}, {"numbers": "\x00"}):
        assert "elsewhere" not in hear(**odd)


def statuses_of(client: Client, offer: Offer, code: str) -> dict[str, Any]:
    """One row of the grid, as the page shows it."""
    page = client.get(f"/offers/{offer.public_id}/")
    workspace = page.context["workspace"]
    area, row = next((area, row) for area in workspace.areas for row in area.rows if row.code == code)
    page = client.get(f"/offers/{offer.public_id}/", {"area": area.code})
    assert f'name="seen:{code}"' in page.content.decode()
    return {
        "tenant": workspace.tenant.domain,
        f"seen:{code}": seal("fact", row.fact.pk) if row.fact else "",
        f"was:{code}": row.was,
    }


@pytest.mark.parametrize("htmx", [False, True])
def test_a_status_that_was_changed_meanwhile_is_not_overwritten(held: tuple[Client, Offer], *, htmx: bool) -> None:
    client, offer = held
    dana, headers = fellow_of(offer), {"HX-Request": "true"} if htmx else {}
    mine, page = statuses_of(client, offer, "INTUNE"), f"/facts/{offer.public_id}/statuses/"
    theirs = statuses_of(dana, offer, "INTUNE")
    dana.post(page, theirs | {"status:INTUNE": "enabled", "evidence:INTUNE": "Seen in the portal"})
    refused = client.post(page, mine | {"status:INTUNE": "not_enabled"}, headers=headers)
    text = world.text(refused)
    assert "to “Enabled” while you were editing" in text
    assert "Your value: “Not started”" in text
    assert Enablement.objects.current().get(workload_code="INTUNE").status == "enabled"
    assert refused.status_code == (200 if htmx else 422)
    again = statuses_of(client, offer, "INTUNE")
    client.post(page, again | {"status:INTUNE": "not_enabled"}, headers=headers)
    assert Enablement.objects.current().get(workload_code="INTUNE").status == "not_enabled"
    same = client.post(page, mine | {"status:INTUNE": "not_enabled"}, headers=headers)
    assert "since you opened this" not in world.text(same), "the same is no conflict"


def test_after_a_refusal_only_a_button_of_its_own_replaces_theirs(held: tuple[Client, Offer]) -> None:
    client, offer = held
    dana, headers, page = fellow_of(offer), {"HX-Request": "true"}, f"/facts/{offer.public_id}/statuses/"
    mine, theirs = statuses_of(client, offer, "INTUNE"), statuses_of(dana, offer, "INTUNE")
    dana.post(page, theirs | {"status:INTUNE": "blocked", "evidence:INTUNE": "No licence server"})
    newest = seal("fact", Enablement.objects.current().get(workload_code="INTUNE").pk)
    mine |= {"status:INTUNE": "enabled"}
    refused = client.post(page, mine, headers=headers).content.decode()
    assert f'name="seen:INTUNE" value="{mine["seen:INTUNE"]}"' in refused, "the record that I was shown stays"
    assert f'"seen:INTUNE": "{newest}"' in refused
    assert "Overwrite" in refused
    client.post(page, mine | {"evidence:INTUNE": "portal, today"}, headers=headers)
    assert Enablement.objects.current().get(workload_code="INTUNE").status == "blocked", "typing on replaces nothing"
    client.post(page, mine | {"evidence:INTUNE": "portal, today", "seen:INTUNE": newest}, headers=headers)
    assert Enablement.objects.current().get(workload_code="INTUNE").status == "enabled"


def test_everything_that_others_have_changed_is_named_at_once(held: tuple[Client, Offer]) -> None:
    client, offer = held
    dana, page = fellow_of(offer), f"/facts/{offer.public_id}/statuses/"
    mine, theirs = dict[str, Any](), dict[str, Any]()
    for code in ("INTUNE", "TEAMS"):
        mine |= statuses_of(client, offer, code) | {f"status:{code}": "enabled"}
        theirs |= statuses_of(dana, offer, code) | {f"status:{code}": "blocked", f"evidence:{code}": "No."}
    dana.post(page, theirs)
    text = world.text(client.post(page, mine))
    names = [current_edition().workloads[code].name for code in ("INTUNE", "TEAMS")]
    assert all(f"dana changed {name} to “Blocked”" in text for name in names)
    assert "Save again to overwrite." in text


def test_subscriptions_that_were_changed_meanwhile_are_not_replaced(held: tuple[Client, Offer]) -> None:
    client, offer = held
    page = f"/facts/{offer.public_id}/plans/"
    seen = client.get(page).context["form"]["seen"].value()
    tenant = offer.referral.tenant
    typed = {"tenant": tenant.domain, "plan_1": "M365_E3", "seats_1": "400", "seen": seen}
    fellow_of(offer).post(page, typed | {"seats_1": "700"})
    refused = client.post(page, typed)
    assert refused.status_code == 409
    assert "M365_E3: 700" in world.text(refused)
    assert 'value="400"' in world.text(refused)
    assert tenant.subscriptions.current().get().paid_seats == 700
    client.post(page, typed | {"seen": refused.context["form"]["seen"].value()})
    assert tenant.subscriptions.current().get().paid_seats == 400
