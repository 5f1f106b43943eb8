"""Drafts as the tests of previewing and publishing make them."""

from typing import Any

from accounts.models import User
from benefits.models import Plan, ServiceDescription
from benefits.services.editions import (
    build_from_rows,
    copy_to_draft,
)
from benefits.services.governing import run_golden_scenarios, sign_off
from referrals.editions import checking
from referrals.models import EditionCheck
from tests import world
from tests.world import NOW


def make_admin(name: str = "ada") -> User:
    return world.make_user(f"{name}@triage.example", is_staff=True, is_superuser=True)


def make_draft(by: User, **plan: Any) -> ServiceDescription:
    """A draft in which Microsoft 365 E5 is changed."""
    draft = copy_to_draft(ServiceDescription.objects.get(state="published"), now=NOW, by=by)
    Plan.objects.filter(edition=draft, code="M365_E5").update(**(plan or {"benefit_eligible": "no"}))
    return draft


def preview(draft: ServiceDescription, by: User) -> EditionCheck:
    check = checking.ask_for_preview(draft, by=by, now=NOW)
    checking.run_due_checks(now=NOW)
    check.refresh_from_db()
    return check


def ready(draft: ServiceDescription, by: User) -> None:
    """Previewed, and its golden scenarios signed off."""
    preview(draft, by)
    results = run_golden_scenarios(draft, build_from_rows(draft))
    differing = [result.scenario.code for result in results if result.difference]
    sign_off(draft, differing, reason="The plan has left the Benefit.", by=by, now=NOW)
