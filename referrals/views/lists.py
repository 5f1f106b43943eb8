"""The lists that people start from: a partner's queue, and the team's referrals. One design for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.models import Partner
from referrals.lists.listing import Listing, first_page
from referrals.lists.offers import list_offers
from referrals.lists.referrals import list_referrals
from referrals.lists.state import DENSITIES, ListState, read_state
from referrals.models import ListName, SavedView

from .bulk import OFFER_ACTS, REFERRAL_ACTS, BulkAct
from .guards import SignedInRequest, team_page
from .places import current_edition, place_of

TEMPLATES = {ListName.OFFERS: "referrals/queue.html", ListName.REFERRALS: "referrals/team_list.html"}


@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """A partner's own offers."""
    partners = list(Partner.objects.of_member(request.user))
    listing = list_offers(request.user, [partner.pk for partner in partners], current_edition())
    return _show(request, listing, ListName.OFFERS, OFFER_ACTS, {"partners": partners})


@team_page
@require_safe
def team_list(request: SignedInRequest) -> HttpResponse:
    return _show(request, list_referrals(request.user, current_edition()), ListName.REFERRALS, REFERRAL_ACTS, {})


def _show(
    request: SignedInRequest, listing: Listing, name: ListName, acts: Mapping[str, BulkAct], context: dict[str, Any]
) -> HttpResponse:
    """The list that the address names; without any, the person's own default."""
    views = list(SavedView.objects.seen_by(request.user, name))
    opens_first = [view for view in views if view.is_default and view.owner_id == request.user.pk]
    if not request.GET and opens_first:
        return redirect(request.path + opens_first[0].address)
    state = read_state(listing.shape, dict(request.GET.lists()))
    page, problem = first_page(listing, state)
    context |= {
        "state": state,
        "page": page,
        "next_address": state.place("after", page.next_key),
        "previous_address": state.place("before", page.previous_key),
        "problems": [*state.problems, *([problem] if problem else [])],
        "tabs": _tabs(listing, state),
        "facets": list(listing.shape.facets.values()),
        "columns": list(listing.shape.columns.values()),
        "densities": DENSITIES,
        "views": views,
        "bulk_acts": acts,
        "list_name": name,
        "now": timezone.now(),
        "workload_names": listing.shape.facets["workload"].choices,
        "place": place_of(state),
    }
    answer = render(request, TEMPLATES[name], context)
    if request.headers.get("HX-Request"):
        answer["HX-Push-Url"] = request.path + state.here
    return answer


@dataclass(frozen=True, slots=True)
class ShownTab:
    label: str
    address: str
    count: object
    is_current: bool


def _tabs(listing: Listing, state: ListState) -> list[ShownTab]:
    counts = listing.count()
    return [
        ShownTab(tab.label, state.in_tab(tab), counts.get(key, ""), tab is state.tab)
        for key, tab in listing.shape.tabs.items()
    ]
