"""Signing in with Microsoft, and setting a sign-in up by invitation."""

import logging
import time
from uuid import UUID

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import password_set
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from accounts.idempotency import in_own_transactions
from accounts.models import Invitation, SignedIn, who_is_signed_in
from accounts.sealing import unseal

from . import inviting, sessions, stepping_up
from .entra import EntraOAuth2Adapter, IssuerAway
from .linking import INVITED, VERIFIES
from .refusing import AWAY, FAILED, Reason, refuse

logger = logging.getLogger(__name__)
FAILURES = (OAuth2Error, RequestException, KeyError, TypeError, ValueError)  # the latter for answers of odd shapes
LIMITS = {"entra": "60/m/ip"}


@in_own_transactions  # what is kept of an issuer that is away must not go with the failed answer
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """A page that moves on to Microsoft: a form must not be answered with a redirect to another site.

    The policy of our pages lets forms lead to ourselves alone, and browsers hold every redirect on the way to that.
    """
    if request.method != "POST":
        return redirect("account_login")
    if not ratelimit.consume(request, app="accounts", action="entra", config=LIMITS):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    provider = _find_provider(request, provider_id)
    there_after = get_next_redirect_url(request) or ""
    words = {"process": "login", "next_url": there_after or None, "data": _invited(request)}
    if "again" in request.POST and request.user.is_authenticated:
        asked = {"person": request.user.pk, "since": time.time()}
        words |= {"data": {VERIFIES: asked}, "auth_params": {"prompt": "login", "max_age": "0"}}
    try:
        there = provider.redirect(request, **words).url
    except FAILURES as error:
        return refuse(request, _reason_of(error), there_after)
    return render(request, "accounts/moving_on.html", {"there": there, "tenant": provider.name})


def _invited(request: HttpRequest) -> dict[str, int] | None:
    """The invitation from whose page the sign-in begins; that of the browser counts for no other form."""
    invitation = None
    if "token" in request.POST:
        invitation = inviting.find_by_token(request.POST["token"], timezone.now())
    elif "invited" in request.POST:
        invitation = _find_opened(request)
    return {INVITED: invitation.pk} if invitation else None


@login_not_required
@never_cache
@require_safe
def come_back(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    _find_provider(request, provider_id)
    view = OAuth2CallbackView.adapter_view(EntraOAuth2Adapter(request, str(provider_id)))
    try:
        response: HttpResponse = view(request)
    except FAILURES as error:
        return refuse(request, _reason_of(error))
    return response


def _reason_of(error: Exception) -> Reason:
    logger.warning("sign-in with Microsoft failed: %r", error)
    return AWAY if isinstance(error, (IssuerAway, RequestException)) else FAILED


def _find_provider(request: HttpRequest, provider_id: UUID):  # type: ignore[no-untyped-def]  # allauth has no types
    try:
        return get_adapter().get_provider(request, str(provider_id))
    except SocialApp.DoesNotExist:
        raise Http404 from None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str = "") -> HttpResponse:
    """Choose how to sign in. Without a token: by the invitation that this browser has just accepted."""
    now = timezone.now()
    invitation = inviting.find_by_token(token, now) if token else _find_opened(request)
    if invitation is None and token and request.method == "POST" and request.user.is_authenticated:
        return redirect("home")  # the form was sent twice: the first has signed its person in
    if invitation is None:
        return render(request, "accounts/invitation.html", {"invitation": None}, status=404)
    form = SetPasswordForm(invitation.person, request.POST if request.method == "POST" else None)
    if form.is_valid() and inviting.use(invitation, now):
        return _sign_in(request, invitation, form)
    context = {"invitation": invitation, "token": token, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of the person's own sessions, or all but this one."""
    person = who_is_signed_in(request)
    if person is None:
        raise Http404
    if asking := stepping_up.verify_first(request):
        return asking
    if "others" in request.POST:
        sessions.end_others(request, person)
    else:
        number = unseal("session", request.POST.get("session", "")) or 0
        ended = get_object_or_404(SignedIn, pk=number, person=person)
        sessions.end(ended.session_key)
    messages.success(request, _("Signed out there."))
    return redirect("mfa_index")


@require_safe
def verify_elsewhere(request: HttpRequest) -> HttpResponse:
    """Have the person verified by the tenant that it signs in with."""
    linked = set(SocialAccount.objects.filter(user_id=request.user.pk).values_list("provider", flat=True))
    tenants = [entry for entry in settings.ENTRA_TENANTS if entry["provider_id"] in linked]
    if not tenants:
        raise Http404
    redirect_field = {"name": REDIRECT_FIELD_NAME, "value": get_next_redirect_url(request) or ""}
    return render(request, "accounts/verify_elsewhere.html", {"tenants": tenants, "there": redirect_field})


def set_own_password(request: HttpRequest) -> HttpResponse:
    """A first password, of whoever signs in by other means: no way in for somebody who finds the browser open."""
    response: HttpResponse = stepping_up.verify_first(request) or password_set(request)
    return response


@never_cache
@require_safe
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """What waited until the person was verified: a click sends it."""
    waiting = stepping_up.find_waiting(request, key)
    if waiting is None:
        return redirect("home")
    path, fields = waiting
    asking = stepping_up.verify_first(request)
    return asking or render(request, "accounts/go_on.html", {"path": path, "fields": fields})


def _find_opened(request: HttpRequest) -> Invitation | None:
    return inviting.find_by_number(request.session.get(INVITED), timezone.now())


def _sign_in(request: HttpRequest, invitation: Invitation, form: SetPasswordForm) -> HttpResponse:
    person = invitation.person
    if request.user.is_authenticated:
        get_account_adapter().logout(request)
    form.save()
    sessions.end_others(request, person)
    record_authentication(request, person, method="password")
    response: HttpResponse = perform_login(request, Login(user=person))
    return response
