"""Numbers and days in cells: read as meant, or refused, never cut."""

import datetime as dt

import pytest

from benefits.domain.numbers import read_day, read_whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1500", 1500),
        (" 1500 ", 1500),
        ("1,500", 1500),
        ("1.500", 1500),
        ("1'500", 1500),
        ("1’500", 1500),
        ("1 500", 1500),
        ("1\u202f500", 1500),
        ("1\u00a0234\u00a0567", 1234567),
        ("1.234.567", 1234567),
        ("1,50,000", 150000),
        ("1500.0", 1500),
        ("1,500.00", 1500),
        ("1.500,00", 1500),
        ("١٬٥٠٠", 1500),
        ("١٥٠٠", 1500),
        ("१५००", 1500),
        ("１５００", 1500),
        ("-5", -5),
        ("−5", -5),
        ("0", 0),
        ("007", 7),
    ],
)
def test_numbers_are_read_as_meant(text: str, number: int) -> None:
    assert read_whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "x", "1.5", "1,5", "1.50", "1500.5", "1,50", "15,00,00", "1,5000", "12,34", "1.234,567"),
        *("1,234.567", "1 5", "1e3", "0x10", "50%", "1.500.00", "1,500,00", "--5", "+-5", "½", "٣٫٥", "1_000"),
        *("9" * 30, "0.500", "0,250", "-0.500", "007.000", "10²", "①"),
    ],
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is the cell)
        read_whole_number(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-29", (2026, 11, 29)),
        ("2026/11/29", (2026, 11, 29)),
        ("2026-11-29 00:00:00", (2026, 11, 29)),
        ("2026-11-29T00:00:00Z", (2026, 11, 29)),
        ("29.11.2026", (2026, 11, 29)),
        ("1.2.2026", (2026, 2, 1)),
        ("29/11/2026", (2026, 11, 29)),
        ("11/29/2026", (2026, 11, 29)),
        ("4/4/2026", (2026, 4, 4)),
        ("29 Nov 2026", (2026, 11, 29)),
        ("November 29, 2026", (2026, 11, 29)),
        ("٢٠٢٦-١١-٢٩", (2026, 11, 29)),
    ],
)
def test_days_are_read_as_meant(text: str, day: tuple[int, int, int]) -> None:
    assert read_day(text) == dt.date(*day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3/4/2026",
        "03-04-2026",
        "2026-13-01",
        "30.02.2026",
        "2026-11-29 10:00",
        "46000",
        "29.11.26",
        "soon",
        "๒๙.๑๑.๒๕๖๙",
        "0026-11-29",
    ],
)
def test_what_is_no_day_for_certain_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (datetime's own words)
        read_day(text)
