"""What tenants have beyond the service description is counted, and one click lists it in a draft."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from benefits.models import Entitlement, ServiceDescription
from benefits.services.customers import Author
from benefits.services.editions import edition_in_force, publish_edition
from benefits.services.evidence import apply_export, read_staged, stage_upload
from benefits.services.installing import install_editions
from benefits.services.products.beyond import list_beyond
from tests import world
from tests.benefits.evidence.test_real_files import file_of
from tests.world import NOW, text

pytestmark = pytest.mark.django_db
PAGE = "/catalogue/seen/"
KEY = {"plan": "EMS_E3", "workload": "TEAMS"}


@pytest.fixture
def client() -> Client:
    [draft] = install_editions(now=NOW)
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    found = Client()
    found.force_login(world.make_user("ada@triage.example", is_staff=True, is_superuser=True))
    return found


def upload(domain: str, *, with_teams: bool = True) -> None:
    """A tenant with Enterprise Mobility + Security E3, Teams on in it, which the edition does not list."""
    tenant = world.tenant_of(world.submit(domain=domain, customer_name=domain))
    tenant.subscriptions.all().delete()
    body = json.loads(file_of("03").read_text())
    rows = [row for row in body if row["SkuPartNumber"] == "EMS"]
    for row in rows:
        row["AccountId"] = "22222222-1111-4111-8111-111111111111"
        row["ServicePlans"] = [p for p in row["ServicePlans"] if with_teams or p["ServicePlanName"] != "TEAMS1"]
    staged = stage_upload(tenant, BytesIO(json.dumps(rows).encode()), "skus.json", by=Author("team"), now=NOW)
    edition = edition_in_force(NOW.date())[1]
    found: Any = read_staged(staged, edition)
    assert apply_export(staged, found, edition, by=Author("team"), now=NOW)


def teams() -> list[int]:
    rows = list_beyond(edition_in_force(NOW.date())[1], NOW.date())
    return [row.tenants for row in rows if (row.plan, row.workload) == ("EMS_E3", "TEAMS")]


def test_tenants_are_counted_and_one_click_lists_it(client: Client) -> None:
    assert "No tenant has more than the service description lists" in text(client.get(PAGE))
    for domain in ("one.example", "two.example"):
        upload(domain)
    upload("three.example", with_teams=False)
    assert teams() == [2]
    shown = text(client.get(PAGE))
    assert "seen in 2 tenants" in shown
    assert "Added to the draft" in text(client.post(PAGE, KEY, follow=True))
    row = Entitlement.objects.get(plan__edition__state="draft", plan__code="EMS_E3", workload__code="TEAMS")
    assert (row.is_limited, row.basis) == (False, "service plans of 2 tenants: teams1")
    again = text(client.post(PAGE, {**KEY, "limited": "1"}, follow=True))
    assert "already covers" in again
    draft = ServiceDescription.objects.drafts().get()
    assert draft.editors.get().email == "ada@triage.example"


def test_what_is_only_carried_is_listed_as_that(client: Client) -> None:
    upload("one.example")
    client.post(PAGE, {**KEY, "limited": "1"})
    draft = ServiceDescription.objects.drafts().get()
    assert Entitlement.objects.get(plan__edition=draft, plan__code="EMS_E3", workload__code="TEAMS").is_limited


def test_what_nobody_has_is_refused(client: Client) -> None:
    assert "No tenant has this anymore. No changes were made." in text(client.post(PAGE, KEY, follow=True))
    assert not ServiceDescription.objects.drafts().exists()
