"""The referral record to download: what happened when, the determination, and what the customer signs."""

import datetime as dt
from itertools import groupby

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from benefits.choices import Area, Status
from benefits.data.places import COUNTRY_NAMES
from benefits.models import Determination
from benefits.services.editions import edition_in_force
from pages.desk.desk import Desk, find_desk
from pages.desk.record_pdf import Part, Record
from pages.guards import SignedInRequest
from referrals.choices import CloseOutcome, EventKind, OfferState, State
from referrals.models import Acknowledgement, Event

WORKED = (CloseOutcome.DELIVERED, CloseOutcome.FEE_WORK_AGREED, CloseOutcome.FTC_DELIVERED)


@require_safe
def referral_record(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The record as this side may know it, as a PDF. Whoever had an offer keeps its record."""
    from pages.desk.record_drawing import draw_record  # loading fonts' tools would hold up every start of a server

    desk, now = find_desk(request, public_id, reads=True, live=False), timezone.now()
    name = f'attachment; filename="{desk.referral.public_id}.pdf"'
    return HttpResponse(
        draw_record(make_record(desk, now), now),
        headers={"Content-Disposition": name},
        content_type="application/pdf",
    )


def make_record(desk: Desk, now: dt.datetime) -> Record:
    referral = desk.referral
    parts = [_referral(desk), _history(desk)]
    standing = referral.determination if desk.offer is None or desk.offer.is_live else desk.offer.determination
    if standing is not None:
        parts += _determination(standing, is_day_only=desk.tells_day_only(standing))
    if _has_work(desk):
        acknowledged = Acknowledgement.objects.for_customer(referral.customer)
        parts += [Part(row.title, row.text, is_signed=True) for row in acknowledged]
    made = _("%(reference)s · made %(at)s") % {"reference": referral.public_id, "at": _instant(now)}
    title = _("Referral record %(reference)s") % {"reference": referral.public_id}
    return Record(title, referral.customer.name, made, parts)


def _has_work(desk: Desk) -> bool:
    """Was anything done for the customer that it can acknowledge? Accepting alone is no work."""
    referral, offer = desk.referral, desk.offer
    is_done = referral.state == State.CLOSED and referral.close_outcome in WORKED
    if offer is not None and not offer.is_live:
        return is_done and offer.state == OfferState.COMPLETED
    return is_done or referral.state in (State.DELIVERING, State.FEE_BASED)


def _instant(at: dt.datetime | None) -> str:
    """An instant to the second, in the reader's zone, with how far that is from UTC."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S %Z (UTC%z)}" if at else ""


def _referral(desk: Desk) -> Part:
    referral, offer, customer, tenant = desk.referral, desk.offer, desk.referral.customer, desk.referral.tenant
    _edition_id, edition = edition_in_force(timezone.localdate())
    named = (edition.workloads[code].name if code in edition.workloads else code for code in referral.workloads)
    rows = [
        (_("Customer"), customer.name),
        (_("TPID"), customer.tpid),
        (_("Tenant"), tenant.domain),
        (_("Tenant ID"), str(tenant.directory_id or "")),
        (_("RFA ID"), referral.rfa_id),
        (_("Country"), COUNTRY_NAMES.get(customer.country, customer.country)),
        (_("Industry"), str(customer.get_industry_display())),
        (_("Request"), referral.text),
        (_("Requested workloads"), ", ".join(named)),
    ]
    if offer is None:
        rows.append((_("State"), str(referral.get_state_display())))
    else:
        rows += [
            (_("Partner"), str(offer.partner)),
            (_("Type"), str(offer.get_type_label())),
            (_("State"), str(referral.get_state_display() if offer.is_live else offer.get_state_display())),
            (_("Offered"), _instant(offer.offered_at)),
            (_("Answered"), _instant(offer.answered_at)),
            (_("Reason"), offer.reason.label if offer.reason else ""),
            (_("Notes for the team"), offer.notes),
        ]
    return Part(_("Referral"), rows=[row for row in rows if row[1]])


def _history(desk: Desk) -> Part:
    """What this side may know of what happened, oldest first; how the customer can be reached is left out."""
    events = Event.objects.filter(referral=desk.referral).exclude(kind=EventKind.ANSWERED)
    if desk.offer is not None:
        events = events.seen_by_partner(desk.offer.partner)
    rows = [(_instant(event.at), _said(event), _author(event)) for event in events.select_related("by")]
    return Part(_("Timeline"), rows=rows, widths=(36, 40, 24))


def _said(event: Event) -> str:
    moved = event.state_to and event.kind == EventKind.MOVED
    words = str(event.get_kind_display())
    return f"{words} → {event.get_state_to_display()}" if moved else words


def _author(event: Event) -> str:
    return str(event.by) if event.by else str(event.get_actor_display())


def _determination(row: Determination, *, is_day_only: bool) -> list[Part]:
    result, status_words = row.result, {value: str(label).lower() for value, label in Status.choices}
    rows = [
        (_("Determination"), row.public_id),
        (_("Outcome"), str(row.get_outcome_display())),
        (_("Decided"), date_format(row.decided_at, "SHORT_DATE_FORMAT") if is_day_only else _instant(row.decided_at)),
        (_("Facts as of"), str(row.facts["evaluate_on"])),
        (_("Service description"), row.edition.name),
        (_("Facts hash"), row.facts_hash),
        (_("Result hash"), row.result_hash),
    ]
    areas = [
        (str(Area(area).label), "; ".join(f"{one['name']}: {status_words[one['status']]}" for one in found))
        for area, found in groupby(result["findings"], lambda finding: finding["area"])
    ]
    plans = [(plan["name"], plan["tenant"], _seats(plan["seats"])) for plan in result["plans_held"]]
    reasons = [step["sentence"] + (f" {_('Deciding rule.')}" if step["decided"] else "") for step in result["trace"]]
    parts = (
        Part(_("Determination"), row.reason, rows),
        Part(_("Subscriptions"), rows=plans, widths=(50, 34, 16)),
        Part(_("Workloads"), rows=areas),
        Part(_("Reasons"), lines=reasons),
    )
    return [part for part in parts if part.rows or part.lines]


def _seats(seats: int | None) -> str:
    if seats is None:
        return _("seats unknown")
    return ngettext("%(number)s seat", "%(number)s seats", seats) % {"number": seats}
