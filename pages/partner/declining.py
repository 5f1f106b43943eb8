"""The decline page: reason, notes, hand-over, and what happens when delivery is a duty."""

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sealing import unseal
from benefits.services.changes import FactChange
from pages.guards import SignedInRequest, by_partner, find_offer, why_not_act
from pages.partner.decline_form import CORRECT_FIRST, DeclineForm
from pages.partner.note_templates import TEMPLATE
from pages.places import back_to_offer
from pages.stale import why_refused
from pages.undoing import OFFER, remember
from partners.services.availability import AvailabilityRefused
from referrals.answering.drafting import LONGEST_DRAFT, drop_draft, find_draft, save_draft
from referrals.answering.foretelling import Foretold, foretell_declines, say_what_follows
from referrals.answering.releasing import ReleaseRefused, request_release
from referrals.answering.responding import DutyToDeliver, OfferAlreadyAnswered, decline_offer, owes_delivery
from referrals.choices import OfferState
from referrals.domain.lifecycle import MoveRefused
from referrals.domain.policies import FEE_BASED_OUTCOMES
from referrals.lifecycle.acting import By
from referrals.lifecycle.sights import LookFirst, mark_of
from referrals.models import DeclineDraft, DeclineReason, NoteTemplate, Offer

DUTY = _(
    "As a FastTrack Ready Partner with free capacity you must deliver this Benefit referral. To "
    "decline, update your availability or ask to be released."
)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_decline(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    if request.method != "POST":
        draft = find_draft(offer, request.user)
        form = DeclineForm(offer=offer, initial=_typed_before(request, offer, draft))
        return _page(request, offer, form, draft=draft)
    by, told = by_partner(request, offer), _foretell(offer)
    form = DeclineForm(request.POST, offer=offer, duties=[one.reason.pk for one in told if one.has_duty])
    if not form.is_valid():
        return _page(request, offer, form, status=422)
    changes: tuple[FactChange, ...] = ()
    try:
        return _answer(request, offer, form, by)
    except (DutyToDeliver, AvailabilityRefused) as refused:
        form.add_error("pause_until", str(refused) or str(CORRECT_FIRST))
    except OfferAlreadyAnswered as answered:
        kept = gettext("Your notes are below. Copy them if you need them.")
        form.add_error(None, f"{why_refused(answered, offer.referral_id, by)} {kept}")
    except (ReleaseRefused, MoveRefused, LookFirst) as refused:
        form.add_error(None, why_refused(refused, offer.referral_id, by))
        changes = getattr(refused, "changes", ())
    return _page(request, offer, form, status=409, changes=changes)


def _answer(request: SignedInRequest, offer: Offer, form: DeclineForm, by: By) -> HttpResponse:
    said, now = replace(form.said(), looked=request.POST.get("looked", "")), timezone.now()
    if "ask_release" in request.POST:
        if said.correction is not None:
            raise AvailabilityRefused(
                gettext("Either update your availability or ask to be released. Clear this date to request release.")
            )
        request_release(offer.pk, said, by=by, now=now)
        drop_draft(offer, request.user)
        said_then = gettext("The team will decide within two business days. Your deadline is paused until then.")
        messages.success(request, said_then)
        return back_to_offer(request, offer)
    type_before, declined = offer.referral.assigned_type, decline_offer(offer.pk, said, by=by, now=now)
    drop_draft(offer, request.user)
    remember(request, OFFER, offer.pk)
    outcome = declined.determination.outcome if declined.determination else ""
    words = {"what_will_happen": say_what_follows(said.reason, type_before, outcome)}
    messages.success(request, gettext("Referral declined. %(what_will_happen)s You keep a read-only record.") % words)
    return back_to_offer(request, offer)


@require_POST
def decline_draft(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Keep what is typed so far, or throw it away; the page goes on as it is."""
    offer = find_offer(request, public_id)
    by_partner(request, offer)
    if "discard" in request.POST:
        drop_draft(offer, request.user)
        return redirect("pages:offer-decline", offer.number)
    now, too_long = timezone.now(), []
    if offer.is_live:
        typed = {name: request.POST.get(name, "") for name in DeclineForm.base_fields}
        too_long = [DeclineForm.base_fields[name].label for name in save_draft(offer, request.user, typed, now=now)]
    context = {"now": now, "is_live": offer.is_live, "too_long": too_long, "most": LONGEST_DRAFT}
    return render(request, "partner/_draft_saved.html", context)


def _typed_before(request: SignedInRequest, offer: Offer, draft: DeclineDraft | None) -> dict[str, str]:
    """What the form begins with: the draft, and where there is no script, the template that was picked."""
    typed = dict(draft.typed) if draft else {}
    number = unseal(TEMPLATE, request.GET.get(TEMPLATE, "")) or 0
    picked = NoteTemplate.objects.seen_by(request.user, offer.partner).filter(pk=number).first() if number else None
    if picked:
        typed["notes"] = "\n".join(text for text in (typed.get("notes", ""), picked.text) if text)
    return typed


def _foretell(offer: Offer) -> list[Foretold]:
    return foretell_declines(offer, DeclineReason.objects.filter(is_retired=False), timezone.now())


def _page(
    request: SignedInRequest,
    offer: Offer,
    form: DeclineForm,
    *,
    status: int = 200,
    draft: DeclineDraft | None = None,
    changes: tuple[FactChange, ...] = (),
) -> HttpResponse:
    decided, now = offer.referral.determination, timezone.now()
    context = {
        "reasons": _foretell(offer),
        "templates": NoteTemplate.objects.seen_by(request.user, offer.partner),
        "offer": offer,
        "referral": offer.referral,
        "form": form,
        "changes": changes,
        "looked": mark_of(changes) or request.POST.get("looked", ""),
        "draft": draft,
        "why_not_act": why_not_act(offer),
        "duty": DUTY if owes_delivery(offer, now) else "",
        "may_keep_as_fee_based": decided is not None and decided.outcome in FEE_BASED_OUTCOMES,
        "is_handing_back": offer.state == OfferState.ACCEPTED,
        "is_over": not offer.is_live,
        "undo_minutes": settings.UNDO_MINUTES,
    }
    return render(request, "partner/decline.html", context, status=status)
