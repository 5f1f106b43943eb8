"""What a partner does with its offer, from accepting to closing: each act leads back to the offer's page."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from benefits.services.editions import edition_in_force
from pages.fields import NoteForm
from pages.guards import SignedInRequest, acting_for, by_partner, find_offer
from pages.partner.forms import PartnerCloseForm
from pages.places import back_to_offer
from pages.stale import why_refused
from pages.undoing import OFFER, forget, remember
from partners.models import Partner
from referrals.answering import delivering, responding
from referrals.answering.lapses import answer_lapse
from referrals.answering.undoing import UndoRefused, undo_answer
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import look_at_facts
from referrals.lifecycle.sights import LookFirst, mark_of
from referrals.models import Offer
from referrals.reviewing import acts

REFUSALS = (
    *(responding.OfferAlreadyAnswered, delivering.DeterminationMissing, delivering.OfferNotHeld, UndoRefused),
    MoveRefused,
)


def _act(
    request: SignedInRequest,
    public_id: str,
    act: Callable[..., object],
    done: str = "",
    then: Callable[[SignedInRequest, str, int], None] | None = None,
) -> HttpResponse:
    """Do one act on an offer and show its page again, with what was done or why not; ``then`` follows success."""
    offer = find_offer(request, public_id)
    by = by_partner(request, offer)
    try:
        act(offer.pk, by=by, now=timezone.now())
    except REFUSALS as error:
        messages.error(request, why_refused(error, offer.referral_id, by))
    else:
        if then:
            then(request, OFFER, offer.pk)
        if done:
            messages.success(request, done)
    return back_to_offer(request, offer)


@require_POST
def offer_accept(request: SignedInRequest, public_id: str) -> HttpResponse:
    done = _("Referral accepted. Due diligence starts now: record the status of each workload.")
    return _act(request, public_id, responding.accept_offer, done, remember)


@require_POST
def offer_undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Undo a decline or an acceptance within its minutes."""
    return _act(request, public_id, undo_answer, _("Undone. The referral is awaiting your response again."), forget)


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
        return render(request, "partner/acknowledge.html", {"offer": offer, "missing": names}, status=409)
    except REFUSALS as error:
        messages.error(request, why_refused(error, offer.referral_id, by))
    else:
        messages.success(request, _("Delivery started. Use the guides for the remaining workloads."))
    return back_to_offer(request, offer)


@require_POST
def offer_fee_based(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Start fee-based work; facts that others have recorded meanwhile are to be looked at first."""
    done = _("You can now offer fee-based work. It doesn’t use capacity.")
    act = partial(delivering.continue_fee_based, looked=request.POST.get("looked", ""))
    try:
        return _act(request, public_id, act, done)
    except LookFirst as first:
        context = {"offer": find_offer(request, public_id), "changes": first.changes, "looked": mark_of(first.changes)}
        return render(request, "partner/look_first.html", context, status=409)


@require_POST
def offer_look(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What others have recorded counts from now on."""
    offer = find_offer(request, public_id)
    by = by_partner(request, offer)
    try:
        decided = look_at_facts(offer.pk, looked=request.POST.get("looked", ""), by=by, now=timezone.now())
    except LookFirst:
        messages.error(request, _("More facts were recorded since you opened this page. Reload it."))
    else:
        if decided is not None:
            messages.success(request, _("Determination updated with the changed facts."))
    return back_to_offer(request, offer)


@require_POST
def offer_close(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), PartnerCloseForm(request.POST, prefix="close")
    if form.is_valid():
        try:
            delivering.close_work(offer.pk, **form.cleaned_data, by=by, now=timezone.now())
        except (delivering.OfferNotHeld, MoveRefused) as error:
            form.add_error(None, why_refused(error, offer.referral_id, by))
        else:
            messages.success(request, _("Referral closed. You keep a read-only record."))
            return back_to_offer(request, offer)
    return render(request, "form_page.html", _form_context(offer, form, _("Close referral")), status=422)


@require_POST
def offer_note(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A note to the partner's own turn; while it delivers, a note is a progress report."""
    offer = find_offer(request, public_id)
    by, form = by_partner(request, offer), NoteForm(request.POST, prefix="note")
    if form.is_valid():
        try:
            _add_note(offer, form.cleaned_data["note"], by)
        except delivering.OfferNotHeld as error:
            form.add_error(None, why_refused(error, offer.referral_id, by))
        else:
            return back_to_offer(request, offer)
    return render(request, "form_page.html", _form_context(offer, form, _("Add a note")), status=422)


def _add_note(offer: Offer, note: str, by: By) -> None:
    if offer.is_accepted:
        delivering.report_progress(offer.pk, note=note, by=by, now=timezone.now())
    elif not offer.is_live:
        raise delivering.OfferNotHeld(_("This record is read-only. You can’t add notes to it."))
    else:
        acts.add_note(offer.referral_id, note=note, by=by, now=timezone.now(), offer=offer)


def _form_context(offer: Offer, form: object, title: str) -> dict[str, object]:
    back = reverse("pages:offer", args=[offer.number])
    return {
        "form": form,
        "title": title,
        "back_url": back,
        "back": offer.referral.public_id,
        "about": offer.referral,
        "submit": title,
    }


@require_POST
def lapse_answer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A FastTrack Ready Partner says why it let a Benefit referral lapse; it gets offers again."""
    partner = Partner.objects.of_member(request.user).filter(public_id=public_id).first()
    if partner is None:
        return render(request, "404.html", status=404)
    form, by = NoteForm(request.POST, prefix="lapse"), acting_for(request, partner)
    if form.is_valid():
        answer_lapse(partner.pk, note=form.cleaned_data["note"], by=by, now=timezone.now())
        messages.success(request, _("Thank you. You’ll receive new offers again."))
        return redirect("pages:queue")
    title, back = _("Why the referral expired"), reverse("pages:queue")
    context = {"form": form, "title": title, "back_url": back, "back": _("My queue"), "submit": _("Send")}
    return render(request, "form_page.html", context, status=422)
