"""Runs of the lab: parts that any number of workers drains, that survive a killed one, and that end alike."""

import datetime as dt
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from lab import running
from lab.chance.worlds import Written
from lab.choices import Kind, PartKind
from lab.figures import OF_BOUND
from lab.history import NothingArrived
from lab.models import LabPart, LabRun
from lab.policies import find_alternatives, vary_policy
from lab.results import Results
from lab.starting import LAB_VERSION, PERCENTAGES, NotThere, Variant, cancel, replay_period, run_again, simulate_world
from partners.domain.receipts import profiles_data
from partners.models import Partner
from partners.services.snapshots import load_desk, read_version
from referrals.sweeping.due import find_due
from tests import world
from tests.lab.test_history import SINCE, UNTIL, arrived

pytestmark = pytest.mark.django_db
SMALL = Written(days=20, partners=6, places=30, referrals_a_day=2, backlog=5, days_of_delivery=10)
LATER = dt.timedelta(minutes=10)


def person() -> User:
    return world.make_user("lab@triage.example")


def variants(*keys: str) -> list[Variant]:
    now = timezone.now()
    alternatives = find_alternatives(now)
    return [Variant("Current", vary_policy({}, now)), *(Variant(*alternatives[key]) for key in keys)]


def started(*keys: str, seeds: int = 2, written: Written = SMALL) -> LabRun:
    return simulate_world(written, variants(*(keys or ("batch-due",))), seeds, by=person(), now=timezone.now())


def finished(run: LabRun) -> LabRun:
    running.run_parts()
    run.refresh_from_db()
    assert run.finished_at
    return run


def test_run_is_parts_by_policy_seed_and_declines_with_a_bound_of_each() -> None:
    run = started("batch-due", "no-splits")
    rows = run.parts.values_list("kind", "variant", "seed", "percent")
    assert len(rows) == len(set(rows))
    kinds = [kind for kind, *_rest in rows]
    assert kinds.count(PartKind.SIMULATION) == 3 * 2 * len(PERCENTAGES)
    assert kinds.count(PartKind.BOUND) == 2 * 2 * len(PERCENTAGES), "policies of equal filters and splits share theirs"
    assert "lab.run_parts" in find_due(timezone.now())


def test_finished_run_tells_every_figure_and_the_same_again() -> None:
    run = finished(started("batch-due", "first-least_wanted_elsewhere", seeds=5))
    assert run.percent == 100
    results = Results(run)
    lines = {line.metric.key: line.cells for line in results.lines()}
    assert {"of_bound", "placed", "gini", "longest_drought", "envied", "regretted", "unstable"} <= lines.keys()
    assert all(0 < cell.value <= 1.05 for cell in lines[OF_BOUND.key] if cell.value is not None)
    assert lines["placed"][0].difference is None
    assert lines["placed"][1].difference is not None
    assert lines["envied"][0].value == 0, "nobody is passed over by the longest wait"
    assert len(results.weeks("waiting")) == 3
    assert [len(list(table)) for table in (results.table(), results.week_table())] == [1 + 45, 1 + 45 * 3]
    again = finished(run_again(run, by=run.asked_by, now=timezone.now()))
    assert again.again == run
    assert again.result_hash == run.result_hash
    assert "lab.run_parts" not in find_due(timezone.now() + LATER)


def test_replay_keeps_what_it_started_from_and_touches_nothing() -> None:
    arrived()
    before = world.fingerprint()
    days = SINCE.date(), UNTIL.date()
    run = replay_period(*days, SINCE, UNTIL, variants("batch-due"), 2, by=person(), now=timezone.now())
    assert run.kind == Kind.PERIOD
    part = running._take(timezone.now())
    assert part is not None
    assert part.kind == PartKind.READING
    assert running._take(timezone.now()) is None, "the others wait for it"
    running._work(part)
    run.refresh_from_db()
    assert run.assumptions["referrals"] == 4
    world.make_partner("Later")
    assert running.scenario_of(run, 0, 0).profiles == running.scenario_of(LabRun.objects.get(pk=run.pk), 1, 1).profiles
    assert finished(run).parts.filter(kind=PartKind.BOUND).count() == len(PERCENTAGES), "of all seeds alike"
    assert world.fingerprint() == before
    with pytest.raises(NothingArrived):
        replay_period(*days, UNTIL, UNTIL + LATER, variants(), 1, by=run.asked_by, now=timezone.now())
    assert LabRun.objects.count() == 1


def test_period_that_was_read_twice_is_kept_as_it_was_read_first() -> None:
    arrived()
    days = SINCE.date(), UNTIL.date()
    run = replay_period(*days, SINCE, UNTIL, variants("batch-due"), 1, by=person(), now=timezone.now())
    part = running._take(timezone.now())
    assert part is not None
    running._work(part)
    run.refresh_from_db()
    Partner.objects.update(opens_at=dt.time(7))
    running._work(part)
    kept = bytes(run.scenario or b"")
    run.refresh_from_db()
    assert bytes(run.scenario or b"") == kept
    assert finished(run).result_hash


def test_period_that_cannot_be_read_any_more_ends_the_run() -> None:
    arrived()
    days = SINCE.date(), UNTIL.date()
    run = replay_period(*days, SINCE, UNTIL, variants("batch-due"), 1, by=person(), now=timezone.now())
    with patch.object(running, "read_period", side_effect=NothingArrived):
        running.run_parts()
    run.refresh_from_db()
    assert run.error == running.CHANGED
    assert not LabPart.objects.due(timezone.now() + LATER).exists()


