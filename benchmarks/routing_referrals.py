"""Made-up referrals for measuring routing: those that are due, those that were declined, and all the others."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from django.db import connection

from partners.choices import ReferralType
from referrals.choices import CloseOutcome, OfferState, State
from referrals.domain.lifecycle import NEXT_ACTS
from referrals.models import Offer, Referral

from .copying import copy_rows, settle_sequences, table_of
from .routing_data import Made, MadeCustomer, MadePartner, MadeReferral, add_customers, add_partners

DECLINED, MOST_TRIED = 90_000_000, 40  # numbers of declined offers begin there, so many for each referral
FEWEST = 3  # partners that pass for every need, whoever was asked before


def add_due_referrals(made: Made, number: int) -> None:
    """Referrals that await a partner; a fifth was declined by one or two, one in a hundred excludes somebody."""
    by_country: dict[str, list[MadePartner]] = {}
    for one in made.partners:
        for country in one.countries:
            by_country.setdefault(country, []).append(one)
    made.due += [_draw_referral(made, pk, by_country) for pk in range(1, number + 1)]
    copy_rows(Referral, f"{REFERRAL} cover assigned_type no_incentive", _due(made), made.now)
    copy_rows(Offer, OFFER, _declined(made, ((row, row.tried) for row in made.due)), made.now)
    excluded = ((row.id, row.passing[0].organisation) for row in made.due if row.id % 100 == 0)
    with connection.cursor() as cursor:
        table = table_of(Referral.excluded_partners.through)
        cursor.executemany(f"INSERT INTO {table} (referral_id, organisation_id) VALUES (%s, %s)", list(excluded))
    settle_sequences(Referral, Offer)


def _draw_referral(made: Made, pk: int, by_country: dict[str, list[MadePartner]]) -> MadeReferral:
    dice = made.dice
    while True:
        customer = dice.choice(made.customers)
        kind = ReferralType.BENEFIT.value if dice.random() < 0.7 else ReferralType.STANDARD.value
        cover = tuple(sorted(dice.sample(made.codes, dice.choice((1, 1, 1, 2, 3)))))
        row = MadeReferral(pk, customer.id, kind, cover, dice.random() < 0.05, (), ())
        passing = [one for one in by_country.get(customer.country, ()) if _passes(one, row, customer)]
        tried = dice.sample(passing, min(len(passing), dice.choice((0,) * 8 + (1, 2))))
        asked = {one.organisation for one in tried}
        left = tuple(one for one in passing if one.organisation not in asked)
        if len(left) >= FEWEST:
            return row._replace(tried=tuple(tried), passing=left)


def _passes(one: MadePartner, row: MadeReferral, customer: MadeCustomer) -> bool:
    fits = not one.industries or customer.industry in one.industries
    fits = fits and (not one.sizes or customer.size in one.sizes) and (one.no_incentive or not row.no_incentive)
    able = one.may and row.type in one.types and customer.language in one.languages
    return fits and able and one.endorsed.issuperset(row.cover)


REFERRAL = (
    "id public_id status_token form_key customer_id tenant_id determination_id state next_action next_owner "
    "next_action_at unheld_since close_outcome closed_at source requester_kind requester_name requester_email "
    "text languages "
)


def _referral(made: Made, pk: int, customer: MadeCustomer, state: State, at: str) -> Sequence[object]:
    """Columns of ``REFERRAL``. ``at``: when it is due, or was closed."""
    act, owner = NEXT_ACTS.get(state, ("", ""))
    is_closed = not act
    return (
        *(
            str(pk),
            public("REF", pk),
            f"token-{pk:010}-of-a-made-up-referral",
            str(uuid.UUID(int=pk)),
            str(customer.id),
        ),
        *(str(customer.id), str(customer.id), state.value, str(act), str(owner), None if is_closed else at),
        at if state == State.AWAITING_PARTNER else None,
        *(CloseOutcome.DELIVERED.value if is_closed else "", at if is_closed else None),
        *("rfa", "field", "Field", f"f{pk}@field.example", "Help us to deploy what we own: " + "text " * 20),
        f"{{{customer.language}}}",
    )


def public(prefix: str, number: int) -> str:
    """An id as pages' addresses want it: ``REF-0012-3456``."""
    digits = f"{number:08}"
    return f"{prefix}-{digits[:4]}-{digits[4:]}"


