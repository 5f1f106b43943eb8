"""Where lists and their rows are: addresses there, back, and to the row beside one."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from pages.guards import SignedInRequest
from referrals.lists.listing import Listing
from referrals.lists.names import current_edition
from referrals.lists.of_person import list_of
from referrals.lists.saved_views import LIST_URLS
from referrals.lists.state import LONGEST_ADDRESS, MOST_FIELDS, ListState, state_in
from referrals.models import ListName, Offer

ROW_URLS = {ListName.OFFERS: "pages:offer", ListName.REFERRALS: "pages:team-referral"}
LONGEST_REFERRER = 20_000
LIST = "list"  # names, in the address of a row's page, the list that it was opened from


def listing_for(person: User, name: ListName, partners: Sequence[int] | None = None) -> Listing:
    return list_of(person, name, current_edition(), partners)


def may_list(person: User, list_name: str) -> ListName:
    """The list that is the person's to see, else 404."""
    may_see = {ListName.REFERRALS: person.sees_everything, ListName.OFFERS: not person.sees_everything}
    if list_name not in ListName.values or not may_see[ListName(list_name)]:
        raise Http404
    return ListName(list_name)


def place_of(state: ListState) -> str:
    """What a row's link carries, so that its page knows the list: ``?list=…``."""
    return "?" + urlencode({LIST: state.here})


@dataclass(frozen=True, slots=True)
class Beside:
    """The list that a page was opened from, and the rows beside it there."""

    back: str
    place: str
    previous: str
    following: str


def beside(request: SignedInRequest, name: ListName, pk: int) -> Beside | None:
    """The list that a row's page was opened from; None when it was not opened from one."""
    carried = request.GET.get(LIST, "")
    if not carried:
        return None
    listing = listing_for(request.user, name)
    state = state_in(listing.shape, carried)
    row_url, list_url, place = ROW_URLS[name], LIST_URLS[name], place_of(state)
    sides = [one and reverse(row_url, args=[one]) + place for one in listing.neighbours(state, pk)]
    return Beside(reverse(list_url) + state.here, place, *sides)


def carried_place(request: SignedInRequest) -> str:
    """The list that an act's page was opened from: in its address, or in that of the page with the button."""
    carried = request.GET.get(LIST, "") or _list_of_page_before(request)
    return "?" + urlencode({LIST: carried[:LONGEST_ADDRESS]}) if carried else ""


def _list_of_page_before(request: SignedInRequest) -> str:
    """Browsers send the whole address within one site, as our referrer policy asks them to."""
    before = urlsplit(request.headers.get("Referer", "")[:LONGEST_REFERRER])
    if before.netloc != request.get_host():
        return ""
    try:
        return parse_qs(before.query, max_num_fields=MOST_FIELDS).get(LIST, [""])[-1]
    except ValueError:
        return ""


def back_to(request: SignedInRequest, address: str) -> HttpResponseRedirect:
    """The page of a row, which still knows the list that it was opened from."""
    return HttpResponseRedirect(address + carried_place(request))


def back_to_offer(request: SignedInRequest, offer: Offer) -> HttpResponseRedirect:
    return back_to(request, reverse("pages:offer", args=[offer.number]))


def back_to_referral(request: SignedInRequest, public_id: str) -> HttpResponseRedirect:
    return back_to(request, reverse("pages:team-referral", args=[public_id]))
