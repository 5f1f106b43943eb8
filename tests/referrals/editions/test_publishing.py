"""A draft is published as it was previewed, by a second person, and changes no determination by itself."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from benefits.models import Determination, GoldenScenario, Guide, Plan, ServiceDescription
from benefits.services.editions import (
    NotADraft,
    copy_to_draft,
    edition_in_force,
    hash_content,
    note_editor,
)
from benefits.services.governing import GovernanceRefused, sign_off
from referrals.choices import EventKind
from referrals.diligence import facts
from referrals.editions import checking
from referrals.editions.publishing import PublishingRefused, Readiness, assess, publish_draft
from referrals.models import Referral
from tests import world
from tests.referrals.editions.drafts import make_admin, make_draft, preview, ready
from tests.world import NOW

pytestmark = pytest.mark.django_db
REASON = "Nobody else is here this week, and the new edition is urgent."
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def few_scenarios() -> None:
    GoldenScenario.objects.exclude(code__in=("S01", "S16")).update(is_active=False)


@pytest.mark.usefixtures("few_scenarios")
def test_second_person_publishes_and_the_first_may_not() -> None:
    first, second = make_admin("ada"), make_admin("bob")
    draft = make_draft(first)
    ready(draft, first)
    with pytest.raises(PublishingRefused, match="Someone else must publish it: bob"):
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
        with pytest.raises(PublishingRefused, match="You edited this draft and no one else can publish it"):
            publish_draft(draft.pk, by=admin, now=NOW, reason=reason)
    assert publish_draft(draft.pk, by=admin, now=NOW, reason=REASON).publish_reason == REASON


@pytest.mark.usefixtures("few_scenarios")
def test_draft_without_preview_or_changed_after_it_is_not_published() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    assert "Preview the draft first." in assess(draft, by=admin, today=NOW.date()).problems
    ready(draft, admin)
    assert assess(draft, by=admin, today=NOW.date()).problems == ()
    Plan.objects.filter(edition=draft, code="EXO_P1").update(max_seats=10)
    assert any(
        "The draft changed after the preview. Preview it again" in problem
        for problem in assess(draft, by=admin, today=NOW.date()).problems
    )
    with pytest.raises(PublishingRefused):
        publish_draft(draft.pk, by=admin, now=NOW, reason=REASON)


@pytest.mark.usefixtures("few_scenarios")
def test_golden_scenario_that_comes_out_otherwise_stands_in_the_way_until_signed_off() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    preview(draft, admin)
    assert any("Test scenarios fail: S01" in problem for problem in assess(draft, by=admin, today=NOW.date()).problems)
    sign_off(draft, ["S01"], reason="E5 has left the Benefit.", by=admin, now=NOW)
    assert not any("Golden" in problem for problem in assess(draft, by=admin, today=NOW.date()).problems)
    Plan.objects.filter(edition=draft, code="M365_E5").update(benefit_eligible="conditional", notes="other")
    ServiceDescription.objects.filter(pk=draft.pk).update(no_intent_remains=False)
    with pytest.raises(GovernanceRefused, match="No changes were made:"):
        sign_off(draft, ["S01", "S16"], reason="There is nothing to sign off.", by=admin, now=NOW)


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


@pytest.mark.usefixtures("few_scenarios")
def test_first_day_that_has_passed_or_comes_too_early_is_refused() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    ServiceDescription.objects.filter(pk=draft.pk).update(effective_from=NOW.date() - dt.timedelta(days=1))
    draft.refresh_from_db()
    assert any("has passed" in problem for problem in assess(draft, by=admin, today=NOW.date()).problems)
    early = copy_to_draft(ServiceDescription.objects.get(state="published"), now=NOW - dt.timedelta(days=400))
    assert any(". Enter that date or later" in p for p in assess(early, by=admin, today=early.effective_from).problems)


@pytest.mark.usefixtures("few_scenarios")
def test_draft_that_no_file_could_hold_is_refused() -> None:
    admin = make_admin()
    draft = make_draft(admin)
    draft.thresholds.all().delete()
    problems = assess(draft, by=admin, today=NOW.date()).problems
    assert any("The draft is invalid: thresholds: BENEFIT_MIN_LICENSES is missing" in problem for problem in problems)


@pytest.mark.usefixtures("few_scenarios")
def test_of_two_editions_of_one_day_the_one_published_last_decides() -> None:
    admin = make_admin()
    first, second = make_draft(admin), make_draft(admin, max_seats=400)
    for draft, at in ((second, NOW), (first, LATER)):
        ready(draft, admin)
        publish_draft(draft.pk, by=admin, now=at, reason=REASON)
    assert edition_in_force(NOW.date())[0] == first.pk
    second.refresh_from_db()
    assert second.state == "superseded"


@pytest.mark.usefixtures("few_scenarios")
def test_everybody_who_changed_a_draft_counts_as_its_first_person() -> None:
    first, second, third = make_admin("ada"), make_admin("bob"), make_admin("cyd")
    draft = make_draft(first)
    note_editor(draft, second)
    ready(draft, first)
    for by in (first, second):
        with pytest.raises(PublishingRefused, match="Someone else must publish it: cyd"):
            publish_draft(draft.pk, by=by, now=NOW, reason=REASON)
    assert publish_draft(draft.pk, by=third, now=NOW).published_by == third


def test_draft_of_the_command_line_needs_no_second_person_but_any() -> None:
    admin = make_admin()
    draft = copy_to_draft(ServiceDescription.objects.get(state="published"), now=NOW)
    preview(draft, admin)
    assert assess(draft, by=admin, today=NOW.date()) == Readiness((), needs_reason=False)


@pytest.mark.usefixtures("few_scenarios")
def test_corrected_guide_does_not_keep_the_marking_from_its_day() -> None:
    world.screened()
    admin = make_admin()
    draft = make_draft(admin)
    ready(draft, admin)
    published = publish_draft(draft.pk, by=admin, now=NOW, reason=REASON)
    Guide.objects.filter(workload__edition=published).update(url="https://example.com/")
    checking.run_due_checks(now=NOW)
    assert Referral.objects.differing().count() == 1


def test_published_edition_stays_closed_whoever_asks() -> None:
    published = ServiceDescription.objects.get()
    with pytest.raises(DatabaseError, match="a published edition is never changed"), transaction.atomic():
        ServiceDescription.objects.filter(pk=published.pk).update(publish_reason="rewritten")
