"""Editions in the database: loaded whole, copied to drafts, published, and then read-only."""

import datetime as dt
from typing import Any

import pytest
from django.forms import MultipleChoiceField
from django.test import Client

from benefits.domain.determination import determine
from benefits.domain.scenario import read_scenarios
from benefits.models import Guide, ServiceDescription
from benefits.services.editions import (
    NoEditionInForce,
    NotADraft,
    build_from_rows,
    copy_to_draft,
    edition_in_force,
    load_edition,
    publish_edition,
)
from benefits.services.shipped import load_shipped_edition, scenario_file
from tests import world
from tests.editions import AUGUST
from tests.world import NOW

pytestmark = pytest.mark.django_db
PARTS = ("families", "plans", "workloads", "scope_items", "thresholds", "sources", "settings", "as_of")


@pytest.fixture
def published() -> ServiceDescription:
    return ServiceDescription.objects.get()


@pytest.fixture
def admin_client() -> Client:
    client = Client()
    client.force_login(world.make_user("admin@triage.example", is_staff=True, is_superuser=True))
    return client


def test_edition_in_the_database_is_the_shipped_one(published: ServiceDescription) -> None:
    stored, shipped = build_from_rows(published), load_shipped_edition(AUGUST)
    for part in PARTS:
        assert getattr(stored, part) == getattr(shipped, part), part


def test_edition_in_the_database_decides_as_the_shipped_one(published: ServiceDescription) -> None:
    stored, shipped = load_edition(published.pk), load_shipped_edition(AUGUST)
    for scenario in read_scenarios(scenario_file(AUGUST).read_bytes(), shipped, NOW.date()):
        assert determine(stored, scenario.situation) == determine(shipped, scenario.situation)


def test_no_edition_before_the_first() -> None:
    with pytest.raises(NoEditionInForce):
        edition_in_force(dt.date(2020, 1, 1))


def test_draft_decides_nothing_until_it_is_published(published: ServiceDescription) -> None:
    draft = copy_to_draft(published, now=NOW)
    draft.plans.filter(code="EXO_P1").update(benefit_eligible="no")
    assert edition_in_force(NOW.date())[0] == published.pk
    publish_edition(draft, by=None, now=NOW)
    edition_id, edition = edition_in_force(NOW.date())
    published.refresh_from_db()
    assert edition_id == draft.pk
    assert edition.plans["EXO_P1"].benefit_eligible == "no"
    assert published.state == "superseded"
    assert published.plans.get(code="EXO_P1").benefit_eligible == "yes"


def test_edition_with_a_later_date_waits_for_it(published: ServiceDescription) -> None:
    draft = copy_to_draft(published, now=NOW)
    draft.effective_from = NOW.date() + dt.timedelta(days=10)
    draft.save()
    publish_edition(draft, by=None, now=NOW)
    assert edition_in_force(NOW.date())[0] == published.pk
    assert edition_in_force(draft.effective_from)[0] == draft.pk


def test_publishing_twice_is_refused(published: ServiceDescription) -> None:
    with pytest.raises(NotADraft):
        publish_edition(published, by=None, now=NOW)


def test_recorded_determination_keeps_its_edition_after_a_new_one(published: ServiceDescription) -> None:
    referral = world.screened()
    draft = copy_to_draft(published, now=NOW)
    publish_edition(draft, by=None, now=NOW)
    referral.refresh_from_db()
    assert referral.determination is not None
    assert referral.determination.edition == published


def run_action(client: Client, action: str, row: ServiceDescription) -> str:
    data = {"action": action, "_selected_action": [row.pk]}
    return client.post("/admin/benefits/servicedescription/", data, follow=True).content.decode()


def test_admin_copies_and_edits_a_draft(admin_client: Client, published: ServiceDescription) -> None:
    assert "is ready" in run_action(admin_client, "make_draft", published)
    draft = ServiceDescription.objects.get(state="draft")
    plan = draft.plans.get(code="EXO_P1")
    address = f"/admin/benefits/plan/{plan.pk}/change/"
    page = admin_client.get(address)
    data = form_of(page.context["adminform"].form, page.context["inline_admin_formsets"])
    answer = admin_client.post(address, data | {"name": "Exchange Online (Plan 1)"})
    assert answer.status_code == 302, answer.context["errors"]
    plan.refresh_from_db()
    assert plan.name == "Exchange Online (Plan 1)"
    draft.refresh_from_db()
    assert draft.prepared_by is not None, "who changed it last is known, so that somebody else can publish it"


