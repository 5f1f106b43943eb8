"""The team's insights count what happened; small numbers are hidden; each table is also a file."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils import timezone

from referrals.choices import State
from referrals.models import Offer, Referral
from referrals.services.insights import INSIGHTS, SMALLEST_SHOWN, Insight, Span
from referrals.services.responding import accept_offer, decline_offer
from referrals.services.routing import route_due
from tests import world
from tests.conftest import client_of
from tests.pages.test_lists import make_many

pytestmark = pytest.mark.django_db


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
    assert rows["Work begun"] == (0, "0%")
    took = {row[0]: row[1] for row in told("accept").rows}
    assert (took["Within a day"], took["2 days"], took["5 days"]) == (0, 0, 1)
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


def test_small_numbers_of_reasons_are_hidden() -> None:
    offers = make_many(SMALLEST_SHOWN + 2)
    for place, offer in enumerate(offers):
        code = "skills" if place < SMALLEST_SHOWN else "conflict"
        Offer.objects.filter(pk=offer.pk).update(
            state="declined", answered_at=timezone.now(), reason=world.reason(code), notes=world.NOTES
        )
    found = told("reasons")
    assert found.heads[:2] == ("Partner", "All")
    assert found.rows[0][1:] == (SMALLEST_SHOWN + 2, SMALLEST_SHOWN, f"under {SMALLEST_SHOWN}")


def test_needs_that_nobody_covers_are_counted_by_workload_and_country() -> None:
    referral = world.screened(now=timezone.now())
    route_due(now=timezone.now())
    referral.refresh_from_db()
    assert referral.state in (State.AWAITING_PARTNER, State.IN_REVIEW)
    rows = told("exhausted").rows
    assert len(rows) == len(referral.cover)
    assert all(row[1] == 1 for row in rows)


def test_the_page_shows_each_with_its_file_and_refuses_odd_days(team_client: Client) -> None:
    make_many(2)
    page = team_client.get("/team/insights/?days=90")
    assert [insight.key for insight in page.context["insights"]] == list(INSIGHTS)
    assert page.content.count(b'<svg class="chart') == len([one for one in page.context["insights"] if one.rows])
    for key in INSIGHTS:
        answer = team_client.get(f"/team/insights/?days=90&csv={key}")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        shown = next(one for one in page.context["insights"] if one.key == key)
        assert rows == [[str(cell) for cell in row] for row in (shown.heads, *shown.rows)]
    own = team_client.get("/team/insights/?days=&first=2026-01-01&last=2026-01-31")
    assert own.status_code == 200
    for odd in ("days=&first=2026-02-01&last=2026-01-01", "days=&first=x&last=", "days=9999", "days=", *OUT_OF_TIME):
        assert team_client.get(f"/team/insights/?{odd}").status_code == 422, odd
    assert client_of(world.make_partner("Fabrikam")).get("/team/insights/").status_code == 404
