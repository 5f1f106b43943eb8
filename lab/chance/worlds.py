"""A written world: how many partners and referrals there are, how partners answer, and what happens."""

from dataclasses import dataclass
from random import Random

from lab.domain.hours import DAY, office_hours
from lab.domain.scenario import Answers, Arrival, Change, Scenario
from lab.domain.simulating import LAPSE
from partners.domain.matching import Profile

from .drawing import World


@dataclass(frozen=True, slots=True)
class Written:
    """Shares are percentages, times days; answers take business days.

    Of partners that join, pause or leave: how many, and from which day on.

    ``backlog`` are referrals that are due at once when it begins, as after an outage or an import.
    """

    days: int
    partners: int
    places: int
    referrals_a_day: float
    backlog: int = 0
    benefit: float = 70.0
    declined: float = 20.0
    lapsed: float = 3.0
    days_to_answer: float = 1.5
    days_of_delivery: float = 45.0
    joining: int = 0
    joining_on: int = 0
    paused: int = 0
    paused_on: int = 0
    paused_for: int = 14
    leaving: int = 0
    leaving_on: int = 0


def draw_scenario(written: Written, seed: int) -> Scenario:
    """The same for the same seed. Whom something happens to is drawn; it happens to nobody twice."""
    dice = Random(f"world {seed}")
    world = World(dice)
    profiles = world.draw_partners(written.partners, written.places)
    arrivals = [Arrival(0, world.draw_need(written.benefit / 100)) for _ in range(written.backlog)]
    for day in range(written.days if written.referrals_a_day else 0):
        minutes = sorted(dice.randrange(DAY) for _ in range(_poisson(dice, written.referrals_a_day)))
        arrivals += [Arrival(day * DAY + minute, world.draw_need(written.benefit / 100)) for minute in minutes]
    hours = office_hours(range(written.days + LAPSE // DAY + 1))
    answers = Answers(
        declined=written.declined / 100,
        lapsed=written.lapsed / 100,
        minutes_to_answer=written.days_to_answer * hours.day,
        minutes_of_delivery=written.days_of_delivery * DAY,
    )
    changes = tuple(sorted(_changes(written, profiles, dice), key=lambda change: (change.minute, change.partner)))
    return Scenario(
        profiles=tuple(profiles),
        arrivals=tuple(arrivals),
        changes=changes,
        answers=answers,
        until=written.days * DAY,
        hours={profile.id: hours for profile in profiles},
    )


def _changes(written: Written, profiles: list[Profile], dice: Random) -> list[Change]:
    number = written.joining + written.paused + written.leaving
    drawn = [profile.id for profile in dice.sample(profiles, min(number, len(profiles)))]
    joining, rest = drawn[: written.joining], drawn[written.joining :]
    paused, leaving = rest[: written.paused], rest[written.paused :]
    found = [Change(0, partner, is_away=True) for partner in joining]
    found += [Change(written.joining_on * DAY, partner, is_away=False, is_new=True) for partner in joining]
    found += [Change(written.paused_on * DAY, partner, is_away=True) for partner in paused]
    ends = (written.paused_on + written.paused_for) * DAY
    found += [Change(ends, partner, is_away=False) for partner in paused]
    return found + [Change(written.leaving_on * DAY, partner, is_away=True) for partner in leaving]


def _poisson(dice: Random, mean: float) -> int:
    """Arrivals of a day: how many exponential gaps fit into it."""
    count, passed = 0, dice.expovariate(mean)
    while passed < 1:
        count += 1
        passed += dice.expovariate(mean)
    return count
