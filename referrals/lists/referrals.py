"""The referral processing team's list: every referral."""

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower, Now

from accounts.models import User
from benefits.choices import Area, Outcome
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.domain.catalogue import Edition
from benefits.models import Customer, Tenant
from partners.choices import ReferralType
from referrals.choices import LIVE_OFFER_STATES, Actor, OfferState, Source, State
from referrals.models import DeclineReason, Offer, Referral
from referrals.models.referral import CLOSED_STATES, DIFFERING, WAITING, is_overdue

from .listing import Listing
from .offers import any_of, in_areas, joined, one_of, overlap, workload_names
from .shape import Column, Facet, Kind, Order, Shape, Tab, by_key

OPEN = ~Q(state__in=CLOSED_STATES)  # as the partial index says it
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FLAGS = {
    "overdue": "Next act overdue",
    "late": "Partner’s answer late",
    "waiting": "No partner passes",
    "nobody": "In nobody’s hands",
    "differs": "Would be determined otherwise",
    "unverified": "Eligibility unverified",
    "unreachable": "Customer not reached",
}
FIELDS = (
    *("id", "public_id", "state", "source", "text", "assigned_type", "cover", "languages", "round"),
    *("next_action", "next_owner", "next_action_at", "created_at", "closed_at", "close_outcome", "waiting_since"),
    *("customer__name", "customer__country", "tenant__domain", "determination__outcome"),
    *("differs_under__name", "differs_outcome", "holder"),
)


def _columns() -> dict[str, Column]:
    time, text, number = Kind.TIME, Kind.TEXT, Kind.NUMBER
    return by_key(
        Column("status", "Status", Order("state", text)),
        Column("answer", "Next act due", Order("next_action_at", time)),
        Column("customer", "Customer", Order(Lower("customer__name"), text)),
        Column("reference", "Reference", Order("public_id", text), is_usual=False),
        Column("wanted", "Workloads", Order(joined("cover"), text)),
        Column("country", "Country", Order("customer__country", text)),
        Column("language", "Languages", Order(joined("languages"), text), is_usual=False),
        Column("type", "Type", Order("assigned_type", text)),
        Column("source", "Source", Order("source", text), is_usual=False),
        Column("arrived", "Arrived", Order("id", number), is_usual=False, starts_high=True),
        Column(
            "closed", "Closed on", Order(Coalesce("closed_at", Value(NEVER)), time), is_usual=False, starts_high=True
        ),
        Column("holder", "With"),
        Column("outcome", "Determination", Order(Coalesce("determination__outcome", Value("")), text)),
        Column("round", "Round", Order("round", number), is_usual=False, starts_high=True),
    )


def _tabs() -> dict[str, Tab]:
    def owned(key: str, label: str, owners: Sequence[Actor], empty: str) -> Tab:
        return Tab(key, label, OPEN & Q(next_owner__in=owners), "answer", empty)

    of_all: Any = {"is_counted": False, "unsorted": ("answer",)}  # what is closed has no next act
    return by_key(
        owned(
            "team",
            "Needs the team",
            [Actor.TEAM],
            "Nothing waits for the team. Declines to read are under Decline review.",
        ),
        owned("partner", "With partners", [Actor.PARTNER], "No partner has a referral now."),
        owned("customer", "With customers", [Actor.REQUESTER], "No customer is asked for anything."),
        owned("system", "Moving", [Actor.SYSTEM, Actor.FTC], "Nothing is being screened, routed or held."),
        Tab("open", "All open", OPEN, "answer", "No referral is open. Enter a request, or wait for one to arrive."),
        Tab("closed", "Closed", Q(state__in=CLOSED_STATES), "-closed", "Nothing is closed yet.", **of_all),
        Tab("all", "All", Q(), "-arrived", "There is no referral yet. Enter a request.", **of_all),
    )


def _flags(values: Sequence[str], _person: User) -> Q:
    late = Offer.objects.filter(referral=OuterRef("pk"), state=OfferState.PENDING, respond_by__lt=Now())
    tests = {
        "overdue": OPEN & is_overdue(Now()),
        "late": Q(state=State.OFFERED) & Q(Exists(late)),
        "waiting": WAITING,
        "nobody": Q(pk__in=Referral.objects.in_nobodys_hands().values("pk")),
        "differs": OPEN & DIFFERING,
        "unverified": Q(eligibility_unverified=True),
        "unreachable": Q(unreachable_since__isnull=False),
    }
    return any_of(tests[value] for value in values)


def _declined_for(values: Sequence[str], _person: User) -> Q:
    return Q(pk__in=Offer.objects.filter(reason__code__in=list(values)).values("referral"))


@lru_cache(maxsize=2)
def referrals_shape(edition: Edition, reasons: tuple[tuple[str, str], ...]) -> Shape:
    in_area = in_areas("cover", edition)
    facets = by_key(
        Facet("flag", "Attention", FLAGS, _flags),
        Facet("state", "Status", dict(State.choices), one_of("state")),
        Facet("type", "Type", dict(ReferralType.choices), one_of("assigned_type")),
        Facet(
            *("area", "Area", dict(Area.choices)),
            lambda values, person: in_area(values, person) | Q(areas__overlap=list(values)),
        ),
        Facet("workload", "Workload", workload_names(edition), overlap("cover")),
        Facet("outcome", "Determination", dict(Outcome.choices), one_of("determination__outcome")),
        Facet("country", "Country", COUNTRY_NAMES, one_of("customer__country")),
        Facet("language", "Language", LANGUAGE_NAMES, overlap("languages")),
        Facet("source", "Source", dict(Source.choices), one_of("source")),
        Facet("reason", "Declined for", dict(reasons), _declined_for),
    )
    return Shape(_tabs(), facets, _columns(), "Customer, domain, tenant id, reference or notes")


def finds(text: str) -> list[Q]:
    """Each place has an index of its own, so each is searched by itself."""
    ways = [
        Q(public_id__startswith=text.upper()),
        Q(customer__in=Customer.objects.filter(name__icontains=text).values("pk")),
        Q(tenant__in=Tenant.objects.filter(domain__icontains=text).values("pk")),
        Q(pk__in=Offer.objects.exclude(notes="").filter(notes__icontains=text).values("referral")),
    ]
    with suppress(ValueError):
        ways.append(Q(tenant__directory_id=uuid.UUID(text)))
    return ways


def list_referrals(person: User, edition: Edition) -> Listing:
    """Every referral, for whoever sees everything; none for others."""
    live = Offer.objects.filter(referral=OuterRef("pk"), state__in=LIVE_OFFER_STATES)
    rows = Referral.objects.visible_to(person).annotate(holder=Subquery(live.values("partner__name")[:1]))
    reasons = tuple(DeclineReason.objects.values_list("code", "label"))
    return Listing(referrals_shape(edition, reasons), rows, FIELDS, finds, person)
