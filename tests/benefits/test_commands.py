"""determine, read_export, import_service_description and replay_determinations, as a person calls them."""

import io
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benefits.models import Determination, ServiceDescription
from benefits.services.editions import copy_to_draft, publish_edition
from benefits.services.shipped import scenario_file, shipped_file
from tests import world
from tests.conftest import DATA
from tests.editions import AUGUST
from tests.running import database_url

ROOT = Path(__file__).resolve().parents[2]
FIELDS = [
    *("id", "outcome", "remaining_workloads", "to_confirm", "not_entitled", "missing_facts", "rule", "reason"),
    *("findings", "advice", "warnings"),
]


def run(*words: str, text: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of manage.py in a process of its own."""
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def write(folder: Path, data: Any) -> str:
    path = folder / "input.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return str(path)


def scenario(**changes: Any) -> dict[str, Any]:
    subs = [{"plan": "O365_E3", "tenant": "T1", "state": "enabled", "paid_seats": 149}]
    return {"id": "X", "customer": {"subscriptions": subs}, "request": {}, "enablement": {}} | changes


def test_determine_labelled_file_agrees_and_exits_0() -> None:
    code, out, err = run("determine", str(scenario_file(AUGUST)), "--json", "--edition", AUGUST)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err, len(rows)) == (0, "", 363)
    assert all(list(row) == FIELDS for row in rows)


def test_determine_from_standard_input_without_a_database() -> None:
    code, out, _err = run("determine", "-", text=json.dumps([scenario()]))
    assert code == 0
    assert "not_eligible" in out


def test_determine_difference_exits_1_and_says_which(tmp_path: Path) -> None:
    path = write(tmp_path, scenario(expected={"outcome": "benefit_realized"}))
    code, _out, err = run("determine", path)
    assert code == 1
    assert 'expected "benefit_realized", got "not_eligible"' in err


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        ("{", "not JSON"),
        (
            [scenario(), scenario(customer={"subscriptions": [{"plan": "NOPE", "paid_seats": 1}]})],
            "subscriptions[0].plan",
        ),
        ([scenario(request={"workloads": ["NOPE"]})], "is not a workload"),
        ([scenario(request={"services": ["NOPE"]})], "is not a scope item"),
        ([scenario(evaluate_on="2026-02-30")], "must be a date"),
        ([scenario(enablement={"TEAMS": "maybe"})], "is not a status"),
        ([scenario(customer={"subscriptions": [{"plan": "O365_E3", "paid_seats": -1}]})], "must be between 0"),
        ([scenario(customer={"subscriptions": [{"plan": "O365_E3"}]})], "needs paid_seats"),
        (
            [scenario(customer={"subscriptions": [{"plan": "O365_E3", "paid_seats": 1, "unpaid_seats": 1}]})],
            "one of them",
        ),
        ([scenario(enablement={"INTUNE": "enabled", "Windows Intune": "blocked"})], "under another name"),
        ([scenario(expected="benefit_realized")], "must be an object"),
        ('[{"id": "\\ud800"}]', "surrogate"),
        ([], "holds no scenario"),
        ("3", "must be an object or a list"),
    ],
)
def test_determine_unreadable_input_prints_nothing_and_exits_2(data: Any, cause: str, tmp_path: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("determine", write(tmp_path, data), stdout=out)
    assert caught.value.returncode == 2
    assert cause in str(caught.value)
    assert "\n" not in str(caught.value)
    assert out.getvalue() == ""


def test_determine_missing_file_exits_2() -> None:
    code, out, err = run("determine", "/nowhere.json")
    assert (code, out) == (2, "")
    assert "No such file" in err


def test_read_export_json(samples: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path, samples["contoso_m365_e5"]["body"])
    out = io.StringIO()
    call_command("read_export", path, "--json", stdout=out)
    said, expected = json.loads(out.getvalue()), samples["contoso_m365_e5"]["expected"]
    assert said.keys() == {"shape", "subscriptions", "set_aside", "unknown", "warnings"}
    assert said["subscriptions"] == [row | {"withheld": {}, "granted": {}} for row in expected["subscriptions"]]
    assert [row["part_number"] for row in said["set_aside"]] == ["FLOW_FREE", "WINDOWS_STORE"]
    assert (said["unknown"], said["warnings"]) == (expected["unknown"], [])


def test_read_usage_json_and_text(tmp_path: Path) -> None:
    path = DATA / "real_files" / "u21-copilot-summary-beta.csv"
    out = io.StringIO()
    call_command("read_usage", str(path), "--json", stdout=out)
    said = json.loads(out.getvalue())
    [figure] = said["figures"]
    assert (said["report"], said["rows"]) == ("getMicrosoft365CopilotUserCountSummary", 1)
    assert (figure["workload"], figure["active"], figure["total"], figure["on"]) == (
        "M365_COPILOT",
        40,
        50,
        "2026-11-20",
    )
    out = io.StringIO()
    call_command("read_usage", str(path), stdout=out)
    assert "40 of 50  M365_COPILOT  2026-11-20" in out.getvalue()
    for name in (tmp_path / "none.csv", DATA / "real_files" / "u17-teams-user-activity-counts.csv"):
        with pytest.raises(CommandError) as caught:
            call_command("read_usage", str(name))
        assert caught.value.returncode == 2


def test_read_export_broken_file_exits_2(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("read_export", write(tmp_path, "[]"))
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_determine_with_a_published_edition(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("determine", write(tmp_path, scenario()), "--edition", "2026-08-18", stdout=out)
    assert "not_eligible" in out.getvalue()
    with pytest.raises(CommandError, match="no published edition"):
        call_command("determine", write(tmp_path, scenario()), "--edition", "1999")


@pytest.mark.django_db
def test_import_same_file_twice_changes_nothing() -> None:
    out = io.StringIO()
    call_command("import_service_description", str(shipped_file(AUGUST)), stdout=out)
    assert "nothing changed" in out.getvalue()
    assert ServiceDescription.objects.count() == 1


@pytest.mark.django_db
def test_import_broken_file_says_line_and_reason_and_changes_nothing(tmp_path: Path) -> None:
    text = shipped_file(AUGUST).read_text().replace('"family": "VIVA",', '"family": "NOPE",', 1)
    with pytest.raises(CommandError) as caught:
        call_command("import_service_description", write(tmp_path, text))
    line = next(number for number, row in enumerate(text.splitlines(), 1) if '"NOPE"' in row)
    assert f"line {line}," in str(caught.value)
    assert "is not a product family" in str(caught.value)
    assert ServiceDescription.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ('"sku_id": "05e9a617-0261-4cee-bb44-138d3ef5d965"', '"sku_id": "not-a-uuid"', "must be a UUID"),
        ('"code": "M365_E3"', '"code": "M365/E3"', "must be letters"),
        ('"name": "Microsoft 365 E3"', '"name": "' + "x" * 300 + '"', "can’t be stored:"),
        ('"areas": [\n    "core"\n   ]', '"areas": []', "at least one solution area"),
        ('"guide_url": "https', '"guide_url": "javascript:https', "must be an http"),
        ('"effective_to": "2026-09-30"', '"effective_to": "1999-01-01", "effective_from": "2000-01-01"', "twice"),
    ],
)
def test_import_refuses_what_would_do_harm(before: str, after: str, cause: str, tmp_path: Path) -> None:
    text = shipped_file(AUGUST).read_text().replace('"as_of": "2026-08-18"', '"as_of": "2026-08-19"')
    assert before in text
    broken = text.replace(before, after)
    with pytest.raises(CommandError, match=cause) as caught:
        call_command("import_service_description", write(tmp_path, broken))
    assert "\n" not in str(caught.value)
    assert ServiceDescription.objects.count() == 1


@pytest.mark.django_db
def test_replay_after_an_edition_without_the_plan_is_still_equal() -> None:
    world.screened()
    published = ServiceDescription.objects.get()
    draft = copy_to_draft(published, now=world.NOW)
    draft.plans.filter(code="M365_E5").delete()
    draft.workloads.filter(code="DEFENDER_ENDPOINT").delete()
    publish_edition(draft, by=None, now=world.NOW)
    world.screened()
    out = io.StringIO()
    call_command("replay_determinations", stdout=out)
    assert "2 determinations replayed; all equal." in out.getvalue()


@pytest.mark.django_db
def test_replay_determinations_reports_none_and_finds_a_tampered_one() -> None:
    world.screened()
    out, err = io.StringIO(), io.StringIO()
    call_command("replay_determinations", stdout=out)
    assert "all equal" in out.getvalue()
    recorded = Determination.objects.get()
    recorded.pk, recorded.public_id, recorded.result = None, "DET-TEST-TEST", {**recorded.result, "rule": "other"}
    recorded.save()
    with pytest.raises(CommandError, match="1 of 2 determinations differ"):
        call_command("replay_determinations", stdout=out, stderr=err)
    assert "DET-TEST-TEST" in err.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "elsewhere",
    [
        {"TZ": "Asia/Kolkata", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "4711"},
    ],
    ids=["Kolkata, Turkish", "St John's, C"],
)
def test_replay_is_equal_in_other_zones_languages_and_hash_seeds(elsewhere: dict[str, str]) -> None:
    """As a process of its own, on determinations by two editions."""
    for plans in ([["M365_E5", 500]], [["EXO_P1", 149]], [["INTUNE_P1", None]]):
        world.screened(domain=f"d{uuid.uuid4().hex[:8]}.example", plans=plans)
    draft = copy_to_draft(ServiceDescription.objects.get(), now=world.NOW)
    draft.plans.filter(code="M365_E5").update(benefit_eligible="no")
    publish_edition(draft, by=None, now=world.NOW)
    world.screened(domain="after.example")
    env = {**os.environ, **elsewhere, "DATABASE_URL": database_url()}
    command = [sys.executable, "manage.py", "replay_determinations"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{Determination.objects.count()} determinations replayed; all equal.\n"
    assert Determination.objects.values("edition").distinct().count() == 2
