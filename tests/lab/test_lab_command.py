"""``manage.py lab``: what it prints, and what it refuses."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from partners.models import RoutingPolicy
from tests import world

pytestmark = pytest.mark.django_db
WORLD = {"days": 5, "partners": 6, "places": 24, "referrals_a_day": 4, "backlog": 10}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.json"


def run(file: Path, data: Any, *options: str) -> str:
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    out = StringIO()
    call_command("lab", str(file), *options, stdout=out)
    return out.getvalue()


def test_policies_are_compared_on_the_same_worlds_and_nothing_is_written(file: Path) -> None:
    before = world.fingerprint()
    said = run(file, WORLD, "--policy", '{"batch_order": "due"}', "--seeds", "3")
    assert said.startswith("policy 1 (current)\n")
    assert "\nbatch_order=due\n" in said
    assert said.count("\n  Placed ") == said.count("\n  Placed, of the upper bound ") == 2
    assert "(" in said.split("batch_order=due")[1], "with the interval of each difference"
    assert world.fingerprint() == before
    assert run(file, WORLD, "--policy", '{"batch_order": "due"}', "--seeds", "3") == said


def test_figures_come_as_json_too(file: Path) -> None:
    rows = [json.loads(line) for line in run(file, WORLD, "--seeds", "2", "--json").splitlines()]
    assert [(row["policy"], row["seed"]) for row in rows] == [("policy 1 (current)", 0), ("policy 1 (current)", 1)]
    assert all(0 <= row["placed"] <= 1 for row in rows)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("nothing", "Expecting value"),
        ([1], "an object with the settings of a world is needed"),
        ({**WORLD, "weather": 1}, "a world has no “weather”"),
        ({**WORLD, "partners": 0}, "partners: Ensure this value is greater than or equal to 1"),
        ({**WORLD, "partners": "many"}, "partners: Enter a whole number"),
        ({**WORLD, "places": 5}, "places: Enter at least one place per partner"),
        ({**WORLD, "declined": 99, "lapsed": 2}, "lapsed: Declined and expired offers can’t be more than 100%"),
        ({**WORLD, "referrals_a_day": 0, "backlog": 0}, "referrals_a_day: Enter referrals a day"),
        ({**WORLD, "days": 300, "referrals_a_day": 4000}, "Enter fewer: up to 200,000"),
        ({**WORLD, "joining": 4, "leaving": 4}, "partners: More partners join, pause or leave"),
        ({"days": 5}, "partners: This field is required"),
    ],
)
def test_world_that_cannot_be_is_refused(file: Path, data: Any, message: str) -> None:
    with pytest.raises(CommandError, match=message) as refused:
        run(file, data)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("due", "Expecting value"),
        ("[]", "A policy has no"),
        ('{"order": "due"}', "A policy has no “order”. It has: incumbent_first"),
        ('{"batch_order": "alphabet"}', "not a valid choice"),
        ('{"most_partners": 9}', "less than or equal to 3"),
        ('{"tie_breaks": ["luck"]}', "not a valid choice"),
        ('{"pressure_below": 0}', "greater than or equal to 1"),
    ],
)
def test_policy_that_cannot_be_is_refused(file: Path, policy: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(file, WORLD, "--policy", policy)
    assert RoutingPolicy.objects.count() == 1


@pytest.mark.parametrize("seeds", ["0", "101"])
def test_number_of_seeds_is_limited(file: Path, seeds: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 100"):
        run(file, WORLD, "--seeds", seeds)


def test_one_of_a_world_and_a_period_is_needed(file: Path) -> None:
    for arguments in ([], [str(file), "--since", "2026-11-01"]):
        with pytest.raises(CommandError, match="either a file with a world or --since"):
            call_command("lab", *arguments)


def test_missing_file_is_named(file: Path) -> None:
    with pytest.raises(CommandError, match=r"world\.json"):
        call_command("lab", str(file))
