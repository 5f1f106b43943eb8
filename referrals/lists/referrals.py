"""The referral processing team's list: every referral."""

import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from benefits.choices import Area, Outcome
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.domain.catalogue import Edition
from benefits.models import Customer, Tenant
from partners.choices import ReferralType
from referrals.choices import LIVE_OFFER_STATES, Actor, OfferState, Source, State
from referrals.models import Offer, Referral
from referrals.models.referral import CLOSED_ON, CLOSED_STATES, DIFFERING, WAITING, is_overdue

from .listing import LISTINGS, Listing
from .names import decline_reasons
from .offers import any_of, in_areas, joined, one_of, overlap, workload_names
from .searching import Search, Sought, among, blank
from .shape import Column, Facet, Kind, Order, Shape, Tab, by_key
from .statements import Statement, ids_of, in_one

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OPEN = ~Q(next_owner="")  # as the partial index says it
FEW = 50  # customers, or referrals with a note, that are looked up rather than met
FLAGS = {
    "overdue": _("Next act overdue"),
    "late": _("Partner’s answer late"),
    "waiting": _("No partner passes"),
    "nobody": _("In nobody’s hands"),
    "differs": _("Would be determined otherwise"),
    "unverified": _("Eligibility unverified"),
    "unreachable": _("Customer not reached"),
}
FIELDS = ("id", "public_id", "state", "customer__name")


TIME, TEXT, NUMBER = Kind.TIME, Kind.TEXT, Kind.NUMBER
COLUMNS: dict[str, Column] = by_key(
    Column("status", _("Status"), Order("state", TEXT), fields=("waiting_since",)),
    Column(
        "answer",
        _("Next act due"),
        Order("next_action_at", TIME),
        fields=("next_action", "next_owner", "next_action_at", "close_outcome"),
    ),
    Column("customer", _("Customer"), Order(Lower("customer__name"), TEXT), fields=("tenant__domain",)),
    Column("reference", _("Reference"), Order("public_id", TEXT), is_usual=False),
    Column("wanted", _("Workloads"), Order(joined("cover"), TEXT), fields=("cover", "text")),
    Column("country", _("Country"), Order("customer__country", TEXT), fields=("customer__country",)),
    Column("language", _("Languages"), Order(joined("languages"), TEXT), is_usual=False, fields=("languages",)),
    Column("type", _("Type"), Order("assigned_type", TEXT), fields=("assigned_type",)),
    Column("source", _("Source"), Order("source", TEXT), is_usual=False, fields=("source",)),
    Column("arrived", _("Arrived"), Order("id", NUMBER), is_usual=False, starts_high=True, fields=("created_at",)),
    Column(
        "closed",
        _("Closed on"),
        Order(CLOSED_ON, TIME),
        is_usual=False,
        starts_high=True,
        fields=("closed_at",),
    ),
    Column("holder", _("With"), fields=("holder", "next_owner")),
    Column(
        "outcome",
        _("Determination"),
        Order(Coalesce("determination__outcome", Value("")), TEXT),
        fields=("determination__outcome", "differs_outcome"),
    ),
    Column("round", _("Round"), Order("round", NUMBER), is_usual=False, starts_high=True, fields=("round",)),
)


def by_owner(owners: Iterable[Actor]) -> tuple[Q, ...]:
    return tuple(Q(next_owner=owner) for owner in owners)


def _tabs() -> dict[str, Tab]:
    def owned(key: str, label: "StrOrPromise", owners: Sequence[Actor], empty: "StrOrPromise") -> Tab:
        where = Q(next_owner__in=owners)  # which only open ones have
        return Tab(key, label, where, "answer", empty, parts=by_owner(owners))

    of_all: Any = {"is_counted": False, "unsorted": ("answer",)}  # what is closed has no next act
    return by_key(
        owned(
            "team",
            _("Needs the team"),
            [Actor.TEAM],
            _("Nothing waits for the team. Declines to read are under Decline review."),
        ),
        owned("partner", _("With partners"), [Actor.PARTNER], _("No partner has a referral now.")),
        owned("customer", _("With customers"), [Actor.REQUESTER], _("No customer is asked for anything.")),
        owned("system", _("Moving"), [Actor.SYSTEM, Actor.FTC], _("Nothing is being screened, routed or held.")),
        Tab(
            *(
                "open",
                _("All open"),
                OPEN,
                "answer",
                _("No referral is open. Enter a request, or wait for one to arrive."),
            ),
            parts=by_owner(Actor),
            sums=("team", "partner", "customer", "system"),
        ),
        Tab("closed", _("Closed"), Q(state__in=CLOSED_STATES), "-closed", _("Nothing is closed yet."), **of_all),
        Tab("all", _("All"), Q(), "-arrived", _("There is no referral yet. Enter a request."), **of_all),
    )


