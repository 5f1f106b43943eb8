"""A draft is previewed against the open referrals, published by a second person, and changes nothing by itself."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from benefits.models import Determination, GoldenScenario, Plan, ServiceDescription
from benefits.services.customers import load_facts
from benefits.services.editions import NotADraft, copy_to_draft, edition_in_force, hash_content, load_edition
from benefits.services.governing import GovernanceRefused, sign_off
from benefits.services.many_customers import load_many
from referrals.choices import EventKind
from referrals.models import CheckState, EditionCheck, Referral
from referrals.services import checking, facts
from referrals.services.due import find_due
from referrals.services.publishing import PublishingRefused, assess, publish_draft
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db
REASON = "Nobody else is here this week, and the new edition is urgent."
LATER = NOW + dt.timedelta(hours=1)


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
    for code in GoldenScenario.objects.values_list("code", flat=True):
        try:
            sign_off(draft, code, reason="The plan has left the Benefit.", by=by, now=NOW)
        except GovernanceRefused:
            continue


@pytest.fixture
def few_scenarios() -> None:
    GoldenScenario.objects.exclude(code__in=("S01", "S16")).update(is_active=False)


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
    assert "No tenant reaches 150" in row.reason
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


@pytest.mark.usefixtures("few_scenarios")
def test_second_person_publishes_and_the_first_may_not() -> None:
    first, second = make_admin("ada"), make_admin("bob")
    draft = make_draft(first)
    ready(draft, first)
    with pytest.raises(PublishingRefused, match="second person has to publish it: bob"):
        publish_draft(draft.pk, by=first, now=NOW, reason=REASON)
    published = publish_draft(draft.pk, by=second, now=NOW)
    assert (published.state, published.published_by, published.prepared_by) == ("published", second, first)
    with pytest.raises(NotADraft):
        publish_draft(draft.pk, by=second, now=NOW)


@pytest.mark.usefixtures("few_scenarios")
def test_somebody_alone_publishes_with_a_reason() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    ready(draft, admin)
    for reason in ("", "because", "        .        "):
        with pytest.raises(PublishingRefused, match="nobody else can publish"):
            publish_draft(draft.pk, by=admin, now=NOW, reason=reason)
    assert publish_draft(draft.pk, by=admin, now=NOW, reason=REASON).publish_reason == REASON


@pytest.mark.usefixtures("few_scenarios")
def test_draft_without_preview_or_changed_after_it_is_not_published() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    assert "It has not been previewed yet." in assess(draft, by=admin).problems
    ready(draft, admin)
    assert assess(draft, by=admin).problems == ()
    Plan.objects.filter(edition=draft, code="EXO_P1").update(max_seats=10)
    assert any("changed after its preview" in problem for problem in assess(draft, by=admin).problems)
    with pytest.raises(PublishingRefused):
        publish_draft(draft.pk, by=admin, now=NOW, reason=REASON)


@pytest.mark.usefixtures("few_scenarios")
def test_golden_scenario_that_comes_out_otherwise_stands_in_the_way_until_signed_off() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    preview(draft, admin)
    assert any("Golden scenarios come out otherwise: S01" in problem for problem in assess(draft, by=admin).problems)
    sign_off(draft, "S01", reason="E5 has left the Benefit.", by=admin, now=NOW)
    assert not any("Golden" in problem for problem in assess(draft, by=admin).problems)
    Plan.objects.filter(edition=draft, code="M365_E5").update(benefit_eligible="conditional", notes="other")
    ServiceDescription.objects.filter(pk=draft.pk).update(no_intent_remains=False)
    with pytest.raises(GovernanceRefused, match="comes out as expected"):
        sign_off(draft, "S16", reason="There is nothing to sign off.", by=admin, now=NOW)


@pytest.mark.usefixtures("few_scenarios")
def test_published_edition_marks_what_would_differ_and_one_act_determines_again() -> None:
    world.make_partner()
    referral, offer = world.offered()
    standing = referral.determination
    admin = make_admin()
    draft = make_draft(admin)
    ready(draft, admin)
    publish_draft(draft.pk, by=admin, now=LATER, reason=REASON)
    checking.run_due_checks(now=LATER)
    referral.refresh_from_db()
    assert (referral.determination, referral.differs_under, referral.differs_outcome) == (
        standing,
        draft,
        "not_eligible",
    )
    assert list(Referral.objects.differing()) == [referral]
    facts.determine_again(referral.pk, by=world.by_partner(offer.partner), now=LATER, offer=offer)
    referral.refresh_from_db()
    assert referral.determination is not None
    assert (referral.determination.outcome, referral.determination.edition) == ("not_eligible", draft)
    assert (referral.differs_under, referral.differs_outcome) == (None, "")
    assert referral.events.filter(kind=EventKind.DETERMINED).last().data["occasion"] == "asked for"  # type: ignore[union-attr]


@pytest.mark.usefixtures("few_scenarios")
def test_edition_of_a_later_day_marks_on_that_day() -> None:
    world.screened()
    admin = make_admin()
    draft = make_draft(admin)
    ServiceDescription.objects.filter(pk=draft.pk).update(effective_from=NOW.date() + dt.timedelta(days=7))
    draft.refresh_from_db()
    ready(draft, admin)
    publish_draft(draft.pk, by=admin, now=NOW, reason=REASON)
    checking.run_due_checks(now=NOW)
    assert not Referral.objects.differing().exists()
    assert edition_in_force(NOW.date())[0] != draft.pk
    checking.run_due_checks(now=NOW + dt.timedelta(days=7))
    assert Referral.objects.differing().count() == 1


@pytest.mark.usefixtures("few_scenarios")
def test_determinations_replay_equal_after_a_catalogue_change() -> None:
    from benefits.services.determining import replay

    referral = world.screened()
    admin = make_admin()
    draft = make_draft(admin)
    ready(draft, admin)
    publish_draft(draft.pk, by=admin, now=LATER, reason=REASON)
    facts.determine_again(referral.pk, by=world.by_team(), now=LATER)
    found = dict(replay(Determination.objects.order_by("id").iterator()))
    assert {row.edition_id for row in found} == {row.pk for row in ServiceDescription.objects.all()}
    assert set(found.values()) == {""}


def test_content_hash_sees_every_edit_but_not_the_name() -> None:
    draft = make_draft(make_admin())
    before = hash_content(draft)
    ServiceDescription.objects.filter(pk=draft.pk).update(name="Another name")
    draft.refresh_from_db()
    assert hash_content(draft) == before
    draft.scopeitems.filter(pk=draft.scopeitems.first().pk).update(seen_on="yesterday")  # type: ignore[union-attr]
    assert hash_content(draft) != before


def test_published_edition_stays_closed_whoever_asks() -> None:
    published = ServiceDescription.objects.get()
    with pytest.raises(DatabaseError, match="a published edition is never changed"), transaction.atomic():
        ServiceDescription.objects.filter(pk=published.pk).update(publish_reason="rewritten")
