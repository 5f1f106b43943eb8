"""The referral processing team's list: every referral."""

import itertools
import re
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from accounts.models import User
from benefits.choices import Area, Outcome
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.domain.catalogue import Edition
from benefits.models import Customer, Tenant
from partners.choices import ReferralType
from referrals.choices import LIVE_OFFER_STATES, Actor, EventKind, NextAct, OfferState, Source, State
from referrals.models import Event, Offer, Referral
from referrals.models.referral import CLOSED_ON, CLOSED_STATES
from referrals.models.referral_queries import DIFFERING, WAITING, is_overdue

from .listing import LISTINGS, Listing
from .names import decline_reasons
from .numbers import named_by, number_in
from .offers import any_of, in_areas, joined, one_of, overlap, ranked, workload_names
from .searching import Search, Sought, among, blank
from .shape import Column, Facet, Kind, Order, Shape, Tab, by_key
from .statements import Statement, ids_of, in_one

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OPEN = ~Q(next_owner="")  # as the partial index says it
BEGINNING_OF_ID = re.compile("[0-9a-f]{8,32}")
FEW = 50  # customers, or referrals with a note, that are looked up rather than met
FLAGS = {
    "overdue": _("Action overdue"),
    "late": _("Partner overdue"),
    "sender": _("Sender to confirm"),
    "waiting": _("No matching partner"),
    "nobody": _("Unowned"),
    "differs": _("Determination out of date"),
    "unverified": _("Eligibility unverified"),
    "unreachable": _("Customer unreachable"),
}
FIELDS = ("id", "public_id", "state", "customer__name")


def _declines() -> QuerySet[Offer]:
    return Offer.objects.exclude(notes_key="")


def _history() -> QuerySet[Event]:
    return Event.objects.filter(kind=EventKind.NOTE)


def _of_live(path: str) -> Subquery:
    """What the live offer of a referral says."""
    live = Offer.objects.filter(referral=OuterRef("pk"), state__in=LIVE_OFFER_STATES)
    return Subquery(live.values(path)[:1])


TIME, TEXT, NUMBER = Kind.TIME, Kind.TEXT, Kind.NUMBER
COLUMNS: dict[str, Column] = by_key(
    Column("status", _("Status"), Order(ranked("state", State), NUMBER), fields=("waiting_since",)),
    Column(
        "answer",
        _("Action due"),
        Order("next_action_at", TIME),
        fields=("next_action", "next_owner", "next_action_at", "close_outcome"),
    ),
    Column(
        *("customer", _("Customer"), Order("customer__name_key", TEXT)),
        fields=("tenant__domain",),
        is_fixed=True,
    ),
    Column("reference", _("Reference"), Order("public_id", TEXT), is_usual=False),
    Column("wanted", _("Workloads"), Order(joined("cover"), TEXT), fields=("cover", "text")),
    Column("country", _("Country"), Order("customer__country", TEXT), False, fields=("customer__country",)),
    Column("language", _("Languages"), Order(joined("languages"), TEXT), is_usual=False, fields=("languages",)),
    Column("type", _("Type"), Order("assigned_type", TEXT), False, fields=("assigned_type",)),
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
    Column(
        "holder",
        _("With"),
        Order(Coalesce(_of_live("partner__name_key"), Value(""), output_field=TextField()), TEXT),
        fields=("holder", "next_owner"),
    ),
    Column("offered", _("Offered on"), is_usual=False, fields=("offered_at",)),
    Column("left", _("Time left"), is_usual=False, fields=("expires_at",)),
    Column("incumbent", _("Incumbent"), is_usual=False, fields=("is_incumbent",)),
    Column(
        "outcome",
        _("Determination"),
        Order(Coalesce("determination__outcome", Value("")), TEXT),
        fields=("determination__outcome", "differs_outcome"),
    ),
    Column("round", _("Round"), Order("round", NUMBER), is_usual=False, starts_high=True, fields=("round",)),
)


NOTED = {
    "declined_with": ArraySubquery(_declines().filter(referral=OuterRef("pk")).order_by("-id").values("notes")),
    "noted": ArraySubquery(_history().filter(referral=OuterRef("pk")).order_by("-id").values("note")),
}
WORDS = {
    "holder": _of_live("partner__name"),
    "offered_at": _of_live("offered_at"),
    "expires_at": _of_live("expires_at"),
    "is_incumbent": _of_live("is_incumbent"),
    **NOTED,
}


def by_owner(owners: Iterable[Actor]) -> tuple[Q, ...]:
    return tuple(Q(next_owner=owner) for owner in owners)


NOTHING_TO_DO = _("Nothing needs action. Declines are under Decline review.")
NOTHING_OPEN = _("No open referrals. Enter a request, or wait for one to arrive.")


