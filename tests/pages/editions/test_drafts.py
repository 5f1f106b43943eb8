"""The page of a draft, from preview to publishing, as an admin of the catalogue works on it."""

import pytest
from django.test import Client
from django.utils import timezone

from benefits.models import GoldenScenario, Plan, ServiceDescription
from benefits.services.editions import copy_to_draft
from referrals.editions.checking import run_due_checks
from referrals.models import Referral
from tests import world
from tests.world import text

pytestmark = pytest.mark.django_db
REASON = "Nobody else is here this week, and the change is urgent."


@pytest.fixture
def page() -> str:
    """A draft without Microsoft 365 E5, an open referral that it reaches, and two golden scenarios."""
    world.make_partner()
    world.offered(now=timezone.now())
    GoldenScenario.objects.exclude(code__in=("S01", "S16")).update(is_active=False)
    draft = copy_to_draft(ServiceDescription.objects.get(), now=timezone.now())
    Plan.objects.filter(edition=draft, code="M365_E5").update(benefit_eligible="no")
    return f"/catalogue/{draft.pk}/"


def test_draft_goes_from_preview_over_sign_off_to_publishing(client: Client, page: str) -> None:
    from accounts.models import User
    from benefits.services.editions import note_editor

    draft = ServiceDescription.objects.get(state="draft")
    note_editor(draft, User.objects.get(email="ada@triage.example"))
    assert "Preview the draft first." in text(client.get(page))
    client.post(f"{page}preview/")
    assert "Waiting to start" in text(client.get(page))
    assert "HX-Refresh" not in client.get(f"{page}progress/")
    run_due_checks(now=timezone.now())
    assert client.get(f"{page}progress/")["HX-Refresh"] == "true"
    shown = text(client.get(page))
    assert "<strong>1</strong> results would change." in shown
    assert "needs information → not eligible" in shown
    assert shown.count("Woodgrove Bank") == 2, "by customer, and in the list"
    csv = client.get(f"{page}preview.csv").content.decode().splitlines()
    assert len(csv) == 2
    assert "Woodgrove Bank,Contoso,needs_information,not_eligible" in csv[1]
    refused = client.post(f"{page}publish/", {"reason": REASON})
    assert refused.status_code == 422
    assert "Test scenarios fail: S01" in text(refused)
    client.post(f"{page}sign-off/", {"scenario": ["S01"], "sign-off-reason": "E5 has left the Benefit."})
    assert "Approved by ada: E5 has left the Benefit." in text(client.get(page))
    short = client.post(f"{page}publish/", {"reason": "because"})
    assert short.status_code == 422
    assert "because</textarea>" in text(short), "what was typed is kept"
    assert ". It can no longer be changed" in text(client.post(f"{page}publish/", {"reason": REASON}, follow=True))
    run_due_checks(now=timezone.now())
    assert "1 open referrals would change" in text(client.get(page))
    assert Referral.objects.differing().count() == 1


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["S01", "NO_SUCH"], "there is no test scenario “NO_SUCH”"),
        (["S01", "S16"], "S16 passes"),
        (["\x00"], "No changes were made: there is no test scenario “"),
        ([], "Select the scenarios to approve"),
    ],
)
def test_sign_off_is_all_or_none(client: Client, page: str, codes: list[str], message: str) -> None:
    data = {"scenario": codes, "sign-off-reason": "E5 has left the Benefit."}
    answer = client.post(f"{page}sign-off/", data, follow=True)
    assert message in text(answer)
    assert not ServiceDescription.objects.get(state="draft").sign_offs.exists()


def test_team_sees_what_would_differ_as_a_list(client: Client, page: str) -> None:
    Referral.objects.update(differs_under=ServiceDescription.objects.get(state="draft"), differs_outcome="not_eligible")
    team = Client()
    team.force_login(world.by_team().user)  # type: ignore[arg-type]
    listed = text(team.get("/team/referrals/?tab=open&flag=differs"))
    assert "Would now be" in listed
    assert "not eligible" in listed
    assert "Determination out of date" in text(team.get("/team/"))
