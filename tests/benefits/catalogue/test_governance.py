"""The admin's side of the catalogue: tables as CSV, files, unknown products, scenarios, old facts."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from benefits.models import (
    GoldenScenario,
    Plan,
    ServiceDescription,
    Subscription,
    UnknownProduct,
    Workload,
)
from benefits.services.editions import copy_to_draft, export_edition, load_edition, publish_edition
from benefits.services.governing import list_old_facts
from tests import world
from tests.world import NOW, text

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 1, 31)


# --- files


def test_file_becomes_a_draft_and_a_broken_one_says_where(client: Client) -> None:
    exported = export_edition(ServiceDescription.objects.get())
    upload = SimpleUploadedFile("edition.json", exported.encode())
    answer = client.post("/admin/benefits/servicedescription/import/", {"file": upload}, follow=True)
    assert ". It has no effect until it is published" in text(answer)
    assert ServiceDescription.objects.filter(state="draft").count() == 1
    broken = SimpleUploadedFile("edition.json", exported.replace('"kind": "suite"', '"kind": "sweet"', 1).encode())
    answer = client.post("/admin/benefits/servicedescription/import/", {"file": broken})
    assert answer.status_code == 422
    assert "edition.json: line " in text(answer)
    assert "plans[0].kind" in text(answer)
    assert ServiceDescription.objects.filter(state="draft").count() == 1


# --- products nobody knows


@pytest.fixture
def product() -> UnknownProduct:
    """Met in an export of a customer whose only other product is too small."""
    referral = world.screened(plans=[["EXO_P1", 20]])
    Subscription.objects.create(
        tenant=referral.tenant,
        part_number="BRAND_NEW",
        state="enabled",
        paid_seats=500,
        recorded_at=NOW,
        author_party="t",
    )
    words = {"first_seen_at": NOW, "last_seen_at": NOW, "last_seen_in": referral.tenant, "times_seen": 14}
    sku = "11111111-2222-3333-4444-555555555555"
    return UnknownProduct.objects.create(part_number="BRAND_NEW", sku_id=sku, last_seen_by=None, **words)


def test_unknown_product_becomes_a_plan_in_two_clicks(client: Client, product: UnknownProduct) -> None:
    page = text(client.get("/admin/benefits/unknownproduct/"))
    assert "14 times, last by the requester on 23 Nov 2026" in page
    address = f"/admin/benefits/unknownproduct/{product.pk}/plan/"
    assert address in page
    form = client.get(address).context["form"]
    chosen = form.fields["plan"].queryset.get(code="M365_E5")
    answer = client.post(address, {"plan": chosen.pk, "family": "M365", "benefit_eligible": "yes"}, follow=True)
    assert "BRAND_NEW is a SKU of Microsoft 365 E5" in text(answer)
    draft = ServiceDescription.objects.get(state="draft")
    assert draft.plans.get(code="M365_E5").skus.filter(part_number="BRAND_NEW").exists()
    assert not ServiceDescription.objects.filter(state="published", plans__skus__part_number="BRAND_NEW").exists()
    edition = load_edition(draft.pk)
    assert edition.plan_by_product("BRAND_NEW") == edition.plans["M365_E5"]


def test_unknown_product_becomes_a_new_plan_in_two_clicks(client: Client, product: UnknownProduct) -> None:
    UnknownProduct.objects.filter(pk=product.pk).update(part_number="BRAND NEW&benefit_eligible=yes")
    address = f"/admin/benefits/unknownproduct/{product.pk}/plan/"
    data = {"plan": "", "name": "Brand new", "family": "M365", "benefit_eligible": "unverified"}
    assert "Select a plan above, or enter a new one" in text(client.post(address, {**data, "name": ""}))
    client.post(address, data, follow=True)
    plan = ServiceDescription.objects.get(state="draft").plans.get(name="Brand new")
    assert (plan.code, plan.benefit_eligible) == ("BRAND_NEW_BENEFIT_ELIGIBLE_YES", "unverified")
    assert plan.skus.get().part_number == "BRAND NEW&benefit_eligible=yes"
    product.refresh_from_db()
    assert product.plan_code == plan.code


def test_product_without_a_sku_id_that_is_one_is_refused(client: Client, product: UnknownProduct) -> None:
    UnknownProduct.objects.filter(pk=product.pk).update(sku_id="zzz")
    chosen = ServiceDescription.objects.get().plans.get(code="M365_E5")
    data = {"plan": chosen.pk, "family": "M365", "benefit_eligible": "yes"}
    answer = client.post(f"/admin/benefits/unknownproduct/{product.pk}/plan/", data)
    assert "The export has no valid SKU ID. Add the SKU on the plan page" in text(answer)
    assert not ServiceDescription.objects.filter(state="draft").exists(), "no draft is left behind"


def test_staff_without_permission_changes_nothing(product: UnknownProduct) -> None:
    clerk = Client()
    clerk.force_login(world.make_user("clerk@triage.example", is_staff=True))
    for page in ("unknownproduct/%d/plan/", "unknownproduct/%d/outside/"):
        assert clerk.post("/admin/benefits/" + page % product.pk).status_code == 403
    assert clerk.post("/admin/benefits/servicedescription/import/").status_code == 403
    product.refresh_from_db()
    assert not product.outside_reason


def test_what_an_edition_has_learnt_counts_without_another_upload(product: UnknownProduct) -> None:
    from benefits.domain.situation import Request
    from benefits.services.situations import load_facts

    tenant = product.last_seen_in
    assert tenant is not None
    published = load_edition(ServiceDescription.objects.get().pk)
    draft = copy_to_draft(ServiceDescription.objects.get(), now=NOW)
    draft.plans.get(code="M365_E5").skus.create(sku_id=product.sku_id, part_number="BRAND_NEW")
    Subscription.objects.filter(part_number="BRAND_NEW").update(service_plans={"intune_a": False, "teams1": True})
    facts = load_facts(tenant.customer)
    held = {sub.plan for sub in facts.situation(Request(), DAY, published).subscriptions}
    learnt = {sub.plan for sub in facts.situation(Request(), DAY, load_edition(draft.pk)).subscriptions}
    assert (held, learnt) == ({"EXO_P1", "UNMAPPED_SKU:unknown product 1"}, {"EXO_P1", "M365_E5"})
    situation = facts.situation(Request(), DAY, load_edition(draft.pk))
    withheld = dict(next(sub for sub in situation.subscriptions if sub.plan == "M365_E5").withheld)
    assert (withheld["INTUNE"], withheld["EXCHANGE_ONLINE"], "TEAMS" in withheld) == ("disabled", "missing", False)


def test_product_outside_of_the_benefit_is_said_in_a_draft_in_two_clicks(
    client: Client, product: UnknownProduct
) -> None:
    from benefits.domain.situation import Request
    from benefits.services.situations import load_facts

    address = f"/admin/benefits/unknownproduct/{product.pk}/outside/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "nosuch"}).status_code == 422
    client.post(address, {"reason": "free", "note": "A telephone."}, follow=True)
    product.refresh_from_db()
    assert (product.outside_reason, product.note) == ("free", "A telephone.")
    draft = ServiceDescription.objects.get(state="draft")
    row = draft.outsideproducts.get()
    assert (row.part_number, row.reason, row.notes) == ("BRAND_NEW", "free", "A telephone.")
    tenant = product.last_seen_in
    assert tenant is not None
    facts = load_facts(tenant.customer)
    learnt = {sub.plan for sub in facts.situation(Request(), DAY, load_edition(draft.pk)).subscriptions}
    assert learnt == {"EXO_P1", "OUTSIDE_SKU:BRAND_NEW"}, "with the edition, not before"
    assert "outside the Benefit (free)" in text(client.get("/admin/benefits/unknownproduct/"))
    assert "The draft already includes this product" in text(client.post(address, {"reason": "free"}))
    draft.delete()
    assert "Add as plan" in text(client.get("/admin/benefits/unknownproduct/")), "it is to be said again"


def test_what_was_ignored_before_goes_into_every_new_draft(product: UnknownProduct) -> None:
    from benefits.services.situations import load_facts

    UnknownProduct.objects.filter(pk=product.pk).update(is_ignored=True, note="A telephone.")
    tenant = product.last_seen_in
    assert tenant is not None
    assert [row.plan_code for row in load_facts(tenant.customer).subscriptions] == ["EXO_P1"], "as before"
    draft = copy_to_draft(ServiceDescription.objects.get(), now=NOW)
    assert [(row.part_number, row.reason, row.notes) for row in draft.outsideproducts.all()] == [
        ("BRAND_NEW", "other_family", "A telephone.")
    ]
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    assert copy_to_draft(draft, now=NOW).outsideproducts.count() == 1, "once"


# --- scenarios, differences, old facts


def test_golden_scenario_that_cannot_be_read_is_refused_with_its_place(client: Client) -> None:
    scenario = GoldenScenario.objects.get(code="S01")
    data = {"code": "S01", "title": scenario.title, "is_active": "on", "expected": json.dumps(scenario.expected)}
    wrong = {**scenario.situation, "evaluate_on": "soon"}
    address = f"/admin/benefits/goldenscenario/{scenario.pk}/change/"
    answer = client.post(address, data | {"situation": json.dumps(wrong)})
    assert "evaluate_on: must be a date" in text(answer)
    for broken in (
        *('{"scenarios":[{"customer":{}},{"customer":{}}]}', "[1]", '"abc"', "5", '{"a": NaN}', '{"a": "\\ud800"}'),
        *('{"a": "\\u0000"}', '{"a": ' + "1" * 5000 + "}", "[" * 1000 + "]" * 1000),
    ):
        assert client.post(address, data | {"situation": broken}).status_code == 200, broken[:40]
    assert client.post(address, data | {"situation": json.dumps(scenario.situation)}).status_code == 302


def test_differences_page_shows_each_change_between_any_two_editions(client: Client, draft: ServiceDescription) -> None:
    published = ServiceDescription.objects.get(state="published")
    address = f"/service-description/compare/?old={published.pk}&new={draft.pk}"
    assert "No differences" in text(client.get(address))
    Plan.objects.filter(edition=draft, code="EXO_P1").update(max_seats=300)
    Workload.objects.filter(edition=draft, code="TEAMS").update(effective_to=DAY)
    page = text(client.get(address))
    assert "max_seats" in page
    assert "2027-01-31" in page
    stranger = Client()
    stranger.force_login(world.make_user("other@triage.example"))
    assert stranger.get(address).status_code == 404, "drafts are for admins"
    assert client.get("/service-description/compare/?old=x&new=99999999999999999999").status_code == 404


def test_facts_older_than_a_set_age_are_listed_with_their_source(client: Client, draft: ServiceDescription) -> None:
    row = ServiceDescription.objects.get(state="published")
    today = timezone.localdate()
    assert any(fact.verified_on is None for fact in list_old_facts(row, before=today))
    old, new = (len(list_old_facts(row, before=today - dt.timedelta(days=days))) for days in (30, 1500))
    assert old > new
    page = text(client.get("/service-description/old-facts/?days=1500"))
    assert "last verified before" in page
    assert "https://" in page
    wrong = text(client.get("/service-description/old-facts/?days=many"))
    assert "isn’t a number of days; showing 365" in wrong
