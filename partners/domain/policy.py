"""The routing policy: what an admin may set about how partners are chosen. A version never changes once it applies."""

from dataclasses import dataclass

from partners.choices import Filter, TieBreak

MOST_PARTNERS = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """One version. ``waived`` filters pass everybody; ``most_partners`` is how many may share a split (1: never)."""

    version: int = 1
    incumbent_first: bool = True
    most_partners: int = MOST_PARTNERS
    tie_breaks: tuple[str, ...] = (TieBreak.LEAST_RECENTLY_OFFERED.value, TieBreak.FEWEST_OPEN.value)
    waived: tuple[str, ...] = ()

    def applies(self, name: Filter) -> bool:
        return name.value not in self.waived
