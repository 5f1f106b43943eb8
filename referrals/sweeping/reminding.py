"""Tell people of what is due or overdue: once for each due time, never at night."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.services.availability import find_pause_reminder
from partners.services.working_hours import load_calendar
from referrals.choices import ESCALATED_ACTS, REMINDED_ACTS, Actor, EventKind, OfferState, ReviewState
from referrals.email.writing import build_mail, name_of, remind_partner, say_instant, tell_team
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.locking import live_offer, lock_offer, lock_partner, lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import DeclineReview, Offer


@transaction.atomic
def remind_of_offer(pk: int, *, now: dt.datetime) -> bool:
    """Remind a partner to answer, and say when it is next reminded. Does nothing when it has answered (idempotent)."""
    referral_id, partner_id = Offer.objects.values_list("referral_id", "partner_id").get(pk=pk)
    referral, partner, offer = lock_referral(referral_id), lock_partner(partner_id), lock_offer(pk)
    if offer.state != OfferState.PENDING or offer.remind_at is None or offer.remind_at > now:
        return False
    if offer.clock_stopped_at is not None:
        return False
    offer.remind_at = clocks.next_reminder(now, offer.respond_by, offer.expires_at, load_calendar(partner))
    offer.save(update_fields=["remind_at"])
    kind, words = _say_reminder(offer, partner.time_zone, now)
    remind_partner(offer, kind, [words], now)
    record_event(referral, EventKind.REMINDED, SYSTEM, now, offer=offer, note=words)
    return True


def _say_reminder(offer: Offer, zone: str, now: dt.datetime) -> tuple[str, str]:
    if now >= offer.expires_at - clocks.WARN_BEFORE:
        return "expiring", _("It expires %(at)s and is then offered to another partner.") % {
            "at": say_instant(offer.expires_at, zone)
        }
    if now >= offer.respond_by:
        return "late", _("Your response was due by %(at)s (%(respond_why)s).") % {
            "at": say_instant(offer.respond_by, zone),
            "respond_why": offer.respond_why,
        }
    return "reminder", _("Respond by %(at)s (%(respond_why)s).") % {
        "at": say_instant(offer.respond_by, zone),
        "respond_why": offer.respond_why,
    }


@transaction.atomic
def nudge_referral(pk: int, *, now: dt.datetime) -> bool:
    """Tell whoever owns an overdue act: the partner is reminded, the team's own is escalated. Once (idempotent)."""
    referral = lock_referral(pk)
    if referral.nudged_at is not None or referral.next_action_at is None or referral.next_action_at > now:
        return False
    if referral.next_action not in (*REMINDED_ACTS, *ESCALATED_ACTS):
        return False
    referral.nudged_at = now
    referral.save(update_fields=["nudged_at"])
    offer = live_offer(referral)
    is_partners = referral.next_owner == Actor.PARTNER and offer is not None
    zone = offer.partner.time_zone if is_partners and offer is not None else clocks.team_calendar().zone
    act, due = referral.get_next_action_display(), say_instant(referral.next_action_at, zone)
    words = _("%(action)s was due %(due)s.") % {"action": act, "due": due}
    if is_partners and offer is not None:
        remind_partner(offer, "overdue", [words], now)
        record_event(referral, EventKind.REMINDED, SYSTEM, now, offer=offer, note=words)
    else:
        subject = _("%(action)s overdue: %(referral)s") % {"action": act, "referral": name_of(referral)}
        tell_team("escalated", subject, [words], now, referral)
        record_event(referral, EventKind.ESCALATED, SYSTEM, now, note=words)
    return True


@transaction.atomic
def escalate_review(pk: int, *, now: dt.datetime) -> bool:
    """Escalate a decline review that nobody has decided in time. Once (idempotent)."""
    review = DeclineReview.objects.select_for_update(of=("self",)).select_related("offer__referral").get(pk=pk)
    if review.state != ReviewState.OPEN or review.nudged_at is not None or review.due_at > now:
        return False
    review.nudged_at = now
    review.save(update_fields=["nudged_at"])
    referral = review.offer.referral
    words = _("The decline review was due %(due)s.") % {"due": say_instant(review.due_at, clocks.team_calendar().zone)}
    subject = _("Decline review overdue: %(referral)s") % {"referral": name_of(referral)}
    tell_team("escalated", subject, [words], now, referral)
    record_event(referral, EventKind.ESCALATED, SYSTEM, now, note=words)
    return True


@transaction.atomic
def remind_of_pause(pk: int, *, now: dt.datetime) -> bool:
    """Tell a partner that its pause ends soon: seven days and one day before (idempotent)."""
    partner = lock_partner(pk)
    until = partner.paused_until
    if partner.pause_remind_at is None or partner.pause_remind_at > now:
        return False
    partner.pause_remind_at = find_pause_reminder(now, until, load_calendar(partner)) if until else None
    partner.save(update_fields=["pause_remind_at"])
    if until is not None and until > now:
        lines = [
            _("The pause for %(name)s ends %(until)s. Offers resume automatically.")
            % {"name": partner.name, "until": say_instant(until, partner.time_zone)}
        ]
        mail = build_mail("pause", partner.contact_email, _("Your pause ends soon"), lines, now, zone=partner.time_zone)
        mail.partner = partner
        mail.path = reverse("pages:profile", args=[partner.public_id])
        mail.save()
    return True
