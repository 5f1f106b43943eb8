"""Whole numbers and days as people and spreadsheets write them: read as meant, or refused, never cut."""

import datetime as dt
import re
import unicodedata

BLANKS = re.compile(r"[\s\u00a0\u2009\u202f]+")
PLAIN = re.compile(r"[0-9]+(?:[.,]0{1,2})?")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?P<sep>[.,' ])[0-9]{3}(?:(?P=sep)[0-9]{3})*(?:(?!(?P=sep))[.,]0{1,2})?")
INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.0{1,2})?")
FRACTION = re.compile(r"[.,]0{1,2}\Z")
LONGEST = 24
MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?Z?\Z")
ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
SLASHED = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})")
WORDED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y")


def read_whole_number(text: str) -> int:
    """A whole number, with any digits and thousands separated by commas, points, apostrophes or blanks.

    Raises:
        ValueError: it has a fraction, or can be read in no or more than one way.
    """
    plain = _plain(text)
    sign = -1 if plain.startswith("-") else 1
    digits = plain.lstrip("+-") if len(plain) - len(plain.lstrip("+-")) <= 1 else ""
    if len(digits) > LONGEST or not any(form.fullmatch(digits) for form in (PLAIN, GROUPED, INDIAN)):
        raise ValueError(text)
    return sign * int(re.sub(r"[.,' ]", "", FRACTION.sub("", digits)))


def read_day(text: str) -> dt.date:
    """A day, written with the year first, with points, or with the month in English words; midnight is left out.

    Raises:
        ValueError: it is none, or which number is the month cannot be told.
    """
    day = _read_day(MIDNIGHT.sub("", _plain(text)))
    if not 2000 <= day.year < 2100:  # of another calendar, or a slip
        raise ValueError(text)
    return day


def _read_day(plain: str) -> dt.date:
    if found := ISO.fullmatch(plain):
        return dt.date(*map(int, found.groups()))
    if found := DOTTED.fullmatch(plain):
        day, month, year = map(int, found.groups())
        return dt.date(year, month, day)
    if found := SLASHED.fullmatch(plain):
        return _tell_month(*map(int, found.groups()))
    for form in WORDED:
        try:
            return dt.datetime.strptime(plain, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise ValueError(plain)


def _tell_month(first: int, second: int, year: int) -> dt.date:
    """Of 3/4/2026 nobody can tell; of 3/14/2026, and of 4/4/2026, everybody can."""
    if first != second and max(first, second) <= 12:
        raise ValueError(f"{first}/{second}/{year}")
    month, day = (second, first) if first > 12 else (first, second)
    return dt.date(year, month, day)


def _plain(text: str) -> str:
    """With digits from 0 to 9, and one kind of each sign."""
    if any(unicodedata.category(letter) == "No" for letter in text):  # such as a raised 2, or a half
        raise ValueError(text)
    letters = unicodedata.normalize("NFKC", text.strip())
    digits = "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in letters)
    signs = str.maketrans({"٬": ",", "٫": ".", "’": "'", "ʼ": "'", "−": "-", "，": ",", "．": "."})
    return BLANKS.sub(" ", digits.translate(signs))
