"""A partner's list: its own offers."""

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, TextChoices, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Now
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.folding import fold
from accounts.models import User
from benefits.choices import Area, Outcome
from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.domain.catalogue import Edition
from benefits.models import Customer, Tenant
from partners.choices import ReferralType
from referrals.choices import LIVE_OFFER_STATES, Actor, EventKind, OfferState, Source, State
from referrals.models import ColleagueNote, Event, Inquiry, Offer
from referrals.models.offer import assigned_to, number_among

from .listing import LISTINGS, Listing
from .names import decline_reasons
from .numbers import named_to, number_in
from .searching import Search, Sought
from .shape import Column, Facet, Kind, Order, Shape, Tab, by_key

ENDED = (OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN, OfferState.COMPLETED)
STANDING_STILL = Q(referral__state__in=(State.ON_HOLD, State.IN_REVIEW))
WORKED_ON = Q(state=OfferState.ACCEPTED) & ~STANDING_STILL
NEEDS_ANSWER = Q(state=OfferState.PENDING) & ~STANDING_STILL
WAITING = Q(state__in=LIVE_OFFER_STATES) & (Q(state=OfferState.RELEASE_REQUESTED) | STANDING_STILL)
# What became of a referral after its offer ended is not the partner's to know.
IS_LIVE = Q(state__in=LIVE_OFFER_STATES)
SHOWN_STATE = Case(When(IS_LIVE, then=F("referral__state")), default=Value(""))
SHOWN_OUTCOME = Coalesce(
    Case(When(IS_LIVE, then=F("referral__determination__outcome")), default=F("determination__outcome")), Value("")
)
ACT_BY = Case(  # as the column says it
    When(state=OfferState.ACCEPTED, then=Coalesce("referral__next_action_at", "respond_by")), default=F("respond_by")
)
# A part of a shared request came as the request did: its partner learns nothing of other parts.
SHOWN_SOURCE = Case(
    When(~Q(referral__source=Source.SPLIT), then=F("referral__source")),
    When(~Q(referral__split_from__source=Source.SPLIT), then=F("referral__split_from__source")),
    default=Coalesce("referral__split_from__split_from__source", Value("")),
)
SOURCES = {value: label for value, label in Source.choices if value != Source.SPLIT}  # nothing of a split is said
FLAGS = {
    "needs-answer": _("Awaiting my response"),
    "today": _("Due today"),
    "late": _("Response overdue"),
    "overdue": _("Action overdue"),
    "incumbent": _("Existing customer"),
    "differs": _("Determination out of date"),
    "proposed": _("Customer replied"),
    "mine": _("Assigned to me"),
    "nobody": _("Unassigned"),
}
ANSWERED = Inquiry.objects.filter(referral=OuterRef("referral"), settled_at=None, answered_at__isnull=False)
OWN_NOTES = Event.objects.filter(kind=EventKind.NOTE, actor=Actor.PARTNER)  # the team's stay with the team
NOTED = {
    "noted": ArraySubquery(
        OWN_NOTES.filter(referral=OuterRef("referral"), partner=OuterRef("partner")).order_by("-id").values("note")
    ),
    "noted_inside": ArraySubquery(ColleagueNote.objects.filter(offer=OuterRef("pk")).order_by("-id").values("text")),
}
WORDS = {"shown_state": SHOWN_STATE, "shown_outcome": SHOWN_OUTCOME, "shown_source": SHOWN_SOURCE, **NOTED}
OF_ALL = ("needs-answer", "in-progress", "waiting", "closed")
MOST_SHARES = 8  # partners of one person that are walked one by one
PART_OF_ID = re.compile("[0-9a-f-]{8,}", re.IGNORECASE)
REFERS = "shown_number"
FIELDS = ("id", "public_id", REFERS, "state", "partner_id", "referral__public_id", "referral__customer__name")


def ranked(path: str, choices: type[TextChoices]) -> Case:
    """The place of a code among its choices, to sort by: their order is the order of a life."""
    places = [When(**{path: value}, then=Value(place)) for place, value in enumerate(choices.values)]
    return Case(*places, default=Value(len(places)), output_field=IntegerField())


def joined(path: str) -> Func:
    """A list of codes as one text, to sort by."""
    return Func(F(path), Value(" "), function="array_to_string", output_field=TextField())


