"""What is known of a country's calendar: its holidays by kind and region, its weekend, and its make-up working days.

From the package ``holidays``, in whose words regions and kinds are named.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PUBLIC, HALF_DAY, WORKED = "public", "half_day", "workday"
ENGLISH = ("en_GB", "en_US")
AMERICAN_DATE = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")
KINDS: Mapping[str, "StrOrPromise"] = {
    PUBLIC: _("Public holidays"),
    "bank": _("Bank holidays"),
    "government": _("Government holidays"),
    HALF_DAY: _("Half days"),
    "optional": _("Optional holidays"),
    "school": _("School holidays"),
    "unofficial": _("Unofficial holidays"),
    "de_facto": _("Widely observed days"),
    "armed_forces": _("Armed forces holidays"),
    "optional_women": _("Optional holidays for women"),
    "catholic": _("Catholic holidays"),
    "protestant": _("Protestant holidays"),
    "orthodox": _("Orthodox holidays"),
    "christian": _("Christian holidays"),
    "armenian": _("Armenian holidays"),
    "hebrew": _("Jewish holidays"),
    "islamic": _("Islamic holidays"),
    "hindu": _("Hindu holidays"),
    "sabian": _("Sabian holidays"),
    "yazidi": _("Yazidi holidays"),
    "albanian": _("Albanian holidays"),
    "bosnian": _("Bosnian holidays"),
    "roma": _("Roma holidays"),
    "serbian": _("Serbian holidays"),
    "turkish": _("Turkish holidays"),
    "vlach": _("Vlach holidays"),
}


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Days by date, with their names; ``worked``: weekend days that are worked instead of others."""

    closed: Mapping[dt.date, str] = field(default_factory=dict)
    half: Mapping[dt.date, str] = field(default_factory=dict)
    worked: frozenset[dt.date] = frozenset()


def holiday_calendar(country: str, region: str = "", kinds: Sequence[str] = (PUBLIC,)) -> HolidayCalendar:
    """From last year to the year after next, in the language of the page. Empty for an unknown country."""
    return _read(country, region, tuple(kinds), get_language() or "en", timezone.now().year)


@lru_cache(maxsize=500)
def _read(country: str, region: str, kinds: tuple[str, ...], language: str, this_year: int) -> HolidayCalendar:
    known = _class_of(country)
    if known is None:
        return HolidayCalendar()
    words: dict[str, Any] = {
        "subdiv": region if region in known.subdivisions else None,
        "years": range(this_year - 1, this_year + 3),
        "language": _language(known, language),
    }
    whole = [kind for kind in kinds if kind in known.supported_categories and kind not in (HALF_DAY, WORKED)]
    found = known(**words, categories=whole) if whole else known(**words)
    half = (
        known(**words, categories=(HALF_DAY,)) if HALF_DAY in kinds and HALF_DAY in known.supported_categories else {}
    )
    closed = {day: _say(name) for day, name in found.items()} if whole else {}
    return HolidayCalendar(
        MappingProxyType(closed),
        MappingProxyType({day: _say(name) for day, name in half.items() if day not in closed}),
        frozenset(getattr(found, "weekend_workdays", ())),
    )


def _class_of(country: str) -> Any:
    import holidays

    return getattr(holidays, country, None) if country in holidays.list_supported_countries() else None


def _language(known: Any, language: str) -> str | None:
    """The page's language where the package has the country's names in it, else English, else the country's own."""
    offered = known.supported_languages
    wanted = language.replace("-", "_").lower()
    own = [name for name in offered if name.lower() == wanted or name.lower().partition("_")[0] == wanted]
    english = [name for name in ENGLISH if name in offered]
    return next(iter((*(english if wanted == "en" else own), *english)), None)


def _say(name: str) -> str:
    """A holiday's name with the dates in it as the page writes dates."""

    def write(found: re.Match[str]) -> str:
        month, day, year = map(int, found.groups())
        return date_format(dt.date(year, month, day), "SHORT_DATE_FORMAT")

    return AMERICAN_DATE.sub(write, name)


@lru_cache(maxsize=300)
def regions_of(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each part of a country that has holidays of its own."""
    known = _class_of(country)
    if known is None:
        return ()
    names = {code: name for name, code in reversed(known.subdivisions_aliases.items())}
    return tuple(sorted(((code, names.get(code, code)) for code in known.subdivisions), key=lambda pair: fold(pair[1])))


def kinds_of(country: str) -> tuple[str, ...]:
    """The kinds of days that a country's calendar has, those that everybody keeps first."""
    known = _class_of(country)
    offered = known.supported_categories if known is not None else ()
    return tuple(kind for kind in KINDS if kind in offered)


def weekend_of(country: str) -> frozenset[int] | None:
    """The free weekdays, Monday as 0; ``None`` where they are not known."""
    known = _class_of(country)
    return frozenset(known(years=timezone.now().year).weekend) if known is not None else None


def has_calendar(country: str) -> bool:
    return _class_of(country) is not None


def years_without_holidays(country: str, region: str = "", kinds: Sequence[str] = (PUBLIC,)) -> list[int]:
    """This year and the next, as far as no holiday is known in them; none without a country."""
    if not country:
        return []
    this_year = timezone.now().year
    known = {day.year for day in holiday_calendar(country, region, kinds).closed}
    return [year for year in (this_year, this_year + 1) if year not in known]
