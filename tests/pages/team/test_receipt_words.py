"""A receipt's codes, instants and fixed words, as people read them."""

import zoneinfo

import pytest
from django.utils import timezone

from pages.templatetags.receipts import has_words, score_words, wanted_words
from partners.domain.matching import Verdict

NAMES = {"INTUNE": "Microsoft Intune", "TEAMS": "Microsoft Teams"}


@pytest.mark.parametrize(
    ("verdict", "wanted", "has"),
    [
        (("country", "IN", "GB, IE, US"), "India", "United Kingdom, Ireland, United States of America"),
        (("language", "de, en", "none"), "German, English", "none"),
        (("endorsed", "INTUNE, TEAMS", "lacks INTUNE"), "Microsoft Intune, Microsoft Teams", "lacks Microsoft Intune"),
        (("endorsed", "GONE", "all"), "GONE", "all"),
        (("endorsed", "A, B, INTUNE, TEAMS", "lacks A, TEAMS"), "all 4 workloads", "lacks A, Microsoft Teams"),
        (("industry", "commercial", "any"), "Commercial", "any"),
        (("size", "5001-10000", "251-1000"), "5,001 to 10,000 employees", "251 to 1,000 employees"),
        (("paused", "not paused", "until 2026-12-01T09:30:00+00:00"), "not paused", "until Tue 1 Dec, 10:30"),
        (("country", "not asked for by the policy", "GB"), "not required by the policy", "United Kingdom"),
        (("capacity", "below 5", "5 open"), "below 5", "5 open"),
        (
            ("capacity", "below 5, Benefit referrals below 3", "5 open, 3 of them Benefit referrals"),
            "below 5, Benefit referral: below 3",
            "5 open, Benefit referral: 3",
        ),
    ],
)
def test_codes_are_names_and_instants_local(verdict: tuple[str, str, str], wanted: str, has: str) -> None:
    name, required, actual = verdict
    row = Verdict(name, False, required, actual)
    with timezone.override(zoneinfo.ZoneInfo("Europe/Berlin")):
        said = (wanted_words(row, NAMES), has_words(row, NAMES))
    assert said == (wanted, has)


def test_a_score_tells_the_readers_own_time() -> None:
    with timezone.override(zoneinfo.ZoneInfo("Europe/Berlin")):
        said = score_words("last offered 2026-11-19 19:14 UTC; 0 open")
    assert "20:14" in said
    assert ("UTC" in said, said.endswith("; 0 open")) == (False, True)
    assert score_words("never offered before; 2 open") == "never offered before; 2 open"