COUNTRY = "referral__customer__country"
TIME, TEXT, NUMBER = Kind.TIME, Kind.TEXT, Kind.NUMBER
COLUMNS: dict[str, Column] = by_key(
    Column(
        *("status", _("Status"), Order(ranked("state", OfferState), NUMBER)),
        fields=("respond_by", "referral__state"),
    ),
    Column("answer", _("Due"), Order(ACT_BY, TIME), fields=("respond_by", "referral__next_action_at")),
    Column("left", _("Time left"), Order("expires_at", TIME), is_usual=False, fields=("expires_at",)),
    Column(
        *("customer", _("Customer"), Order("referral__customer__name_key", TEXT)),
        fields=("referral__tenant__domain",),
        is_fixed=True,
    ),
    Column("reference", _("Reference"), Order("referral__public_id", TEXT), is_usual=False),
    Column("wanted", _("Workloads"), Order(joined("workloads"), TEXT), fields=("workloads",)),
    Column(
        "country", _("Country"), Order("referral__customer__country", TEXT), fields=("referral__customer__country",)
    ),
    Column(
        "language",
        _("Languages"),
        Order(joined("referral__languages"), TEXT),
        is_usual=False,
        fields=("referral__languages",),
    ),
    Column("type", _("Type"), Order("referral_type", TEXT), False, fields=("referral_type",)),
    Column("source", _("Source"), Order(SHOWN_SOURCE, TEXT), is_usual=False, fields=("shown_source",)),
    Column("offered", _("Offered on"), Order("offered_at", TIME), False, True, ("offered_at",)),
    Column(
        "outcome",
        _("Determination"),
        Order(SHOWN_OUTCOME, TEXT),
        fields=("shown_outcome", "referral__differs_outcome"),
    ),
    Column(
        "incumbent",
        _("Incumbent"),
        Order(Cast("is_incumbent", IntegerField()), NUMBER),
        False,
        starts_high=True,
        fields=("is_incumbent",),
    ),
    Column(
        "colleague",
        _("Assignee"),
        Order(Coalesce("colleague__name_key", Value(""), output_field=TextField()), TEXT),
        fields=("colleague__name", "colleague__email"),
    ),
    Column("tags", _("Tags"), Order("tags_key", TEXT), is_usual=False, fields=("tags",)),
    Column(
        "reason",
        _("Decline reason"),
        Order(Coalesce("reason__label_key", Value(""), output_field=TextField()), TEXT),
        is_usual=False,
        fields=("reason__label",),
    ),
)


def _tabs() -> dict[str, Tab]:
    return by_key(
        Tab(
            "needs-answer",
            _("Awaiting response"),
            NEEDS_ANSWER,
            "left",
            _("You’re all caught up. New referrals appear here and by email."),
        ),
        Tab(
            "in-progress",
            _("In progress"),
            WORKED_ON,
            "answer",
            _("Nothing in progress. Accept a referral to start due diligence."),
            unsorted=("left",),
        ),
        Tab(
            "waiting",
            _("On hold"),
            WAITING,
            "-offered",
            _("Nothing on hold or under review."),
            unsorted=("left",),
        ),
        Tab(
            "closed",
            _("Closed"),
            Q(state__in=ENDED),
            "-offered",
            _("Nothing closed yet. Declined and completed referrals appear here."),
            is_finished=True,
            unsorted=("left",),
        ),
        Tab("all", _("All"), Q(), "-offered", _("No referrals yet."), sums=OF_ALL),
    )


def flag_tests(person: User) -> dict[str, Q]:
    """What each flag finds. What is due counts once: as a late answer, as an overdue action, or as due today."""
    tomorrow = (timezone.localtime() + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "needs-answer": NEEDS_ANSWER,
        "today": NEEDS_ANSWER & Q(respond_by__gte=Now(), respond_by__lt=tomorrow),
        "late": NEEDS_ANSWER & Q(respond_by__lt=Now()),
        "overdue": WORKED_ON & Q(referral__next_owner="partner", referral__next_action_at__lt=Now()),
        "incumbent": Q(is_incumbent=True),
        "differs": Q(referral__differs_under__isnull=False) & Q(state__in=(OfferState.PENDING, OfferState.ACCEPTED)),
        "proposed": Q(state=OfferState.ACCEPTED) & Q(Exists(ANSWERED)),
        "mine": IS_LIVE & assigned_to(person),
        "nobody": IS_LIVE & Q(colleague=None),
    }


