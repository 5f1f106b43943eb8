import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lab.chance.comparing import Difference, compare
from lab.chance.worlds import Written, draw_scenario
from lab.domain.bound import find_bound
from lab.domain.hours import DAY, HOUR
from lab.domain.measuring import measure
from lab.domain.scenario import Scenario
from lab.domain.simulating import simulate
from lab.figures import METRICS, OF_BOUND, Metric
from lab.forms import WorldForm
from lab.history import MOST_ARRIVALS, NothingArrived, Period, TooMuchArrived, read_period
from lab.models import LabRun
from lab.policies import say_changes, vary_policy
from lab.running import compute_again
from partners.domain.policy import Policy

MOST_SEEDS = 100
Values = dict[str, Any]


class Command(BaseCommand):
    help = "Try routing policies beside the current one, in a written world or on the arrivals of a past period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("world", type=Path, nargs="?", help="JSON file: days, partners, places, referrals_a_day, …")
        parser.add_argument("--since", type=read_day, metavar="DAY", help="replay what arrived from this day on")
        parser.add_argument("--until", type=read_day, metavar="DAY", help="and before this day (default: today)")
        parser.add_argument(
            "--policy",
            action="append",
            default=[],
            metavar="JSON",
            help="another policy, as its differences from the current one",
        )
        parser.add_argument("--again", metavar="RUN", help="compute a run of the pages again and compare the results")
        parser.add_argument("--seeds", type=int, default=5, help="how often chance is drawn (default: 5)")
        parser.add_argument("--json", action="store_true", help="one JSON object a policy and seed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self._repeat(options["again"])
            return
        if (options["world"] is None) == (options["since"] is None):
            raise CommandError("give either a file with a world or --since", returncode=2)
        if not 1 <= options["seeds"] <= MOST_SEEDS:
            raise CommandError(f"--seeds: from 1 to {MOST_SEEDS}", returncode=2)
        policies, scenarios = read_policies(options["policy"]), self._read_scenarios(options)
        rows = [
            (seed, name, figures)
            for seed in range(options["seeds"])
            for name, figures in try_policies(scenarios(seed), policies, seed)
        ]
        if options["json"]:
            for seed, name, figures in rows:
                self.stdout.write(json.dumps({"policy": name, "seed": seed, **figures}))
        else:
            self._show({name: [figures for _seed, of, figures in rows if of == name] for name in policies})

    def _repeat(self, number: str) -> None:
        """In this process, and without a row written."""
        run = LabRun.objects.filter(public_id=number).exclude(result_hash="").first()
        if run is None:
            raise CommandError(f"--again: there is no finished run {number}", returncode=2)
        if compute_again(run) != run.result_hash:
            versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
            self.stderr.write(f"{number}: different results; it was run with {versions}")
            raise SystemExit(1)
        self.stdout.write(f"{number}: same results")

    def _read_scenarios(self, options: dict[str, Any]) -> Callable[[int], Scenario]:
        """Scenario by seed: of a period it is always the same, and only how partners answer is drawn."""
        if options["world"]:
            return partial(draw_scenario, read_world(options["world"]))
        since, until = options["since"], options["until"] or read_day(timezone.localdate().isoformat())
        if since >= until:
            raise CommandError("--since: has to be before --until", returncode=2)
        try:
            period = read_period(since, until)
        except NothingArrived as error:
            raise CommandError(f"no referral was first routed from {since:%F} to {until:%F}", returncode=2) from error
        except TooMuchArrived as error:
            raise CommandError(f"more than {MOST_ARRIVALS:,} referrals: give fewer days", returncode=2) from error
        if not options["json"]:
            self._say_period(period)
        return lambda _seed: period.scenario

    def _say_period(self, period: Period) -> None:
        answers = period.scenario.answers
        said = (
            f"{len(period.scenario.arrivals)} referrals, {len(period.scenario.profiles)} partners",
            f"{answers.declined:.0%} of offers declined (each partner by its own year), {answers.lapsed:.0%} expired",
            f"{answers.minutes_to_answer / HOUR:.1f} business hours to answer",
            f"{answers.minutes_of_delivery / DAY:.1f} days of delivery",
        )
        self.stdout.write(f"{'; '.join(said)}.")
        if period.changed:
            self.stdout.write(f"{period.changed} partners changed their profile; their first one is used.")
        if period.unreadable:
            self.stdout.write(f"{period.unreadable} referrals skipped: recorded in words alone.")

    def _show(self, found: dict[str, list[Values]]) -> None:
        [first, *_] = found.values()
        for name, rows in found.items():
            self.stdout.write(name)
            for metric in METRICS:
                values, others = (_scaled(some, metric) for some in (rows, first))
                if values:
                    is_pair = rows is not first and len(values) == len(others)
                    beside = say_difference(compare(values, others)) if is_pair else ""
                    said = f"  {metric.label!s:<50}{fmean(values):10,.2f} {metric.unit:<6}{beside}"
                    self.stdout.write(said.rstrip())


def _scaled(rows: list[Values], metric: Metric) -> list[float]:
    """A figure of every row that has it, as it is shown."""
    return [metric.scale * row[metric.key] for row in rows if row.get(metric.key) is not None]


def read_day(text: str) -> dt.datetime:
    """The beginning of a day, in the zone of the installation. Raises ValueError."""
    return timezone.make_aware(dt.datetime.fromisoformat(f"{dt.date.fromisoformat(text)}T00:00"))


def say_difference(difference: Difference | None) -> str:
    if difference is None:
        return ""
    words = "no difference" if difference.is_none else f"{difference.mean:+.2f}"
    return f"{words} ({difference.low:+.2f} to {difference.high:+.2f})"


def try_policies(scenario: Scenario, policies: dict[str, Policy], seed: int) -> Iterator[tuple[str, Values]]:
    """Every figure by its name, with the upper bound of the policy's filters."""
    bounds: dict[tuple[Any, ...], float] = {}
    for name, policy in policies.items():
        key = policy.waived, policy.most_partners
        if key not in bounds:
            bounds[key] = find_bound(scenario, policy).placed
        figures, most = measure(simulate(scenario, policy, seed), scenario, policy), bounds[key]
        of_bound = figures.placed / most if most else None
        yield name, {"upper_bound": most, OF_BOUND.key: of_bound, **asdict(figures)}


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
