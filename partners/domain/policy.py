"""The routing policy: what an admin may set about how partners are chosen. A version never changes once it applies."""

from dataclasses import dataclass

from partners.choices import BatchOrder, Filter, TieBreak

MOST_PARTNERS = 3
PRESSURE_BELOW = 50  # percent


@dataclass(frozen=True, slots=True)
class Policy:
    """One version. ``waived`` filters pass everybody; ``most_partners`` is how many may share a split (1: never).

    ``pressure_below``: demand elsewhere counts only where less than so many percent of a pool's places are free.
    """

    version: int = 1
    incumbent_first: bool = True
    most_partners: int = MOST_PARTNERS
    tie_breaks: tuple[str, ...] = (TieBreak.LEAST_RECENTLY_OFFERED.value, TieBreak.FEWEST_OPEN.value)
    waived: tuple[str, ...] = ()
    batch_order: str = BatchOrder.SCARCITY.value
    pressure_below: int = PRESSURE_BELOW

    def applies(self, name: Filter) -> bool:
        return name.value not in self.waived

    @property
    def is_scarcest_first(self) -> bool:
        return self.batch_order == BatchOrder.SCARCITY

    @property
    def weighs_demand(self) -> bool:
        return TieBreak.LEAST_WANTED_ELSEWHERE.value in self.tie_breaks
