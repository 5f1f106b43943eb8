"""One act on several rows: a preview that says what will happen to each, then each by itself with its own result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.idempotency import in_own_transactions
from accounts.models import User
from accounts.signing_in.stepping_up import verify_first
from pages.guards import SignedInRequest, by_team, is_public_id, team_page
from pages.lists.forms import BulkColleagueForm, ExportKindForm, NothingToSayForm, ReviewNoteForm
from pages.partner.forms import TagsForm
from pages.places import ROW_URLS, listing_for
from pages.stale import why_refused
from pages.team.acts import ACTS, Act
from pages.undoing import OFFER, REVIEW, remember
from partners.choices import ACTING_ROLES
from partners.models import Membership
from referrals.answering import colleagues, responding
from referrals.answering.delivering import OfferNotHeld
from referrals.choices import Actor, OfferState, ReviewState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle.acting import By
from referrals.lists.exporting import ask_for_export
from referrals.lists.saved_views import LIST_URLS
from referrals.lists.state import ListState, state_in
from referrals.models import DeclineReview, ListName, Offer, Referral
from referrals.models.list_export import FileKind
from referrals.reviewing import judging

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_ROWS = 200
REFUSALS = (responding.OfferAlreadyAnswered, OfferNotHeld, colleagues.NotAColleague, MoveRefused, ValueError)
CHOOSE = _("Select at least one row and an action.")
ONLY_READS = _("You have read-only access to this partner’s referrals.")
GONE = _("The selected rows are no longer in your list.")


@dataclass(frozen=True, slots=True)
class BulkAct:
    """What may be done with several rows. ``why_not`` says why a row is left out, as its own page would."""

    label: "StrOrPromise"
    effect: "StrOrPromise"
    make_form: Callable[[SignedInRequest, Any], forms.Form]
    why_not: Callable[[Any], str]
    run: Callable[[Any, Mapping[str, Any], By], object]
    undoes: str = ""  # of what kind the numbers are that ``run`` gives, where they may be undone


@dataclass(slots=True)
class Line:
    """One chosen row: what stands against the act, and what came of it."""

    public_id: str
    name: str
    reference: str
    address: str
    why_not: str = ""
    done: bool = False


def _without_words(request: SignedInRequest, data: Any) -> forms.Form:
    return NothingToSayForm(data)


def _colleague_form(request: SignedInRequest, data: Any) -> forms.Form:
    mine = Membership.objects.filter(user=request.user, is_active=True).values("partner")
    fellows = Membership.objects.filter(partner__in=mine, is_active=True, role__in=ACTING_ROLES).values("user")
    people = User.objects.filter(pk__in=fellows, is_active=True).order_by("name_key", "email")
    return BulkColleagueForm(data, colleagues=people)


def _not_waiting(offer: Offer) -> str:
    held = offer.referral.state in (State.ON_HOLD, State.IN_REVIEW)
    is_waiting = offer.state == OfferState.PENDING and offer.expires_at > timezone.now() and not held
    return "" if is_waiting else gettext("not awaiting your response")


EXPORT = BulkAct(
    _("Export"),
    _("No changes."),
    lambda request, data: ExportKindForm(data),
    lambda row: "",
    lambda row, words, by: None,
)
OFFER_ACTS = {
    "accept": BulkAct(
        _("Accept"),
        _("Due diligence and its deadline start now for each referral."),
        _without_words,
        _not_waiting,
        lambda offer, words, by: [responding.accept_offer(offer.pk, by=by, now=timezone.now()).pk],
        OFFER,
    ),
    "colleague": BulkAct(
        _("Assign"),
        _("It appears in your colleague’s “Assigned to me”. Anyone on your team can still work on it."),
        _colleague_form,
        lambda offer: "" if offer.is_live else gettext("closed"),
        lambda offer, words, by: colleagues.give_to_colleague(offer.pk, by=by, now=timezone.now(), **words),
    ),
    "tag": BulkAct(
        _("Tag"),
        _("Only your partner sees its tags."),
        lambda request, data: TagsForm(data),
        lambda offer: "",
        lambda offer, words, by: colleagues.tag_offer(offer.pk, by=by, now=timezone.now(), **words),
    ),
    "export": EXPORT,
}
READ_ACTS = {"export": EXPORT}  # for whoever acts for none of its partners


def _acknowledge(referral: Referral, words: Mapping[str, Any], by: By) -> list[int]:
    to_read = DeclineReview.objects.filter(offer__referral=referral, state=ReviewState.OPEN)
    found = list(to_read.values_list("pk", flat=True))
    return [judging.acknowledge_decline(pk, note=words["note"], by=by, now=timezone.now()).pk for pk in found]


def _nothing_to_review(referral: Referral) -> str:
    is_open = DeclineReview.objects.filter(offer__referral=referral, state=ReviewState.OPEN).exists()
    return "" if is_open else gettext("no decline to acknowledge")


def _like_one(name: str) -> BulkAct:
    """An act of the team's on one referral, on several."""
    act = ACTS[name]
    return BulkAct(
        act.label,
        act.effect,
        lambda request, data: act.make_form(Referral(), data),
        lambda referral: _why_not_now(act, referral),
        lambda referral, words, by: act.run(referral.pk, **words, by=by, now=timezone.now()),
    )


