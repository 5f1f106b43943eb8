"""Made-up partners and customers for measuring routing: a realistic mixture, always the same but for the clock."""

import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from benefits.choices import Industry, Outcome, SizeBand
from benefits.models import Customer, Determination, ServiceDescription, Tenant, Workload
from partners.choices import ReferralType
from partners.models import Closure, Endorsement, IncumbentClaim, Organisation, Partner
from referrals.models import DeclineReason

from .copying import copy_rows, settle_sequences

SEED = 20_261_123
CUSTOMERS = 500
PLACES = (  # country, language, time zone, share
    *(("US", "en", "America/New_York", 20), ("GB", "en", "Europe/London", 14), ("DE", "de", "Europe/Berlin", 12)),
    *(("FR", "fr", "Europe/Paris", 9), ("NL", "nl", "Europe/Amsterdam", 6), ("ES", "es", "Europe/Madrid", 6)),
    *(("IT", "it", "Europe/Rome", 5), ("SE", "sv", "Europe/Stockholm", 4), ("CH", "de", "Europe/Zurich", 4)),
    *(("CA", "en", "America/Toronto", 5), ("AU", "en", "Australia/Sydney", 4), ("IN", "en", "Asia/Kolkata", 4)),
    *(("JP", "ja", "Asia/Tokyo", 3), ("BR", "pt-BR", "America/Sao_Paulo", 4)),
)
SHARES = [share for *_place, share in PLACES]
CAPACITY = 30_000  # nobody is exhausted


class MadePartner(NamedTuple):
    """What decides whether a partner passes; ``may`` says that nothing else keeps it from being chosen."""

    id: int
    organisation: int
    may: bool
    types: frozenset[str]
    countries: tuple[str, ...]
    languages: frozenset[str]
    industries: tuple[str, ...]
    sizes: tuple[str, ...]
    no_incentive: bool
    endorsed: frozenset[str]


class MadeReferral(NamedTuple):
    """One that is due, with the partners that declined it and the first that pass besides."""

    id: int
    customer: int
    type: str
    cover: tuple[str, ...]
    no_incentive: bool
    tried: tuple[MadePartner, ...]
    passing: tuple[MadePartner, ...]


class MadeCustomer(NamedTuple):
    id: int
    country: str
    language: str
    industry: str
    size: str


