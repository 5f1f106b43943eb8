"""The command palette: referrals, plans, workloads and pages by a few letters; only what the person may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.folding import fold
from accounts.models import User
from benefits.services.editions import edition_in_force
from pages.editions.reading import search_edition
from pages.guards import SignedInRequest
from pages.places import ROW_URLS, listing_for
from referrals.lists.of_person import own_partners
from referrals.lists.state import LONGEST_SEARCH, read_state
from referrals.models import ListName, SiteLink

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 6  # of each kind
WORDS = {  # what a list calls these of its rows
    ListName.OFFERS: ("referral__customer__name", "referral__public_id", "referral__tenant__domain", "shown_number"),
    ListName.REFERRALS: ("customer__name", "public_id", "tenant__domain", "public_id"),
}
PLACES: dict[str, "StrOrPromise"] = {  # for everybody who is signed in
    "pages:escalations": _("Escalations and questions"),
    "pages:escalation-new": _("Contact the team"),
    "pages:service-description": _("Service description"),
    "pages:notices": _("Notifications"),
    "pages:notice-settings": _("Time zone and email notifications"),
    "pages:own-calendar": _("Calendar"),
    "pages:own-name": _("Display name"),
}
PARTNER_PLACES: dict[str, "StrOrPromise"] = {
    "pages:partner-home": _("Home"),
    "pages:queue": _("My queue"),
    "pages:absence": _("Time away"),
}
TEAM_PLACES: dict[str, "StrOrPromise"] = {
    "pages:team-home": _("Home"),
    "pages:team-list": _("Referrals"),
    "pages:reviews": _("Decline review"),
    "pages:releases": _("Release requests"),
    "pages:insights": _("Insights"),
    "pages:fairness": _("Fairness"),
    "pages:lab": _("Routing lab"),
    "pages:stuck-mail": _("Undelivered email"),
    "pages:team-calendar": _("Working hours"),
}
ACTING_PLACES: dict[str, "StrOrPromise"] = {
    "pages:team-request": _("Enter a request"),
    "pages:imports": _("Import requests"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A link, and what tells it from others of its name."""

    words: "StrOrPromise"
    address: str
    beside: str = ""


@require_safe
def find(request: SignedInRequest) -> HttpResponse:
    """What the letters find, for the palette; a page of its own for whoever has no script."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    context: dict[str, Any] = {"sought": sought}
    if sought:
        context |= {
            "referrals": list(_referrals(request.user, sought)),
            "catalogue": list(_catalogue(request.user, sought))[: 2 * MOST],
            "places": [hit for hit in _places(request.user) if fold(sought) in fold(str(hit.words))],
        }
    return render(request, "lists/_found.html" if request.headers.get("HX-Request") else "lists/find.html", context)


def _list_name(person: User) -> ListName:
    return ListName.REFERRALS if person.sees_everything else ListName.OFFERS


def _referrals(person: User, sought: str) -> Iterator[Hit]:
    """The first rows that the person's own list finds, of all its tabs."""
    name = _list_name(person)
    listing = listing_for(person, name)
    page = listing.page(read_state(listing.shape, {"q": [sought], "tab": ["all"]}), size=MOST)
    customer, reference, domain, number = WORDS[name]
    for row in page.rows[:MOST]:
        beside = f"{getattr(row, reference)} · {getattr(row, domain)}"
        yield Hit(getattr(row, customer), reverse(ROW_URLS[name], args=[getattr(row, number)]), beside)


def _catalogue(person: User, sought: str) -> Iterator[Hit]:
    _edition_id, edition = edition_in_force(timezone.localdate())
    found = search_edition(edition, sought)
    lists = reverse("pages:team-list" if person.sees_everything else "pages:queue")
    for workload, where in found.workloads[:MOST]:
        yield Hit(workload.name, reverse("pages:workload", args=[workload.code]), where)
        referrals = _("Referrals for %(workload)s") % {"workload": workload.name}
        yield Hit(referrals, f"{lists}?workload={workload.code}&tab=all")
    for plan, where in found.plans[:MOST]:
        yield Hit(plan.name, reverse("pages:plan", args=[plan.code]), where)


def _places(person: User) -> Iterator[Hit]:
    """Pages that the person may open, and the links of the page's foot."""
    named = dict(TEAM_PLACES if person.sees_everything else PARTNER_PLACES)
    named |= ACTING_PLACES if person.is_processing_team else {}
    named |= PLACES
    named |= {"admin:index": _("Admin")} if person.is_staff else {}
    for name, words in named.items():
        yield Hit(words, reverse(name))
    if not person.sees_everything:
        for partner in own_partners(person).all():
            yield Hit(_("Profile and availability"), reverse("pages:profile", args=[partner.public_id]), partner.name)
    for link in SiteLink.objects.all():
        yield Hit(link.label, link.url)
