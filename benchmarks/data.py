"""Made-up customers for measuring: a realistic mixture of plans, seats and statuses, the same in every run."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, NamedTuple

from django.db import connection

from benefits.domain.catalogue import Edition
from benefits.domain.situation import Request, Situation, Subscription
from benefits.models import ServiceDescription

SEED = 20_261_122
DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
SUITES = ("M365_E3", "M365_E5", "O365_E3", "O365_E5", "EMS_E3", "EMS_E5", "M365_BUSINESS_PREMIUM", "M365_F3")
EXTRAS = ("M365_COPILOT", "VIVA_SUITE", "INTUNE_SUITE", "EXO_P1", "TEAMS_PREMIUM")
SOME_PLAN, SOME_SHARE = "INTUNE_P1", 0.1  # held by a tenth of the customers: whom one changed plan reaches
SEATS = (60, 120, 149, 150, 200, 300, 500, 1200, 5000)
STATUSES = ("enabled", "enabled", "enabled", "not_enabled", "in_progress", "partly_enabled", "unknown", "declined")
STATED = 8


class Made(NamedTuple):
    """One made-up customer."""

    held: tuple[tuple[str, int | None], ...]
    statuses: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]


def make_customers(edition: Edition, number: int, seed: int = SEED) -> Iterator[Made]:
    """So many customers: one to three plans each, statuses of some workloads (all enabled for one in six)."""
    dice = Random(seed)
    suites = [code for code in SUITES if code in edition.plans]
    extras = [code for code in EXTRAS if code in edition.plans]
    for _ in range(number):
        plans = dice.sample(suites, dice.choice((1, 1, 1, 2)))
        if dice.random() < 0.4:
            plans.append(dice.choice(extras))
        if dice.random() < SOME_SHARE:
            plans.append(SOME_PLAN)
        granted = sorted({code for plan in plans for code in edition.plans[plan].workloads})
        yield Made(
            tuple((plan, None if dice.random() < 0.02 else dice.choice(SEATS)) for plan in plans),
            tuple(_states(dice, granted)),
            tuple(dice.sample(granted, min(len(granted), dice.choice((0, 1, 1, 2))))),
        )


def _states(dice: Random, granted: list[str]) -> Iterator[tuple[str, str]]:
    if dice.random() < 1 / 6:
        yield from ((code, "enabled") for code in granted)
        return
    for code in dice.sample(granted, min(STATED, len(granted))):
        yield code, dice.choice(STATUSES)


def as_situation(made: Made, tenant: str = "T1") -> Situation:
    held = tuple(Subscription(plan, tenant, "enabled", paid_seats=seats) for plan, seats in made.held)
    statuses = {code: {tenant: status} for code, status in made.statuses}
    return Situation("commercial", DAY, held, Request(workloads=made.asked), statuses)


# --- the same customers as rows


def fill(edition: ServiceDescription, made: list[Made], outcomes: list[tuple[str, str]]) -> None:
    """Write the customers with a tenant, an open referral and its recorded decision each. Ids run from 1."""
    ids = range(1, len(made) + 1)
    _copy(
        "benefits_customer",
        "id name tpid country industry size_band audience languages created_at",
        ((n, f"Customer {n}", "", "GB", "commercial", "251-1000", "commercial", "{en}", NOW) for n in ids),
    )
    _copy(
        "benefits_tenant",
        "id customer_id domain is_confirmed sender_domains created_at",
        ((n, n, f"c{n}.example", True, "{}", NOW) for n in ids),
    )
    _fill_facts(made)
    _copy(
        "benefits_determination",
        "id public_id customer_id edition_id decided_at outcome rule reason facts result facts_hash result_hash "
        "engine_version",
        (
            (n, f"DET-{n}", n, edition.pk, NOW, outcome, rule, "measured", "{}", "{}", "", "", 2)
            for n, (outcome, rule) in zip(ids, outcomes, strict=True)
        ),
    )
    _copy("referrals_referral", " ".join(REFERRAL), (_referral(n, row) for n, row in zip(ids, made, strict=True)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill_facts(made: list[Made]) -> None:
    author = (NOW, "team", "", "")
    _copy(
        "benefits_subscription",
        "tenant_id plan_code part_number state paid_seats withheld service_plans recorded_at author_party "
        "named_by_party replaced_by_party",
        (
            (n, plan, "", "enabled", seats, "{}", "{}", *author)
            for n, row in enumerate(made, 1)
            for plan, seats in row.held
        ),
    )
    _copy(
        "benefits_enablement",
        "tenant_id workload_code status part_group evidence recorded_at author_party",
        ((n, code, status, "", "", *author[:2]) for n, row in enumerate(made, 1) for code, status in row.statuses),
    )


REFERRAL: dict[str, Any] = {
    **dict.fromkeys(
        (
            "external_reference",
            "engagement",
            "determined_for",
            "sender",
            "sender_token",
            "requester_phone",
            "wanted_from",
            "assigned_type",
        ),
        "",
    ),
    **dict.fromkeys(
        ("state_before", "round_by", "differs_outcome", "round_reason", "close_outcome", "state_note", "due_why"), ""
    ),
    **dict.fromkeys(("areas", "services", "cover"), "{}"),
    **dict.fromkeys(("no_incentive", "is_typed_by_team", "eligibility_unverified"), False),
    **dict.fromkeys(("next_action_at", "created_at"), NOW),
    "unheld_since": NOW,
    "unheld_for": dt.timedelta(),
    "source": "import",
    "requester_kind": "field",
    "requester_name": "Field",
    "requester_email": "f@field.example",
    "text": "Help us to deploy what we own.",
    "delivery": "remote",
    "languages": "{en}",
    "requested_type": "benefit",
    "state": "awaiting_partner",
    "next_action": "route",
    "next_owner": "system",
    **dict.fromkeys(("round", "counts_from_round"), 1),
    **dict.fromkeys(("id", "public_id", "status_token", "form_key", "workloads"), None),
    **dict.fromkeys(("customer_id", "tenant_id", "determination_id"), None),
}


def _referral(number: int, made: Made) -> tuple[Any, ...]:
    own = {
        "id": number,
        "public_id": f"REF-{number}",
        "status_token": f"token-{number}",
        "form_key": uuid.UUID(int=number),
        "workloads": "{" + ",".join(made.asked) + "}",
        **dict.fromkeys(("customer_id", "tenant_id", "determination_id"), number),
    }
    return tuple((REFERRAL | own).values())


def _copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns.split())
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
