import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lab.chance.comparing import Difference, compare
from lab.chance.worlds import Written, draw_scenario
from lab.domain.measuring import Figures, measure
from lab.domain.simulating import simulate
from lab.forms import WorldForm
from lab.policies import say_changes, vary_policy
from partners.domain.board import Board
from partners.domain.policy import Policy

MOST_SEEDS = 100


class Command(BaseCommand):
    help = "Simulate routing in a written world under the current policy and others, on the same seeds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("world", type=Path, help="JSON file: days, partners, places, referrals_a_day, …")
        parser.add_argument(
            "--policy",
            action="append",
            default=[],
            metavar="JSON",
            help="another policy, as its differences from the current one",
        )
        parser.add_argument("--seeds", type=int, default=5, help="how many worlds are drawn (default: 5)")
        parser.add_argument("--json", action="store_true", help="one JSON object a policy and seed")

    def handle(self, *args: Any, **options: Any) -> None:
        written, policies = read_world(options["world"]), read_policies(options["policy"])
        if not 1 <= options["seeds"] <= MOST_SEEDS:
            raise CommandError(f"--seeds: from 1 to {MOST_SEEDS}", returncode=2)
        found: dict[str, list[Figures]] = {name: [] for name in policies}
        for seed in range(options["seeds"]):
            for name, figures in try_policies(written, policies, seed):
                found[name].append(figures)
                if options["json"]:
                    self.stdout.write(json.dumps({"policy": name, "seed": seed, **vars_of(figures)}))
        if not options["json"]:
            self._show(found)

    def _show(self, found: dict[str, list[Figures]]) -> None:
        [first, *_] = found.values()
        for name, rows in found.items():
            self.stdout.write(name)
            for title, field, scale, unit in SHOWN:
                values, others = ([scale * getattr(row, field) for row in some] for some in (rows, first))
                mean = sum(values) / len(values)
                beside = "" if rows is first else say_difference(compare(values, others))
                self.stdout.write(f"  {title:<34}{mean:10,.2f} {unit:<6}{beside}".rstrip())


SHOWN = (
    ("placed", "placed", 100, "%"),
    ("waited for a free partner", "waited", 100, "%"),
    ("offers until accepted, mean", "offers", 1, ""),
    ("hours until accepted, mean", "hours", 1, "h"),
    ("hours until accepted, 90th of 100", "hours_p90", 1, "h"),
    ("unevenness of offers (Gini)", "gini", 1, ""),
)


def say_difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    words = "no difference" if difference.is_none else f"{difference.mean:+.2f}"
    return f"{words} ({difference.low:+.2f} to {difference.high:+.2f})"


def vars_of(figures: Figures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in Figures.__dataclass_fields__}


def try_policies(written: Written, policies: dict[str, Policy], seed: int) -> list[tuple[str, Figures]]:
    scenario = draw_scenario(written, seed)
    arrived, board = [arrival.minute for arrival in scenario.arrivals], Board(scenario.profiles)
    return [(name, measure(simulate(scenario, policy, seed), arrived, board)) for name, policy in policies.items()]


def read_world(path: Path) -> Written:
    """Raises CommandError that names each setting which cannot be."""
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    unknown = sorted(set(data) - set(WorldForm.base_fields)) if isinstance(data, dict) else []
    if not isinstance(data, dict) or unknown:
        what = f"a world has no “{unknown[0]}”" if unknown else "an object with the settings of a world is needed"
        raise CommandError(f"{path}: {what}; there are {', '.join(WorldForm.base_fields)}", returncode=2)
    form = WorldForm(data)
    if not form.is_valid():
        wrong = (f"{name}: {' '.join(map(str, words))}" for name, words in form.errors.items())
        raise CommandError("\n".join(wrong), returncode=2)
    return form.written()


def read_policies(texts: list[str]) -> dict[str, Policy]:
    """By name, the current one first. Raises CommandError."""
    now = timezone.now()
    current = vary_policy({}, now)
    found = {f"policy {current.version} (current)": current}
    for text in texts:
        try:
            changes = json.loads(text)
            policy = vary_policy(changes if isinstance(changes, dict) else {text: None}, now)
        except (ValueError, TypeError) as error:
            raise CommandError(f"--policy {text}: {error}", returncode=2) from error
        except ValidationError as error:
            raise CommandError(f"--policy {text}: {' '.join(error.messages)}", returncode=2) from error
        found[say_changes(policy, current) or f"policy {current.version} (again)"] = policy
    return found
