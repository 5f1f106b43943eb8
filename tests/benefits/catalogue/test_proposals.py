"""What the table of products proposes in a draft, what a person decides of it, and the command."""

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from benefits.domain.json_input import InputError
from benefits.domain.refreshing import propose
from benefits.models import OutsideProduct, PlanSku, ProductProposal, ServiceDescription, TableReading
from benefits.services.editions import build_from_rows, load_edition, publish_edition
from benefits.services.governing import GovernanceRefused
from benefits.services.installing import install_editions
from benefits.services.products.proposals import UnclearProduct, decide_proposals
from benefits.services.products.refreshing import read_table_as_of, refresh_products
from referrals.editions.publishing import assess
from tests import world
from tests.benefits.catalogue.test_refreshing import CSV, DAY, EDITION, NEW_E3, NEW_PLAN, read
from tests.product_table import TABLE, Product, as_csv
from tests.world import NOW


@pytest.fixture
def november(db: None) -> ServiceDescription:
    [draft] = install_editions(now=NOW)
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    return draft


def refresh(*products: Product) -> Any:
    return refresh_products(as_csv([*TABLE, *products]).encode(), as_of=DAY, by=None, now=NOW)


def decide(draft: ServiceDescription | None, chosen: dict[int, str], *, accepted: bool = True) -> int:
    assert draft is not None
    by, _new = User.objects.get_or_create(email="decides@triage.example", defaults={"is_staff": True})
    return decide_proposals(draft, chosen, accepted=accepted, reason="Seen on Microsoft’s page.", by=by, now=NOW)


def test_a_table_without_news_is_noted_and_makes_no_draft(november: ServiceDescription) -> None:
    found = refresh()
    assert (found.draft, found.proposals) == (None, [])
    assert read_table_as_of() == DAY
    assert not ServiceDescription.objects.drafts().exists()


def test_an_accepted_product_is_known_in_the_draft_and_stands_in_the_way_until_it_is(
    november: ServiceDescription,
) -> None:
    found = refresh(NEW_E3)
    [proposal] = found.proposals
    admin = world.make_user("admin@triage.example", is_staff=True, is_superuser=True)
    problems = assess(found.draft, by=admin, today=NOW.date()).problems
    assert "1 product table proposal is undecided." in problems
    decide(found.draft, {proposal.pk: ""})
    assert PlanSku.objects.get(plan__edition=found.draft, sku_id=NEW_E3.sku_id).plan.code == "M365_E3"
    assert propose(build_from_rows(found.draft), read(as_csv([*TABLE, NEW_E3])), DAY) == []
    assert not refresh(NEW_E3).proposals, "nothing is proposed twice"
    assert load_edition(november.pk).plan_by_sku_id.get(NEW_E3.sku_id) is None, "what is published stays"


def test_what_is_refused_is_not_proposed_again_even_when_its_draft_is_gone(november: ServiceDescription) -> None:
    found = refresh(NEW_E3)
    decide(found.draft, {found.proposals[0].pk: ""}, accepted=False)
    found.draft.delete()
    again = refresh(NEW_E3)
    assert (again.draft, again.refused_before) == (None, 1)
    other = refresh(NEW_E3._replace(name="Something new"))
    assert [row.kind for row in other.proposals] == ["undecided"], "another proposal for it is another question"


def test_open_proposals_of_a_deleted_draft_are_forgotten(november: ServiceDescription) -> None:
    refresh(NEW_E3).draft.delete()
    refresh(NEW_E3)
    assert ProductProposal.objects.count() == 1


def test_an_older_table_is_refused(november: ServiceDescription) -> None:
    refresh()
    with pytest.raises(InputError, match="but a newer table"):
        refresh_products(CSV.encode(), as_of=DAY - dt.timedelta(days=30), by=None, now=NOW)


def test_what_a_trial_carries_is_not_learnt_to_be_of_no_family(november: ServiceDescription) -> None:
    new = NEW_E3._replace(name="Something new", part_number="NEW", service_plans=(NEW_PLAN,))
    found = refresh(new)
    decide(found.draft, {found.proposals[0].pk: "trial"})
    assert found.draft is not None
    assert "brand_new_service" not in build_from_rows(found.draft).families_of_service_plans