def _why_not_now(act: Act, referral: Referral) -> str:
    if act.applies(referral):
        return ""
    return gettext("not available while “%(state)s”") % {"state": referral.get_state_display()}


REFERRAL_ACTS = {
    "acknowledge": BulkAct(
        _("Acknowledge declines"),
        _("Marks all unread declines on these referrals as acknowledged."),
        lambda request, data: ReviewNoteForm(data),
        _nothing_to_review,
        _acknowledge,
        REVIEW,
    ),
    "reassign": _like_one("reassign"),
    "hold": _like_one("hold"),
}


@in_own_transactions
@require_POST
def queue_bulk(request: SignedInRequest) -> HttpResponse:
    rows = Offer.objects.read_by(request.user)

    def by_whom(offer: Offer) -> By | None:
        return By(Actor.PARTNER, request.user, offer.partner) if offer.may_act else None

    return _bulk(request, ListName.OFFERS, OFFER_ACTS, rows, by_whom)


@in_own_transactions
@team_page
@require_POST
def team_bulk(request: SignedInRequest) -> HttpResponse:
    rows = Referral.objects.visible_to(request.user).select_related("customer")
    return _bulk(request, ListName.REFERRALS, REFERRAL_ACTS, rows, lambda referral: by_team(request))


def _bulk(
    request: SignedInRequest,
    name: ListName,
    acts: Mapping[str, BulkAct],
    rows: Any,
    by_whom: Callable[[Any], By | None],
) -> HttpResponse:
    """Preview, and with ``confirmed`` carry out. Rows of others are not there; ``by_whom``: None for who only reads."""
    act = acts.get(request.POST.get("act", ""))
    wanted = list(dict.fromkeys(request.POST.getlist("row")))
    back = _back(request, name)
    chosen = list(rows.filter(public_id__in=[one for one in wanted[:MOST_ROWS] if is_public_id(one)]))
    if act is None or not chosen:
        messages.error(request, str(CHOOSE if act is None or not wanted else GONE))
        return redirect(back)
    is_confirmed = "confirmed" in request.POST
    form = act.make_form(request, request.POST if is_confirmed else None)
    is_done = is_confirmed and form.is_valid()
    if is_done and act is EXPORT:
        return _export(request, name, chosen, form)
    lines = [_line(row, act, name, by_whom(row)) for row in chosen]
    if is_done:
        for row, line in zip(chosen, lines, strict=True):
            for pk in _run(act, row, line, form.cleaned_data, by_whom(row)):
                remember(request, act.undoes, pk)
    context = {
        "act": act,
        "act_key": request.POST["act"],
        "form": form,
        "lines": lines,
        "number": sum(not line.why_not for line in lines),
        "is_done": is_done,
        "problems": _left_out(wanted, chosen),
        "back": back,
        "list": request.POST.get("list", ""),
    }
    return render(request, "lists/bulk.html", context, status=422 if is_confirmed and not is_done else 200)


def _export(request: SignedInRequest, name: ListName, chosen: Sequence[Any], form: forms.Form) -> HttpResponse:
    if asking := verify_first(request):
        return asking
    ids, kind = [row.public_id for row in chosen], FileKind(form.cleaned_data["kind"])
    asked = ask_for_export(request.user, name, _state(request, name), kind=kind, chosen=ids, now=timezone.now())
    return redirect("pages:export", asked.pk)


def _back(request: SignedInRequest, name: ListName) -> str:
    return reverse(LIST_URLS[name]) + _state(request, name).address


def _state(request: SignedInRequest, name: ListName) -> ListState:
    return state_in(listing_for(request.user, name).shape, request.POST.get("list", ""))


def _left_out(wanted: Sequence[str], chosen: Sequence[Any]) -> list[str]:
    said = []
    if len(wanted) > MOST_ROWS:
        said.append(
            gettext("You can process up to %(number)d rows at once; only the first %(number)d were included.")
            % {"number": MOST_ROWS}
        )
    missing = len(wanted[:MOST_ROWS]) - len(chosen)
    if missing:
        words = gettext("%(number)d selected rows are no longer in your list and were skipped.")
        said.append(words % {"number": missing})
    return said


def _line(row: Any, act: BulkAct, name: ListName, by: By | None) -> Line:
    referral = row.referral if isinstance(row, Offer) else row
    address = reverse(ROW_URLS[name], args=[row.number if isinstance(row, Offer) else row.public_id])
    why_not = act.why_not(row) if by or act is EXPORT else str(ONLY_READS)
    return Line(row.public_id, referral.customer.name, referral.public_id, address, why_not)


def _run(act: BulkAct, row: Any, line: Line, words: Mapping[str, Any], by: By | None) -> list[int]:
    """Do it to one row, in a transaction of its own; what refuses says why. Gives the numbers of what may be undone."""
    if line.why_not or by is None:
        return []
    try:
        result = act.run(row, words, by)
    except REFUSALS as error:
        referral = row.referral_id if isinstance(row, Offer) else row.pk
        line.why_not = why_refused(error, referral, by)
        return []
    line.done = True
    return result if act.undoes and isinstance(result, list) else []
