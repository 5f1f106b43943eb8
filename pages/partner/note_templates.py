"""Templates for decline notes: a person's own, and those that colleagues share."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.sealing import unseal
from pages.fields import PlainForm, check_substance, long_text
from pages.guards import SAFE, SignedInRequest, acting_for, acts_for
from partners.models import Partner
from referrals.answering.templates import TemplateRefused, delete_template, save_template
from referrals.models import DeclineReason, NoteTemplate

TEMPLATE = "template"  # kind of the sealed numbers of templates


class TemplateForm(PlainForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    reason = forms.ModelChoiceField(
        DeclineReason.objects.filter(is_retired=False),
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Any reason"),
        to_field_name="code",
        required=False,
    )
    text = long_text(gettext_lazy("Text"))
    is_shared = forms.BooleanField(label=gettext_lazy("Share with my colleagues"), required=False)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        check_substance(text)
        return text


@require_http_methods(["GET", "HEAD", "POST"])
def note_templates(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the person may insert when it declines for this partner; its own are changed here."""
    partner = get_object_or_404(Partner.objects.of_member(request.user), public_id=public_id)
    chosen = _chosen(request, partner)
    form = TemplateForm(initial=_initial(chosen))
    if request.method not in SAFE:
        acting_for(request, partner)
        form = TemplateForm(request.POST)
        if _record(request, partner, chosen, form):
            return redirect("pages:note-templates", partner.public_id)
    seen = NoteTemplate.objects.seen_by(request.user, partner).select_related("owner", "reason")
    context = {
        "partner": partner,
        "form": form,
        "chosen": chosen,
        "templates": seen,
        "may_act": acts_for(request.user, partner),
    }
    return render(request, "partner/note_templates.html", context, status=422 if form.is_bound else 200)


def _chosen(request: SignedInRequest, partner: Partner) -> NoteTemplate | None:
    """The person's own template that is to be changed, if the address or the form names one; else 404."""
    sealed = request.POST.get(TEMPLATE) or request.GET.get(TEMPLATE)
    if not sealed:
        return None
    own = NoteTemplate.objects.filter(owner=request.user, partner=partner)
    found = own.filter(pk=unseal(TEMPLATE, sealed) or 0).first()
    if found is None:
        raise Http404
    return found


def _initial(chosen: NoteTemplate | None) -> dict[str, Any]:
    if chosen is None:
        return {}
    code = chosen.reason.code if chosen.reason else ""
    return {"name": chosen.name, "reason": code, "text": chosen.text, "is_shared": chosen.is_shared}


def _record(request: SignedInRequest, partner: Partner, chosen: NoteTemplate | None, form: TemplateForm) -> bool:
    if chosen and "delete" in request.POST:
        delete_template(request.user, partner, chosen.pk)
        messages.success(request, _("“%(name)s” deleted.") % {"name": chosen.name})
        return True
    if not form.is_valid():
        return False
    try:
        saved = save_template(request.user, partner, chosen.pk if chosen else None, **form.cleaned_data)
    except TemplateRefused as refused:
        form.add_error("name", str(refused))
        return False
    messages.success(request, _("“%(name)s” saved.") % {"name": saved.name})
    return True
