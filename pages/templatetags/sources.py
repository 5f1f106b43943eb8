"""Sources as readers need them: a link, a title and a date. How they were come by is noted for admins alone."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()
ADDRESS = re.compile(r"https?://[^\s,;)\[\]]+")
DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")
NOTES = re.compile(r"\([^()]*\)|\([^()]*$")
BETWEEN = re.compile(r"; (?![^()]*\))")  # sources are parted by semicolons; those inside of a note part nothing
THIRD_PARTY = "third party"


@dataclass(frozen=True, slots=True)
class Source:
    """``address`` is empty where none is known; ``day`` where the page is undated."""

    title: str
    address: str
    day: dt.date | None
    is_third_party: bool


def read_sources(text: str) -> Iterator[Source]:
    """The sources that a text of an edition names."""
    for part in BETWEEN.split(text):
        if part.strip():
            yield _read(part.strip())


def _read(part: str) -> Source:
    address, day = ADDRESS.search(part), DAY.search(part)
    title = _title_of(address[0]) if address else " ".join(NOTES.sub(" ", part).split()).strip(" ,")
    is_third_party = THIRD_PARTY in part.casefold().replace("-", " ")
    return Source(title, address[0] if address else "", _day(day[1]) if day else None, is_third_party)


def _title_of(address: str) -> str:
    """The page's name as its address has it, and whose it is: “Data migration, learn.microsoft.com”."""
    parts = urlsplit(address)
    names = [one for one in parts.path.split("/") if one and one.casefold() != "en-us"]
    name = unquote(names[-1]) if names else ""
    words = name if re.fullmatch(r"[A-Z]+-\d+|\d*", name) else name.replace("-", " ").capitalize()
    host = parts.netloc.removeprefix("www.")
    return f"{words}, {host}" if words else host


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@register.filter
def source_links(text: str) -> SafeString:
    """Each source as a link with its title, and its date; they are in English."""
    return format_html_join("; ", "{}", ((_link(source),) for source in read_sources(text)))


def _link(source: Source) -> SafeString:
    words = [date_format(source.day, "SHORT_DATE_FORMAT")] if source.day else []
    words += [gettext("third party")] if source.is_third_party else []
    after = f" ({', '.join(words)})" if words else ""
    if not source.address:
        return format_html('<span lang="en">{}</span>{}', source.title, after)
    link = '<a href="{}" rel="noreferrer" lang="en">{}</a>{}'
    return format_html(link, source.address, source.title, after)
