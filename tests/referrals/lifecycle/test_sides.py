"""What one partner may know of another's work on the same tenant: value and day, the next day, and no more."""

import datetime as dt
from typing import Any

import pytest

from benefits.choices import Outcome
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import Subscription as Held
from benefits.models import Determination, Enablement, Subscription
from benefits.services.customers import Recorded
from benefits.services.determining import replay
from benefits.services.editions import edition_in_force
from benefits.services.situations import load_facts
from partners.models import Partner
from referrals.answering import delivering
from referrals.answering.responding import decline_offer
from referrals.choices import EventKind, State
from referrals.diligence import facts
from referrals.lifecycle import sights
from referrals.lifecycle.determining import look_at_facts
from referrals.models import Event, Offer, Referral
from referrals.reviewing.acts import resume
from referrals.routing.choosing import route_due
from tests import world
from tests.referrals.pairs import HOUR, TOMORROW, UNKNOWN_EXPORT, all_enabled, record, standing, two_partners, upload
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Offer, Offer]:
    return two_partners()


def statuses(offer: Offer, sight: Sight) -> dict[str, str]:
    known = load_facts(offer.referral.customer, sight)
    return {row.workload_code: row.status for row in known.enablement}


def test_what_another_partner_records_is_known_the_next_day_and_the_own_at_once(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "enabled", NOW + HOUR)
    record(mine, "TEAMS", "enabled", NOW + HOUR)
    assert statuses(mine, sights.horizon_of(mine, NOW + 2 * HOUR)) == {"TEAMS": "enabled"}
    late = TOMORROW - dt.timedelta(microseconds=1)
    assert "INTUNE" not in statuses(mine, sights.horizon_of(mine, late))
    assert statuses(mine, sights.horizon_of(mine, TOMORROW)) == {"TEAMS": "enabled", "INTUNE": "enabled"}
    assert statuses(mine, EVERYTHING) == {"TEAMS": "enabled", "INTUNE": "enabled"}


