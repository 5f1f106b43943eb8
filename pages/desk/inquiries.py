"""Ask the customer, and take its answers over as facts."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from benefits.services.customers import FactRefused
from pages.desk.desk import find_desk, read_seen
from pages.desk.workspace import Workspace
from pages.guards import SignedInRequest
from referrals.diligence.inquiring import ask_customer
from referrals.diligence.taking_over import read_proposals, settle_inquiry
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle.sights import sight_of
from referrals.models import Inquiry, Notification, Offer, Referral

NO_PLACE = -1  # refused like every place that no answer has


def inquiry_panel(referral: Referral, workspace: Workspace, offer: Offer | None = None) -> dict[str, object]:
    """What was asked and answered, beside what is recorded. A partner learns no date of what others have asked."""
    asked = Inquiry.objects.concerning(referral, offer)
    inquiry = next((one for one in asked if one.settled_at is None), None)
    sees_when = offer is None or (inquiry is not None and inquiry.offer_id == offer.pk)
    waits = inquiry is not None and sees_when and not inquiry.is_answered
    proposals = []
    if inquiry and inquiry.is_answered:
        proposals = read_proposals(inquiry, workspace.facts, sight_of(offer))
    return {
        "inquiry": inquiry,
        "proposals": proposals,
        "sees_when": sees_when,
        "goes_out": Notification.objects.next_going_out(referral, "inquiry", timezone.now()) if waits else None,
        "left_over": [pair for one in asked for pair in one.left_over],
    }


@require_POST
def ask(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Mail the open questions to the requester."""
    desk = find_desk(request, public_id)
    try:
        asked = ask_customer(desk.referral.pk, by=desk.by, now=timezone.now(), offer=desk.offer)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        number, now = len(asked.questions), timezone.now()
        asks = ngettext("Asked: %(number)d question.", "Asked: %(number)d questions.", number) % {"number": number}
        goes_out = Notification.objects.next_going_out(desk.referral, "inquiry", now)
        messages.success(request, " ".join((asks, *_say_waiting(goes_out), _("We’ll notify you of the reply."))))
    return redirect(f"{desk.url}#inquiry")


def _say_waiting(goes_out: dt.datetime | None) -> Iterator[str]:
    """That the mail waits for the morning where the requester is, in the reader's zone."""
    if goes_out is not None:
        at = timezone.localtime(goes_out)
        yield _("The email will be sent at %(at)s.") % {"at": f"{date_format(at, 'SHORT_DATETIME_FORMAT')} {at:%Z}"}


@require_POST
def settle(request: SignedInRequest, public_id: str, pk: int) -> HttpResponse:
    """Record the ticked answers as facts, or discard all; what is left stays readable."""
    desk, discards = find_desk(request, public_id), "discard" in request.POST
    taken = {} if discards else _read_taken(request.POST)
    words: dict[str, Any] = {"by": desk.by, "now": timezone.now(), "offer": desk.offer}
    try:
        number = settle_inquiry(desk.referral.pk, pk, taken, discards=discards, **words)
    except (MoveRefused, FactRefused) as refused:
        messages.error(request, str(refused))
        return redirect(f"{desk.url}#inquiry")
    done = _("%(number)d of the customer’s answers recorded.") % {"number": number}
    messages.success(request, done if number else _("Answers discarded. They stay visible here."))
    return redirect(f"{desk.url}#determination")


def _read_taken(posted: QueryDict) -> dict[int, str]:
    """Place → the record that was seen beside the answer; what is no place counts as an unknown one."""
    return {
        int(place) if place.isdecimal() and len(place) < 4 else NO_PLACE: read_seen(posted.get(f"seen_{place}", ""))
        for place in posted.getlist("take")
    }