def test_what_a_killed_worker_leaves_is_taken_over_and_the_rest_stays() -> None:
    run, now = started(), timezone.now()
    running._work(running._take(now))  # type: ignore[arg-type]
    left = running._take(now)
    assert left is not None
    done = run.parts.get(finished_at__isnull=False)
    running.run_parts()
    assert list(run.parts.filter(finished_at=None)) == [left], "it is another worker's for a while"
    LabPart.objects.filter(pk=left.pk).update(due_at=now)
    finished(run)
    done_then = done.finished_at
    done.refresh_from_db()
    assert (done.finished_at, done.tries) == (done_then, 1)
    left.refresh_from_db()
    assert left.tries == 2


def test_worker_whose_part_was_taken_over_stops() -> None:
    started()
    part = running._take(timezone.now())
    assert part is not None
    with patch.object(running, "BEAT_SECONDS", 0):
        beat = running._beating(part)
        beat(1)
        LabPart.objects.filter(pk=part.pk).update(tries=2)
        with pytest.raises(running.Gone):
            beat(2)
    part.refresh_from_db()
    assert part.done == 1


def test_cancelled_run_stops_at_the_next_beat_and_takes_no_worker() -> None:
    run = started()
    part = running._take(timezone.now())
    assert part is not None
    assert cancel(run, timezone.now())
    assert not cancel(run, timezone.now())
    with patch.object(running, "BEAT_SECONDS", 0):
        running._work(part)
    assert running.run_parts() == 0
    assert not run.parts.exclude(finished_at=None).exists()
    run.refresh_from_db()
    assert (run.finished_at, run.result_hash) == (None, "")


def test_draw_without_arrivals_is_a_result_too() -> None:
    run = started("no-splits", seeds=5, written=Written(days=1, partners=2, places=2, referrals_a_day=0.3))
    results = Results(finished(run))
    counts = {part["figures"]["referrals"] for (kind, *_rest), part in results.parts.items() if kind == "simulation"}
    assert 0 in counts
    assert run.result_hash
    assert results.lines()


def test_run_of_an_earlier_version_is_not_gone_on_with() -> None:
    """Its parts would be of two kinds, and what differs would be no difference of policies."""
    run = started()
    running._work(running._take(timezone.now()))  # type: ignore[arg-type]
    LabRun.objects.update(versions=run.versions | {"lab": LAB_VERSION - 1})
    assert running.run_parts() == 0
    run.refresh_from_db()
    assert run.error == running.OUTDATED


def test_part_whose_worker_ends_again_and_again_ends_the_run() -> None:
    run = started()
    for _ in range(running.MOST_TRIES):
        LabPart.objects.update(due_at=timezone.now())
        assert running._take(timezone.now()) is not None
    LabPart.objects.filter(tries=0).delete()
    LabPart.objects.update(due_at=timezone.now())
    assert running._take(timezone.now()) is None
    run.refresh_from_db()
    assert run.error


def test_part_that_fails_again_and_again_ends_the_run_with_an_error(caplog: pytest.LogCaptureFixture) -> None:
    run = started()
    with patch.object(running, "simulate", side_effect=ZeroDivisionError):
        for _ in range(running.MOST_TRIES):
            LabPart.objects.update(due_at=timezone.now())
            running.run_parts()
    run.refresh_from_db()
    assert run.error
    assert run.finished_at
    assert "failed" in caplog.text
    assert not LabPart.objects.due(timezone.now() + LATER).exists()


@pytest.mark.parametrize("what", ["joins", "leaves", "pauses", "doubles"])
def test_what_if_a_partner_changes_is_a_variant_of_the_current_policy(what: str) -> None:
    arrived()
    newcomer = world.make_partner("Northwind", is_active=False)
    words: dict[str, Any] = {"by": person(), "now": timezone.now()}
    now = timezone.now()
    board = load_desk(now, read_version()).board
    about = newcomer.pk if what == "joins" else board.profiles[0].id
    current = vary_policy({}, now)
    [profile] = profiles_data([board.profile(about)])
    both = [Variant("Current", current), Variant("Changed", current, {"what": what, "profile": profile})]
    run = replay_period(SINCE.date(), UNTIL.date(), SINCE, UNTIL, both, 1, **words)
    results = Results(finished(run))
    changed = running.scenario_of(run, 1, 0)
    assert changed.hours.keys() >= {profile.id for profile in changed.profiles}, "nobody works around the clock"
    offers = [
        {one: number for one, _name, number in results.parts[PartKind.SIMULATION, place, 0, 100]["received"]}
        for place in (0, 1)
    ]
    if what in ("leaves", "pauses"):
        assert about not in offers[1]
    if what == "joins":
        assert (offers[0].get(about, 0), offers[1][about]) == (0, 2)
    assert run.parts.filter(kind=PartKind.BOUND).count() == 2 * len(PERCENTAGES)
    if what != "joins":
        [unknown] = profiles_data([board.profile(newcomer.pk)])
        both[1] = Variant("Changed", current, {"what": what, "profile": unknown})
        with pytest.raises(NotThere):
            replay_period(SINCE.date(), UNTIL.date(), SINCE, UNTIL, both, 1, **words)


def test_command_waits_for_nothing_and_repeats_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    run = finished(started())
    call_command("lab", "--again", run.public_id)
    assert f"{run.public_id}: same results" in capsys.readouterr().out
    LabRun.objects.update(result_hash="0" * 64)
    with pytest.raises(SystemExit):
        call_command("lab", "--again", run.public_id)
