"""A partner's profile: everybody who belongs to it reads it, its partner admins keep it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.sealing import unseal
from benefits.data.places import COUNTRY_NAMES
from benefits.services.editions import edition_in_force
from lab.choices import WhatIf
from pages.guards import SAFE, SignedInRequest
from pages.hours import ClosureForm, HoursForm, PartForm, days_in_weekend, hours_in_words
from pages.partner.profile_forms import (
    AskProgrammeForm,
    CapacityForm,
    ContactForm,
    InviteForm,
    PauseForm,
    ReachForm,
    in_words,
)
from partners.choices import Role
from partners.models import Absence, Confirmed, Membership, Partner
from partners.services import people, profiles
from partners.services.availability import AvailabilityRefused
from partners.services.holiday_calendars import years_without_holidays
from partners.services.people import RoleChanged
from partners.services.profiles import ChangedMeanwhile, ProfileRefused
from referrals.email.invitations import mail_confirmation, propose_change, send_sign_in_link

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_CHANGES = 10
Words = dict[str, Any]


def _change(partner: Partner, form: Any, words: Words) -> None:
    profiles.change_profile(partner.pk, form.values(), was=form.cleaned_data["was"], **words)


def _pause(partner: Partner, form: Any, words: Words) -> None:
    profiles.pause(partner.pk, **form.cleaned_data, **words, longest_days=settings.LONGEST_PAUSE_DAYS)


SECTIONS = {
    "availability": _("Availability"),
    "coverage": _("Coverage"),
    "closures": _("Closures and holidays"),
    "people": _("Contact and people"),
    "program": _("Managed by the program"),
    "changes": _("Last changes"),
}
INVITING = {"withdraw", "sign_in"}
SMALL_ACTS_POSTED = {"resume", "closure", "member", "role", *INVITING}
SMALL_ACTS = {"resume": "availability", "closure": "closures"}  # what is posted → its section, else the people


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the profile with a form of its own, what its button says, and what is said there once it is done."""

    section: str
    title: "StrOrPromise"
    form: type[Any]
    submit: "StrOrPromise"
    done: "StrOrPromise"
    record: Callable[[Partner, Any, Words], object]


