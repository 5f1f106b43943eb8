"""Rows that every installation starts with; admins edit them afterwards."""

from typing import Any

SERVICE_DESCRIPTION = "/service-description/"

SITE_LINKS = (
    ("Request deployment assistance", "/request/"),
    ("Service description", SERVICE_DESCRIPTION),
    ("Knowledge articles", "https://fpc.microsoft.com/knowledgebase/"),
    ("Escalations and questions", "https://fpc.microsoft.com/support/"),
)

# code, label, consequence, next act, claimed outcomes, asks for availability
DECLINE_REASONS = (
    (
        "no_capacity",
        "We have no capacity",
        "You say until when; it goes to the next partner at once.",
        "route_on",
        (),
        True,
    ),
    ("skills", "We lack the skills", "It is offered to the next partner at once.", "route_on", (), False),
    (
        "language",
        "Language or region does not fit",
        "It is offered to the next partner at once.",
        "route_on",
        (),
        False,
    ),
    (
        *("already_realized", "The Benefit is already realized"),
        "It becomes a Standard referral if the determination says so; otherwise the team looks first.",
        *("route_on", ("benefit_realized",), False),
    ),
    (
        *("out_of_scope", "The request is outside the Benefit"),
        "It becomes a Standard referral if the determination says so; otherwise the team looks first.",
        *("route_on", ("out_of_scope", "not_eligible"), False),
    ),
    ("unreachable", "The customer cannot be reached", "It comes back to you in a week.", "retry_later", (), False),
    ("wrong_type", "Wrong type of referral", "The team looks at it before it goes on.", "review_first", (), False),
    (
        "duplicate",
        "Duplicate of another referral",
        "The team looks at it before it goes on.",
        "review_first",
        (),
        False,
    ),
    ("conflict", "Conflict of interest", "The team looks at it before it goes on.", "review_first", (), False),
    ("other", "Another reason", "It is offered to the next partner at once.", "route_on", (), False),
)


def write_defaults(decline_reason: Any, site_link: Any) -> None:
    """Write the rows with the given models (a migration passes its own). Existing rows are left alone."""
    for place, (code, label, consequence, act, claims, asks) in enumerate(DECLINE_REASONS):
        row = {"label": label, "consequence": consequence, "next_act": act, "place": place}
        row |= {"claimed_outcomes": list(claims), "asks_for_availability": asks}
        decline_reason.objects.get_or_create(code=code, defaults=row)
    for place, (label, url) in enumerate(SITE_LINKS):
        site_link.objects.get_or_create(label=label, defaults={"url": url, "place": place})