def form_of(form: Any, inlines: Any) -> dict[str, Any]:
    """What a browser would post from an unchanged admin page."""
    data = {name: _posted(form[name].value()) for name in form.fields}
    several = [name for name, field in form.fields.items() if isinstance(field, MultipleChoiceField)]
    data |= {name: form[name].value() or [] for name in several}
    for inline in inlines:
        formset = inline.formset
        data |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for row in formset.forms:
            data |= {row[name].html_name: _posted(row[name].value()) for name in row.fields if name != "DELETE"}
    return data


def _posted(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return "" if value is None or value is False else value


@pytest.mark.parametrize("model", ["plan", "workload", "scopeitem", "threshold", "servicedescription"])
def test_published_rows_are_read_only_in_the_admin(admin_client: Client, model: str) -> None:
    edition = ServiceDescription.objects.get()
    row = edition if model == "servicedescription" else getattr(edition, f"{model}s").first()
    assert row is not None
    address = f"/admin/benefits/{model}/{row.pk}/change/"
    assert 'name="_save"' not in admin_client.get(address).content.decode()
    assert admin_client.post(address, {"name": "x"}).status_code == 403
    assert admin_client.post(f"/admin/benefits/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_guide_may_be_corrected_in_place_and_replay_stays_equal(
    admin_client: Client, published: ServiceDescription
) -> None:
    from benefits.models import Determination
    from benefits.services.determining import replay

    world.screened()
    guide = Guide.objects.get(workload__code="INTUNE", workload__edition=published)
    data = {"title": "New title", "url": "https://guides.example/intune", "match": "exact"}
    assert admin_client.post(f"/admin/benefits/guide/{guide.pk}/change/", data).status_code == 302
    assert load_edition(published.pk).workloads["INTUNE"].guide.url == "https://guides.example/intune"
    assert [difference for _row, difference in replay(iter(Determination.objects.all()))] == [""]


@pytest.mark.parametrize(
    "page",
    [
        *("benefits/plan/?q=SPE_E5", "benefits/workload/?q=Yammer", "benefits/scopeitem/?in_scope__exact=0"),
        *("benefits/unknownproduct/", "benefits/customer/", "partners/partner/add/", "partners/incumbentclaim/add/"),
        *("referrals/declinereason/", "referrals/sitelink/", "accounts/user/add/", "benefits/plan/add/"),
    ],
)
def test_admin_pages_open(admin_client: Client, page: str) -> None:
    assert admin_client.get(f"/admin/{page}").status_code == 200


def test_admin_edits_a_partner_with_its_endorsements_and_members(admin_client: Client) -> None:
    partner = world.make_partner()
    address = f"/admin/partners/partner/{partner.pk}/change/"
    page = admin_client.get(address)
    data = form_of(page.context["adminform"].form, page.context["inline_admin_formsets"])
    for name in ("industries", "sizes"):
        data.pop(name)
    data.pop("paused_until")
    data["working_days"] = [0, 1, 2, 3]
    answer = admin_client.post(address, data | {"capacity": 9, "paused_until_0": "", "paused_until_1": ""})
    assert answer.status_code == 302, answer.context["errors"]
    partner.refresh_from_db()
    assert (partner.capacity, partner.working_days, partner.endorsements.count()) == (9, [0, 1, 2, 3], 3)


def test_only_a_fasttrack_ready_partner_takes_benefit_referrals(admin_client: Client) -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    address = f"/admin/partners/partner/{partner.pk}/change/"
    page = admin_client.get(address)
    data = form_of(page.context["adminform"].form, page.context["inline_admin_formsets"])
    for name in ("industries", "sizes", "paused_until"):
        data.pop(name)
    answer = admin_client.post(address, data | {"takes_benefit": "on", "paused_until_0": "", "paused_until_1": ""})
    assert answer.status_code == 200
    assert "Only a FastTrack Ready Partner may have" in answer.content.decode()
