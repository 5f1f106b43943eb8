"""The team's insights count what happened; small numbers are hidden; each table is also a file."""

import csv
import datetime as dt
import io
import itertools
from collections import defaultdict
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from partners.models import Partner
from referrals.answering.responding import accept_offer, decline_offer
from referrals.answering.undoing import undo_answer
from referrals.choices import State
from referrals.models import Offer, Referral
from referrals.reviewing.hiding import SMALLEST_SHOWN, hide_small
from referrals.reviewing.insights import INSIGHTS, Insight, Span
from referrals.reviewing.insights.measures import Measure, find_measures
from referrals.routing.choosing import route_due
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


Shown = tuple[int | None, tuple[int | None, ...]]
OUT_OF_TIME = ("days=&first=0001-01-01&last=0001-01-02", "days=&first=9999-12-30&last=9999-12-31")


def told(key: str, days: int = 30) -> Insight:
    now = timezone.now() + dt.timedelta(minutes=1)
    return INSIGHTS[key](Span(now - dt.timedelta(days=days), now), {"TEAMS": "Microsoft Teams"})


def test_the_steps_are_counted_and_parts_are_not() -> None:
    offers = make_many(4)
    accept_offer(offers[0].pk, by=world.by_partner(offers[0].partner), now=timezone.now())
    Referral.objects.update(created_at=timezone.now() - dt.timedelta(days=3))
    Referral.objects.filter(pk=offers[3].referral_id).update(split_from=offers[2].referral_id)
    rows = {row[0]: row[1:] for row in told("funnel").rows}
    assert rows["Arrived"] == (3, "100%")
    assert rows["Accepted"] == (1, "33%")
    assert rows["Work started"] == (0, "0%")
    took = {row[0]: row[1] for row in told("accept").rows}
    assert (took["Within 1 day"], took["1–2 days"], took["2–5 days"]) == (0, 0, 1)
    hops = {row[0]: row[1] for row in told("hops").rows}
    assert hops == {"The first": 1, "The second": 0, "The third": 0, "The fourth": 0, "A later one": 0}
    assert sum(int(str(row[1])) for row in told("unheld").rows) == 4
    assert told("funnel", days=1).rows[0][1] == 0


def test_the_second_partner_asked_is_the_second(offer: Offer) -> None:
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    second = world.make_partner("Fabrikam", is_fasttrack_ready=False, takes_benefit=False)
    route_due(now=timezone.now())
    live = Offer.objects.live().get()
    accept_offer(live.pk, by=world.by_partner(second), now=timezone.now())
    assert [row[1] for row in told("hops").rows] == [0, 1, 0, 0, 0]


def declined(offers: list[Offer], code: str) -> None:
    rows = Offer.objects.filter(pk__in=[offer.pk for offer in offers])
    rows.update(state="declined", answered_at=timezone.now(), reason=world.reason(code), notes=world.NOTES)


def test_small_numbers_of_reasons_are_hidden_and_so_is_what_would_tell_them(team_client: Client) -> None:
    offers = make_many(2 * SMALLEST_SHOWN + 4)
    declined(offers[:SMALLEST_SHOWN], "skills")
    declined(offers[SMALLEST_SHOWN : SMALLEST_SHOWN + 2], "conflict")
    found = told("reasons")
    assert found.heads[:2] == ("Partner", "All")
    assert found.rows[0][1:] == (SMALLEST_SHOWN + 2, "suppressed", "suppressed"), (
        "one small number alone is told by the total"
    )
    declined(offers[SMALLEST_SHOWN + 2 : SMALLEST_SHOWN + 4], "duplicate")
    assert sorted(map(str, told("reasons").rows[0][1:])) == ["5", "9", "suppressed", "suppressed"]
    page = world.markup(team_client.get("/team/insights/"))
    assert ">suppressed</td>" in page


def test_a_small_total_is_in_no_table_chart_or_file(team_client: Client) -> None:
    offers = make_many(SMALLEST_SHOWN - 1)
    declined(offers, "skills")
    found = told("reasons")
    assert found.rows[0][1:] == ("suppressed", "suppressed")
    assert found.bars == []
    rows = team_client.get("/team/insights/?days=90&csv=reasons").content.decode()
    assert str(SMALLEST_SHOWN - 1) not in rows.splitlines()[1].split(",")


def test_no_hidden_number_can_be_worked_out() -> None:
    """Every row of up to five reasons: what is shown leaves each hidden number, and a hidden total, open."""
    for wide, most in ((1, 20), (2, 14), (3, 11), (4, 9), (5, 7)):
        shown: dict[Shown, list[tuple[int, ...]]] = defaultdict(list)
        for row in itertools.product(range(most + 1), repeat=wide):
            shown[hide_small(row)].append(row)
        for (total, cells), alike in shown.items():
            if total is not None and total > most:
                continue  # not every row of this total is tried
            hidden = [place for place, cell in enumerate(cells) if cell is None]
            assert all(len({row[place] for row in alike}) > 1 for place in hidden), (total, cells, alike)
            assert total is not None or len({sum(row) for row in alike}) > 1, (cells, alike)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12).filter(any))