PARTS = {
    "capacity": Part("availability", _("Change capacity"), CapacityForm, _("Save"), _("Saved."), _change),
    "pause": Part(
        *("availability", _("Pause"), PauseForm, _("Pause"), _("Paused. Your current referrals stay with you."), _pause)
    ),
    "reach": Part("coverage", _("Change coverage"), ReachForm, _("Save"), _("Saved."), _change),
    "hours": Part(
        "coverage",
        _("Change working hours"),
        HoursForm,
        _("Save"),
        _("Saved. Applies to new deadlines."),
        _change,
    ),
    "closure": Part(
        "closures",
        _("Add closure"),
        ClosureForm,
        _("Add"),
        _("Closure added. Applies to new deadlines."),
        lambda partner, form, words: profiles.add_closure(partner.pk, **form.cleaned_data, **words),
    ),
    "contact": Part(
        "people",
        _("Change offer email"),
        ContactForm,
        _("Send confirmation email"),
        _("We emailed the new address. It takes effect once confirmed."),
        lambda partner, form, words: mail_confirmation(partner, Confirmed.CONTACT, **form.cleaned_data, **words),
    ),
    "invite": Part(
        "people",
        _("Invite a colleague"),
        InviteForm,
        _("Send invitation"),
        _("Invitation sent. Your colleague joins once it’s accepted."),
        lambda partner, form, words: mail_confirmation(partner, Confirmed.MEMBER, **form.cleaned_data, **words),
    ),
    "programme": Part(
        "program",
        _("Request a change"),
        AskProgrammeForm,
        _("Send request"),
        _("Request sent. You’ll see the decision here."),
        lambda partner, form, words: propose_change(partner, **form.cleaned_data, **words),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def profile_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The profile with a form for each part that its partner admins keep themselves."""
    own = Partner.objects.of_member(request.user) if not request.user.sees_everything else Partner.objects.all()
    partner = get_object_or_404(own.select_related("organisation"), public_id=public_id)
    may_keep = partner.memberships.filter(user=request.user, role=Role.ADMIN, is_active=True).exists()
    if request.method in SAFE:
        return _show(request, partner, may_keep=may_keep)
    if not (may_keep or _only_invites(request)):
        raise PermissionDenied(gettext("Only partner admins can edit this profile."))
    if "part" not in request.POST:
        return _small_act(request, partner)
    if request.POST["part"] not in PARTS:
        raise Http404
    return _save(request, partner, request.POST["part"])


def _only_invites(request: SignedInRequest) -> bool:
    """The team brings a partner's people in, and changes nothing else of its profile."""
    posted = set(request.POST)
    asks = request.POST["part"] == "invite" if "part" in posted else posted & SMALL_ACTS_POSTED <= INVITING
    return request.user.is_processing_team and asks and bool(posted & {"part", *INVITING})


def _save(request: SignedInRequest, partner: Partner, name: str) -> HttpResponse:
    part = PARTS[name]
    form = part.form(request.POST, prefix=part.form.__name__.lower())
    if form.is_valid():
        try:
            part.record(partner, form, {"by": request.user, "now": timezone.now()})
        except ChangedMeanwhile as changed:
            return _show(request, partner, bound={name: form.over(changed.now)}, changed=changed, status=409)
        except (ProfileRefused, AvailabilityRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, part.done, extra_tags=part.section)
            return _back_to(partner, part.section)
    return _show(request, partner, bound={name: form}, status=422)


def _small_act(request: SignedInRequest, partner: Partner) -> HttpResponse:
    """What needs no form: a member's role, a closure that goes, the end of a pause, an invitation taken back."""
    section = next((SMALL_ACTS[act] for act in SMALL_ACTS if act in request.POST), "people")
    try:
        _do_small_act(request, partner, {"by": request.user, "now": timezone.now()})
    except ChangedMeanwhile as changed:
        return _show(request, partner, changed=changed, chosen_role=request.POST.get("role", ""), status=409)
    except ProfileRefused as refused:
        messages.error(request, str(refused), extra_tags=section)
    else:
        messages.success(request, gettext("Saved."), extra_tags=section)
    return _back_to(partner, section)


def _back_to(partner: Partner, section: str) -> HttpResponse:
    return redirect(f"{reverse('pages:profile', args=[partner.public_id])}#{section}")


def _do_small_act(request: SignedInRequest, partner: Partner, words: Words) -> None:
    if "resume" in request.POST:
        profiles.end_pause(partner.pk, **words, was=request.POST.get("was"))
    elif "closure" in request.POST:
        profiles.remove_closure(partner.pk, _number("closure", request.POST["closure"]), **words)
    elif "withdraw" in request.POST:
        people.withdraw_confirmation(partner.pk, _number("confirmation", request.POST["withdraw"]), **words)
    elif "sign_in" in request.POST:
        send_sign_in_link(partner, _number("member", request.POST["sign_in"]), **words)
    else:
        _set_member(request, partner, words)


def _set_member(request: SignedInRequest, partner: Partner, words: Words) -> None:
    role, was = request.POST.get("role", ""), request.POST.get("was")
    if "member" not in request.POST or (role and role not in Role.values):
        raise Http404
    people.set_member(partner.pk, _number("member", request.POST["member"]), role=role, **words, was=was)


def _number(kind: str, text: str) -> int:
    """The number of a row that a page has shown; of no row for anything else."""
    return unseal(kind, text) or 0


PLAIN = {"sections": SECTIONS, "roles": Role.choices, "what_if": dict(WhatIf.choices)}


def _show(
    request: SignedInRequest,
    partner: Partner,
    *,
    may_keep: bool = True,
    bound: dict[str, forms.Form] | None = None,
    changed: ChangedMeanwhile | None = None,
    chosen_role: str = "",
    status: int = 200,
) -> HttpResponse:
    _edition_id, edition = edition_in_force(timezone.localdate())
    names = {code: workload.name for code, workload in edition.workloads.items()}
    now = timezone.now()
    own = partner.memberships.values("user")  # what the team proposes is its own
    endorsed = partner.endorsements.current(now.date()).values_list("workload_code", flat=True)
    context = PLAIN | {
        "partner": partner,
        "may_keep": may_keep,
        "may_invite": may_keep or request.user.is_processing_team,
        "parts": {name: (part, (bound or {}).get(name) or _fresh(part, partner)) for name, part in PARTS.items()},
        "changed": changed,
        "changed_words": _what_stands(changed) if changed else [],
        "shown": [*in_words(profiles.shown_profile(partner, profiles.REACH)), *hours_in_words(partner)],
        "endorsed": [names.get(code, code) for code in endorsed],
        "members": _with_chosen_roles(partner, changed, chosen_role),
        "pause_was": profiles.shown_profile(partner, profiles.PAUSE)["paused_until"],
        "waiting": list(partner.confirmations.waiting()),
        "no_holidays": years_without_holidays(
            partner.calendar_country, partner.calendar_region, partner.calendar_kinds
        ),
        "days_in_weekend": days_in_weekend(partner),
        "holidays_of": COUNTRY_NAMES.get(partner.calendar_country, ""),
        "closures": list(partner.closures.filter(ends_on__gte=now.date())),
        "corrections": list(partner.corrections.filter(proposed_by__in=own)[:MOST_CHANGES]),
        "changes": [(row, in_words(row.after)) for row in partner.changes.select_related("by")[:MOST_CHANGES]],
        "is_paused": partner.is_paused(now),
        "now": now,
    }
    return render(request, "partner/profile.html", context, status=status)


def _what_stands(changed: ChangedMeanwhile) -> list[tuple[str, str]]:
    """What somebody else has set meanwhile, in words."""
    if isinstance(changed, RoleChanged):
        return [(str(changed.member.user), changed.member.get_role_display())]
    if tuple(changed.now) == profiles.PAUSE:
        until = parse_datetime(changed.now["paused_until"] or "")
        words = date_format(timezone.localtime(until), "DATE_FORMAT") if until else gettext("not paused")
        return [(gettext("Paused until"), words)]
    return in_words(changed.now)


def _with_chosen_roles(partner: Partner, changed: ChangedMeanwhile | None, chosen: str) -> list[tuple[Membership, str]]:
    """The members, each with the role that its form shows: of the one that was refused, what was chosen."""
    refused = changed.member.pk if isinstance(changed, RoleChanged) else None
    members = partner.memberships.filter(is_active=True).select_related("user").order_by("user__email")
    members = members.prefetch_related(Prefetch("absence", Absence.objects.ahead().with_people()))
    return [(member, chosen if member.pk == refused else member.role) for member in members]


def _fresh(part: Part, partner: Partner) -> forms.Form:
    if issubclass(part.form, PartForm):
        return part.form.of(partner)
    form: forms.Form = part.form(prefix=part.form.__name__.lower())
    return form
