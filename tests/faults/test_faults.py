"""Rows are the work: no fault loses a decline, beside a control that publishes messages and must lose some."""

import time
from collections import Counter
from collections.abc import Callable
from random import Random, randrange
from typing import Any

import pytest
from django.utils import timezone

from referrals.sweeping.due import find_due
from tests.faults import trouble
from tests.faults.clients import Clients
from tests.faults.promises import ROUTED_ON, Broken, count_waiting, find_broken, summarise
from tests.faults.proxy import Mode
from tests.faults.stage import PUBLISHING, Stage, staged
from tests.faults.turns import fill, looking_at
from tests.running import wait_until

ROUTED_SECONDS = 60
DRAINED_SECONDS = 120
USUAL, LONG = (1_500, 15), (10_000, 200)
CONTROL_DECLINES, CONTROL_FAULTS = 150, ["broker killed", "worker killed", "broker emptied", "broker cut off"]

# Celery's worker ends when a process of its pool is killed before it is ready for messages: it is to be started again.
GIVES_UP = {"worker"}

pytestmark = [
    pytest.mark.faults,
    # A newer Python warns when a process with threads starts another; ours does next to nothing between fork and exec.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print past pytest's capture: seed and figures are wanted of a passed run too."""

    def speak(words: str) -> None:
        with capsys.disabled():
            print(f"\n  {words}", end="", flush=True)

    return speak


@pytest.fixture
def dice(request: pytest.FixtureRequest, say: Say) -> Random:
    """New chance in every run; ``--fault-seed`` draws the same faults again."""
    seed = request.config.getoption("--fault-seed")
    seed = randrange(1_000_000) if seed is None else seed
    say(f"--fault-seed {seed}")
    return Random(seed)


def decline_all(stage: Stage, clients: Clients, kinds: list[str], dice: Random, say: Say) -> list[trouble.Window]:
    started = time.monotonic()
    with clients.working():
        windows = trouble.make(kinds, stage, clients, dice)
    say(f"{len(clients.journal)} declines in {time.monotonic() - started:.0f} s under {len(kinds)} faults:")
    say(", ".join(f"{number} × {kind}" for kind, number in sorted(Counter(kinds).items())))
    return windows


def check_afterwards(clients: Clients, windows: list[trouble.Window], say: Say) -> Broken:
    """What is broken after the time that routing may take, and after the mail had time to leave."""
    started = time.monotonic()
    wait_until(lambda: count_waiting() == 0, ROUTED_SECONDS)
    say(f"{count_waiting()} not routed {time.monotonic() - started:.0f} s after the last decline;")
    wait_until(lambda: not find_due(timezone.now()), DRAINED_SECONDS)
    say(f"nothing due after {time.monotonic() - started:.0f} s; {summarise(clients.journal, windows)}")
    return {name: found[:20] for name, found in find_broken(clients.journal, windows).items() if found}


def test_no_fault_loses_a_decline_or_leaves_one_lying(
    request: pytest.FixtureRequest, django_db_blocker: Any, dice: Random, say: Say
) -> None:
    declines, faults = LONG if request.config.getoption("--long") else USUAL
    with staged() as stage:
        with looking_at(stage.database_url, django_db_blocker):
            turns = fill(declines, dice)
        with stage.product_running():
            clients = Clients(stage.web_port, turns)
            windows = decline_all(stage, clients, trouble.draw(faults, dice), dice, say)
            with looking_at(stage.database_url, django_db_blocker):
                broken = check_afterwards(clients, windows, say)
            assert not broken, stage.last_words()
            say(f"ended by themselves and started again: {stage.ends() or 'none'}")
            assert set(stage.ends()) <= GIVES_UP, stage.last_words()


def test_a_worker_that_gives_up_is_started_again() -> None:
    """Celery's worker ends when it reaches its broker and finds that a process of its pool has died meanwhile."""
    with staged() as stage, stage.product_running():
        stage.line.turn(Mode.CUT)
        stage.worker.kill()
        stage.worker.start()
        trouble.kill_worker_child(stage, Random(1))
        stage.line.turn(Mode.PASS)
        assert wait_until(lambda: stage.worker.ends == 1, ROUTED_SECONDS), stage.last_words()
        stage.wait_for_worker()


def test_control_publishing_on_commit_leaves_declines_lying(django_db_blocker: Any, dice: Random, say: Say) -> None:
    """The same check on the design where a message is the work: what the broker lost is never routed."""
    with staged(PUBLISHING) as stage:
        with looking_at(stage.database_url, django_db_blocker):
            turns = fill(CONTROL_DECLINES, dice)
        with stage.product_running():
            clients = Clients(stage.web_port, turns)
            windows = decline_all(stage, clients, CONTROL_FAULTS, dice, say)
            wait_until(lambda: stage.count_messages(waiting=True) == 0, ROUTED_SECONDS)
            held = stage.count_messages()
            with looking_at(stage.database_url, django_db_blocker):
                lying, broken = count_waiting(), find_broken(clients.journal, windows)
    say(f"{lying} not routed, and the broker holds {held} messages")
    assert lying > held, "not late but lost: no message is left for them"
    assert len(broken[ROUTED_ON]) == lying, "and the check finds them"
