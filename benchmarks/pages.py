"""What a page of a list costs among a million referrals, beside its template alone and beside a counted OFFSET page."""

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from pages.lists.lists import TEMPLATES, load_list
from pages.places import listing_for
from partners.choices import Role
from partners.models import Membership
from referrals.choices import OfferState
from referrals.lists.paging import PAGE, write_key
from referrals.models import ListName, Offer, Referral

from . import routing_state
from .copying import copy_rows, settle_sequences
from .measuring import Best, Groups, Row, Spent, best_of, own_backend, spending
from .routing_data import Made, add_customers, add_partners
from .routing_referrals import OFFER, add_other_referrals, make_offer

FEW, MANY = 10_000, 1_000_000
PARTNERS, CUSTOMERS = 1_000, 20_000
FIRST_OWN, OWN = 80_000_000, 2_000  # numbers, and offers of the measured partner besides its share
ROUNDS, PAGES = 5, 20
DEEP = 0.6  # of the list lies before the deep page
PLACES = ("first", "deep", "filtered", "searched")
KINDS = (
    *((name, place) for name in (ListName.OFFERS, ListName.REFERRALS) for place in PLACES),
    (ListName.REFERRALS, "closed"),
)
WHO = {ListName.OFFERS: "partner", ListName.REFERRALS: "team"}
RARE = "rare"  # measured beside a search for what is common
SOUGHT = {"searched": "c12", RARE: "c1234"}  # one in twenty customers has it, and eleven of all
Given = Mapping[str, list[str]]


@dataclass
class Bench:
    made: Made
    people: dict[ListName, User]
    few: dict[tuple[ListName, str], Best]


def prepare() -> Bench:
    """Ten thousand referrals, a partner with many offers, and somebody who looks."""
    made = Made(timezone.now())
    add_partners(made, PARTNERS)
    add_customers(made, CUSTOMERS)
    add_other_referrals(made, FEW)
    _give_offers(made)
    person = User.objects.create(email="partner@bench.example", name="Partner")
    Membership.objects.create(user=person, partner_id=1, role=Role.TRIAGER)
    team = User.objects.create(email="team@bench.example", name="Team", is_processing_team=True)
    bench = Bench(made, {ListName.OFFERS: person, ListName.REFERRALS: team}, {})
    routing_state.tidy()
    bench.few = {kind: cost(bench, *kind).page for kind in KINDS}
    return bench


def _give_offers(made: Made) -> None:
    """More ended offers of the measured partner."""
    ids = [pk for pk in range(1, FEW + 1) if pk % 20 and pk % 5 != 1][:OWN]
    rows = (make_offer(made, FIRST_OWN + pk, pk, made.partners[0], OfferState.COMPLETED) for pk in ids)
    copy_rows(Offer, OFFER, rows, made.now)
    settle_sequences(Offer)


def address(bench: Bench, name: ListName, place: str) -> Given:
    """The address of a kind of page."""
    is_team = name == ListName.REFERRALS
    tab = {"tab": ["open" if is_team and place != "closed" else "closed"]}
    if place == "filtered":
        return tab | {"country": ["DE", "FR"]} | ({"source": ["rfa"]} if is_team else {"type": ["benefit"]})
    if place in SOUGHT:
        return {"tab": ["all"], "q": [SOUGHT[place]]}
    return tab | ({"after": [_deep_key(bench, name)]} if place == "deep" else {})


def _deep_key(bench: Bench, name: ListName) -> str:
    """The key of a row far down in the list."""
    listing = listing_for(bench.people[name], name)
    tab = listing.shape.tabs["open" if name == ListName.REFERRALS else "closed"]
    rows = listing.rows.filter(tab.where)
    by = "next_action_at" if name == ListName.REFERRALS else "-offered_at"
    row = rows.order_by(by, "id" if name == ListName.REFERRALS else "-id")[int(rows.count() * DEEP)]
    return write_key(getattr(row, by.lstrip("-")), row.pk)


@dataclass(frozen=True, slots=True)
class Cost:
    page: Best
    floor: Best
    queries: int
    size: int


