"""An admin of the catalogue reads Microsoft's table of products, and decides what it proposes."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from benefits.models import PlanSku, ProductProposal, ServiceDescription, TableReading
from benefits.services.editions import publish_edition
from benefits.services.installing import install_editions
from tests import world
from tests.benefits.catalogue.test_refreshing import NEW_E3, NEW_PLAN
from tests.product_table import TABLE, Product, as_csv
from tests.world import NOW, text

pytestmark = pytest.mark.django_db
PAGE = "/catalogue/products/"
OTHER_ID = "aaaaaaaa-0000-4000-8000-000000000002"
NEW = NEW_E3._replace(sku_id=OTHER_ID, name="Something <new>", part_number="NEW", service_plans=(NEW_PLAN,))


@pytest.fixture
def client() -> Client:
    [draft] = install_editions(now=NOW)
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    found = Client()
    found.force_login(world.make_user("ada@triage.example", is_staff=True, is_superuser=True))
    return found


def upload(client: Client, *products: Product, raw: bytes = b"", day: str = "2026-11-01") -> HttpResponse:
    table = SimpleUploadedFile("table.csv", raw or as_csv([*TABLE, *products]).encode(), "text/csv")
    return client.post(PAGE, {"table": table, "as_of": day}, follow=True)  # type: ignore[return-value]


def test_table_is_read_decided_and_published(client: Client) -> None:
    page = upload(client, NEW_E3, NEW)
    draft = ServiceDescription.objects.get(state="draft")
    assert draft.products_as_of == dt.date(2026, 11, 1)
    assert "Microsoft 365 E3 (new)" in text(page)
    assert b"Something &lt;new&gt;" in page.content
    assert "2 product table proposals are undecided." in text(client.get(f"/catalogue/{draft.pk}/"))
    of_plan, undecided = ProductProposal.objects.order_by("kind")
    decide = f"/catalogue/{draft.pk}/products/decide/"
    words = {"proposal": [str(of_plan.pk)], "reason": "A new name of E3.", "accept": "1"}
    assert "1 proposal added to the draft." in text(client.post(decide, words, follow=True))
    assert PlanSku.objects.filter(plan__edition=draft, part_number="SPE_E3_NEW", plan__code="M365_E3").exists()
    words = {
        "proposal": [str(undecided.pk)],
        f"choice-{undecided.pk}": "free",
        "reason": "Costs nothing.",
        "accept": "1",
    }
    shown = text(client.post(decide, words, follow=True))
    assert "No proposals left." in shown
    assert "ada: Costs nothing." in shown
    assert f"/catalogue/{draft.pk}/products/" in text(client.get(PAGE))


def test_what_was_typed_is_kept_when_it_is_refused(client: Client) -> None:
    upload(client, NEW)
    [proposal] = ProductProposal.objects.all()
    decide = f"/catalogue/{proposal.edition_id}/products/decide/"
    words = {"proposal": [str(proposal.pk)], "kind": "undecided", "reason": "Seen.", "accept": "1"}
    refused = client.post(decide, {**words, f"choice-{proposal.pk}": "nosuch"})
    assert refused.status_code == 422
    assert "“nosuch” is neither a plan in the draft nor a reason." in text(refused)
    assert 'value="nosuch"' in text(refused)
    assert "Seen.</textarea>" in text(refused)
    assert "checked" in text(refused)
    for broken in ({"reason": "Seen.", "accept": "1"}, {**words, "reason": ""}, {**words, "proposal": ["9" * 30]}):
        assert client.post(decide, broken).status_code == 422
    assert ProductProposal.objects.get().state == "open"


def test_another_file_is_refused_beside_its_field(client: Client) -> None:
    shown = upload(client, raw=b"a,b\n1,2\n")
    assert shown.status_code == 422
    assert "this is not Microsoft’s product table" in text(shown)
    assert "Enter a date that isn’t in the future." in text(upload(client, day="2999-01-01"))
    assert not TableReading.objects.exists()


def test_a_table_without_news_says_so(client: Client) -> None:
    assert "The service description already includes everything in this table." in text(upload(client))
    assert "nothing new" in text(client.get(PAGE))
    assert "last imported on 1 November 2026" in text(client.get("/admin/"))