def _flags(values: Sequence[str], person: User) -> Q:
    tests = flag_tests(person)
    return any_of(tests[value] for value in values)


def any_of(tests: Any) -> Q:
    """Rows that pass one of the tests."""
    either = Q()
    for test in tests:
        either |= test
    return either


def one_of(path: str) -> Any:
    """A facet that compares one field."""
    return lambda values, _person: Q(**{f"{path}__in": list(values)})


def one_said(words: Any) -> Any:
    """A facet that compares what a row says."""
    return lambda values, _person: Q(In(words, list(values)))


def overlap(path: str) -> Any:
    """A facet that compares a list of codes."""
    return lambda values, _person: Q(**{f"{path}__overlap": list(values)})


def in_areas(path: str, edition: Edition) -> Any:
    """Rows with a workload of one of the areas."""
    areas = {code: set(workload.areas) for code, workload in edition.workloads.items()}
    return lambda values, _person: Q(**{f"{path}__overlap": [code for code, own in areas.items() if own & set(values)]})


@lru_cache(maxsize=2)
def offers_shape(edition: Edition, reasons: tuple[tuple[str, str], ...]) -> Shape:
    facets = by_key(
        Facet("flag", _("Attention"), FLAGS, _flags),
        Facet("state", _("Status"), dict(OfferState.choices), one_of("state")),
        Facet("type", _("Type"), dict(ReferralType.choices), one_of("referral_type")),
        Facet("area", _("Area"), dict(Area.choices), in_areas("workloads", edition)),
        Facet("workload", _("Workload"), workload_names(edition), overlap("workloads")),
        Facet("outcome", _("Determination"), dict(Outcome.choices), one_said(SHOWN_OUTCOME)),
        Facet("country", _("Country"), COUNTRY_NAMES, one_of(COUNTRY)),
        Facet("language", _("Language"), LANGUAGE_NAMES, overlap("referral__languages")),
        Facet("source", _("Source"), SOURCES, one_said(SHOWN_SOURCE)),
        Facet("reason", _("Decline reason"), dict(reasons), one_of("reason__code")),
    )
    return Shape(_tabs(), facets, COLUMNS, _("Customer, domain, tenant ID, number or your notes"))


def workload_names(edition: Edition) -> dict[str, str]:
    return {
        code: workload.name for code, workload in sorted(edition.workloads.items(), key=lambda pair: fold(pair[1].name))
    }


def look(text: str) -> Sought:
    """Nothing is looked up: a partner's own rows are few enough to go through."""
    found = ("text", fold(text) or text), ("reference", text.upper()), *number_in(text)
    return Sought((*found, *([("id", text)] if PART_OF_ID.fullmatch(text) else [])))


def ways(sought: Sought, partners: Sequence[int]) -> list[Q]:
    """By reference or customer, in notes and tags; by eight digits or more of a tenant id."""
    text = sought["text"]
    found = [
        Q(referral__public_id__contains=sought["reference"]),
        *named_to(partners, sought),
        Q(referral__customer__in=Customer.objects.filter(name_key__contains=text)),
        Q(referral__tenant__in=Tenant.objects.filter(domain_key__contains=text)),
        Q(notes_key__contains=text),
        Q(referral__in=OWN_NOTES.filter(partner__in=partners, note_key__contains=text).values("referral")),
        Q(pk__in=ColleagueNote.objects.filter(offer__partner__in=partners, text_key__contains=text).values("offer")),
        Q(tags_key__contains=text),
    ]
    return [*found, Q(referral__tenant__directory_id__icontains=sought["id"])] if "id" in sought else found


def list_offers(person: User, partners: Sequence[int], edition: Edition) -> Listing:
    """The offers of the partners that a person is a member of."""
    return _listing(person, tuple(partners), offers_shape(edition, decline_reasons()))


@lru_cache(maxsize=LISTINGS)
def _listing(person: User, partners: tuple[int, ...], shape: Shape) -> Listing:
    rows = Offer.objects.filter(partner__in=partners)
    whose, unfinished = (person.pk, *partners), rows.filter(state__in=LIVE_OFFER_STATES)
    search = Search(look, partial(ways, partners=partners))
    shares = [Q(partner=pk) for pk in partners] if len(partners) <= MOST_SHARES else []
    words = WORDS | {REFERS: number_among(partner__in=partners)}
    return Listing(shape, whose, rows, FIELDS, words, search, ("notes", *NOTED), person, unfinished, shares, REFERS)
