"""What one side knows of a customer's facts: sides that work on the same customer learn of each other by the day."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """``party`` knows what it recorded itself, and what others had recorded by ``until`` (``None``: everything).

    Names of products that no edition knows are told to nobody but the side that recorded them.
    """

    party: str = ""
    until: dt.datetime | None = None


EVERYTHING = Sight()


def start_of_day(now: dt.datetime) -> dt.datetime:
    """The instant, in UTC, at which what others recorded the day before becomes known."""
    return now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
