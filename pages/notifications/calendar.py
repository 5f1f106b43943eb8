"""A person's deadlines for its own calendar program: the page that gives out the address, and the calendar there."""

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from accounts.sealing import seal
from accounts.signing_in.stepping_up import verify_first
from pages.fields import PlainForm
from pages.guards import SAFE, SignedInRequest
from referrals.models import CalendarFeed
from referrals.reviewing.calendar import Due, feed_at, find_due, make_feed, revoke_feed

LASTS = dt.timedelta(minutes=15)  # a deadline, as a calendar draws it
READ_EVERY = dt.timedelta(hours=1)


class FeedForm(PlainForm):
    names_customers = forms.BooleanField(
        label=gettext_lazy("Show customer names"),
        help_text=gettext_lazy("Anyone with the calendar’s address can read them."),
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: SignedInRequest) -> HttpResponse:
    """Give out an address, another one in its place, or none."""
    if request.method not in SAFE:
        if "revoke" in request.POST:
            revoke_feed(request.user)
            messages.success(request, _("Calendar address revoked."))
        elif asking := verify_first(request):
            return asking
        else:
            form = FeedForm(request.POST)
            names = form.is_valid() and form.cleaned_data["names_customers"]
            make_feed(request.user, names_customers=names, now=timezone.now())
            messages.success(request, _("New calendar address created. Previous addresses no longer work."))
        return redirect("pages:own-calendar")
    feed = CalendarFeed.objects.filter(user=request.user).first()
    form = FeedForm(initial={"names_customers": feed.names_customers if feed else False})
    address = settings.SITE_URL + reverse("pages:calendar-feed", args=[feed.pk]) if feed else ""
    return render(request, "notifications/calendar.html", {"feed": feed, "form": form, "address": address})


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """The calendar itself. A revoked address, and that of somebody who has left, answer as one that never was."""
    feed = feed_at(pk)
    if feed is None:
        raise Http404
    with timezone.override(feed.user.time_zone or None):
        body = _draw(feed)
    kept = {"Cache-Control": "private, max-age=300", "Content-Disposition": 'inline; filename="deadlines.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=kept)


def _draw(feed: CalendarFeed) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Referral triage//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Referral deadlines"))
    calendar.add("refresh-interval", READ_EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    now = timezone.now()
    for due in find_due(feed.user):
        calendar.add_component(_event(due, feed, now))
    return bytes(calendar.to_ical())


def _event(due: Due, feed: CalendarFeed, now: dt.datetime) -> Event:
    """One deadline. A name stands in it only where the person has said so, and then in its title alone."""
    page = reverse("pages:team-referral" if due.by_team else "pages:offer", args=[due.reference])
    about = f"{due.customer}, {due.reference}" if feed.names_customers else due.reference
    at = due.at.astimezone(dt.UTC).replace(microsecond=0)
    kind, number = due.key
    event = Event()
    event.add("uid", f"{seal(f'due {kind}', number)}@{settings.SITE_HOST}")
    event.add("dtstamp", now.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    event.add("summary", f"{due.words}: {about}")
    event.add("url", settings.SITE_URL + page)
    event.add("transp", "TRANSPARENT")
    return event
