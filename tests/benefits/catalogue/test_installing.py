"""The editions that ship, put into a new installation and into one that is in use."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from benefits.models import GoldenScenario, ServiceDescription
from benefits.services.editions import edition_in_force, load_edition, publish_edition
from benefits.services.governing import run_golden_scenarios
from benefits.services.installing import install_editions, waiting_edition
from benefits.services.shipped import SHIPPED, load_shipped_edition, read_shipped_scenarios
from referrals.editions.checking import run_due_checks
from referrals.models import EditionCheck
from tests import world
from tests.editions import AUGUST, NOVEMBER
from tests.world import NOW, text

TODAY = dt.date(2026, 11, 29)


def names(rows: object) -> list[str]:
    return [f"{row.as_of:%Y-%m-%d}" for row in rows]  # type: ignore[attr-defined]


def find_differing(row: ServiceDescription) -> set[str]:
    """Golden scenarios that an edition decides otherwise than expected."""
    return {found.scenario.code for found in run_golden_scenarios(row, load_edition(row.pk)) if found.difference}


@pytest.mark.django_db
def test_new_installation_starts_with_every_edition_published() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE benefits_servicedescription, benefits_goldenscenario CASCADE")
    assert install_editions(now=NOW) == []
    assert names(ServiceDescription.objects.published().order_by("as_of")) == list(SHIPPED)
    assert set(GoldenScenario.objects.values_list("code", flat=True)) == set(read_shipped_scenarios())
    assert waiting_edition() is None
    assert find_differing(ServiceDescription.objects.in_force(TODAY).get()) == set()


@pytest.mark.django_db
def test_installation_in_use_finds_a_newer_edition_as_a_draft() -> None:
    before = edition_in_force(TODAY)
    [draft] = install_editions(now=NOW)
    assert waiting_edition() == draft
    assert edition_in_force(TODAY) == before, "the draft decides nothing"
    assert set(GoldenScenario.objects.values_list("code", flat=True)) == set(read_shipped_scenarios())
    assert "S412" in find_differing(draft), "what an earlier edition decides otherwise is kept, to be signed off"
    assert install_editions(now=NOW) == [], "once"
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    assert waiting_edition() is None
    assert install_editions(now=NOW) == []


@pytest.mark.django_db
def test_draft_is_previewed_without_being_asked() -> None:
    call_command("prepare_database")
    [check] = EditionCheck.objects.filter(edition=waiting_edition())
    run_due_checks(now=timezone.now() + dt.timedelta(minutes=1))
    check.refresh_from_db()
    assert (check.state, check.error) == ("done", "")


@pytest.mark.django_db
def test_admin_is_told_at_home() -> None:
    admin, colleague = Client(), Client()
    admin.force_login(world.make_user("admin@triage.example", is_staff=True, is_superuser=True))
    colleague.force_login(world.make_user("colleague@triage.example", is_staff=True))
    assert "Microsoft’s product table has not been imported yet" in text(admin.get("/admin/"))
    [draft] = install_editions(now=NOW)
    shown = text(admin.get("/admin/"))
    assert (
        f"“{draft.name}”. It is a draft: “{edition_in_force(TODAY)[1].name}” stays in effect until you publish it."
        in shown
    )
    assert f"/catalogue/{draft.pk}/" in shown
    assert draft.name not in text(colleague.get("/admin/")), "whoever has nothing to do with the catalogue is not asked"
    publish_edition(draft, by=None, reason="Read by two people.", now=NOW)
    shown = text(admin.get("/admin/"))
    assert "It is a draft" not in shown
    assert "product table was last imported on 24 June 2026" in shown


@pytest.mark.parametrize(("name", "outcome"), [(AUGUST, "benefit_realized"), (NOVEMBER, "benefit_not_realized")])
def test_shipped_edition_decides_by_name_without_a_database(tmp_path: Path, name: str, outcome: str) -> None:
    """Microsoft 365 E3 with all enabled but Defender for Office 365, which it has held since July."""
    enabled = dict.fromkeys(load_shipped_edition(AUGUST).workloads, "enabled")
    facts = tmp_path / "facts.json"
    subscriptions = [{"plan": "M365_E3", "state": "enabled", "paid_seats": 300}]
    scenario = {"evaluate_on": "2026-11-29", "customer": {"subscriptions": subscriptions}}
    facts.write_text(json.dumps([scenario | {"enablement": enabled | {"DEFENDER_OFFICE365": "not_enabled"}}]))
    asked = [sys.executable, "manage.py", "determine", str(facts), "--edition", name, "--json"]
    away = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "TRIAGE_BOOTSTRAP": "off"}
    found = subprocess.run(asked, env=os.environ | away, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout)["outcome"] == outcome