def _due(made: Made) -> Iterator[Sequence[object]]:
    for row in made.due:
        customer = made.customers[row.customer - 1]
        at = (made.now - dt.timedelta(hours=24, seconds=-row.id)).isoformat()
        columns = _referral(made, row.id, customer, State.AWAITING_PARTNER, at)
        yield (*columns, row.cover, row.type, row.no_incentive)


# --- offers, and everything that is not due

OFFER = (
    "public_id referral_id partner_id organisation_id state offered_at respond_by expires_at answered_at "
    "referral_type ended_by reason_id notes handover workloads"
)


def make_offer(made: Made, key: int, referral: int, one: MadePartner, state: OfferState) -> Sequence[object]:
    days = [str(made.now + dt.timedelta(days=day)) for day in (-3, -1, 4, -2)]
    ended = state != OfferState.PENDING
    is_declined = state == OfferState.DECLINED
    return (
        *(public("OFR", key), str(referral), str(one.id), str(one.organisation), state.value, *days[:3]),
        *(days[3] if ended else None, ReferralType.BENEFIT.value, "partner" if ended else ""),
        *(
            made.reason if is_declined else None,
            "We have nobody for this before the spring." if is_declined else "",
            "",
        ),
        "{" + made.codes[referral % len(made.codes)] + "}",
    )


def _declined(made: Made, rows: Iterator[tuple[MadeReferral, Sequence[MadePartner]]]) -> Iterator[Sequence[object]]:
    for row, partners in rows:
        for place, one in enumerate(partners):
            yield make_offer(made, DECLINED + row.id * MOST_TRIED + place, row.id, one, OfferState.DECLINED)


def add_declined(made: Made, rows: list[MadeReferral], number: int) -> None:
    """Let these referrals be declined by so many of the partners that pass."""
    tried = ((row, distinct(row.passing)[:number]) for row in rows)
    copy_rows(Offer, OFFER, _declined(made, tried), made.now)
    settle_sequences(Offer)


def distinct(partners: Sequence[MadePartner]) -> list[MadePartner]:
    """One partner of each organisation."""
    return list({one.organisation: one for one in partners}.values())


def add_other_referrals(made: Made, number: int) -> None:
    """Closed referrals, a fifth of them with an offer, and one in twenty that is offered."""
    first = len(made.due) + made.others + 1
    ids = range(first, first + number)
    copy_rows(Referral, f"{REFERRAL} cover assigned_type", _others(made, ids), made.now)
    copy_rows(Offer, OFFER, _offers_of_others(made, ids), made.now)
    made.others += number
    settle_sequences(Referral, Offer)


def _others(made: Made, ids: range) -> Iterator[Sequence[object]]:
    days = [str(made.now + dt.timedelta(days=day)) for day in range(-700, 7)]
    for pk in ids:
        customer = made.customers[pk % len(made.customers)]
        state = State.OFFERED if pk % 20 == 0 else State.CLOSED
        columns = _referral(made, pk, customer, state, days[-1 - pk % 6] if pk % 20 == 0 else days[pk % 700])
        kind = ReferralType.STANDARD if pk % 10 < 3 else ReferralType.BENEFIT
        yield (*columns, f"{{{made.codes[pk % len(made.codes)]}}}", kind.value)


def _offers_of_others(made: Made, ids: range) -> Iterator[Sequence[object]]:
    for pk in ids:
        if pk % 20 == 0 or pk % 5 == 1:
            state = OfferState.PENDING if pk % 20 == 0 else OfferState.COMPLETED
            partner = made.partners[pk // 20 % len(made.partners)]  # each has as many
            yield make_offer(made, pk, pk, partner, state)


def make_world(now: dt.datetime, partners: int, due: int) -> Made:
    """Partners, customers, and referrals that are due."""
    made = Made(now)
    add_partners(made, partners)
    add_customers(made)
    add_due_referrals(made, due)
    return made
