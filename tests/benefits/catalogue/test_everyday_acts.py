"""Everyday acts: retire, rename, move in or out of scope; in a draft, or from a published row straight into one."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from benefits.models import Plan, ScopeItem, ServiceDescription
from benefits.services.amending import AmendmentRefused, move_scope, rename, retire
from benefits.services.editions import load_edition
from tests.world import text

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 1, 31)


def act(client: Client, model: str, action: str, row: Any, **data: str) -> Any:
    words = {"action": action, "_selected_action": [row.pk], **({"apply": "1"} if data else {}), **data}
    return client.post(f"/admin/benefits/{model}/", words, follow=True)


def test_retire_ends_a_row_on_a_day_and_notes_who(client: Client, admin: User, draft: ServiceDescription) -> None:
    plan = draft.plans.get(code="EXO_P1")
    assert "Last effective day" in text(act(client, "plan", "retire_act", plan))
    assert "1 updated in draft" in text(act(client, "plan", "retire_act", plan, last_day="2027-01-31"))
    plan.refresh_from_db()
    draft.refresh_from_db()
    assert (plan.effective_to, draft.prepared_by) == (DAY, admin)


def test_rename_keeps_the_old_name_as_alias(client: Client, draft: ServiceDescription) -> None:
    workload = draft.workloads.get(code="INTUNE")
    old = workload.name
    act(client, "workload", "rename_act", workload, name="Microsoft Endpoint Manager")
    workload.refresh_from_db()
    assert (workload.name, old in workload.aliases) == ("Microsoft Endpoint Manager", True)
    assert load_edition(draft.pk).workload_names[old.casefold()] == "INTUNE"


def test_scope_moves_from_a_day_on(client: Client, draft: ServiceDescription) -> None:
    item = draft.scopeitems.filter(in_scope=True, effective_to=None, effective_from=None).first()
    assert item is not None
    act(client, "scopeitem", "move_scope_act", item, first_day="2027-02-01")
    entries = draft.scopeitems.filter(code=item.code, text=item.text).order_by("id")
    assert [(row.in_scope, row.effective_from, row.effective_to) for row in entries] == [
        (True, None, DAY),
        (False, dt.date(2027, 2, 1), None),
    ]


def test_acts_refuse_published_rows_and_impossible_days(admin: User, draft: ServiceDescription) -> None:
    published = Plan.objects.exclude(edition=draft).get(code="EXO_P1")
    with pytest.raises(AmendmentRefused, match="is published"):
        retire(published, last_day=DAY, by=admin)
    workload = draft.workloads.exclude(effective_from=None).first()
    assert workload is not None
    assert workload.effective_from is not None
    with pytest.raises(AmendmentRefused, match="and can’t end earlier"):
        retire(workload, last_day=workload.effective_from - dt.timedelta(days=1), by=admin)
    with pytest.raises(AmendmentRefused, match="The name is unchanged"):
        rename(workload, name=workload.name, by=admin)
    item = ScopeItem.objects.filter(edition=draft, effective_from__isnull=False).first()
    assert item is not None
    assert item.effective_from is not None
    with pytest.raises(AmendmentRefused, match="This entry starts on"):
        move_scope(item, first_day=item.effective_from, by=admin)


def test_refused_act_says_why_on_its_page_and_changes_nothing(client: Client, draft: ServiceDescription) -> None:
    workload = draft.workloads.exclude(effective_from=None).first()
    answer = act(client, "workload", "retire_act", workload, last_day="1999-01-01")
    assert answer.status_code == 422
    assert "and can’t end earlier" in text(answer)


def test_act_on_a_published_row_goes_straight_into_the_draft(client: Client, admin: User) -> None:
    """Into one that is made where there is none, else into the newest; the published row stays as it is."""
    published = ServiceDescription.objects.get()
    plan = published.plans.get(code="EXO_P1")
    assert "The change is made in a new draft." in text(act(client, "plan", "retire_act", plan))
    assert not ServiceDescription.objects.drafts().exists(), "asking makes none"
    said = text(act(client, "plan", "retire_act", plan, last_day="2027-01-31"))
    draft = ServiceDescription.objects.drafts().get()
    assert f"/catalogue/{draft.pk}/" in said
    assert (draft.plans.get(code="EXO_P1").effective_to, draft.prepared_by) == (DAY, admin)
    plan.refresh_from_db()
    assert plan.effective_to is None
    workload = published.workloads.get(code="INTUNE")
    shown = text(act(client, "workload", "rename_act", workload))
    assert f"The change is made in draft {draft.name}." in shown
    act(client, "workload", "rename_act", workload, name="Microsoft Endpoint Manager")
    assert draft.workloads.get(code="INTUNE").name == "Microsoft Endpoint Manager"
    draft.workloads.filter(code="TEAMS").delete()
    refused = act(client, "workload", "retire_act", published.workloads.get(code="TEAMS"), last_day="2027-01-31")
    assert (refused.status_code, "doesn’t include" in text(refused)) == (422, True)