class Made:
    """Everything made so far. ``now`` is when it was made: what is due is due for a worker's clock too."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.dice = Random(SEED)
        self.edition = ServiceDescription.objects.in_force(now.date()).get()
        self.reason = DeclineReason.objects.order_by("pk")[0].pk
        self.codes = sorted(Workload.objects.filter(edition=self.edition).values_list("code", flat=True))
        self.partners: list[MadePartner] = []
        self.customers: list[MadeCustomer] = []
        self.due: list[MadeReferral] = []
        self.others = 0


# --- partners


def add_partners(made: Made, number: int) -> None:
    """So many more partners with endorsements and closures."""
    first = len(made.partners) + 1
    dice, new, rows = made.dice, [], []
    organisation = first
    for pk in range(first, first + number):
        organisation = pk if pk == first or dice.random() < 0.9 else organisation
        one = _draw_partner(made, pk, organisation)
        new.append(one)
        rows.append(_partner_row(made, one))
    organisations = sorted({one.organisation for one in new})
    copy_rows(Organisation, "id name", ((pk, f"Organisation {pk}") for pk in organisations), made.now)
    copy_rows(Partner, PARTNER, rows, made.now)
    endorsed = ((one.id, code, *_endorsed(made, code in one.endorsed)) for one in new for code in _near(made, one))
    copy_rows(Endorsement, "partner_id workload_code granted_on ends_on", endorsed, made.now)
    closures = ((one.id, made.now.date(), made.now.date()) for one in new if one.id % 5 == 0)
    copy_rows(Closure, "partner_id starts_on ends_on", closures, made.now)
    made.partners += new
    settle_sequences(Organisation, Partner)
    Partner.objects.filter(pk=first).update(capacity=CAPACITY)  # the trigger that tells of new profiles runs


PARTNER = (
    "id organisation_id name contact_email is_active is_fasttrack_ready takes_benefit is_referral_ready "
    "takes_no_incentive countries languages industries sizes time_zone calendar_country capacity paused_until "
    "must_answer_review open_offers open_benefit last_offered_at"
)


def _draw_partner(made: Made, pk: int, organisation: int) -> MadePartner:
    dice = made.dice
    places = {place[0]: place for place in dice.choices(PLACES, SHARES, k=dice.choice((1, 1, 2, 3, 4)))}
    types = {ReferralType.BENEFIT.value} if dice.random() < 0.55 else set()
    types |= {ReferralType.STANDARD.value} if dice.random() < 0.85 else set()
    return MadePartner(
        id=pk,
        organisation=organisation,
        may=dice.random() > 0.08,
        types=frozenset(types),
        countries=tuple(sorted(places)),
        languages=frozenset({place[1] for place in places.values()} | ({"en"} if dice.random() < 0.7 else set())),
        industries=tuple(sorted(dice.sample(Industry.values, 2))) if dice.random() < 0.15 else (),
        sizes=tuple(sorted(dice.sample(SizeBand.values, 5))) if dice.random() < 0.15 else (),
        no_incentive=dice.random() < 0.3,
        endorsed=frozenset(dice.sample(made.codes, dice.randint(15, len(made.codes)))),
    )


def _partner_row(made: Made, one: MadePartner) -> Sequence[object]:
    dice, takes_benefit = made.dice, ReferralType.BENEFIT in one.types
    why_not = None if one.may else dice.choice(("not active", "paused", "must answer"))
    home = next(place for place in PLACES if place[0] == one.countries[0])
    return (
        *(one.id, one.organisation, f"Partner {one.id}", f"offers@p{one.id}.example", why_not != "not active"),
        *(takes_benefit or dice.random() < 0.1, takes_benefit, ReferralType.STANDARD in one.types, one.no_incentive),
        *(one.countries, one.languages, one.industries, one.sizes, home[2], home[0], CAPACITY),
        *(made.now + dt.timedelta(days=9) if why_not == "paused" else None, why_not == "must answer"),
        *(dice.randrange(12), 0, made.now - dt.timedelta(days=30 * dice.random(), microseconds=one.id)),
    )


def _near(made: Made, one: MadePartner) -> list[str]:
    """Codes of live endorsements and a few of ended ones."""
    ended = [code for code in made.codes[one.id % 20 :: 20] if code not in one.endorsed]
    return [*sorted(one.endorsed), *ended]


def _endorsed(made: Made, is_live: bool) -> tuple[dt.date, dt.date | None]:
    granted = made.now.date() - dt.timedelta(days=400)
    return granted, None if is_live else made.now.date() - dt.timedelta(days=30)


# --- customers


def add_customers(made: Made, number: int = CUSTOMERS) -> None:
    """Customers with a tenant and a determination each; one in twenty has an incumbent partner."""
    for pk in range(1, number + 1):
        [(country, language, *_)] = made.dice.choices(PLACES, SHARES)
        industry, size = made.dice.choice(Industry.values), made.dice.choice(SizeBand.values)
        made.customers.append(MadeCustomer(pk, country, language, industry, size))
    rows = ((c.id, f"Customer {c.id}", c.country, c.industry, c.size, (c.language,)) for c in made.customers)
    copy_rows(Customer, "id name country industry size_band languages", rows, made.now)
    copy_rows(Tenant, "id customer_id domain", ((c.id, c.id, f"c{c.id}.example") for c in made.customers), made.now)
    decided: Iterator[tuple[object, ...]] = (
        (c.id, f"DET-{c.id}", c.id, made.edition.pk, Outcome.NOT_REALIZED.value, "measured", {}, {}, 1)
        for c in made.customers
    )
    columns = "id public_id customer_id edition_id outcome rule facts result engine_version"
    copy_rows(Determination, columns, decided, made.now)
    claims = ((made.dice.choice(made.partners).id, c.id, made.now.date()) for c in made.customers if c.id % 20 == 0)
    copy_rows(IncumbentClaim, "partner_id customer_id approved_on", claims, made.now)
    settle_sequences(Customer, Tenant, Determination)