def cost(bench: Bench, name: ListName, place: str) -> Cost:
    """A page, and the same template on the same rows without a database."""
    given = address(bench, name, place)
    request = RequestFactory().get("/")
    request.user = person = bench.people[name]

    def show() -> str:
        context = load_list(person, name, given) | {"site_links": []}
        return render_to_string(TEMPLATES[name], context, request)

    loaded = load_list(person, name, given) | {"site_links": []}
    if len(loaded["page"].rows) < min(PAGE, 5) and place not in SOUGHT:
        raise RuntimeError(f"{name} {place}: too few rows to measure")
    with CaptureQueriesContext(connection) as captured:
        size = len(show())
    page, floor = rounds(show, lambda: render_to_string(TEMPLATES[name], loaded, request))
    return Cost(page, floor, len(captured), size)


def rounds(*works: Callable[[], object]) -> list[Best]:
    """The best of some rounds of pages of each, in turn, this process and its backend together."""
    backend = own_backend()
    _warm_up, *taken = [[round_of(work, backend) for work in works] for _ in range(1 + ROUNDS)]
    return [best_of(own) for own in zip(*taken, strict=True)]


def round_of(work: Callable[[], object], backend: int) -> Spent:
    gc.collect()
    with spending(backend) as spent:
        for _ in range(PAGES):
            work()
    spent.pieces = PAGES
    return spent


def measure_pages(bench: Bench) -> Iterator[Row]:
    """Every kind of page at a million referrals."""
    add_other_referrals(bench.made, MANY - FEW)
    routing_state.tidy()
    costs = {kind: cost(bench, *kind) for kind in KINDS}
    for (name, place), one in costs.items():
        ratio = one.page.cpu / one.floor.cpu
        beside = f"template {one.floor}; page {one.page}; {one.queries} queries"
        yield Row(f"pages-{WHO[name]}-{place}", ratio, "× template", "≤ 1.5 × its template", beside, ratio <= 1.5)
    most = max(one.queries for one in costs.values())
    yield Row("pages-queries", most, "queries", "≤ 4 queries", "the page's own, without session and person", most <= 4)
    growth = {key: one.page.cpu / bench.few[key].cpu for key, one in costs.items()}
    worst = max(growth, key=lambda key: growth[key])
    beside = f"worst: {worst[0].value} {worst[1]}, {bench.few[worst]} at {FEW:,}, {costs[worst].page} at {MANY:,}"
    yield Row("pages-growth", growth[worst], "× CPU", "≤ 1.25 × CPU at 10,000", beside, growth[worst] <= 1.25)
    yield _rare_beside_common(bench, costs)
    yield from _over_naive(bench, costs)


def _rare_beside_common(bench: Bench, costs: Mapping[tuple[ListName, str], Cost]) -> Row:
    """A search that finds few rows must not go through the whole list for them."""
    rare = {name: cost(bench, name, RARE).page for name in bench.people}
    ratios = {name: page.cpu / costs[name, "searched"].page.cpu for name, page in rare.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    beside = f"worst: {worst.value}, {rare[worst]}; common {costs[worst, 'searched'].page}"
    return Row("pages-rare", ratios[worst], "× CPU", "≤ 1 × a common text", beside, ratios[worst] <= 1)


def _over_naive(bench: Bench, costs: Mapping[tuple[ListName, str], Cost]) -> Iterator[Row]:
    """The team's deep page beside COUNT and OFFSET over model rows."""

    def naive() -> list[Any]:
        rows = Referral.objects.open().for_list().order_by("next_action_at", "id")
        start = int(rows.count() * DEEP)
        return list(rows[start : start + PAGE])

    [control], ours = rounds(naive), costs[ListName.REFERRALS, "deep"]
    data = ours.page.cpu - ours.floor.cpu
    ratio = control.cpu / data
    beside = f"COUNT and OFFSET {control}; ours without its template {data:.2f} ms CPU"
    yield Row("pages-naive", ratio, "× cheaper", "≥ 5 × cheaper", beside, ratio >= 5)


MAKING = "Making 1,000 partners, 20,000 customers and 10,000 referrals to be listed …"
NAMES = tuple(f"pages-{WHO[name]}-{place}" for name, place in KINDS)
GROUPS: Groups = (((*NAMES, "pages-queries", "pages-growth", "pages-rare", "pages-naive"), measure_pages),)
