"""Chance that depends on what it is drawn for alone: the same numbers give the same draw, in any order. Pure."""

import math

ONE = 2**64
MIX = 0x9E3779B97F4A7C15  # of SplitMix64 (Steele, Lea, Flood 2014)


def draw(*numbers: int) -> float:
    """Between 0 and 1."""
    found = 0
    for number in numbers:
        found = _mixed(found + number)
    return found / ONE


def exponential(drawn: float, mean: float) -> int:
    """A time with that mean, in whole units, one at least."""
    return max(1, round(-mean * math.log(1 - drawn)))


def _mixed(number: int) -> int:
    """SplitMix64: a number of 64 bits that looks random."""
    number = (number + MIX) % ONE
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 % ONE
    number = (number ^ number >> 27) * 0x94D049BB133111EB % ONE
    return number ^ number >> 31
