"""What referrals ask of a partner, read as plain rows: a thousand of them cost three queries and no models."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet

from partners.domain.matching import Need
from partners.models import IncumbentClaim, Organisation

if TYPE_CHECKING:
    from referrals.models import Referral


class Asking(NamedTuple):
    """A referral as far as choosing and offering read it."""

    pk: int
    round: int
    counts_from_round: int
    determination: int | None
    retry_partner: int | None
    split_from: int | None
    determined_for: str
    assigned_type: str
    requested_type: str
    cover: list[str]
    languages: list[str]
    no_incentive: bool
    country: str
    industry: str
    size_band: str
    public_id: str
    customer_name: str
    times_left: int
    incumbents: list[int]
    excluded: list[int]


COLUMNS = (
    *("pk", "round", "counts_from_round", "determination_id", "retry_partner_id", "split_from_id"),
    *(
        "determined_for",
        "assigned_type",
        "requested_type",
        "cover",
        "languages",
        "no_incentive",
        "customer__country",
        "customer__industry",
        "customer__size_band",
        "public_id",
        "customer__name",
        "times_left",
    ),
)


# One array instead of a placeholder for each id.
OWN = """
    SELECT referral_id, round, organisation_id FROM referrals_offer
    WHERE referral_id = ANY(%(ids)s) AND NOT was_unseen"""
# Offers, made before the split, of those that a part was split from.
INHERITED = """
    WITH RECURSIVE line AS (
        SELECT id, split_from_id AS up, created_at FROM referrals_referral WHERE id = ANY(%(ids)s)
        UNION ALL SELECT line.id, r.split_from_id, LEAST(line.created_at, r.created_at)
        FROM line JOIN referrals_referral r ON r.id = line.up WHERE r.split_from_id IS NOT NULL)
    SELECT line.id, o.round, o.organisation_id FROM line JOIN referrals_offer o
    ON o.referral_id = line.up AND o.offered_at < line.created_at AND NOT o.was_unseen"""


def read_asking(referrals: "QuerySet[Referral]") -> list[Asking]:
    """These referrals with what their customers want. One query."""
    claims = IncumbentClaim.objects.filter(customer=OuterRef("customer")).order_by("-approved_on", "id")
    excluded = Organisation.objects.filter(referral=OuterRef("pk")).order_by("id")
    rows = referrals.annotate(
        incumbent_ids=ArraySubquery(claims.values("partner")), excluded_ids=ArraySubquery(excluded.values("pk"))
    )
    return [Asking(*row) for row in rows.values_list(*COLUMNS, "incumbent_ids", "excluded_ids")]


def load_needs(rows: Sequence[Asking]) -> list[Need]:
    """What each asks of a partner; its own offers are read after it was locked. One query, two when there are parts."""
    offered = defaultdict[int, set[int]](set)
    counted = {row.pk: row.counts_from_round for row in rows}
    for referral, number, organisation in _read_offered(rows):
        if number >= counted[referral]:
            offered[referral].add(organisation)
    return [_build_need(row, offered[row.pk]) for row in rows]


def _read_offered(rows: Sequence[Asking]) -> Iterator[tuple[int, int, int]]:
    """Referral, round and organisation of every turn that counts as its own."""
    parts = [row.pk for row in rows if row.split_from]
    with connection.cursor() as cursor:
        cursor.execute(OWN, {"ids": [row.pk for row in rows]})
        yield from cursor.fetchall()
        if parts:
            cursor.execute(INHERITED, {"ids": parts})
            yield from cursor.fetchall()


def _build_need(row: Asking, offered: set[int]) -> Need:
    return Need(
        type=row.assigned_type or row.requested_type,
        workloads=tuple(sorted(row.cover)),
        country=row.country,
        languages=tuple(sorted(row.languages)),
        industry=row.industry,
        size_band=row.size_band,
        no_incentive=row.no_incentive,
        excluded_organisations=tuple(row.excluded),
        offered_organisations=tuple(sorted(offered)),
        incumbents=tuple(row.incumbents),
        retry_partner=row.retry_partner,
        times_left=row.times_left,
    )
