"""Acts of the team on one referral: each a page with its form, and the service that carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.folding import fold
from benefits.services.editions import edition_in_force
from pages.fields import NoteForm, ReasonForm
from pages.guards import SignedInRequest, by_team, find_referral, team_page
from pages.places import back_to_referral
from pages.stale import why_refused
from pages.team.forms import DuplicateForm, ExcludeForm, HoldForm, ResumeForm, RetypeForm, TeamCloseForm, WorkloadsForm
from referrals.choices import Actor, CloseOutcome, NextAct, State
from referrals.domain.lifecycle import MoveRefused, WrongState, may_move
from referrals.models import Referral
from referrals.reviewing import acts
from referrals.routing import splitting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HANDED_OUT = (State.OFFERED, State.ACCEPTED, State.DELIVERING)
UNHELD = (State.IN_REVIEW, State.AWAITING_PARTNER, State.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Act:
    """What the button says, what it will do, when it is offered, its form, and its service."""

    label: "StrOrPromise"
    effect: "StrOrPromise"
    applies: Callable[[Referral], bool]
    make_form: Callable[[Referral, Any], forms.Form]
    run: Callable[..., object]


def _plain(form: type[forms.Form]) -> Callable[[Referral, Any], forms.Form]:
    return lambda referral, data: form(data)


def _resume_form(referral: Referral, data: Any) -> forms.Form:
    return ResumeForm(data, back=referral.state_before)


def _cover_form(referral: Referral, data: Any) -> forms.Form:
    _edition_id, edition = edition_in_force(timezone.localdate())
    offered = (w for w in edition.workloads.values() if w.effective_to is None and not w.replaced_by)
    rows = sorted(((w.code, w.name) for w in offered), key=lambda row: fold(row[1]))
    return WorkloadsForm(data, choices=rows, initial={"workloads": referral.cover})


def _split_form(referral: Referral, data: Any) -> forms.Form:
    _edition_id, edition = edition_in_force(timezone.localdate())
    names = {code: workload.name for code, workload in edition.workloads.items()}
    return WorkloadsForm(data, choices=[(code, names.get(code, code)) for code in referral.cover])


def suspected_duplicate(referral: Referral) -> str:
    return referral.duplicate_of.public_id if referral.duplicate_of else ""


BEFORE_SENDER = ("hold", "cancel", "resume", "note", "reopen")


def may_act_before_sender(referral: Referral, name: str) -> bool:
    """A request whose sender nobody has confirmed can rest or end; everything else comes after."""
    return name in BEFORE_SENDER or not referral.awaits_sender


def _can_become(to: State) -> Callable[[Referral], bool]:
    return lambda referral: may_move(referral.state, to, Actor.TEAM)


def _close(pk: int, *, outcome: str, reason: str, **words: Any) -> object:
    return acts.close(pk, outcome=CloseOutcome(outcome), reason=reason, **words)


def _resume(pk: int, *, to: str, reason: str, **words: Any) -> object:
    return acts.resume(pk, to=State(to), reason=reason, **words)


ACTS: dict[str, Act] = {
    "resume": Act(
        _("Resume"),
        _("Ends the hold or review."),
        lambda referral: referral.state in (State.ON_HOLD, State.IN_REVIEW),
        _resume_form,
        _resume,
    ),
    "reassign": Act(
        _("Reassign"),
        _(
            "The partner loses access except for a read-only record. The referral is offered to the next "
            "partner immediately."
        ),
        lambda referral: referral.state in HANDED_OUT,
        _plain(ReasonForm),
        acts.reassign,
    ),
    "carry-on": Act(
        _("Continue work"),
        _("The partner continues its fee-based work and reports progress itself."),
        lambda referral: referral.state == State.FEE_BASED and referral.next_action == NextAct.REVIEW,
        _plain(ReasonForm),
        acts.carry_on,
    ),
    "cover": Act(
        _("Required workloads"),
        _("Partners must be endorsed for these."),
        lambda referral: referral.state in UNHELD,
        _cover_form,
        acts.set_cover,
    ),
    "split": Act(
        _("Split off workloads"),
        _("Moves the selected workloads to a new referral with its own deadlines and routes it immediately."),
        lambda referral: referral.state in UNHELD and len(referral.cover) > 1,
        _split_form,
        splitting.split_off,
    ),
    "retype": Act(
        _("Change type"),
        _("Screening will no longer change the type. Any open offer is withdrawn and the referral is routed again."),
        lambda referral: referral.is_open and referral.state not in (State.DELIVERING, State.FEE_BASED),
        _plain(RetypeForm),
        acts.change_type,
    ),
    "exclude": Act(
        _("Exclude a partner"),
        _("This organization won’t be offered the referral. If it has it now, reassign it too."),
        lambda referral: referral.is_open,
        _plain(ExcludeForm),
        acts.exclude_organisation,
    ),
    "ftc": Act(
        _("Send to FastTrack Center"),
        _("Removes it from partner routing."),
        lambda referral: referral.state in (State.AWAITING_PARTNER, State.IN_REVIEW),
        _plain(ReasonForm),
        acts.pass_to_ftc,
    ),
    "hold": Act(
        _("Hold"), _("Pauses it until the date you select."), _can_become(State.ON_HOLD), _plain(HoldForm), acts.hold
    ),
    "close": Act(
        _("Close"), _("Closes the referral with an outcome."), _can_become(State.CLOSED), _plain(TeamCloseForm), _close
    ),
    "duplicate": Act(
        _("Close as a duplicate"),
        _("Closes it as a duplicate and links the original."),
        _can_become(State.CLOSED),
        lambda referral, data: DuplicateForm(data, initial={"duplicate_of": suspected_duplicate(referral)}),
        acts.close_as_duplicate,
    ),
    "cancel": Act(
        _("Cancel referral"),
        _("Cancels the referral and withdraws it from the partner."),
        _can_become(State.CANCELLED),
        _plain(ReasonForm),
        acts.cancel,
    ),
    "reopen": Act(
        _("Reopen"),
        _("Screens it again in a new round."),
        lambda referral: not referral.is_open,
        _plain(ReasonForm),
        acts.reopen,
    ),
    "note": Act(
        _("Add a note"), _("Visible to the team only."), lambda referral: True, _plain(NoteForm), acts.add_note
    ),
}


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def team_act(request: SignedInRequest, public_id: str, name: str) -> HttpResponse:
    """Show an act's form, or carry it out. A refused act says why and keeps what was typed."""
    referral, act = find_referral(public_id), ACTS.get(name)
    if act is None or not request.user.is_processing_team:
        raise Http404
    refused = _why_not_now(name, referral)
    refusal = refused and why_refused(refused, referral.pk, by_team(request))
    if request.method != "POST":
        if not refusal:
            return _act_page(request, referral, act, act.make_form(referral, None))
        messages.error(request, f"{act.label}: {refusal}")
        return back_to_referral(request, public_id)
    form = act.make_form(referral, request.POST)
    if refusal:
        form.add_error(None, refusal)
    if not form.is_valid() or not _carry_out(request, referral, act, form):
        return _act_page(request, referral, act, form, status=422)
    messages.success(request, gettext("Done: %(act)s") % {"act": act.label})
    return back_to_referral(request, public_id)


def _why_not_now(name: str, referral: Referral) -> MoveRefused | None:
    if not may_act_before_sender(referral, name):
        return MoveRefused(gettext("Confirm the sender first."))
    if ACTS[name].applies(referral):
        return None
    return WrongState(gettext("Not available while “%(state)s”.") % {"state": referral.get_state_display()})


def _carry_out(request: SignedInRequest, referral: Referral, act: Act, form: forms.Form) -> bool:
    by = by_team(request)
    try:
        act.run(referral.pk, **form.cleaned_data, by=by, now=timezone.now())
    except MoveRefused as error:
        form.add_error(None, why_refused(error, referral.pk, by))
        return False
    return True


def _act_page(
    request: SignedInRequest, referral: Referral, act: Act, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    context = {"referral": referral, "act": act, "form": form}
    return render(request, "team/act.html", context, status=status)
