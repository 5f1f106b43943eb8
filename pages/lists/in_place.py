"""An offer's assignee and tags, changed where a list shows them. Each saves by itself; refused tags stay typed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from accounts.sealing import seal
from pages.fields import refuse_control_characters
from pages.guards import SignedInRequest, by_partner, find_offer
from pages.partner.forms import PERSON, ColleagueForm, read_tags
from pages.stale import why_refused
from referrals.answering import colleagues
from referrals.answering.delivering import OfferNotHeld
from referrals.models import Offer

PLACES = ("row", "peek")  # where a list shows them
READ_OR_SAVE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SAVE)
def offer_assignee(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The colleagues to choose from, or the one that was chosen."""
    offer = find_offer(request, public_id)
    by = by_partner(request, offer)
    if "as" in request.GET:
        return _show(request, offer, "assignee")
    people = colleagues.colleagues_of(offer.partner)
    problem = ""
    if request.method == "POST":
        form = ColleagueForm(request.POST, prefix="colleague", colleagues=people)
        try:
            if form.is_valid():
                offer.colleague = colleagues.give_to_colleague(
                    offer.pk, **form.cleaned_data, by=by, now=timezone.now()
                ).colleague
                return _show(request, offer, "assignee")
            problem = " ".join(map(str, form.errors.get("to", ())))
        except colleagues.GivenMeanwhile as changed:
            offer.colleague, problem = changed.now, str(changed)
        except (OfferNotHeld, colleagues.NotAColleague) as error:
            problem = why_refused(error, offer.referral_id, by)
    options = [(seal(PERSON, person.pk), str(person), person == offer.colleague) for person in people]
    was = seal(PERSON, offer.colleague_id or 0)
    return _show(request, offer, "assignee", {"edits": True, "options": options, "was": was, "problem": problem})


@require_http_methods(READ_OR_SAVE)
def offer_own_tags(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The partner's own tags as one text, with commas between; what is saved are the differences to those shown."""
    offer = find_offer(request, public_id)
    by = by_partner(request, offer)
    if "as" in request.GET:
        return _show(request, offer, "tags")
    shown_tags = typed = ", ".join(offer.tags)
    problem = ""
    if request.method == "POST":
        typed = request.POST.get("tags", "")
        try:
            wanted, shown = (set(_read(request.POST.get(name, ""))) for name in ("tags", "tags-were"))
            change = {"add": wanted - shown, "remove": shown - wanted}
            offer.tags = colleagues.tag_offer(offer.pk, **change, by=by, now=timezone.now()).tags
            return _show(request, offer, "tags")
        except ValidationError as error:
            problem = " ".join(error.messages)
        except ValueError as error:
            problem = str(error)
    return _show(request, offer, "tags", {"edits": True, "typed": typed, "shown": shown_tags, "problem": problem})


def _read(text: str) -> list[str]:
    """Tags as they are typed. Raises ValidationError."""
    refuse_control_characters(text)
    return read_tags(text)


def _show(request: SignedInRequest, offer: Offer, what: str, editing: Mapping[str, Any] | None = None) -> HttpResponse:
    """A field where it was asked for. Once saved, the page is told, so that it is read again where it stands twice."""
    place = request.GET.get("at", "")
    shown: dict[str, Any] = {
        "place": place if place in PLACES else PLACES[0],
        "is_swap": True,
        "what": what,
        "number": offer.number,
        "about": f"{offer.referral.customer.name}, {offer.referral.public_id}",
        "assignee": offer.colleague,
        "tags": offer.tags,
        "may_edit": True,
    }
    answer = render(request, "lists/_in_place.html", shown | dict(editing or {}))
    if request.method == "POST" and not editing:
        trigger_client_event(answer, "in-place", {"what": what, "number": offer.number, "at": shown["place"]})
    return answer
