"""A person's days away and the colleague who covers, and for whom the person itself covers."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.sealing import seal, unseal
from pages.fields import PlainForm
from pages.guards import SAFE, SignedInRequest
from partners.models import Absence, Membership
from referrals.answering.covering import AbsenceRefused, come_back, go_away, possible_deputies


class AbsenceForm(PlainForm):
    """``deputy`` is a sealed id of one of the colleagues who may cover."""

    first_day = forms.DateField(
        label=gettext_lazy("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Enter your first day away.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day away"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Enter your last day away.")},
    )
    deputy = forms.ChoiceField(
        label=gettext_lazy("Deputy"),
        help_text=gettext_lazy("Only colleagues with your role or a higher one can cover for you."),
        error_messages={"required": gettext_lazy("Select a deputy.")},
    )

    def __init__(self, *args: Any, deputies: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(seal("deputy", row.pk), str(row.user)) for row in deputies]
        self.fields["deputy"].choices = [("", _("Select a colleague")), *people]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Place:
    """A partner to which the person belongs, with its form there; no form where no colleague could cover."""

    member: Membership
    absence: Absence | None
    form: AbsenceForm | None

    @property
    def sealed(self) -> str:
        return seal("member", self.member.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def own_absence(request: SignedInRequest) -> HttpResponse:
    """Set, change or end an absence at one of the own partners."""
    own = Membership.objects.filter(user=request.user, is_active=True).select_related("partner", "user")
    members = list(own.order_by("partner__name_key", "pk"))
    posted = None if request.method in SAFE else _find_posted(request, members)
    if posted is not None and "end" in request.POST:
        come_back(posted, now=timezone.now())
        messages.success(request, _("Absence ended."))
        return redirect("pages:absence")
    places = [_place(member, request.POST if member == posted else None) for member in members]
    for place in places:
        if place.member == posted and place.form is not None and _save(place.form, posted, timezone.now()):
            messages.success(request, _("Absence saved. Your deputy has been notified."))
            return redirect("pages:absence")
    context = {
        "places": places,
        "covers": Absence.objects.ahead().covered_by(request.user).with_people().order_by("starts_at"),
        "form": next((place.form for place in places if place.member == posted), None),
    }
    return render(request, "notifications/absence.html", context, status=422 if posted else 200)


def _find_posted(request: SignedInRequest, members: list[Membership]) -> Membership:
    number = unseal("member", request.POST.get("member", ""))
    found = next((member for member in members if member.pk == number), None)
    if found is None:
        raise Http404
    return found


def _place(member: Membership, data: Any) -> Place:
    deputies = possible_deputies(member)
    absence = Absence.objects.ahead().filter(member=member).with_people().first()
    initial: dict[str, Any] = {}
    if absence is not None:
        days = {"first_day": absence.first_day, "last_day": absence.last_day}
        initial = {**days, "deputy": seal("deputy", absence.deputy_id)}
    own_ids = f"{seal('member', member.pk)}_%s"  # several partners stand on one page
    form = AbsenceForm(data, deputies=deputies, initial=initial, auto_id=own_ids) if deputies else None
    return Place(member, absence, form)


def _save(form: AbsenceForm, member: Membership, now: dt.datetime) -> bool:
    """Save what was posted; what is refused is said beside its field."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    deputies = {row.pk: row for row in possible_deputies(member)}
    deputy = deputies.get(unseal("deputy", data["deputy"]) or 0)
    if deputy is None:
        form.add_error("deputy", _("Select another colleague."))
        return False
    try:
        go_away(member, deputy=deputy, first_day=data["first_day"], last_day=data["last_day"], now=now)
    except AbsenceRefused as error:
        form.add_error(error.field, str(error))
        return False
    return True