def _tabs() -> dict[str, Tab]:
    def owned(key: str, label: "StrOrPromise", owners: Sequence[Actor], empty: "StrOrPromise") -> Tab:
        where = Q(next_owner__in=owners)  # which only open ones have
        return Tab(key, label, where, "answer", empty, parts=by_owner(owners))

    unsorted = ("answer",)  # what is closed has no next act
    return by_key(
        owned("team", _("Action required"), [Actor.TEAM], NOTHING_TO_DO),
        owned("partner", _("With partners"), [Actor.PARTNER], _("No referrals with partners.")),
        owned("customer", _("With customers"), [Actor.REQUESTER], _("No referrals awaiting customers.")),
        owned("system", _("In transit"), [Actor.SYSTEM, Actor.FTC], _("No referrals in transit.")),
        Tab(
            *("open", _("All open"), OPEN, "answer", NOTHING_OPEN),
            parts=by_owner(Actor),
            sums=("team", "partner", "customer", "system"),
        ),
        Tab(
            *("closed", _("Closed"), Q(state__in=CLOSED_STATES), "-closed", _("Nothing closed yet.")),
            is_finished=True,
            unsorted=unsorted,
        ),
        Tab(
            "all",
            _("All"),
            Q(),
            "-arrived",
            _("No referrals yet. Enter a request."),
            sums=("open", "closed"),
            unsorted=unsorted,
        ),
    )


def _flags(values: Sequence[str], _person: User) -> Q:
    late = Offer.objects.filter(referral=OuterRef("pk"), state=OfferState.PENDING, respond_by__lt=Now())
    tests = {
        "overdue": OPEN & is_overdue(Now()),
        "late": OPEN & Q(state=State.OFFERED) & Q(Exists(late)),
        "sender": Q(next_action=NextAct.CONFIRM_SENDER, next_owner=Actor.TEAM),
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
        Facet("reason", _("Decline reason"), dict(reasons), _declined_for),
    )
    return Shape(_tabs(), facets, COLUMNS, _("Customer, domain, tenant ID, number or notes"))


@lru_cache(maxsize=2)
def _ahead(is_id: bool) -> Statement:
    """Customers by name, by their tenants' domain or id, and referrals by notes: so many of each."""
    text = blank("text")
    tenants = Q(domain_key__contains=text)
    if is_id:
        bounds = [RawSQL("%s::uuid", [blank(name)]) for name in ("first_id", "last_id")]
        tenants |= Q(directory_id__range=bounds)
    return in_one(
        [
            ids_of(Customer.objects.filter(name_key__contains=text), "pk", FEW),
            ids_of(Tenant.objects.filter(tenants), "customer", FEW),
            ids_of(_declines().filter(notes_key__contains=text), "referral", FEW),
            ids_of(_history().filter(note_key__contains=text), "referral", FEW),
        ]
    )


def look(text: str) -> Sought:
    """Few customers or referrals are looked up first, so that the list goes to their rows. Takes a query."""
    if number := number_in(text):
        return Sought((*number, ("reference", text.upper())), is_rare=True)
    reference = text.upper()
    given = ("text", fold(text) or text), ("reference", reference), ("rest", f"REF-{reference}")
    ids = _ids_that_begin_with(text)
    by_name, by_tenant, *by_note = _ahead(bool(ids)).filled(Sought((*given, *ids))).first()
    if max(map(len, (by_name, by_tenant, *by_note))) == FEW:
        return Sought(given)
    noted = [*itertools.chain(*by_note)]
    return Sought((*given, ("customers", [*by_name, *by_tenant]), ("noted", noted)), is_rare=True)


def _ids_that_begin_with(text: str) -> list[tuple[str, str]]:
    """The first and the last tenant id with these eight digits or more at its beginning; nothing for other texts."""
    digits = text.strip("{}").replace("-", "").lower()
    if not BEGINNING_OF_ID.fullmatch(digits):
        return []
    return [(name, str(uuid.UUID(digits.ljust(32, fill)))) for name, fill in (("first_id", "0"), ("last_id", "f"))]


def ways(sought: Sought) -> list[Q]:
    """By reference from its beginning, with or without REF-, by customer, and by notes; by the number of old email."""
    if "rest" not in sought:
        return named_by(sought)
    found = [Q(public_id__startswith=sought["reference"]) | Q(public_id__startswith=sought["rest"])]
    if sought.is_rare:
        return [*found, among("customer", sought["customers"]), among("pk", sought["noted"])]
    text = sought["text"]
    return [
        *found,
        Q(customer__in=Customer.objects.filter(name_key__contains=text)),
        Q(customer__in=Tenant.objects.filter(domain_key__contains=text).values("customer")),
        Q(pk__in=_declines().filter(notes_key__contains=text).values("referral")),
        Q(pk__in=_history().filter(note_key__contains=text).values("referral")),
    ]


def list_referrals(person: User, edition: Edition) -> Listing:
    """Every referral, for whoever sees everything; none for others."""
    return _listing(person, person.sees_everything, referrals_shape(edition, decline_reasons()))


@lru_cache(maxsize=LISTINGS)
def _listing(person: User, sees_everything: bool, shape: Shape) -> Listing:
    rows, whose = Referral.objects.visible_to(person), (person.pk, sees_everything)
    return Listing(shape, whose, rows, FIELDS, WORDS, Search(look, ways), tuple(NOTED), person)
