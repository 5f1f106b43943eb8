"""Replaying a past period: what arrived, among the partners of then, as they had answered."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lab.answers import learn_answers
from lab.domain.scenario import Answer
from lab.history import NothingArrived, read_period
from partners.models import Partner
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import Offer, RoutingRun
from referrals.routing.choosing import route_due
from tests import world
from tests.referrals.routing.test_receipts import copies
from tests.world import NOW

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
SINCE, UNTIL = NOW - HOUR, NOW + 9 * DAY
COMMUNITY = {"is_fasttrack_ready": False, "takes_benefit": False}


def arrived() -> None:
    """Two partners, three referrals at once and one a day later; the first partner declines, the second accepts."""
    for name in ("Contoso", "Fabrikam"):
        world.make_partner(name, capacity=9)
    base = world.screened()
    copies(base, 2)
    route_due(now=NOW)
    copies(base, 1, next_action_at=NOW + DAY)
    route_due(now=NOW + DAY)


def test_arrivals_are_first_routings_in_the_order_of_time() -> None:
    arrived()
    scenario = read_period(SINCE, UNTIL).scenario
    assert [arrival.minute for arrival in scenario.arrivals] == [60, 60, 60, 60 + 24 * 60]
    assert {arrival.need.workloads for arrival in scenario.arrivals} == {("DEFENDER_ENDPOINT",)}
    assert [profile.name for profile in scenario.profiles] == ["Contoso", "Fabrikam"]
    assert RoutingRun.objects.count() == 4
    assert len(read_period(NOW + HOUR, UNTIL).scenario.arrivals) == 1


def test_partners_are_as_they_were_and_change_as_they_did() -> None:
    arrived()
    Partner.objects.filter(name="Contoso").update(paused_until=NOW + 5 * DAY, capacity=7)
    Partner.objects.filter(name="Fabrikam").update(countries=["GB", "DE"])
    world.make_partner("Northwind")
    base = RoutingRun.objects.earliest("id").referral
    copies(base, 1, state="awaiting_partner", next_action="route", next_owner="system", next_action_at=NOW + 2 * DAY)
    route_due(now=NOW + 2 * DAY)
    period = read_period(SINCE, UNTIL)
    ids = dict(Partner.objects.values_list("name", "pk"))
    later = 60 + 2 * 24 * 60
    assert {(change.minute, change.partner, change.is_away, change.capacity) for change in period.scenario.changes} == {
        (0, ids["Northwind"], True, None),
        (later, ids["Northwind"], False, 5),
        (later, ids["Contoso"], True, 7),
    }
    assert period.changed == 1, "the first profile of Fabrikam stands in"
    assert all(profile.is_active and not profile.paused_until for profile in period.scenario.profiles)


def test_what_partners_had_open_at_the_start_is_theirs_until_it_is_delivered() -> None:
    arrived()
    scenario = read_period(NOW + HOUR, UNTIL).scenario
    assert sorted(state.open_offers for state in scenario.standing.values()) == [1, 2]
    assert all(state.last_turn for state in scenario.standing.values())


def test_known_answers_come_as_they_came() -> None:
    world.make_partner("Contoso", **COMMUNITY)
    world.make_partner("Fabrikam", **COMMUNITY)
    _referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=NOW + 2 * HOUR)
    route_due(now=NOW + 2 * HOUR)
    [other] = offer.referral.offers.exclude(pk=offer.pk)
    accept_offer(other.pk, by=world.by_partner(other.partner), now=NOW + 6 * HOUR)
    [arrival] = read_period(SINCE, UNTIL).scenario.arrivals
    code = Offer.objects.get(pk=offer.pk).reason.code  # type: ignore[union-attr]
    assert arrival.known == {
        offer.partner_id: Answer("declined", 120, code),
        other.partner_id: Answer("accepted", 240),
    }


def test_declines_are_learned_for_each_partner_and_drawn_towards_all() -> None:
    first, second = world.make_partner("Contoso", **COMMUNITY), world.make_partner("Fabrikam", **COMMUNITY)
    _referral, offer = world.offered(plans=[["O365_E3", 100]], workloads=["TEAMS"])
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=NOW + 2 * HOUR)
    route_due(now=NOW + 2 * HOUR)
    [other] = offer.referral.offers.exclude(pk=offer.pk)
    accept_offer(other.pk, by=world.by_partner(other.partner), now=NOW + 6 * HOUR)
    answers = learn_answers(UNTIL)
    assert (answers.declined, answers.lapsed) == (0.5, 0.0)
    assert answers.minutes_to_answer == pytest.approx(3 * 60)
    assert answers.minutes_of_delivery == 45 * 24 * 60, "nothing was delivered yet"
    assert answers.of_partner == {offer.partner_id: 6 / 11, other.partner_id: 5 / 11}
    assert {first.pk, second.pk} == set(answers.of_partner)
    assert learn_answers(NOW - DAY).declined == 0


def test_period_without_arrivals_is_refused() -> None:
    world.make_partner()
    with pytest.raises(NothingArrived):
        read_period(SINCE, UNTIL)
    with pytest.raises(CommandError, match="no referral was first routed from 2020-01-01 to 2020-02-01"):
        call_command("lab", "--since", "2020-01-01", "--until", "2020-02-01")
    with pytest.raises(CommandError, match="has to be before"):
        call_command("lab", "--since", "2020-02-01", "--until", "2020-02-01")


def test_past_period_is_replayed_by_the_command_and_nothing_is_written() -> None:
    arrived()
    before, out = world.fingerprint(), StringIO()
    days = ["--since", f"{SINCE:%F}", "--until", f"{UNTIL:%F}"]
    call_command("lab", *days, "--policy", '{"batch_order": "due"}', "--seeds", "2", stdout=out)
    said = out.getvalue()
    assert said.startswith("4 referrals, 2 partners; ")
    assert "\nbatch_order=due\n" in said
    assert world.fingerprint() == before