def _flags(values: Sequence[str], _person: User) -> Q:
    late = Offer.objects.filter(referral=OuterRef("pk"), state=OfferState.PENDING, respond_by__lt=Now())
    tests = {
        "overdue": OPEN & is_overdue(Now()),
        "late": OPEN & Q(state=State.OFFERED) & Q(Exists(late)),
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
        Facet("flag", _("Attention"), FLAGS, _flags),
        Facet("state", _("Status"), dict(State.choices), one_of("state")),
        Facet("type", _("Type"), dict(ReferralType.choices), one_of("assigned_type")),
        Facet(
            *("area", _("Area"), dict(Area.choices)),
            lambda values, person: in_area(values, person) | Q(areas__overlap=list(values)),
        ),
        Facet("workload", _("Workload"), workload_names(edition), overlap("cover")),
        Facet("outcome", _("Determination"), dict(Outcome.choices), one_of("determination__outcome")),
        Facet("country", _("Country"), COUNTRY_NAMES, one_of("customer__country")),
        Facet("language", _("Language"), LANGUAGE_NAMES, overlap("languages")),
        Facet("source", _("Source"), dict(Source.choices), one_of("source")),
        Facet("reason", _("Declined for"), dict(reasons), _declined_for),
    )
    return Shape(_tabs(), facets, COLUMNS, _("Customer, domain, tenant id, reference or notes"))


@lru_cache(maxsize=2)
def _ahead(is_id: bool) -> Statement:
    """Customers by name, by their tenants' domain or id, and referrals by a partner's notes: so many of each."""
    text = blank("text")
    tenants = Q(domain__icontains=text)
    if is_id:
        tenants |= Q(directory_id=RawSQL("%s::uuid", [blank("id")]))  # noqa: S611 (nothing but a parameter)
    return in_one(
        [
            ids_of(Customer.objects.filter(name__icontains=text), "pk", FEW),
            ids_of(Tenant.objects.filter(tenants), "customer", FEW),
            ids_of(_noted(text), "referral", FEW),
        ]
    )


def _noted(text: str) -> QuerySet[Offer]:
    return Offer.objects.exclude(notes="").filter(notes__icontains=text)


def look(text: str) -> Sought:
    """Few customers or referrals are looked up first, so that the list goes to their rows. Takes a query."""
    given = ("text", text), ("reference", text.upper())
    own_id = _id_in(text)
    by_name, by_tenant, noted = _ahead(bool(own_id)).filled(Sought((*given, ("id", own_id)))).first()
    if max(map(len, (by_name, by_tenant, noted))) == FEW:
        return Sought(given)
    return Sought((*given, ("customers", [*by_name, *by_tenant]), ("noted", noted)), is_rare=True)


def _id_in(text: str) -> str:
    """A whole tenant id as the database reads it; empty when the text is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def ways(sought: Sought) -> list[Q]:
    """By reference, by customer, and by what a partner wrote."""
    by_reference = Q(public_id__startswith=sought["reference"])
    if sought.is_rare:
        return [by_reference, among("customer", sought["customers"]), among("pk", sought["noted"])]
    text = sought["text"]
    return [
        by_reference,
        Q(customer__in=Customer.objects.filter(name__icontains=text)),
        Q(customer__in=Tenant.objects.filter(domain__icontains=text).values("customer")),
        Q(pk__in=_noted(text).values("referral")),
    ]


def list_referrals(person: User, edition: Edition) -> Listing:
    """Every referral, for whoever sees everything; none for others."""
    return _listing(person, person.sees_everything, referrals_shape(edition, decline_reasons()))


@lru_cache(maxsize=LISTINGS)
def _listing(person: User, sees_everything: bool, shape: Shape) -> Listing:
    live = Offer.objects.filter(referral=OuterRef("pk"), state__in=LIVE_OFFER_STATES)
    words = {"holder": Subquery(live.values("partner__name")[:1])}
    rows = Referral.objects.visible_to(person)
    return Listing(shape, (person.pk, sees_everything), rows, FIELDS, words, Search(look, ways), person)
