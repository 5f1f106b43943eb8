"""The controls of routing: one SQL statement a referral, the ORM a referral, and the captured SQL of one routing.

All three choose the same partner as ``route_due``; none writes a receipt.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from psycopg import sql

from accounts.identifiers import public_id
from partners.choices import ReferralType
from partners.models import Endorsement, IncumbentClaim, Partner
from referrals.choices import Actor, EventKind, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.email.writing import NewOffer, say_instant, say_offer
from referrals.lifecycle.clocks import mail_time
from referrals.models import Event, Notification, Offer, Referral

from .copying import default, fields_of, is_needed

ANSWER_WITHIN, EXPIRES_AFTER = dt.timedelta(days=2), dt.timedelta(days=7)

# --- one statement a referral

STATEMENT = """
WITH due AS (
    SELECT r.id, r.round, r.counts_from_round, r.cover, r.languages, r.no_incentive, r.retry_partner_id, r.customer_id,
           COALESCE(NULLIF(r.assigned_type, ''), r.requested_type) AS type, c.country, c.industry, c.size_band
    FROM referrals_referral AS r JOIN benefits_customer AS c ON c.id = r.customer_id
    WHERE r.id = %(id)s AND r.state = 'awaiting_partner' FOR NO KEY UPDATE OF r
), best AS (
    SELECT p.id, p.organisation_id, c.id IS NOT NULL AS is_incumbent
    FROM due JOIN partners_partner AS p
        ON p.is_active AND NOT p.must_answer_review AND p.open_offers < p.capacity
        AND (p.paused_until IS NULL OR p.paused_until <= %(now)s)
        AND CASE due.type WHEN 'benefit' THEN p.is_fasttrack_ready AND p.takes_benefit ELSE p.is_referral_ready END
        AND due.country = ANY (p.countries) AND (due.languages = '{{}}' OR due.languages && p.languages)
        AND (p.industries = '{{}}' OR due.industry = ANY (p.industries))
        AND (p.sizes = '{{}}' OR due.size_band = ANY (p.sizes))
        AND (p.takes_no_incentive OR NOT due.no_incentive)
    LEFT JOIN partners_incumbentclaim AS c ON c.partner_id = p.id AND c.customer_id = due.customer_id
    WHERE NOT EXISTS (
        SELECT FROM unnest(due.cover) AS w (code) WHERE NOT EXISTS (
            SELECT FROM partners_endorsement AS e WHERE e.partner_id = p.id AND e.workload_code = w.code
            AND (e.ends_on IS NULL OR e.ends_on >= %(today)s)))
    AND NOT EXISTS (SELECT FROM referrals_referral_excluded_partners AS x
        WHERE x.referral_id = due.id AND x.organisation_id = p.organisation_id)
    AND (p.id = due.retry_partner_id OR NOT EXISTS (SELECT FROM referrals_offer AS o
        WHERE o.referral_id = due.id AND o.organisation_id = p.organisation_id AND o.round >= due.counts_from_round))
    ORDER BY p.id IS NOT DISTINCT FROM due.retry_partner_id DESC, is_incumbent DESC,
        p.last_turn, p.last_offered_at NULLS FIRST, p.open_offers, p.id
    LIMIT 1 FOR NO KEY UPDATE OF p
), counted AS (
    UPDATE partners_partner AS p SET open_offers = p.open_offers + 1,
        last_offered_at = %(now)s, last_turn = nextval('partners_turn')
    FROM best WHERE p.id = best.id
), offered AS (
    INSERT INTO referrals_offer ({columns}) SELECT {values} FROM due, best
)
UPDATE referrals_referral AS r SET retry_partner_id = NULL,
    state = CASE WHEN best.id IS NULL THEN 'in_review' ELSE 'offered' END,
    state_before = CASE WHEN best.id IS NULL THEN 'awaiting_partner' ELSE '' END,
    next_action = CASE WHEN best.id IS NULL THEN 'review' ELSE 'answer_offer' END,
    next_owner = CASE WHEN best.id IS NULL THEN 'team' ELSE 'partner' END,
    next_action_at = CASE WHEN best.id IS NULL THEN %(answer)s ELSE %(expires)s END,
    waiting_since = CASE WHEN best.id IS NULL THEN %(now)s END, unheld_since = NULL
FROM due LEFT JOIN best ON true WHERE r.id = due.id
"""
OFFERED = {
    "public_id": "%(key)s",
    "referral_id": "due.id",
    "partner_id": "best.id",
    "organisation_id": "best.organisation_id",
    "round": "due.round",
    "workloads": "due.cover",
    "referral_type": "due.type",
    "is_incumbent": "best.is_incumbent",
    "offered_at": "%(now)s",
    "respond_by": "%(answer)s",
    "expires_at": "%(expires)s",
}


def build_statement(now: dt.datetime) -> sql.Composed:
    """What the offer's other columns need is its model's default."""
    left = [field for field in fields_of(Offer) if field.column not in OFFERED and is_needed(field)]
    values = [*map(sql.SQL, OFFERED.values()), *(sql.Literal(default(field, now)) for field in left)]
    names = [*OFFERED, *(str(field.column) for field in left)]
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    return sql.SQL(STATEMENT).format(columns=columns, values=sql.SQL(", ").join(values))


def route_over_sql(raw: "psycopg.Connection[Any]", ids: Iterable[int], now: dt.datetime) -> None:
    """One statement for each, committed by itself where ``raw`` commits each statement."""
    statement = build_statement(now).as_string(raw)
    times = {"now": now, "today": now.date(), "answer": now + ANSWER_WITHIN, "expires": now + EXPIRES_AFTER}
    for pk in ids:
        raw.execute(statement, {"id": pk, "key": public_id("OFR"), **times}, prepare=True)


# --- the ORM a referral


@transaction.atomic
def route_over_orm(pk: int, now: dt.datetime) -> None:
    """The plain way: lock one referral, let the ORM find its partner, create and save."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pk)
    if referral.state != State.AWAITING_PARTNER:
        return
    partner = _find_partner(referral, now)
    offer = _create_offer(referral, partner, now) if partner else None
    state = State.OFFERED if offer else State.IN_REVIEW
    referral.state, referral.state_before = state, "" if offer else State.AWAITING_PARTNER
    referral.next_action, referral.next_owner = NEXT_ACTS[state]
    referral.next_action_at = now + (EXPIRES_AFTER if offer else ANSWER_WITHIN)
    referral.waiting_since, referral.unheld_since = None if offer else now, None
    referral.retry_partner = None
    referral.save()
    Event.objects.create(
        referral=referral,
        kind=EventKind.OFFERED if offer else EventKind.MOVED,
        at=now,
        actor=Actor.SYSTEM,
        partner=partner,
        offer=offer,
        determination=referral.determination,
        state_from=State.AWAITING_PARTNER,
        state_to=state,
    )


