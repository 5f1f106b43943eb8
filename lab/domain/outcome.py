"""What became of a simulation: of its referrals, its offers and its partners. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from partners.domain.matching import Need


@dataclass(slots=True)
class Piece:
    """A referral, or the part of it that one partner of a split was chosen for."""

    referral: int
    need: Need
    arrived: int
    pool: int  # mask of those who pass but for free places and pauses
    wanted: int = 0  # mask of those by whom it was counted as open, while it waits
    waits_since: int | None = None  # minute; none while somebody has it

    @property
    def place(self) -> tuple[int, int]:
        """Whoever arrived first goes first."""
        return self.arrived, self.referral


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer: when, to whom, and the mask of those that could have had it if nobody were full."""

    minute: int
    partner: int
    pool: int


@dataclass(slots=True)
class Outcome:
    """What became of the referrals, by their places among the arrivals, and of the partners."""

    accepted: dict[int, int] = field(default_factory=dict)  # minute of the last part's acceptance
    worked: dict[int, int] = field(default_factory=dict)  # minutes until then in which its partner works
    open_parts: Counter[int] = field(default_factory=Counter)  # parts without a partner so far
    left_over: set[int] = field(default_factory=set)  # some of its workloads nobody covers
    offers: Counter[int] = field(default_factory=Counter)  # by referral
    received: Counter[int] = field(default_factory=Counter)  # offers by partner
    pools: Counter[int] = field(default_factory=Counter)  # offers by the mask of those that could have had them
    asked: list[Asked] = field(default_factory=list)  # every offer, in order of time
    first: dict[int, int] = field(default_factory=dict)  # the partner that a referral was offered to first
    declines: Counter[str] = field(default_factory=Counter)  # by code of the reason; empty where none is known
    lapsed: int = 0
    answered_late: int = 0
    regretted: int = 0  # not accepted, where the second choice would have accepted
    envied: int = 0  # somebody free had waited longer than the partner that was chosen
    waited: set[int] = field(default_factory=set)  # nobody was free at some time
    unheld: Counter[int] = field(default_factory=Counter)  # minutes without a partner, by referral
    spans: list[tuple[int, int]] = field(default_factory=list)  # from when until when a piece waited
    open: list[Piece] = field(default_factory=list)  # without a partner in the end

    def placed(self) -> list[int]:
        """Referrals that partners accepted in whole."""
        return [one for one in self.accepted if not self.open_parts[one] and one not in self.left_over]
