"""Saved views and insights by email, every Monday or on the first of the month."""

import datetime as dt
import logging
import zoneinfo
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from benefits.services.editions import edition_in_force
from referrals.choices import OfferState
from referrals.email.personal import REPORT_KIND
from referrals.email.writing import build_mail, name_of, open_link
from referrals.lists.of_person import list_of
from referrals.lists.saved_views import LIST_URLS
from referrals.lists.state import state_in
from referrals.models import ListName, Offer, SavedView, ScheduledReport
from referrals.models.scheduled_report import Rhythm
from referrals.queue import ring

from .insights import Span
from .insights.measures import find_measures

logger = logging.getLogger(__name__)
AT = dt.time(8)
MOST_ROWS = 20
RETRY_AFTER = dt.timedelta(hours=1)


def next_report(now: dt.datetime, zone: str, rhythm: str) -> dt.datetime:
    """The next Monday, or first of a month, at eight in the zone; always after ``now``."""
    day = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
    while True:
        at = dt.datetime.combine(day, AT, zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
        if at > now and (day.weekday() == 0 if rhythm == Rhythm.WEEKLY else day.day == 1):
            return at
        day += dt.timedelta(days=1)


def schedule_report(person: User, view: SavedView | None, rhythm: str, now: dt.datetime) -> None:
    """Send a view, or the insights, in a rhythm from now on; with an empty one no more."""
    if not rhythm:
        ScheduledReport.objects.filter(person=person, view=view).delete()
        return
    words = {"rhythm": rhythm, "due_at": next_report(now, person.time_zone, rhythm)}
    ScheduledReport.objects.update_or_create(person=person, view=view, defaults=words)


def send_due_reports(*, now: dt.datetime) -> int:
    """Write the reports that are due, each once; one that cannot be written is tried again in an hour."""
    written = 0
    for pk in list(ScheduledReport.objects.due(now).values_list("pk", flat=True)):
        try:
            written += _send(pk, now)
        except Exception:
            logger.exception("report %s could not be written", pk)
            ScheduledReport.objects.due(now).filter(pk=pk).update(due_at=now + RETRY_AFTER)
    return written


@transaction.atomic
def _send(pk: int, now: dt.datetime) -> int:
    rows = ScheduledReport.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    report = rows.select_related("person", "view").filter(pk=pk).first()
    if report is None:
        return 0
    person = report.person
    if not _may_have(report):
        report.delete()
        return 0
    report.due_at = next_report(now, person.time_zone, report.rhythm)
    report.save(update_fields=["due_at"])
    with timezone.override(person.time_zone):
        subject, lines, path = _write_view(report.view, person) if report.view else _write_insights(report, now)
    mail = build_mail(REPORT_KIND, person.email, subject, [*lines, open_link(path)], now)
    mail.person = person
    mail.save()
    ring()
    return 1


def _may_have(report: ScheduledReport) -> bool:
    """May the person still see it? What was shared may not be any more, and people leave."""
    person, view = report.person, report.view
    if view is None:
        return person.is_active and person.sees_everything
    name = ListName(view.list_name)
    sees_list = person.sees_everything == (name == ListName.REFERRALS)
    return person.is_active and sees_list and SavedView.objects.seen_by(person, name).filter(pk=view.pk).exists()


def _write_view(view: SavedView, person: User) -> tuple[str, list[str], str]:
    name = ListName(view.list_name)
    listing = list_of(person, name, edition_in_force(timezone.localdate())[1])
    rows = listing.matching(state_in(listing.shape, view.address))
    number = rows.count()
    said = ngettext("%(number)s referral", "%(number)s referrals", number) % {"number": number_format(number)}
    subject = f"{view.name}: {said}"
    path = "referral__customer" if name == ListName.OFFERS else "customer"
    shown = [_line(row, name) for row in rows.select_related(path)[:MOST_ROWS]]
    lines = ["\n".join(shown)] if shown else [_("Nothing matches this view today.")]
    if number > MOST_ROWS:
        lines.append(_("These are the first %(number)d.") % {"number": MOST_ROWS})
    return subject, lines, reverse(LIST_URLS[name]) + view.address


def _line(row: Any, name: ListName) -> str:
    referral = row.referral if name == ListName.OFFERS else row
    due = _due_of(row) if name == ListName.OFFERS else referral.next_action_at
    words = f"{name_of(referral)}: {row.get_state_display()}"
    if due is None:
        return words
    return words + ", " + _("due %(day)s") % {"day": date_format(timezone.localtime(due), "j M, H:i")}


def _due_of(offer: Offer) -> dt.datetime | None:
    """What becomes of a referral after its offer has ended is not the partner's to know."""
    if offer.state == OfferState.PENDING:
        return offer.respond_by
    return offer.referral.next_action_at if offer.state == OfferState.ACCEPTED else None


def _write_insights(report: ScheduledReport, now: dt.datetime) -> tuple[str, list[str], str]:
    days = 7 if report.rhythm == Rhythm.WEEKLY else 30
    measures = find_measures(Span(now - dt.timedelta(days=days), now))
    lines = [
        "\n".join(
            part
            for part in (
                f"{one.title}: {one.words} ({one.says}, {one.now.sample_words})",
                one.target_words,
                one.trend_words,
            )
            if part
        )
        for one in measures
    ]
    subject = _("Insights: the last %(days)d days") % {"days": days}
    return subject, lines, f"{reverse('pages:insights')}?days={days}"