def _find_partner(referral: Referral, now: dt.datetime) -> Partner | None:
    asked = Offer.objects.filter(referral=referral, round__gte=referral.counts_from_round)
    not_asked = ~Q(organisation__in=asked.values("organisation")) | Q(pk=referral.retry_partner_id)
    claims = IncumbentClaim.objects.filter(partner=OuterRef("pk"), customer=referral.customer)
    passing = _fitting(referral, now).filter(not_asked).exclude(organisation__in=referral.excluded_partners.all())
    turn = F("last_turn"), F("last_offered_at").asc(nulls_first=True)
    order = (F("is_retry").desc(), F("is_incumbent").desc(), *turn)
    return (
        passing.annotate(is_incumbent=Exists(claims), is_retry=Q(pk=referral.retry_partner_id or 0))
        .order_by(*order, "open_offers", "id")
        .select_for_update(of=("self",))
        .first()
    )


def _fitting(referral: Referral, now: dt.datetime) -> "QuerySet[Partner]":
    """Partners whose profile fits, and that can be asked now."""
    customer = referral.customer
    found: QuerySet[Partner] = Partner.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=now),
        Q(industries=[]) | Q(industries__contains=[customer.industry]),
        Q(sizes=[]) | Q(sizes__contains=[customer.size_band]),
        is_active=True,
        must_answer_review=False,
        open_offers__lt=F("capacity"),
        countries__contains=[customer.country],
    )
    if (referral.assigned_type or referral.requested_type) == ReferralType.BENEFIT:
        found = found.filter(is_fasttrack_ready=True, takes_benefit=True)
    else:
        found = found.filter(is_referral_ready=True)
    if referral.languages:
        found = found.filter(languages__overlap=referral.languages)
    if referral.no_incentive:
        found = found.filter(takes_no_incentive=True)
    live = Endorsement.objects.current(now.date())
    for code in referral.cover:
        found = found.filter(pk__in=live.filter(workload_code=code).values("partner"))
    return found


def _create_offer(referral: Referral, partner: Partner, now: dt.datetime) -> Offer:
    offer = Offer.objects.create(
        public_id=public_id("OFR"),
        referral=referral,
        partner=partner,
        organisation_id=partner.organisation_id,
        round=referral.round,
        workloads=referral.cover,
        referral_type=referral.assigned_type or referral.requested_type,
        offered_at=now,
        respond_by=now + ANSWER_WITHIN,
        expires_at=now + EXPIRES_AFTER,
    )
    partner.open_offers += 1
    partner.last_offered_at, partner.last_turn = now, _next_turn()
    partner.save()
    _tell(offer, partner, now)
    return offer


def _next_turn() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('partners_turn')")
        return int(cursor.fetchone()[0])


def _tell(offer: Offer, partner: Partner, now: dt.datetime) -> None:
    times = [say_instant(at, partner.time_zone) for at in (offer.respond_by, offer.expires_at)]
    number, customer = offer.referral.public_id, offer.referral.customer.name
    subject, body = say_offer(NewOffer(number, customer, offer.get_type_label(), partner.name, *times))
    Notification.objects.create(
        referral_id=offer.referral_id,
        offer=offer,
        kind="offer",
        to=partner.contact_email,
        subject=subject,
        body=body,
        created_at=now,
        due_at=mail_time(now, partner.time_zone),
    )


# --- the captured SQL of one routing

Statement = tuple[str, Any, bool]


def capture(work: Callable[[int], object], ids: Iterable[int]) -> list[list[Statement]]:
    """The statements of each piece of work, which is undone afterwards."""
    taken: list[list[Statement]] = []

    def take(execute: Any, text: str, params: Any, many: bool, context: Any) -> Any:
        if not text.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            taken[-1].append((text, params, many))
        return execute(text, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(take):
        for pk in ids:
            taken.append([])
            work(pk)
        transaction.set_rollback(True)
    return taken


def replay(raw: "psycopg.Connection[Any]", captured: Iterable[Iterable[Statement]]) -> None:
    """The same statements again, a transaction each; ``raw`` binds on its own side as Django's connection does."""
    for statements in captured:
        with raw.transaction(), raw.cursor() as cursor:
            for text, params, many in statements:
                if many:
                    cursor.executemany(text, params)
                    continue
                cursor.execute(text, params)
                if cursor.description:
                    cursor.fetchall()
