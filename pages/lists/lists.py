"""The lists that people start from: a partner's queue, and the team's referrals. One design for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from pages.guards import SignedInRequest, team_page
from pages.lists.bulk import OFFER_ACTS, READ_ACTS, REFERRAL_ACTS, BulkAct
from pages.lists.watching import written
from pages.places import listing_for, place_of
from referrals.lists.listing import first_page
from referrals.lists.of_person import own_partners, saved_views
from referrals.lists.paging import Page
from referrals.lists.state import ListState, read_state
from referrals.models import ListName

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEMPLATES = {ListName.OFFERS: "lists/queue.html", ListName.REFERRALS: "lists/team_list.html"}


@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """A partner's own offers. Who belongs to no partner because it sees everything has the other list."""
    if request.user.sees_everything:
        return redirect("pages:team-list")
    return _show(request, ListName.OFFERS)


@team_page
@require_safe
def team_list(request: SignedInRequest) -> HttpResponse:
    return _show(request, ListName.REFERRALS)


def _show(request: SignedInRequest, name: ListName) -> HttpResponse:
    """The list that the address names; without any, the view that the person lets it open with."""
    context = load_list(request.user, name, dict(request.GET.lists()))
    opens_first = [view for view in context["views"] if view.is_default]
    if not request.GET and opens_first:
        return redirect(request.path + opens_first[0].address)
    answer = render(request, TEMPLATES[name], context)
    if request.headers.get("HX-Request"):
        answer["HX-Push-Url"] = request.path + context["state"].here
    return answer


def load_list(person: User, name: ListName, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the page of a list shows. ``given``: name → values of its address.

    Three queries at most: own partners (or where the team's search finds something), which rows and how many with the
    saved views, the rows' words. Names that are kept for a moment take one more.
    """
    partners = own_partners(person).all() if name == ListName.OFFERS else []
    listing = listing_for(person, name, [partner.id for partner in partners])
    state = read_state(listing.shape, given)
    views = saved_views(person, name)
    page, problem = first_page(listing, state, views.as_value)
    return {
        "partners": partners,
        "acting": {partner.id for partner in partners if partner.may_act},
        "partner_names": {partner.id: partner.name for partner in partners},
        "state": state,
        "page": page,
        "next_address": state.place("after", page.next_key),
        "previous_address": state.place("before", page.previous_key),
        "problems": [*state.problems, *([problem] if problem else [])],
        "tabs": _tabs(state, page),
        "numbers": written(page.numbers),
        "facets": list(listing.shape.facets.values()),
        "columns": list(listing.shape.columns.values()),
        "views": views.rows_in(page.beside),
        "bulk_acts": _acts_of(person, name, partners),
        "list_name": name,
        "now": timezone.now(),
        "workload_names": listing.shape.facets["workload"].choices,
        "place": place_of(state),
    }


def _acts_of(person: User, name: ListName, partners: Sequence[Any]) -> Mapping[str, BulkAct]:
    """What the person may do with several rows: a viewer only exports them."""
    if name == ListName.OFFERS:
        return OFFER_ACTS if any(partner.may_act for partner in partners) else READ_ACTS
    return REFERRAL_ACTS if person.is_processing_team else {}


@dataclass(frozen=True, slots=True)
class ShownTab:
    key: str
    label: "StrOrPromise"
    address: str
    count: object
    is_current: bool


def _tabs(state: ListState, page: Page) -> list[ShownTab]:
    return [
        ShownTab(key, tab.label, state.in_tab(tab), page.numbers.get(key, ""), tab is state.tab)
        for key, tab in state.shape.tabs.items()
    ]
