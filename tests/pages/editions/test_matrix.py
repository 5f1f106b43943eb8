"""Plans beside workloads: every cell of a draft is changed where it stands; what another admin changed is kept."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benefits.models import Entitlement, ServiceDescription
from benefits.services.editions import copy_to_draft, load_edition
from tests.world import text

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2027, 1, 1), dt.date(2027, 6, 30)


@pytest.fixture
def draft() -> ServiceDescription:
    return copy_to_draft(ServiceDescription.objects.get(), now=timezone.now())


def cell(draft: ServiceDescription, plan: str = "M365_E3", workload: str = "INTUNE") -> str:
    return reverse("pages:matrix-cell", args=[draft.pk, plan, workload])


def rows(draft: ServiceDescription, plan: str = "M365_E3", workload: str = "INTUNE") -> list[Any]:
    found = Entitlement.objects.filter(plan__edition=draft, plan__code=plan, workload__code=workload, is_limited=False)
    return list(found.values_list("effective_from", "effective_to"))


def was(client: Client, address: str) -> str:
    return str(client.get(address).context["form"]["was"].value())


def test_the_table_says_what_the_edition_says(client: Client, draft: ServiceDescription) -> None:
    edition = load_edition(draft.pk)
    family = edition.plans["M365_E3"].family
    page = client.get(reverse("pages:matrix", args=[draft.pk]), {"family": family})
    brought = {
        (one.plan.code, row.workload.code)
        for _area, of_area in page.context["areas"]
        for row in of_area
        for one in row.cells
        if one.periods
    }
    plans = [plan for plan in edition.plans.values() if plan.family == family]
    wanted = {(plan.code, grant.workload) for plan in plans for grant in plan.grants if not grant.is_limited}
    assert brought == wanted
    assert brought


def test_its_queries_do_not_grow(client: Client, draft: ServiceDescription, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(14):
        client.get(reverse("pages:matrix", args=[draft.pk]), {"family": "M365"})


def test_a_cell_gets_days_and_loses_them(client: Client, draft: ServiceDescription) -> None:
    address = cell(draft)
    [before] = rows(draft)
    days = {"brings": "yes", "first_day": "2027-01-01", "last_day": "2027-06-30", "was": was(client, address)}
    answer = client.post(address, days, follow=True)
    assert "Saved: " in text(answer)
    assert rows(draft) == [(FIRST, LAST)] != [before]
    assert "is-changed" in answer.content.decode()
    client.post(address, {"brings": "no", "was": was(client, address)})
    assert rows(draft) == []
    client.post(address, {"brings": "yes", "was": was(client, address)})
    assert rows(draft) == [(None, None)]
    draft.refresh_from_db()
    assert draft.prepared_by is not None


def test_what_was_changed_meanwhile_is_said_and_kept(client: Client, draft: ServiceDescription) -> None:
    address = cell(draft)
    shown = was(client, address)
    client.post(address, {"brings": "yes", "first_day": "2027-01-01", "was": shown})
    late = client.post(address, {"brings": "no", "last_day": "2027-02-01", "was": shown})
    assert late.status_code == 422
    assert "Someone changed this while you were editing" in text(late)
    assert 'value="2027-02-01"' in late.content.decode(), "what was typed stays"
    assert rows(draft) == [(FIRST, None)]
    again = client.post(address, {"brings": "no", "was": late.context["form"]["was"].value()})
    assert (again.status_code, rows(draft)) == (302, [])


def test_bad_days_and_published_editions_are_refused(client: Client, draft: ServiceDescription) -> None:
    address, before = cell(draft), rows(draft)
    wrong = {"brings": "yes", "first_day": "2027-06-30", "last_day": "2027-01-01", "was": was(client, address)}
    answer = client.post(address, wrong)
    assert (answer.status_code, "must not be before" in text(answer)) == (422, True)
    assert client.post(address, {"was": was(client, address)}).status_code == 422
    assert rows(draft) == before
    published = ServiceDescription.objects.published().get()
    assert client.post(cell(published), wrong).status_code == 404
    assert client.get(cell(draft, workload="NO_SUCH")).status_code == 404
    page = client.get(reverse("pages:matrix", args=[published.pk])).content.decode()
    assert "/matrix/M365_E3/" not in page, "read only"


def test_several_periods_are_left_to_the_admin(client: Client, draft: ServiceDescription) -> None:
    [one] = Entitlement.objects.filter(plan__edition=draft, plan__code="M365_E3", workload__code="INTUNE")
    one.effective_to = LAST
    one.save()
    Entitlement.objects.create(plan=one.plan, workload=one.workload, effective_from=LAST + dt.timedelta(days=10))
    page = text(client.get(cell(draft)))
    assert "several periods" in page
    assert "/admin/benefits/plan/" in page
    assert len(rows(draft)) == 2
