"""What a partner's people do among themselves with an offer: who looks after it, tags, notes of their own."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.sealing import seal
from pages.guards import SignedInRequest, by_partner, find_offer, why_not_act
from pages.partner.forms import PERSON, ColleagueForm, ColleagueNoteForm, TagsForm
from pages.places import carried_place
from pages.stale import why_refused
from referrals.answering import colleagues
from referrals.answering.delivering import OfferNotHeld
from referrals.lists.names import current_edition
from referrals.models import Offer

REFUSALS = (OfferNotHeld, colleagues.NotAColleague, ValueError)


@require_safe
def offer_together(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of its own, which the offer's page takes in where there is JavaScript."""
    offer = find_offer(request, public_id)
    context = _together(offer) | {"offer": offer, "referral": offer.referral, "place": carried_place(request)}
    context["why_not_act"] = why_not_act(offer)
    return render(request, "partner/together.html", context)


def _together(offer: Offer) -> dict[str, Any]:
    people = colleagues.colleagues_of(offer.partner)
    return {
        "colleague_form": ColleagueForm(
            prefix="colleague", colleagues=people, initial={"to": offer.colleague_id, "was": offer.colleague_id or 0}
        ),
        "tags_form": TagsForm(prefix="tags"),
        "colleague_note_form": ColleagueNoteForm(prefix="colleague-note", colleagues=people),
        "colleague_notes": list(offer.colleague_notes.select_related("by")),
        "earlier": colleagues.earlier_referrals(offer, timezone.now()),
        "workload_names": {code: workload.name for code, workload in current_edition().workloads.items()},
    }


@require_POST
def offer_colleague(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    form = ColleagueForm(request.POST, prefix="colleague", colleagues=colleagues.colleagues_of(offer.partner))
    return _do(request, offer, form, colleagues.give_to_colleague, _("Assignee"))


@require_POST
def offer_tags(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _do(
        request, find_offer(request, public_id), TagsForm(request.POST, prefix="tags"), colleagues.tag_offer, _("Tags")
    )


@require_POST
def offer_colleague_note(request: SignedInRequest, public_id: str) -> HttpResponse:
    offer = find_offer(request, public_id)
    people = colleagues.colleagues_of(offer.partner)
    form = ColleagueNoteForm(request.POST, prefix="colleague-note", colleagues=people)
    return _do(request, offer, form, colleagues.write_to_colleagues, _("Internal note"))


def _do(request: SignedInRequest, offer: Offer, form: forms.Form, act: Any, title: str) -> HttpResponse:
    """Do it and show the offer again; what is refused is said beside what was typed."""
    by, back, status = by_partner(request, offer), reverse("pages:offer", args=[offer.number]), 422
    if form.is_valid():
        try:
            act(offer.pk, **form.cleaned_data, by=by, now=timezone.now())
        except colleagues.GivenMeanwhile as changed:
            form, status = _over_what_stands(form, changed), 409
        except REFUSALS as error:
            form.add_error(None, why_refused(error, offer.referral_id, by))
        else:
            messages.success(request, _("%(what)s: saved.") % {"what": title})
            return redirect(back + carried_place(request))
    context = {
        "form": form,
        "title": title,
        "back_url": back,
        "back": offer.referral.public_id,
        "about": offer.referral,
        "submit": _("Save"),
    }
    return render(request, "form_page.html", context, status=status)


def _over_what_stands(form: forms.Form, changed: colleagues.GivenMeanwhile) -> ColleagueForm:
    """The form with who was chosen, to be sent again over what stands now."""
    typed = cast("QueryDict", form.data).copy()
    typed[f"{form.prefix}-was"] = seal(PERSON, changed.now.pk if changed.now else 0)
    people = cast("forms.ModelChoiceField", form.fields["to"]).queryset
    again = ColleagueForm(typed, prefix=form.prefix, colleagues=people)
    again.add_error(None, f"{changed} {_('Save again to reassign.')}")
    return again
