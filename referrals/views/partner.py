"""A partner's pages: its queue, and one offer from arrival to its end."""

from collections.abc import Callable, Mapping
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from benefits.choices import Status
from benefits.services.customers import Recorded
from benefits.services.editions import edition_in_force
from partners.models import Partner
from referrals.answering import delivering, responding
from referrals.answering.lapses import answer_lapse
from referrals.answering.opening import mark_opened
from referrals.answering.undoing import UndoRefused, undo_answer, undo_until, why_not_undo
from referrals.choices import Actor, EventKind, ReleaseState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.forms import AttemptForm, NoteForm, PartnerCloseForm
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import look_at_facts
from referrals.lifecycle.sights import LookFirst, mark_of
from referrals.models import Event, ListName, Offer
from referrals.reviewing import acts

from .guards import SignedInRequest, acting_for, by_partner, find_offer, why_not_act
from .inquiries import inquiry_panel
from .places import back_to_offer, beside
from .workspace import load_workspace

REFUSALS = (
    *(responding.OfferAlreadyAnswered, delivering.DeterminationMissing, delivering.OfferNotHeld, UndoRefused),
    MoveRefused,
)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Send people to where their day starts."""
    if request.user.sees_everything:
        return redirect("referrals:team-home")
    if request.user.is_staff:
        return redirect("admin:index")
    return redirect("referrals:partner-home")


@require_safe
def offer_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    if not offer.is_live:
        context = _record_context(offer) | {"beside": beside(request, ListName.OFFERS, offer.pk)}
        return render(request, "referrals/offer_record.html", context)
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
    return render(request, "referrals/offer_detail.html", context, status=status)


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
        "facts_url": offer.public_id,
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
        "events": told,
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


def _act(request: SignedInRequest, public_id: str, act: Callable[..., object], done: str = "") -> HttpResponse:
    """Do one act on an offer and show its page again, with what was done or why not."""
    offer = find_offer(request, public_id)
    try:
        act(offer.pk, by=by_partner(request, offer), now=timezone.now())
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return back_to_offer(request, public_id)


@require_POST
def offer_accept(request: SignedInRequest, public_id: str) -> HttpResponse:
    done = _("Accepted. Due diligence starts now: record what you learn, workload by workload.")
    return _act(request, public_id, responding.accept_offer, done)


@require_POST
def offer_undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take back a decline or an acceptance within its minutes."""
    return _act(request, public_id, undo_answer, _("Taken back. The referral waits for your answer again."))


@require_POST
def offer_contacts(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, delivering.show_contacts)


@require_POST
def offer_deliver(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Start delivery; remaining workloads without endorsement have to be acknowledged first."""
    offer = find_offer(request, public_id)
    by, acknowledged = by_partner(request, offer), "acknowledged" in request.POST
    try:
        delivering.start_delivery(offer.pk, by=by, now=timezone.now(), acknowledged=acknowledged)
    except delivering.EndorsementMissing as missing:
        _edition_id, edition = edition_in_force(timezone.localdate())
        names = [edition.workloads[code].name for code in missing.workloads if code in edition.workloads]
        return render(request, "referrals/acknowledge.html", {"offer": offer, "missing": names}, status=409)
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Delivery has started. Use the guides of the remaining workloads."))
    return back_to_offer(request, public_id)


@require_POST
def offer_fee_based(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Start fee-based work; facts that others have recorded meanwhile are to be looked at first."""
    done = _("You may now offer fee-based work. It uses none of your capacity.")
    act = partial(delivering.continue_fee_based, looked=request.POST.get("looked", ""))
    try:
        return _act(request, public_id, act, done)
    except LookFirst as first:
        context = {"offer": find_offer(request, public_id), "changes": first.changes, "looked": mark_of(first.changes)}
        return render(request, "referrals/look_first.html", context, status=409)


@require_POST
def offer_look(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What others have recorded counts from now on."""
    offer = find_offer(request, public_id)
    by = by_partner(request, offer)
    try:
        decided = look_at_facts(offer.pk, looked=request.POST.get("looked", ""), by=by, now=timezone.now())
    except LookFirst:
        messages.error(request, _("More has been recorded since you opened the page. Look at it as it is now."))
    else:
        if decided is not None:
            messages.success(request, _("The changed facts count now: the determination was made again."))
    return back_to_offer(request, public_id)


@require_POST
def offer_close(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), PartnerCloseForm(request.POST, prefix="close")
    if form.is_valid():
        try:
            delivering.close_work(offer.pk, **form.cleaned_data, by=by, now=timezone.now())
        except (delivering.OfferNotHeld, MoveRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Closed. The record stays here for you to read."))
            return back_to_offer(request, public_id)
    return render(request, "referrals/form_page.html", _form_context(offer, form, _("Close the referral")), status=422)


@require_POST
def offer_note(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A note to the partner's own turn; while it delivers, a note is a progress report."""
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), NoteForm(request.POST, prefix="note")
    if form.is_valid():
        try:
            _add_note(offer, form.cleaned_data["note"], by)
        except delivering.OfferNotHeld as error:
            form.add_error(None, str(error))
        else:
            return back_to_offer(request, public_id)
    return render(request, "referrals/form_page.html", _form_context(offer, form, _("Add a note")), status=422)


def _add_note(offer: Offer, note: str, by: By) -> None:
    if offer.is_accepted:
        delivering.report_progress(offer.pk, note=note, by=by, now=timezone.now())
    elif not offer.is_live:
        raise delivering.OfferNotHeld(_("You keep this record to read; notes go to whoever holds the referral now."))
    else:
        acts.add_note(offer.referral_id, note=note, by=by, now=timezone.now(), offer=offer)


def _form_context(offer: Offer, form: object, title: str) -> dict[str, object]:
    back = reverse("referrals:offer", args=[offer.public_id])
    return {"form": form, "title": title, "back_url": back, "back": offer.referral.public_id, "submit": title}


@require_POST
def lapse_answer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A FastTrack Ready Partner says why it let a Benefit referral lapse; it gets offers again."""
    partner = Partner.objects.of_member(request.user).filter(public_id=public_id).first()
    if partner is None:
        return render(request, "404.html", status=404)
    form, by = NoteForm(request.POST, prefix="lapse"), acting_for(request, partner)
    if form.is_valid():
        answer_lapse(partner.pk, note=form.cleaned_data["note"], by=by, now=timezone.now())
        messages.success(request, _("Thank you. You get new offers again."))
        return redirect("referrals:queue")
    title, back = _("Why the referral lapsed"), reverse("referrals:queue")
    context = {"form": form, "title": title, "back_url": back, "back": _("My queue"), "submit": _("Send to the team")}
    return render(request, "referrals/form_page.html", context, status=422)
