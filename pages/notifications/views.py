"""What has happened, for the person who reads it; and how that person wants to hear of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sealing import unseal
from pages.guards import SignedInRequest
from pages.notifications.forms import NoticesForm, OwnNameForm
from referrals.email.notifications import choose_notices, count_new, find_notices, groups_of, mark_read, name_oneself
from referrals.email.personal import settings_of
from referrals.models.notice import NoticeGroup


@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    """The newest first. Looking at it changes nothing: a button marks them as read."""
    return render(request, "notifications/notifications.html", {"notices": find_notices(request.user, timezone.now())})


@require_safe
def notice_count(request: SignedInRequest) -> HttpResponse:
    """How many are new, for the head of every page."""
    return render(request, "notifications/_count.html", {"new": count_new(request.user, timezone.now())})


@require_POST
def notices_read(request: SignedInRequest) -> HttpResponse:
    upto = unseal("notice", request.POST.get("upto", ""))
    if upto is not None:
        mark_read(request.user, upto)
    return redirect("pages:notices")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: SignedInRequest) -> HttpResponse:
    """What is mailed at once, in the digest, or not at all; and when."""
    groups, chosen = groups_of(request.user), settings_of(request.user)
    initial = {f"way_{group}": chosen.way(group) for group in groups} | {
        "time_zone": request.user.time_zone,
        "mail_from": chosen.mail_from,
        "mail_until": chosen.mail_until,
        "digest_at": chosen.digest_at,
    }
    form = NoticesForm(request.POST or None, groups=groups, initial=initial)
    if request.method == "POST" and form.is_valid():
        times = {name: form.cleaned_data[name] for name in ("mail_from", "mail_until", "digest_at")}
        zone = form.cleaned_data["time_zone"]
        choose_notices(request.user, form.ways(), **times, zone=zone, now=timezone.now())
        messages.success(request, _("Settings saved."))
        return redirect("pages:notice-settings")
    is_shared = NoticeGroup.OFFERS in groups or NoticeGroup.TEAM in groups
    context = {"form": form, "is_shared": is_shared}
    return render(request, "notifications/settings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def own_name(request: SignedInRequest) -> HttpResponse:
    """What a person is called beside what it does."""
    form = OwnNameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        name_oneself(request.user, form.cleaned_data["name"])
        messages.success(request, _("Display name changed to “%(name)s”.") % {"name": request.user})
        return redirect("pages:own-name")
    back = {"back_url": reverse("pages:notice-settings"), "back": _("Email notifications")}
    context = {"form": form, "title": _("Display name"), "submit": _("Save")} | back
    return render(request, "form_page.html", context, status=422 if form.is_bound else 200)
