"""A draft is previewed against the open referrals: in the background, resumed, failing with a reason."""

import datetime as dt
from typing import Any

import pytest

from benefits.models import Determination, Plan, ServiceDescription
from benefits.services.editions import (
    load_edition,
)
from benefits.services.many_customers import load_many
from benefits.services.situations import load_facts
from referrals.editions import checking
from referrals.models import CheckState, EditionCheck, Referral
from referrals.sweeping.due import find_due
from tests import world
from tests.referrals.editions.drafts import make_admin, make_draft, preview
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_preview_lists_what_would_come_out_otherwise_and_changes_nothing() -> None:
    partner = world.make_partner()
    referral, _offer = world.offered()
    other = world.screened(domain="other.example", plans=[["O365_E3", 500]], workloads=["TEAMS"])
    admin = make_admin()
    draft = make_draft(admin)
    before = (list(Referral.objects.values()), Determination.objects.count())
    check = preview(draft, admin)
    [row] = check.differences.all()
    assert (row.referral, row.partner, check.total, check.done) == (referral, partner, 1, 1)
    assert (row.outcome_before, row.outcome_after) == ("needs_information", "not_eligible")
    assert "No tenant has the required 150" in row.reason
    assert (list(Referral.objects.values()), Determination.objects.count()) == before
    assert other.pk not in check.differences.values_list("referral", flat=True)


def test_preview_of_words_only_reaches_nobody() -> None:
    world.screened()
    admin = make_admin()
    check = preview(make_draft(admin, notes="Reviewed."), admin)
    assert (check.state, check.total, check.differences.count()) == (CheckState.DONE, 0, 0)


def test_preview_is_queued_as_a_row_and_rung_for() -> None:
    admin = make_admin()
    check = checking.ask_for_preview(make_draft(admin), by=admin, now=NOW)
    assert "referrals.check_editions" in find_due(NOW)
    assert checking.ask_for_preview(check.edition, by=admin, now=NOW) == check, "asked twice, done once"
    checking.run_due_checks(now=NOW)
    assert "referrals.check_editions" not in find_due(NOW)


def test_preview_that_was_killed_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        world.screened(domain=f"c{number}.example")
    admin = make_admin()
    check = checking.ask_for_preview(make_draft(admin), by=admin, now=NOW)
    monkeypatch.setattr(checking, "BATCH", 2)
    run_batch, calls = checking._run_batch, []

    def dies_after_one(*words: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return run_batch(*words)

    monkeypatch.setattr(checking, "_run_batch", dies_after_one)
    with pytest.raises(RuntimeError):
        checking.run_due_checks(now=NOW)
    monkeypatch.setattr(checking, "_run_batch", run_batch)
    checking.run_due_checks(now=NOW)
    check.refresh_from_db()
    assert (check.state, check.done, check.differences.count()) == (CheckState.DONE, 5, 5)


def test_preview_of_a_draft_that_is_edited_meanwhile_fails_and_says_so() -> None:
    admin = make_admin()
    check = checking.ask_for_preview(make_draft(admin), by=admin, now=NOW)
    Plan.objects.filter(edition=check.edition, code="EXO_P1").update(benefit_eligible="no")
    checking.run_due_checks(now=NOW)
    check.refresh_from_db()
    assert check.state == CheckState.FAILED
    assert "Preview it again" in check.error


def test_check_reads_the_same_situation_as_a_page() -> None:
    referral = world.screened()
    world.record(referral, world.by_team(), INTUNE="enabled", TEAMS="blocked")
    edition = load_edition(ServiceDescription.objects.get().pk)
    slow = load_facts(referral.customer).situation(referral.request, NOW.date(), edition)
    many = load_many([referral.customer_id])
    quick = many.situation(referral.customer_id, referral.customer.audience, referral.request, NOW.date(), edition)
    assert quick == slow


def test_check_that_fails_says_why_and_lets_those_behind_it_run(monkeypatch: pytest.MonkeyPatch) -> None:
    world.screened()
    admin = make_admin()
    bad = checking.ask_for_preview(make_draft(admin), by=admin, now=NOW)
    good = checking.ask_for_preview(make_draft(admin, max_seats=7), by=admin, now=NOW)
    run_check = checking.run_check

    def fails_first(check: EditionCheck, *, now: dt.datetime) -> int:
        if check.pk == bad.pk:
            raise KeyError("NO_SUCH")
        return run_check(check, now=now)

    monkeypatch.setattr(checking, "run_check", fails_first)
    checking.run_due_checks(now=NOW)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (CheckState.FAILED, CheckState.DONE)
    assert "NO_SUCH" in bad.error
