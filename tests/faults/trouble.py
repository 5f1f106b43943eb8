"""What goes wrong on the stage, and when: each fault is made, lasts a while, and is made good."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.faults.clients import Clients
from tests.faults.proxy import Mode
from tests.faults.stage import Stage

Fault = Callable[[Stage, Random], None]


@dataclass(frozen=True, slots=True)
class Window:
    """A fault, and from when to when it lasted on this process's clock."""

    kind: str
    started: float
    ended: float

    @property
    def reaches_the_page(self) -> bool:
        """The web itself or its database was away: only then may an answer be late or lost."""
        return self.kind.startswith(("web", "database"))


def kill_worker(stage: Stage, dice: Random) -> None:
    stage.worker.kill()
    time.sleep(dice.uniform(0, 2))
    stage.worker.start()


def kill_worker_child(stage: Stage, dice: Random) -> None:
    """One of its processes for tasks; a worker that was just started has none yet."""
    deadline = time.monotonic() + 30
    while not (children := stage.worker.children()):
        assert time.monotonic() < deadline, "a worker starts processes for tasks"
        time.sleep(0.05)
    os.kill(dice.choice(children), signal.SIGKILL)


def kill_dispatcher(stage: Stage, dice: Random) -> None:
    stage.dispatcher.kill()
    time.sleep(dice.uniform(0, 2))
    stage.dispatcher.start()


def kill_web(stage: Stage, dice: Random) -> None:
    stage.web.kill()
    time.sleep(dice.uniform(0, 1))
    stage.web.start()
    stage.wait_for_web()


def kill_web_child(stage: Stage, dice: Random) -> None:
    """One of gunicorn's workers; until there are as many as before."""
    before = set(stage.web.children())
    victim = dice.choice(sorted(before))
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while victim in (now := set(stage.web.children())) or len(now) < len(before):
        assert time.monotonic() < deadline, "a killed worker of the web is replaced"
        time.sleep(0.05)
    stage.wait_for_web()


def kill_broker(stage: Stage, dice: Random) -> None:
    stage.broker.kill()
    time.sleep(dice.uniform(0.5, 3))
    stage.start_broker()


def flush_broker(stage: Stage, dice: Random) -> None:
    with stage.broker_client() as broker:
        broker.flushall()


def hang_broker(stage: Stage, dice: Random) -> None:
    stage.line.turn(Mode.HANG)
    time.sleep(dice.uniform(3, 7))
    stage.line.turn(Mode.PASS)


def cut_broker(stage: Stage, dice: Random) -> None:
    stage.line.turn(Mode.CUT)
    time.sleep(dice.uniform(0.5, 3))
    stage.line.turn(Mode.PASS)


def stop_database(stage: Stage, dice: Random) -> None:
    """An immediate stop: nothing is written back, and the next start recovers from the log."""
    stage.database.quit(signal.SIGQUIT)
    time.sleep(dice.uniform(0, 2))
    stage.start_database()
    stage.wait_for_web()


KINDS: Mapping[str, Fault] = {
    "worker killed": kill_worker,
    "worker's child killed": kill_worker_child,
    "dispatcher killed": kill_dispatcher,
    "web killed": kill_web,
    "web's child killed": kill_web_child,
    "broker killed": kill_broker,
    "broker emptied": flush_broker,
    "broker hung": hang_broker,
    "broker cut off": cut_broker,
    "database stopped": stop_database,
}


def draw(number: int, dice: Random) -> list[str]:
    """So many kinds of faults in an order of their own, every kind at least once."""
    drawn = list(KINDS) + dice.choices(list(KINDS), k=number - len(KINDS))
    dice.shuffle(drawn)
    return drawn


def make(kinds: list[str], stage: Stage, clients: Clients, dice: Random) -> list[Window]:
    """Make the faults one after the other, spread evenly over the declines."""
    windows = []
    for place, kind in enumerate(kinds, 1):
        clients.wait_for(len(clients.journal) * place // (len(kinds) + 1))
        started = time.monotonic()
        KINDS[kind](stage, dice)
        windows.append(Window(kind, started, time.monotonic()))
    return windows
