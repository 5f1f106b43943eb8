"""Rows that every installation starts with; admins edit them afterwards."""

from typing import Any

SERVICE_DESCRIPTION = "/service-description/"

SITE_LINKS = (
    ("Request deployment assistance", "/request/"),
    ("Service description", SERVICE_DESCRIPTION),
    ("Knowledge articles", "https://fpc.microsoft.com/knowledgebase/"),
    ("Escalations and questions", "https://fpc.microsoft.com/support/"),
)

# code, label, next act, effect, claimed outcomes
DECLINE_REASONS = (
    ("no_capacity", "We have no capacity", "route_on", "availability", ()),
    ("skills", "We lack the skills", "route_on", "profile", ()),
    ("language", "Language or region does not fit", "route_on", "profile", ()),
    ("already_realized", "The Benefit is already realized", "route_on", "", ("benefit_realized",)),
    ("out_of_scope", "The request is outside the Benefit", "route_on", "", ("out_of_scope", "not_eligible")),
    ("unreachable", "The customer cannot be reached", "retry_later", "", ()),
    ("wrong_type", "Wrong type of referral", "review_first", "", ()),
    ("duplicate", "Duplicate of another referral", "review_first", "duplicate", ()),
    ("conflict", "Conflict of interest", "review_first", "", ()),
    ("other", "Another reason", "route_on", "", ()),
)


ACKNOWLEDGEMENT = {
    "title": "Acknowledgement by the customer",
    "text": (
        "We confirm that we asked for the help described in this record, and that the work named in it was done for us"
        " on the dates given. Help within the FastTrack Benefit comes with our subscriptions, at no charge."
        " This record may be shown as proof that the work was done."
    ),
    "industries": ["government", "education"],
}


def write_acknowledgement(acknowledgement: Any) -> None:
    """The first text for public-sector customers, as long as there is none."""
    if not acknowledgement.objects.exists():
        acknowledgement.objects.create(**ACKNOWLEDGEMENT)


def write_defaults(decline_reason: Any, site_link: Any) -> None:
    """Write the rows with the given models (a migration passes its own). Existing rows are left alone."""
    for place, (code, label, act, effect, claims) in enumerate(DECLINE_REASONS):
        row = {"label": label, "next_act": act, "effect": effect, "claimed_outcomes": list(claims), "place": place}
        decline_reason.objects.get_or_create(code=code, defaults=row)
    for place, (label, url) in enumerate(SITE_LINKS):
        site_link.objects.get_or_create(label=label, defaults={"url": url, "place": place})
