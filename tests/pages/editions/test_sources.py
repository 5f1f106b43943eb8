"""Sources are a link, a title and a date for readers; notes on how they were come by are for admins."""

import datetime as dt
import re

import pytest
from django.test import Client

from benefits.services.editions import edition_in_force
from pages.templatetags.sources import Source, read_sources, source_links
from tests.world import NOW

ELIGIBILITY = (
    "https://docs.microsoft.com/en-us/fasttrack/eligibility (English text of 2021-06-16 in github.com/MicrosoftDocs/x, "
    "branch live-sxs, fasttrack/eligibility.md; later state 2021-10-15 in github.com/y, branch live)"
)
UPDATED = (
    "https://learn.microsoft.com/en-us/microsoft-365/fasttrack/data-migration (updated 2026-08-18; known here only "
    "through a third-party summary,)"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ELIGIBILITY, ("Eligibility, docs.microsoft.com", dt.date(2021, 6, 16), False)),
        (UPDATED, ("Data migration, learn.microsoft.com", dt.date(2026, 8, 18), True)),
        ("https://portal.example/article/KB-01605/en-us", ("KB-01605, portal.example", None, False)),
        ("https://www.microsoft.com/licensing/faqs/5", ("5, microsoft.com", None, False)),
        ("learn.microsoft.com, Viva Glint (ms.date 2024-03-21)", ("learn.microsoft.com, Viva Glint", None, False)),
        ("A page of 2026-99-99", ("A page of 2026-99-99", None, False)),
        ("A note (never closed", ("A note", None, False)),
    ],
)
def test_a_source_is_a_title_an_address_and_a_day(text: str, expected: tuple[str, dt.date | None, bool]) -> None:
    (source,) = read_sources(text)
    day = expected[1] if "2024-03-21" not in text else dt.date(2024, 3, 21)
    address = re.match(r"https?://[^ ]+", text)
    assert source == Source(expected[0], address[0] if address else "", day, expected[2])


def test_several_are_told_apart_and_nothing_gets_out_of_its_place() -> None:
    assert len(list(read_sources(f"{ELIGIBILITY}; {UPDATED}"))) == 2
    assert list(read_sources("")) == []
    html = source_links('https://x.example/"><script> (2026-01-02); <b>bold</b>')
    assert ("<script>" in html, "<b>" in html) == (False, False)


@pytest.mark.django_db
def test_no_page_for_readers_shows_how_a_source_was_come_by() -> None:
    edition = edition_in_force(NOW.date())[1]
    pages = [f"/service-description/plans/{code}/" for code in list(edition.plans)[:12]]
    pages += [f"/service-description/workloads/{code}/" for code in list(edition.workloads)[:12]]
    for page in ("/service-description/", *pages):
        text = Client().get(page).content.decode()
        assert "branch live" not in text, page
        assert "known here only" not in text, page