def test_what_was_changed_meanwhile_is_refused(november: ServiceDescription) -> None:
    found = refresh(NEW_E3)
    assert found.draft is not None
    plan = found.draft.plans.get(code="EMS_E3")
    PlanSku.objects.create(plan=plan, sku_id=NEW_E3.sku_id, part_number=NEW_E3.part_number)
    with pytest.raises(GovernanceRefused, match=": the draft has changed"):
        decide(found.draft, {found.proposals[0].pk: ""})
    assert ProductProposal.objects.get().state == "open"


def test_a_workload_that_is_lost_ends_the_day_before_the_table(november: ServiceDescription) -> None:
    names = EDITION.service_plan_names["INTUNE"]
    of_plan = {sku.sku_id for sku in EDITION.plans["EMS_E3"].skus}
    table = [
        one._replace(service_plans=tuple(row for row in one.service_plans if row[1].casefold() not in names))
        if one.sku_id in of_plan
        else one
        for one in TABLE
    ]
    found = refresh_products(as_csv(table).encode(), as_of=DAY, by=None, now=NOW)
    lost = next(row for row in found.proposals if (row.kind, row.workload_code) == ("lost", "INTUNE"))
    decide(found.draft, {lost.pk: ""})
    assert found.draft is not None
    [grant] = [one for one in build_from_rows(found.draft).plans["EMS_E3"].grants if one.workload == "INTUNE"]
    assert grant.effective_to == DAY - dt.timedelta(days=1)


def test_a_product_like_none_needs_a_choice(november: ServiceDescription) -> None:
    new = NEW_E3._replace(name="Something new", part_number="NEW", service_plans=(NEW_PLAN,))
    found = refresh(new)
    [proposal] = found.proposals
    for typed in ("", "NO_SUCH_PLAN"):
        with pytest.raises(UnclearProduct):
            decide(found.draft, {proposal.pk: typed})
    decide(found.draft, {proposal.pk: "other_family"})
    assert OutsideProduct.objects.get(edition=found.draft, sku_id=new.sku_id).reason == "other_family"
    known = build_from_rows(found.draft)
    assert known.families_of_service_plans["brand_new_service"] is False
    with pytest.raises(GovernanceRefused, match="Someone else has already decided one of these"):
        decide(found.draft, {proposal.pk: "free"})


def test_changed_contents_are_granted_from_the_date_of_the_table(db: None) -> None:
    found = refresh_products(CSV.encode(), as_of=DAY, by=None, now=NOW)
    key = "M365_E3", "DEFENDER_OFFICE365"
    gained = next(row for row in found.proposals if (row.plan_code, row.workload_code) == key)
    decide(found.draft, {gained.pk: ""})
    assert found.draft is not None
    read_back = build_from_rows(found.draft)
    [grant] = [one for one in read_back.plans["M365_E3"].grants if one.workload == gained.workload_code]
    assert (grant.effective_from, grant.verified_on) == (DAY, DAY)
    assert read_back.sources[grant.sources[0]].endswith("table of 2026-11-29")


# --- the command


def run(path: Path, *words: str) -> str:
    out = io.StringIO()
    call_command("refresh_products", str(path), *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_proposals(november: ServiceDescription, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(as_csv([*TABLE, NEW_E3]), encoding="utf-8")
    said = json.loads(run(path, "--json", "--as-of", "2026-11-01"))
    assert (said["as_of"], said["products"]) == ("2026-11-01", len(TABLE) + 1)
    [row] = said["proposals"]
    assert (row["kind"], row["plan_code"], row["part_number"]) == ("of_plan", "M365_E3", "SPE_E3_NEW")
    assert "1 proposals." in run(path)


@pytest.mark.parametrize(
    ("text", "words", "cause"),
    [
        ("a,b\n", (), "is not Microsoft’s product table"),
        (CSV, ("--as-of", "2999-01-01"), "must be a date up to today"),
        (CSV, ("--as-of", "soon"), "must be a date up to today"),
    ],
)
def test_bad_input_changes_nothing_and_exits_2(
    db: None, tmp_path: Path, text: str, words: tuple[str, ...], cause: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=cause) as caught:
        run(path, *words)
    assert caught.value.returncode == 2
    assert not TableReading.objects.exists()
    assert not ServiceDescription.objects.drafts().exists()