def test_a_standing_determination_is_never_changed_by_another_side(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    before, events = standing(mine), Event.objects.filter(referral=mine.referral_id).count()
    record(others, "INTUNE", "not_enabled", NOW + HOUR)
    facts.record_statuses(
        others.referral_id,
        others.referral.tenant,
        {"TEAMS": Recorded("not_enabled")},
        by=world.by_team(),
        now=NOW + HOUR,
    )
    assert standing(mine) == before
    assert Event.objects.filter(referral=mine.referral_id).count() == events, "no sign of it in its history"
    record(mine, "DEFENDER_ENDPOINT", "enabled", TOMORROW + HOUR)
    decided = standing(mine)
    assert decided != before
    assert "INTUNE" not in decided.facts["enablement"], "its own recording takes nothing over that it has not looked at"


def test_the_team_recording_on_a_held_referral_is_another_side_too(two: tuple[Offer, Offer]) -> None:
    mine, _others = two
    before = standing(mine)
    recorded = {"INTUNE": Recorded("not_enabled")}
    facts.record_statuses(mine.referral_id, mine.referral.tenant, recorded, by=world.by_team(), now=NOW + HOUR)
    assert standing(mine) == before
    assert [row.about for row in sights.find_changes(mine.referral.customer, mine, TOMORROW)] == [
        "Microsoft Intune (MDM and MAM)"
    ]


def test_changes_say_what_was_and_is_and_the_day(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "partly_enabled", NOW + HOUR, part="Executives of Project Nimbus", evidence="secret words")
    record(others, "TEAMS", "partly_enabled", NOW + HOUR, part="120 of 500")
    assert sights.find_changes(mine.referral.customer, mine, NOW + 2 * HOUR) == ()
    changes = {row.about: row for row in sights.find_changes(mine.referral.customer, mine, TOMORROW)}
    intune, teams = (
        changes["Microsoft Intune (MDM and MAM)"],
        changes[edition_in_force(NOW.date())[1].workloads["TEAMS"].name],
    )
    assert (intune.was, intune.now, intune.on) == ("Unknown", "Partially enabled", NOW.date())
    assert teams.now == "Partially enabled (120 of 500)", "numbers are value"
    assert "Nimbus" not in str(changes)


def test_looking_makes_them_count_and_determines_again(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    record(others, "INTUNE", "not_enabled", NOW + HOUR)
    by, changes = world.by_partner(mine.partner), sights.find_changes(mine.referral.customer, mine, TOMORROW)
    with pytest.raises(sights.LookFirst):
        look_at_facts(mine.pk, looked="", by=by, now=TOMORROW)
    decided = look_at_facts(mine.pk, looked=sights.mark_of(changes), by=by, now=TOMORROW)
    assert decided is not None
    assert decided.facts["enablement"]["INTUNE"] == {"woodgrove.example": "not_enabled"}
    mine.refresh_from_db()
    assert sights.find_changes(mine.referral.customer, mine, TOMORROW) == ()
    assert Event.objects.filter(referral=mine.referral_id, kind=EventKind.FACTS_LOOKED_AT).count() == 1
    assert look_at_facts(mine.pk, looked="", by=by, now=TOMORROW) is None


def test_fee_based_work_asks_to_look_at_changed_facts_first(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    all_enabled(mine, NOW + HOUR)
    assert standing(mine).outcome == Outcome.REALIZED
    record(others, "INTUNE", "blocked", NOW + 2 * HOUR)
    by = world.by_partner(mine.partner)
    with pytest.raises(sights.LookFirst) as first:
        delivering.continue_fee_based(mine.pk, by=by, now=TOMORROW)
    assert standing(mine).outcome == Outcome.REALIZED, "asking changes nothing"
    looked = sights.mark_of(first.value.changes)
    with pytest.raises(delivering.DeterminationMissing):
        delivering.continue_fee_based(mine.pk, by=by, now=TOMORROW, looked=looked)


def test_on_the_same_day_nothing_is_asked_and_nothing_shows(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    all_enabled(mine, NOW + HOUR)
    record(others, "INTUNE", "blocked", NOW + 2 * HOUR)
    assert sights.find_changes(mine.referral.customer, mine, NOW + 3 * HOUR) == ()
    delivering.continue_fee_based(mine.pk, by=world.by_partner(mine.partner), now=NOW + 3 * HOUR)
    assert Referral.objects.get(pk=mine.referral_id).state == State.FEE_BASED


@pytest.mark.parametrize(("code", "asks"), [("already_realized", True), ("out_of_scope", True), ("skills", False)])
def test_declining_as_realized_or_out_of_scope_asks_to_look_first(
    two: tuple[Offer, Offer], code: str, asks: bool
) -> None:
    mine, others = two
    Partner.objects.filter(pk=mine.partner_id).update(is_fasttrack_ready=False, takes_benefit=False)
    record(others, "INTUNE", "enabled", NOW + HOUR)
    by = world.by_partner(mine.partner)
    if asks:
        with pytest.raises(sights.LookFirst) as first:
            decline_offer(mine.pk, world.said(code), by=by, now=TOMORROW)
        looked = sights.mark_of(first.value.changes)
        decline_offer(mine.pk, world.said(code, looked=looked), by=by, now=TOMORROW)
    else:
        decline_offer(mine.pk, world.said(code), by=by, now=TOMORROW)
    assert Offer.objects.get(pk=mine.pk).state == "declined"


def test_a_new_offer_starts_from_all_that_is_known_then(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    third = world.make_partner("Gamma")
    record(others, "INTUNE", "enabled", NOW + HOUR)
    decline_offer(mine.pk, world.said("conflict"), by=world.by_partner(mine.partner), now=NOW + 2 * HOUR)
    words: dict[str, Any] = {"reason": "Another partner can.", "by": world.by_team(), "now": NOW + 2 * HOUR}
    resume(mine.referral_id, to=State.AWAITING_PARTNER, **words)
    route_due(now=NOW + 3 * HOUR)
    new = Offer.objects.live().get(referral=mine.referral_id)
    assert new.partner == third
    assert standing(new).facts["enablement"]["INTUNE"] == {"woodgrove.example": "enabled"}
    assert statuses(new, sights.sight_of(new))["INTUNE"] == "enabled"
    assert Referral.objects.get(pk=mine.referral_id).determined_for == ""


def test_plans_of_another_side_come_the_next_day_as_a_whole(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    tenant = mine.referral.tenant
    held = [Held("M365_E3", tenant.domain, "enabled", paid_seats=900)]
    facts.record_plans(
        others.referral_id, tenant, held, by=world.by_partner(others.partner), now=NOW + HOUR, offer=others
    )

    def plans(now: dt.datetime) -> list[tuple[str, int | None]]:
        known = tenant.subscriptions.known_to(sights.horizon_of(mine, now))
        return [(row.plan_code, row.paid_seats) for row in known.order_by("id")]

    assert plans(NOW + 2 * HOUR) == [("M365_E5", 500)]
    assert plans(TOMORROW) == [("M365_E3", 900)]
    changes = sights.find_changes(mine.referral.customer, mine, TOMORROW)
    assert {(row.about, row.was, row.now) for row in changes} == {
        ("Microsoft 365 E3", "none", "900"),
        ("Microsoft 365 E5", "500", "none"),
    }
    facts.record_plans(mine.referral_id, tenant, [], by=world.by_partner(mine.partner), now=NOW + 3 * HOUR, offer=mine)
    assert plans(NOW + 4 * HOUR) == [], "what a side clears itself is gone for it at once"


def test_saving_own_plans_takes_nothing_hidden_over(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    tenant = mine.referral.tenant
    upload(UNKNOWN_EXPORT, others.referral, world.by_partner(others.partner), NOW + HOUR, others)
    held = [Held("M365_E5", tenant.domain, "enabled", paid_seats=480)]
    facts.record_plans(
        mine.referral_id, tenant, held, by=world.by_partner(mine.partner), now=NOW + 2 * HOUR, offer=mine
    )
    assert not Subscription.objects.current().filter(part_number="SECRET_PRODUCT").exists()


def test_the_name_of_an_unknown_product_stays_with_who_uploaded_it(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    by = world.by_partner(others.partner)
    upload(UNKNOWN_EXPORT, others.referral, by, NOW + HOUR, others)
    assert "SECRET_PRODUCT" in str(standing(others).facts)
    changes = sights.find_changes(mine.referral.customer, mine, TOMORROW)
    assert "SECRET" not in str(changes)
    assert "unknown product 1" in str(changes)
    looked = sights.mark_of(changes)
    decided = look_at_facts(mine.pk, looked=looked, by=world.by_partner(mine.partner), now=TOMORROW)
    assert decided is not None
    assert "SECRET" not in str((decided.facts, decided.result, decided.reason))
    decline_offer(others.pk, world.said("conflict"), by=by, now=NOW + 2 * HOUR)
    assert Referral.objects.get(pk=others.referral_id).determined_for, "is determined again before it is offered"
    assert not [difference for _row, difference in replay(Determination.objects.all().iterator()) if difference]


def test_equal_decisions_of_two_referrals_are_two_records(two: tuple[Offer, Offer]) -> None:
    mine, others = two
    assert standing(mine).pk != standing(others).pk, "a record of another referral would tell when it was worked on"


def test_a_fact_typed_over_a_hidden_one_is_recorded_and_not_refused(two: tuple[Offer, Offer]) -> None:
    """Neither a conflict nor “nothing had changed”: both would tell what another has recorded today."""
    mine, others = two
    record(others, "INTUNE", "enabled", NOW + HOUR)
    by = world.by_partner(mine.partner)
    words: dict[str, Any] = {"by": by, "now": NOW + 2 * HOUR, "offer": mine, "seen": {"INTUNE": ""}}
    changed = facts.record_statuses(mine.referral_id, mine.referral.tenant, {"INTUNE": Recorded("enabled")}, **words)
    assert changed == 1
    assert Enablement.objects.filter(workload_code="INTUNE").count() == 2
