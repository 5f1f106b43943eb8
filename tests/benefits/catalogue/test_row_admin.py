"""Rows of a draft in the admin: pickers hold that draft's rows alone, and SKUs are pasted."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from benefits.models import Plan, PlanSku, ServiceDescription
from benefits.services.editions import copy_to_draft
from tests import world

pytestmark = pytest.mark.django_db
ADD = "/admin/benefits/plan/add/"


@pytest.fixture
def drafts(admin_user: User) -> list[ServiceDescription]:
    world.ensure_defaults()
    published = ServiceDescription.objects.in_force(timezone.localdate()).get()
    return [copy_to_draft(published, by=admin_user, now=timezone.now()) for _ in range(2)]


def options(client: Client, address: str, name: str) -> set[int]:
    page = client.get(address).content.decode()
    [found] = re.findall(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return {int(value) for value in re.findall(r'<option value="(\d+)"', found)}


def test_a_new_row_is_of_the_draft_it_was_added_from(admin_client: Client, drafts: list[ServiceDescription]) -> None:
    for edition in drafts:
        address = f"{ADD}?edition={edition.pk}"
        assert options(admin_client, address, "edition") == {edition.pk}
        assert options(admin_client, address, "family") == set(edition.productfamilys.values_list("pk", flat=True))
    assert options(admin_client, ADD, "edition") == {drafts[1].pk}, "the newest where none is named"
    added = f"/admin/benefits/entitlement/add/?edition={drafts[0].pk}"
    assert options(admin_client, added, "plan") == set(drafts[0].plans.values_list("pk", flat=True))
    assert options(admin_client, added, "workload") == set(drafts[0].workloads.values_list("pk", flat=True))


def test_a_row_that_is_changed_keeps_its_own_edition(admin_client: Client, drafts: list[ServiceDescription]) -> None:
    for edition in drafts:
        plan = edition.plans.get(code="M365_E3")
        address = f"/admin/benefits/plan/{plan.pk}/change/"
        assert options(admin_client, address, "family") == set(edition.productfamilys.values_list("pk", flat=True))
        inline = admin_client.get(address).content.decode()
        other = next(one for one in drafts if one != edition)
        foreign = other.workloads.order_by("pk").first()
        assert foreign is not None
        assert f'<option value="{foreign.pk}"' not in inline


def plan_data(edition: ServiceDescription, pasted: str) -> dict[str, object]:
    family = edition.productfamilys.order_by("pk").first()
    assert family is not None
    inlines = {
        f"{name}-{field}": "0" for name in ("skus", "entitlements") for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return inlines | {
        "edition": edition.pk,
        "family": family.pk,
        "code": "NEW_PLAN",
        "name": "New plan",
        "kind": "suite",
        "audience": "commercial",
        "benefit_eligible": "yes",
        "verified_on": dt.date(2026, 11, 30),
        "pasted_skus": pasted,
    }


def test_skus_are_pasted_as_a_list(admin_client: Client, drafts: list[ServiceDescription]) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    pasted = f"SPE_NEW\t{one}\n{other};SPE_OTHER\n\nSPE_NAMELESS\nSPE_NEW {str(one).upper()}"
    answer = admin_client.post(f"{ADD}?edition={drafts[0].pk}", plan_data(drafts[0], pasted))
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
    plan = Plan.objects.get(edition=drafts[0], code="NEW_PLAN")
    assert set(plan.skus.values_list("part_number", "sku_id")) == {
        ("SPE_NEW", one),
        ("SPE_OTHER", other),
        ("SPE_NAMELESS", None),
    }
    drafts[0].refresh_from_db()
    assert drafts[0].prepared_by is not None


@pytest.mark.parametrize("line", ["two words", "12345678-1234-1234-1234-123456789abc", "SPE_E3 not-an-id", "a" * 121])
def test_a_pasted_line_that_is_no_sku_is_named_and_nothing_is_lost(
    admin_client: Client, drafts: list[ServiceDescription], line: str
) -> None:
    before = PlanSku.objects.count()
    answer = admin_client.post(f"{ADD}?edition={drafts[0].pk}", plan_data(drafts[0], f"SPE_GOOD\n{line}"))
    assert answer.status_code == 200
    page = world.text(answer)
    assert "Line 2: enter one part number, such as SPE_E3, and its SKU ID." in page
    assert line in page
    assert (Plan.objects.filter(code="NEW_PLAN").exists(), PlanSku.objects.count()) == (False, before)


def test_plan_without_a_family_is_refused_beside_the_field(
    admin_client: Client, drafts: list[ServiceDescription]
) -> None:
    answer = admin_client.post(ADD, plan_data(drafts[0], "") | {"family": ""})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["family"] == ["This field is required."]
    assert f'value="{plan_data(drafts[0], "")["name"]}"' in answer.content.decode(), "what was typed is there"


def test_the_admins_home_and_the_draft_lead_to_its_rows(admin_client: Client, drafts: list[ServiceDescription]) -> None:
    home = world.markup(admin_client.get("/admin/"))
    page = world.markup(admin_client.get(f"/catalogue/{drafts[0].pk}/"))
    for draft in drafts:
        assert f'<a href="/catalogue/{draft.pk}/">{draft.name}</a>' in home
    assert f"/admin/benefits/entitlement/?plan__edition__id__exact={drafts[0].pk}" in page
    assert f"/admin/benefits/plan/add/?edition={drafts[0].pk}" in page
    listed = admin_client.get(f"/admin/benefits/plan/?edition__id__exact={drafts[0].pk}")
    assert listed.context["cl"].result_count == drafts[0].plans.count()
