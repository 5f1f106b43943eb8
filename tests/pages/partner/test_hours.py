"""Working hours of a partner and of the team: what the country's calendar has is offered, and asked about."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from partners.models import Closure, Partner, TeamCalendar, TeamClosure
from partners.services.holiday_calendars import holiday_calendar, kinds_of, regions_of, weekend_of
from partners.services.profiles import HOURS, shown_profile
from partners.services.working_hours import load_calendar, load_team_calendar
from referrals.lifecycle import clocks
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
WEEK, SUNDAY_TO_THURSDAY = [0, 1, 2, 3, 4], [0, 1, 2, 3, 6]


def typed(kept: Any, **changes: Any) -> dict[str, Any]:
    """The hours as the page shows them, and what is changed there; ``asked`` as the page carries it."""
    shown = shown_profile(kept, HOURS)
    values = {name: value for name, value in shown.items() if value is not None}
    values |= {"was": json.dumps(shown), "asked": kept.calendar_country} | changes
    return {"part": "hours"} | {f"hoursform-{name}": value for name, value in values.items() if value != ""}


@pytest.fixture
def partner() -> Partner:
    return world.make_partner(role="admin", calendar_country="GB")


def save(partner: Partner, **changes: Any) -> tuple[int, str]:
    """Post the hours; gives the status and what the page says."""
    client = client_of(partner)
    partner.refresh_from_db()
    answer = client.post(f"/partners/{partner.public_id}/", typed(partner, **changes))
    partner.refresh_from_db()
    return answer.status_code, world.text(answer) if answer.status_code == 422 else ""


def test_a_region_has_holidays_of_its_own(partner: Partner) -> None:
    easter_monday = dt.date(2027, 3, 29)
    assert easter_monday not in load_calendar(partner).closed_on
    assert save(partner, calendar_region="ENG") == (302, "")
    assert load_calendar(partner).closed_on[easter_monday] == "Easter Monday"


def test_another_country_asks_for_its_region_and_loses_nothing(partner: Partner) -> None:
    status, said = save(partner, calendar_country="AU", calendar_region="ENG", opens_at="08:30")
    assert status == 422
    assert "Select your region, then save again" in said
    assert "New South Wales" in said
    assert (partner.calendar_country, partner.calendar_region) == ("GB", "")
    assert save(partner, calendar_country="AU", asked="AU", calendar_region="NSW", opens_at="08:30")[0] == 302
    assert load_calendar(partner).closed_on[dt.date(2026, 12, 28)].startswith("Boxing Day")
    assert save(partner, calendar_country="AU", calendar_region="ENG")[0] == 422, "a region of another country"


def test_a_weekend_is_proposed_and_a_person_confirms_it(partner: Partner) -> None:
    status, said = save(partner, calendar_country="SA")
    assert status == 422
    assert "In Saudi Arabia the weekend is Friday and Saturday, so we suggest these days." in said
    page = client_of(partner).post(f"/partners/{partner.public_id}/", typed(partner, calendar_country="SA"))
    form = page.context["parts"]["hours"][1]
    assert form["working_days"].value() == [str(day) for day in SUNDAY_TO_THURSDAY]
    assert save(partner, calendar_country="SA", asked="SA", working_days=SUNDAY_TO_THURSDAY)[0] == 302
    assert partner.working_days == SUNDAY_TO_THURSDAY


def test_days_that_contradict_the_weekend_have_to_be_meant(partner: Partner) -> None:
    status, said = save(partner, calendar_country="SA", asked="SA", working_days=[*WEEK, 5])
    assert status == 422
    assert "Change your days, or confirm them below." in said
    assert save(partner, calendar_country="SA", asked="SA", working_days=[*WEEK, 5], days_are_meant="on")[0] == 302
    assert partner.working_days == [*WEEK, 5]
    page = world.text(client_of(partner).get(f"/partners/{partner.public_id}/"))
    assert "These working days fall on the weekend in Saudi Arabia: Friday and Saturday." in page
    assert save(partner, opens_at="08:00")[0] == 302, "what was confirmed is not asked about again"
    assert save(partner, working_days=[5, 6])[0] == 422, "other days are asked about again"


def test_days_of_the_weekend_are_asked_about_in_the_same_country_too(partner: Partner) -> None:
    assert save(partner, working_days=[*WEEK, 5], days_are_meant="False")[0] == 422
    assert save(partner, working_days=[*WEEK, 5], days_are_meant="on")[0] == 302


def test_kinds_of_holidays_are_chosen(partner: Partner) -> None:
    good_friday = dt.date(2027, 3, 26)
    assert kinds_of("HK") == ("public", "optional")
    assert save(partner, calendar_country="HK", asked="HK", working_days=[*WEEK, 5])[0] == 302
    assert good_friday not in load_calendar(partner).closed_on
    assert save(partner, calendar_kinds=["public", "optional"])[0] == 302
    assert good_friday in load_calendar(partner).closed_on
    assert save(partner, calendar_kinds=["bank"])[0] == 422, "Hong Kong's calendar has none"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"half_days": [4]}, "Enter when half days close."),
        ({"half_days": [5], "half_day_closes_at": "12:00"}, "Half days must also be working days."),
        ({"half_days": [4], "half_day_closes_at": "08:00"}, "Half days close between opening and closing."),
        (
            {"calendar_country": "GR", "asked": "GR", "calendar_kinds": ["public", "half_day"]},
            "Enter when half days close.",
        ),
    ],
)
def test_half_days_that_cannot_be_are_refused(partner: Partner, changes: dict[str, Any], said: str) -> None:
    status, text = save(partner, **changes)
    assert status == 422
    assert said in text


def test_half_days_count_as_half(partner: Partner) -> None:
    assert save(partner, half_days=[4], half_day_closes_at="12:00")[0] == 302
    calendar = load_calendar(partner)
    assert calendar.note(dt.date(2026, 12, 4)) == "half day"
    half = {"calendar_country": "GR", "asked": "GR", "calendar_kinds": ["public", "half_day"]}
    assert save(partner, **half, half_day_closes_at="12:00")[0] == 302
    assert load_calendar(partner).note(dt.date(2026, 12, 24)) == "half day: Christmas Eve"


def test_a_closure_may_be_half_days_once_their_end_is_set(partner: Partner) -> None:
    client, today = client_of(partner), timezone.localdate()
    days = {"starts_on": today, "ends_on": today + dt.timedelta(days=4), "reason": "Stocktaking", "is_half": "on"}
    words = {"part": "closure"} | {f"closureform-{name}": value for name, value in days.items()}
    assert "Set when half days end under Working hours first" in world.text(
        client.post(f"/partners/{partner.public_id}/", words)
    )
    save(partner, half_day_closes_at="12:00")
    assert client.post(f"/partners/{partner.public_id}/", words).status_code == 302
    assert Closure.objects.get().is_half
    workday = next(day for day in (today + dt.timedelta(days=n) for n in range(4)) if day.weekday() < 5)
    assert load_calendar(partner).note(workday) == "half day: Stocktaking"
    assert "(half days), Stocktaking" in world.text(client.get(f"/partners/{partner.public_id}/"))


def test_a_calendar_without_days_is_told_until_closures_are_entered(partner: Partner) -> None:
    Partner.objects.update(calendar_country="LK")
    partner.refresh_from_db()
    client, missing = client_of(partner), timezone.now().year + 1
    assert f"We have no public holidays for Contoso in {missing}" in world.text(client.get("/home/"))
    assert f"We have no public holidays for Sri Lanka in {missing}" in world.text(
        client.get(f"/partners/{partner.public_id}/")
    )
    Closure.objects.create(partner=partner, starts_on=dt.date(missing, 1, 14), ends_on=dt.date(missing, 1, 14))
    assert "We have no public holidays" not in world.text(client.get("/home/"))


def test_names_and_dates_are_those_of_the_page() -> None:
    named = holiday_calendar("CN").closed
    substituted = next(name for name in named.values() if "substituted" in name)
    assert "/" not in substituted
    assert holiday_calendar("DE").closed[dt.date(2026, 12, 25)] == "Christmas Day"
    assert ("BW", "Baden-Württemberg") in regions_of("DE")
    assert weekend_of("SA") == frozenset({4, 5})
    assert weekend_of("XX") is None


def test_a_make_up_saturday_counts() -> None:
    partner = world.make_partner(calendar_country="CN", time_zone="Asia/Shanghai")
    calendar = load_calendar(partner)
    assert calendar.why_closed(dt.date(2026, 2, 14)) == ""
    assert calendar.note(dt.date(2026, 2, 14)) == "make-up working day"
    assert calendar.why_closed(dt.date(2026, 2, 21)) != ""


def test_the_team_keeps_its_own_calendar(team_client: Client, settings: Any) -> None:
    settings.TEAM_TIME_ZONE, settings.TEAM_CALENDAR_COUNTRY = "Asia/Riyadh", "SA"
    first = load_team_calendar()
    assert (first.zone, first.weekdays) == ("Asia/Riyadh", frozenset(WEEK)), "as the settings say, until it is changed"
    kept = TeamCalendar(pk=1, time_zone="Asia/Riyadh", calendar_country="SA")
    changes = {"working_days": SUNDAY_TO_THURSDAY, "opens_at": "08:00", "closes_at": "16:00"}
    assert team_client.post("/team/calendar/", typed(kept, **changes)).status_code == 302
    calendar = load_team_calendar()
    assert (calendar.weekdays, calendar.opens) == (frozenset(SUNDAY_TO_THURSDAY), dt.time(8))
    thursday = dt.datetime(2026, 12, 3, 11, tzinfo=dt.UTC)
    assert "Fri, Sat closed, Sun 8 h" in clocks.team_due(thursday).why
    answer = team_client.post("/team/calendar/", typed(kept, **changes | {"opens_at": "07:00"}))
    assert answer.status_code == 409
    assert "Someone else changed this while you were editing. Check, and save again" in world.text(answer)
    again = {f"hoursform-{name}": answer.context["hours"][name].value() for name in answer.context["hours"].fields}
    given = {name: value for name, value in again.items() if value not in (None, "")}
    assert team_client.post("/team/calendar/", given | {"part": "hours"}).status_code == 302
    assert load_team_calendar().opens == dt.time(7), "what was typed, sent again"


def test_the_team_closes_on_days_of_its_own(team_client: Client) -> None:
    today = timezone.localdate()
    words = {
        "part": "closure",
        "closureform-starts_on": today,
        "closureform-ends_on": today,
        "closureform-reason": "Move",
    }
    assert team_client.post("/team/calendar/", words).status_code == 302
    assert load_team_calendar().closed_on[today] == "Move"
    assert "Move" in world.text(team_client.get("/team/calendar/"))
    sealed = seal("closure", TeamClosure.objects.get().pk)
    team_client.post("/team/calendar/", {"closure": sealed})
    assert not TeamClosure.objects.exists()
    again = team_client.post("/team/calendar/", {"closure": sealed}, follow=True)
    assert "These days were already removed." in world.text(again)
    assert team_client.post("/team/calendar/", words | {"closureform-ends_on": "x"}).status_code == 422


def test_a_refused_closure_of_the_team_keeps_what_was_typed(team_client: Client) -> None:
    today = timezone.localdate()
    days = {"starts_on": today, "ends_on": today, "reason": "Moving house", "is_half": "on"}
    answer = team_client.post("/team/calendar/", {"part": "closure"} | {f"closureform-{k}": v for k, v in days.items()})
    assert answer.status_code == 422
    assert "Set when half days end under Working hours first" in world.text(answer)
    assert 'value="Moving house"' in answer.content.decode()


def test_half_days_ahead_keep_their_end(partner: Partner) -> None:
    save(partner, half_day_closes_at="12:00")
    ahead = timezone.localdate() + dt.timedelta(days=3)
    Closure.objects.create(partner=partner, starts_on=ahead, ends_on=ahead, is_half=True)
    status, said = save(partner, half_day_closes_at="")
    assert (status, "You have half days ahead" in said) == (422, True)


def test_the_database_refuses_hours_that_no_calendar_can_have(partner: Partner) -> None:
    for wrong in ({"half_day_closes_at": dt.time(8)}, {"half_day_closes_at": dt.time(18)}, {"opens_at": dt.time(17)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Partner.objects.filter(pk=partner.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamCalendar.objects.create(pk=1, half_day_closes_at=dt.time(8))


def test_a_make_up_day_belongs_to_the_countrys_own_week() -> None:
    partner = world.make_partner(calendar_country="CN", time_zone="Asia/Shanghai", working_days=[0, 1, 2, 3])
    assert load_calendar(partner).why_closed(dt.date(2026, 2, 14)) == "closed"


def test_odd_numbers_of_days_are_refused(partner: Partner) -> None:
    for odd in ("", "01", "7", "x"):
        assert save(partner, working_days=[odd])[0] == 422


def test_a_team_that_only_has_settings_is_offered_its_countrys_week(team_client: Client, settings: Any) -> None:
    settings.TEAM_CALENDAR_COUNTRY = "SA"
    form = team_client.get("/team/calendar/").context["hours"]
    assert form.initial["working_days"] == SUNDAY_TO_THURSDAY
    assert "These working days fall on the weekend in Saudi Arabia: Friday." in world.text(
        team_client.get("/team/calendar/")
    )


def test_auditors_read_the_team_calendar_and_change_nothing() -> None:
    client = Client()
    client.force_login(world.make_user("auditor@triage.example", is_auditor=True))
    assert client.get("/team/calendar/").status_code == 200
    assert "Change working hours" not in world.text(client.get("/team/calendar/"))
    assert client.post("/team/calendar/", {"part": "hours"}).status_code == 403