def test_nothing_small_is_shown_and_zeros_stay(row: list[int]) -> None:
    total, cells = hide_small(row)
    assert total is None or total >= SMALLEST_SHOWN
    assert all(cell is None or cell == 0 or cell >= SMALLEST_SHOWN for cell in cells)
    assert all((cell == 0) == (number == 0) for cell, number in zip(cells, row, strict=True))
    left = [number for cell, number in zip(cells, row, strict=True) if cell is None]
    assert total is None or len(left) != 1
    assert total is None or len(set(left)) != 1 or left[0] not in (1, SMALLEST_SHOWN - 1)


def test_the_order_of_rows_and_columns_tells_no_hidden_number() -> None:
    offers = make_many(7)
    declined(offers[:4], "skills")
    declined(offers[4:], "conflict")
    labels = [world.reason(code).label for code in ("skills", "conflict")]
    assert list(told("reasons").heads[2:]) == sorted(labels)


def test_needs_that_nobody_covers_are_counted_by_workload_and_country() -> None:
    referral = world.screened(now=timezone.now())
    route_due(now=timezone.now())
    referral.refresh_from_db()
    assert referral.state in (State.AWAITING_PARTNER, State.IN_REVIEW)
    rows = told("exhausted").rows
    assert len(rows) == len(referral.cover)
    assert all(row[1] == 1 for row in rows)


