"""The page of one offer, live or as its record."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from benefits.choices import Status
from benefits.services.customers import Recorded
from pages.desk.inquiries import inquiry_panel
from pages.desk.workspace import load_workspace
from pages.fields import NoteForm
from pages.guards import SignedInRequest, find_offer, why_not_act
from pages.history.sittings import list_sittings
from pages.partner.forms import AttemptForm, PartnerCloseForm
from pages.places import beside
from referrals.answering.opening import mark_opened
from referrals.answering.undoing import undo_until, why_not_undo
from referrals.choices import Actor, EventKind, ReleaseState, State
from referrals.lifecycle.acting import By
from referrals.models import Event, ListName, Offer


@require_safe
def offer_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    if not offer.is_live:
        context = _record_context(offer) | {"beside": beside(request, ListName.OFFERS, offer.pk)}
        return render(request, "desk/offer_record.html", context)
    return show_offer(request, offer, tenant_domain=request.GET.get("tenant", ""))


def show_offer(
    request: SignedInRequest,
    offer: Offer,
    *,
    tenant_domain: str,
    typed: Mapping[str, Recorded] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a live offer; with ``typed`` and ``problem``, after statuses that were refused."""
    workspace = load_workspace(
        offer.referral, offer=offer, tenant_domain=tenant_domain, today=timezone.localdate(), typed=typed
    )
    context = _offer_context(offer) | {"workspace": workspace, "problem": problem}
    if offer.is_accepted:
        context |= inquiry_panel(offer.referral, workspace, offer)
    context["beside"] = beside(request, ListName.OFFERS, offer.pk)
    return render(request, "desk/offer.html", context, status=status)


def _offer_context(offer: Offer) -> dict[str, object]:
    referral, record = offer.referral, _record_context(offer)
    earlier = referral.offers.exclude(organisation_id=offer.organisation_id).exclude(handover="").order_by("-id")
    refused = offer.release_requests.filter(state=ReleaseState.REFUSED).order_by("-id")
    return record | {
        "handover": earlier.values_list("handover", flat=True).first() if offer.is_accepted else "",
        "refused_release": refused.first() if not offer.is_accepted else None,
        "may_close": referral.state in (State.DELIVERING, State.FEE_BASED) and not record["why_not_act"],
        "note_form": NoteForm(prefix="note"),
        "attempt_form": AttemptForm(prefix="attempt"),
        "attempts": list(offer.attempts.all()) if offer.is_accepted else [],
        "most_attempts": settings.UNREACHABLE_ATTEMPTS,
        "close_form": PartnerCloseForm(prefix="close"),
        "facts_url": offer.number,
        "may_record": offer.is_live and not record["why_not_act"],
        "statuses": Status.choices,
    }


def _record_context(offer: Offer) -> dict[str, object]:
    events = Event.objects.filter(referral=offer.referral_id).seen_by_partner(offer.partner)
    if not (offer.is_accepted and offer.contacts_shown_at):
        events = events.exclude(kind=EventKind.ANSWERED)  # how the customer can be reached is contact data
    now, told = timezone.now(), list(events.select_related("by"))
    reads = why_not_act(offer)
    return {
        "why_not_act": reads,
        "undo_until": undo_until(offer) if not reads and not why_not_undo(offer, offer.referral, now) else None,
        "offer": offer,
        "referral": offer.referral,
        "sittings": list_sittings(told, shows_partners=False),
        "newest_event": told[-1].pk if told else 0,
        "now": now,
    }


@require_POST
def offer_opened(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The page tells that it was looked at; a GET changes nothing."""
    offer = find_offer(request, public_id)
    by = By(Actor.PARTNER, request.user, offer.partner)
    mark_opened(offer.pk, by=by, now=timezone.now(), acts=offer.may_act)
    return HttpResponse(status=204)
