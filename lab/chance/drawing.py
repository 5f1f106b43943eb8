"""Draw partners and referrals of a made-up world: the same for the same dice.

Tails are heavy: a few workloads, countries and partners make up most of it, by Zipf's and Pareto's laws.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from partners.choices import ReferralType
from partners.domain.matching import Need, Profile

WORKLOADS, COUNTRIES, LANGUAGES = 40, 30, 8
LARGEST = 30  # times the smallest partner's places


class World:
    """Who can be drawn: each country speaks a language of its own, and many speak the first as well."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.spoken = [self._pick(LANGUAGES, 1.2, 1)[0] for _ in range(COUNTRIES)]

    def draw_partners(self, number: int, places: float) -> list[Profile]:
        """So many partners with so many places in all; each has one at least."""
        sizes = [min(self.dice.paretovariate(1.3), LARGEST) for _ in range(number)]
        one = places / sum(sizes)
        return [self._draw_partner(place, max(1, round(one * size))) for place, size in enumerate(sizes, 1)]

    def draw_need(self, benefit: float = 1.0) -> Need:
        """A Benefit referral in so many cases of one."""
        dice, [country] = self.dice, self._pick(COUNTRIES, 1.0, 1)
        [count] = dice.choices((1, 2, 3, 4), (60, 25, 10, 5))
        languages = {self.spoken[country]} | ({0} if dice.random() < 0.4 else set())
        workloads = _codes(self._pick(WORKLOADS, 0.9, count))
        kind = ReferralType.BENEFIT if dice.random() < benefit else ReferralType.STANDARD
        return Need(kind.value, workloads, str(country), _codes(sorted(languages)), "", "")

    def _draw_partner(self, number: int, capacity: int) -> Profile:
        dice, countries = self.dice, self._pick(COUNTRIES, 1.0, min(1 + int(self.dice.expovariate(0.6)), 8))
        own = {self.spoken[country] for country in countries}
        languages = {0, *own, *self._pick(LANGUAGES, 1.0, int(dice.random() * 1.5))}
        return Profile(
            id=number,
            organisation=number,
            name=f"Partner {number}",
            is_active=True,
            takes_benefit=True,
            takes_standard=True,
            takes_no_incentive=False,
            must_answer_review=False,
            paused_until="",
            capacity=capacity,
            endorsements=_codes(self._pick(WORKLOADS, 0.7, min(3 + int(dice.expovariate(0.12)), 30))),
            countries=_codes(countries),
            languages=_codes(sorted(languages)),
            industries=(),
            sizes=(),
        )

    def _pick(self, number: int, steepness: float, count: int) -> list[int]:
        """So many different ones out of a number, the first ones likelier."""
        weights = list(accumulate((rank + 1) ** -steepness for rank in range(number)))
        found = dict[int, None]()
        while len(found) < min(count, number):
            found[self.dice.choices(range(number), cum_weights=weights)[0]] = None
        return sorted(found)


def _codes(numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(map(str, numbers))
