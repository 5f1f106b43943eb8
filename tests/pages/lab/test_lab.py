"""The lab's pages: choose what to compare, watch it, read what it found, and fetch it as a file."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lab import running
from lab.models import LabPart, LabRun
from partners.models import Partner
from tests import world
from tests.lab.test_history import SINCE, UNTIL, arrived

pytestmark = pytest.mark.django_db
NEW = "/team/lab/new/"
WORLD = {"days": "15", "partners": "5", "places": "20", "referrals_a_day": "2", "seeds": "2", "policies": "batch-due"}


def start(client: Client, **changes: Any) -> LabRun:
    answer = client.post(f"{NEW}?kind=world", WORLD | changes)
    assert answer.status_code == 302, answer.context["form"].errors
    return LabRun.objects.get(public_id=answer["Location"].split("/")[-2])


def address(run: LabRun) -> str:
    return f"/team/lab/{run.public_id}/"


def finish(run: LabRun) -> LabRun:
    running.run_parts()
    run.refresh_from_db()
    return run


def test_simulation_is_started_watched_and_read(team_client: Client) -> None:
    run = start(team_client, policies=["batch-due", "no-splits"])
    open_page = world.text(team_client.get(address(run)))
    assert "<progress" in open_page
    assert "Waiting for a lab worker." in open_page
    assert "15 days, 5 partners with a capacity of 20 in all, 2.0 referrals a day" in open_page
    finish(run)
    page = world.text(team_client.get(address(run)))
    for words in (
        "Placed, of the upper bound",
        "chance can push results above 100% of it",
        "Longest run of missed offers",
        "solved by HiGHS",
        "Run again",
    ):
        assert words in page
    assert "Batch order: Longest due first" in page
    assert team_client.get(address(run)).content.count(b'<svg class="chart"') == 3
    assert run.public_id in world.text(team_client.get("/team/lab/"))


def test_replay_says_what_it_assumes(team_client: Client) -> None:
    arrived()
    last = min(UNTIL.date(), timezone.localdate())
    data = {"first": SINCE.date().isoformat(), "last": last.isoformat(), "policies": "batch-due", "seeds": "1"}
    answer = team_client.post(NEW, data)
    assert answer.status_code == 302
    run = finish(LabRun.objects.get())
    page = world.text(team_client.get(address(run)))
    assert "4 referrals, 2 partners" in page
    assert "0.0 % declined and 0.0 % expired" in page
    assert "Differences may be chance; ranges need at least 5 repetitions." in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"places": "3"}, "Enter at least one place per partner."),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "nonsense"}, "Enter a whole number."),
        ({"referrals_a_day": "0"}, "Enter referrals a day, referrals due at the start, or both."),
        ({"declined": "90", "lapsed": "20"}, "can’t be more than 100%"),
        ({"policies": []}, "Select at least one."),
        ({"policies": "nonsense"}, "Select a valid choice"),
        ({"seeds": "0"}, "greater than or equal to 1"),
        ({"seeds": "21"}, "less than or equal to 20"),
        ({"joining": "4", "leaving": "4"}, "More partners join, pause or leave than there are."),
    ],
)
def test_impossible_world_starts_nothing_and_keeps_what_was_typed(
    team_client: Client, changes: dict[str, Any], said: str
) -> None:
    answer = team_client.post(f"{NEW}?kind=world", WORLD | changes)
    assert answer.status_code == 422
    page = world.text(answer)
    assert said in page
    for name, value in changes.items():
        assert name == "policies" or f'value="{value}"' in page
    assert not LabRun.objects.exists()
    assert not LabPart.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2020-01-01", "2020-02-01", "No referrals were first routed in this period."),
        ("2020-02-01", "2020-01-01", "Enter a date within 366 days of the start."),
        ("2020-01-01", "2022-01-01", "Enter a date within 366 days of the start."),
        ("2020-01-01", "2999-01-01", "Enter today or an earlier date."),
        ("", "2020-01-01", "required"),
    ],
)
def test_impossible_period_starts_nothing(team_client: Client, first: str, last: str, said: str) -> None:
    answer = team_client.post(NEW, {"first": first, "last": last, "policies": "batch-due", "seeds": "1"})
    assert answer.status_code == 422
    assert said in world.text(answer)
    assert not LabRun.objects.exists()


def test_run_is_cancelled_and_run_again_with_the_same_results(team_client: Client) -> None:
    cancelled = start(team_client)
    assert team_client.post(f"{address(cancelled)}cancel/").status_code == 302
    assert "Canceled" in world.text(team_client.get(address(cancelled)))
    assert running.run_parts() == 0
    run = finish(start(team_client))
    answer = team_client.post(f"{address(run)}again/")
    again = finish(LabRun.objects.get(again=run))
    assert answer["Location"] == address(again)
    assert "same results" in world.text(team_client.get(address(again)))
    LabRun.objects.filter(pk=again.pk).update(result_hash="0" * 64, versions={"lab": 1})
    assert "different results, with other versions" in world.text(team_client.get(address(again)))


def test_run_that_is_open_is_not_run_again(team_client: Client) -> None:
    run = start(team_client)
    assert team_client.post(f"{address(run)}again/")["Location"] == address(run)
    assert LabRun.objects.count() == 1


def test_figures_and_weeks_are_files(team_client: Client) -> None:
    run = start(team_client)
    assert team_client.get(f"{address(run)}figures.csv").status_code == 404
    finish(run)
    figures = team_client.get(f"{address(run)}figures.csv")
    assert figures["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = figures.content.decode("utf-8-sig").splitlines()
    assert head.startswith("policy,seed,declines_percent,upper_bound,of_bound,placed,")
    assert len(rows) == 2 * 2 * 3
    assert team_client.get(f"{address(run)}weeks.csv").content.decode("utf-8-sig").startswith("policy,seed,")


def test_what_if_is_one_click_from_the_profile(team_client: Client) -> None:
    arrived()
    partner = Partner.objects.get(name="Contoso")
    link = f"{NEW}?partner={partner.public_id}&amp;what=doubles"
    assert link in team_client.get(f"/partners/{partner.public_id}/").content.decode()
    page = team_client.get(link.replace("&amp;", "&"))
    assert "What if Contoso …?" in world.text(page)
    assert '<option value="doubles" selected>' in page.content.decode()
    last = min(UNTIL.date(), timezone.localdate())
    data = {"first": SINCE.date().isoformat(), "last": last.isoformat(), "what": "doubles", "seeds": "1"}
    assert team_client.post(link.replace("&amp;", "&"), data).status_code == 302
    run = finish(LabRun.objects.get())
    assert [variant["name"] for variant in run.variants] == ["Policy 1 (current)", "Contoso doubles its capacity"]
    assert run.result_hash
    stranger = world.make_partner("Tailspin")
    refused = team_client.post(f"{NEW}?partner={stranger.public_id}", data)
    assert "This partner was not active in the period. Select “joins”." in world.text(refused)
    assert team_client.post(f"{NEW}?partner={stranger.public_id}", data | {"what": "joins"}).status_code == 302


def test_settings_that_a_link_proposes_are_compared(team_client: Client) -> None:
    settings = json.dumps({"batch_order": "due", "most_partners": 2})
    page = team_client.get(NEW, {"kind": "world", "policy": settings}).content.decode()
    assert "Proposed settings" in page
    answer = team_client.post(f"{NEW}?kind=world&policy={settings}", WORLD | {"policies": "proposed"})
    assert answer.status_code == 302
    assert LabRun.objects.get().policy(1).most_partners == 2
    for nonsense in ("{", "[]", '{"most_partners": 9}', '{"nonsense": 1}', "7"):
        assert team_client.get(NEW, {"policy": nonsense}).status_code == 404


def test_auditors_read_and_start_nothing(team_client: Client) -> None:
    run = finish(start(team_client))
    auditor = Client()
    auditor.force_login(world.make_user("auditor@triage.example", is_auditor=True))
    assert "Run again" not in world.text(auditor.get(address(run)))
    assert "Replay a period" not in world.text(auditor.get("/team/lab/"))
    assert auditor.get(NEW).status_code == 404
    assert auditor.post(f"{NEW}?kind=world", WORLD).status_code == 403
    assert auditor.post(f"{address(run)}again/").status_code == 403


def test_older_runs_have_a_page(team_client: Client) -> None:
    run = start(team_client)
    words = {"kind": run.kind, "asked_by": run.asked_by, "inputs": run.inputs, "variants": run.variants, "seeds": 1}
    later = timezone.now() + dt.timedelta(hours=1)
    LabRun.objects.bulk_create([LabRun(**words, versions={}, asked_at=later) for _ in range(50)])
    page = team_client.get("/team/lab/").content.decode()
    assert run.public_id not in page
    older = page.split('href="?before=')[1].split('"')[0]
    assert run.public_id in team_client.get("/team/lab/", {"before": older}).content.decode()