def test_the_page_shows_each_with_its_file_and_refuses_odd_days(
    team_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(2)
    moment = timezone.now()  # a referral that waits grows older between a page and its file
    monkeypatch.setattr(timezone, "now", lambda: moment)
    page = team_client.get("/team/insights/?days=90")
    assert [insight.key for insight in page.context["insights"]] == list(INSIGHTS)
    assert page.content.count(b'<svg class="chart') == len([one for one in page.context["insights"] if one.rows])
    for key in INSIGHTS:
        answer = team_client.get(f"/team/insights/?days=90&csv={key}")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        shown = next(one for one in page.context["insights"] if one.key == key)
        assert rows == [[str(cell) for cell in row] for row in (shown.heads, *shown.rows)]
    for odd in ("days=&first=2026-02-01&last=2026-01-01", "days=&first=x&last=", "days=9999", "days=", *OUT_OF_TIME):
        assert team_client.get(f"/team/insights/?{odd}").status_code == 422, odd
    assert client_of(world.make_partner("Fabrikam")).get("/team/insights/").status_code == 404


def test_every_bar_leads_to_its_rows(team_client: Client) -> None:
    offers = make_many(4)
    accept_offer(offers[0].pk, by=world.by_partner(offers[0].partner), now=timezone.now())
    declined(offers[1:2], "skills")
    Referral.objects.update(created_at=timezone.now() - dt.timedelta(days=3))
    page = team_client.get("/team/insights/?days=7")
    found = world.markup(page)
    for insight in page.context["insights"]:
        for label, value, place in insight.bars:
            address = f"/team/insights/{insight.key}/{place}/?days=7&{urlencode({'label': label})}"
            assert (address.replace("&", "&amp;") in found) is bool(value), (insight.key, label)
            rows = team_client.get(address)
            assert rows.status_code == 200
            if insight.key in ("funnel", "accept", "unheld"):
                assert rows.context["number"] == value, (insight.key, label)
            else:
                assert bool(rows.context["number"]) is bool(value), (insight.key, label)
    first = "/team/insights/hops/7/?days=7&label=The+first"
    assert offers[0].referral.public_id in world.text(team_client.get(first)), "found by its label where it has moved"
    hidden = "reasons/0/?days=7&label=Contoso"
    for odd in ("hops/99/", "nothing/0/?label=x", "hops/0/?days=x", "hops/0/?label=Another", hidden):
        assert team_client.get(f"/team/insights/{odd}").status_code == 404, odd


def without_duty(number: int) -> list[Offer]:
    """Offers that their partner may decline as it likes."""
    offers = make_many(number)
    Partner.objects.update(is_fasttrack_ready=False, takes_benefit=False)
    return [Offer.objects.get(pk=offer.pk) for offer in offers]


def measured(days: int = 30) -> dict[str, Measure]:
    now = timezone.now() + dt.timedelta(minutes=1)
    return {one.title: one for one in find_measures(Span(now - dt.timedelta(days=days), now))}


def test_measures_tell_sample_target_and_the_period_before() -> None:
    offers, now = without_duty(12), timezone.now()
    by, long_ago = world.by_partner(offers[0].partner), now - dt.timedelta(days=40)
    for offer in offers[:6]:
        Offer.objects.filter(pk=offer.pk).update(respond_by=now + dt.timedelta(days=1))
    Offer.objects.filter(pk=offers[1].pk).update(respond_by=now - dt.timedelta(days=1))
    Offer.objects.filter(pk__in=[offer.pk for offer in offers[6:]]).update(respond_by=long_ago)
    accept_offer(offers[0].pk, by=by, now=now)
    for offer in offers[1:]:
        decline_offer(offer.pk, world.said(), by=by, now=now if offer in offers[:6] else long_ago)
    found = measured()
    accepted, in_time = found["Accepted"], found["Answered in time"]
    assert (accepted.words, accepted.now.sample, accepted.is_met) == ("17%", 6, False)
    assert (accepted.before.value, accepted.before.sample, accepted.trend) == (0, 6, "up")
    assert (in_time.words, in_time.target_words) == ("83%", "Target: at least 90%")
    assert in_time.trend == "down"
    assert "Period before: 100% (6)" in in_time.trend_words
    assert found["Time to accept"].now.sample == 1
    assert found["Time to accept"].trend == "", "one case makes no trend"


def test_what_becomes_of_an_offer_later_changes_no_answer() -> None:
    [offer] = without_duty(1)
    by, now = world.by_partner(offer.partner), timezone.now()
    Offer.objects.update(respond_by=now + dt.timedelta(hours=1))
    accept_offer(offer.pk, by=by, now=now)
    late = now + dt.timedelta(days=30)
    decline_offer(offer.pk, world.said(), by=by, now=late)
    found = {one.title: one for one in find_measures(Span(now - dt.timedelta(days=1), late + dt.timedelta(days=1)))}
    assert (found["Accepted"].words, found["Answered in time"].words) == ("100%", "100%")
    assert found["Accepted"].now.sample == 1


def test_an_answer_that_was_undone_is_none() -> None:
    [offer] = without_duty(1)
    by, now = world.by_partner(offer.partner), timezone.now()
    Offer.objects.update(offered_at=now)
    decline_offer(offer.pk, world.said(), by=by, now=now)
    undo_answer(offer.pk, by=by, now=now + dt.timedelta(seconds=5))
    assert measured()["Accepted"].now.sample == 0
    accept_offer(offer.pk, by=by, now=now + dt.timedelta(seconds=9))
    assert (measured()["Accepted"].words, measured()["Accepted"].now.sample) == ("100%", 1)


def test_breaches_are_those_that_are_over_and_those_that_go_on() -> None:
    offers = make_many(2)
    Referral.objects.update(unheld_for=dt.timedelta(seconds=59), unheld_since=None)
    assert measured()["Ownership breaches"].is_met
    Referral.objects.filter(pk=offers[0].referral_id).update(unheld_for=dt.timedelta(minutes=2))
    Referral.objects.filter(pk=offers[1].referral_id).update(unheld_since=timezone.now() - dt.timedelta(minutes=2))
    assert (measured()["Ownership breaches"].words, measured()["Ownership breaches"].is_met) == ("2", False)


def test_measures_without_cases_say_so(team_client: Client) -> None:
    found = measured()
    assert {one.words for one in found.values()} == {"–"}
    assert {one.is_met for one in found.values()} == {None}
    assert "No data for the period before" in world.text(team_client.get("/team/insights/"))


def test_days_that_are_typed_count_and_the_last_of_them_is_named(team_client: Client) -> None:
    for asked in ("days=30&first=2026-01-01&last=2026-01-31", "first=2026-01-01&last=2026-01-31"):
        page = team_client.get(f"/team/insights/?{asked}")
        assert page.status_code == 200
        assert "From 1 Jan 2026 to 31 Jan 2026." in page.content.decode()
        assert page.context["address"] == "first=2026-01-01&last=2026-01-31"
        assert page.context["form"]["days"].value() is None
    stood = "was_first=2026-01-01&was_last=2026-01-31"
    later = team_client.get(f"/team/insights/?days=7&first=2026-01-01&last=2026-01-31&{stood}")
    assert later.context["address"] == "days=7", "a range chosen since is what is wanted"
    assert later.context["form"]["first"].value() is None
    half = team_client.get("/team/insights/?days=30&first=2026-01-01&last=")
    assert half.status_code == 422
    assert 'id="last-said"' in half.content.decode()
    assert 'value="2026-01-01"' in half.content.decode()


def test_shares_are_of_the_days_that_were_asked_for() -> None:
    offers = make_many(2)
    Offer.objects.filter(pk=offers[0].pk).update(offered_at=timezone.now() - dt.timedelta(days=10))
    now = timezone.now()
    past = Span(now - dt.timedelta(days=20), now - dt.timedelta(days=5))
    assert [row[1] for row in INSIGHTS["fairness"](past, {}).rows] == [1]


def test_numbers_are_written_by_the_locale() -> None:
    offers = make_many(3)
    accept_offer(offers[0].pk, by=world.by_partner(offers[0].partner), now=timezone.now())
    Offer.objects.update(offered_at=timezone.now())
    with translation.override("de"):
        assert told("fairness").rows[0][3] == "1,00"
        assert "0,0" in told("accept").says
    assert told("funnel").rows[3][2] == "33%"
