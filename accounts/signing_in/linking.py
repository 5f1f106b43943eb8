"""Whom an account of another provider lets in: who is linked with it, or has just opened an invitation."""

import logging
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import Invitation

from . import inviting
from .entra import IssuerAway
from .refusing import AWAY, CANCELED, FAILED, LINKED_ELSEWHERE, NOT_AGAIN, NOT_LINKED, Reason, refuse

logger = logging.getLogger(__name__)
VERIFIES = "verifies"  # in the state of a sign-in: the person who is asked again, and since when
SLACK = 60  # seconds by which clocks may differ
INVITED = "invited"  # the invitation that the browser has accepted, in its session; or uses, in the state of a sign-in


class LinkingAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """Follows no redirect: the issuer's addresses are those of its entry and its discovery document."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link by invitation alone: an email address proves nothing about who owns it over there."""
        there = sociallogin.state.get("next") or ""
        invitation = inviting.find_by_number((sociallogin.state.get("data") or {}).get(INVITED), timezone.now())
        asked = (sociallogin.state.get("data") or {}).get(VERIFIES)
        if asked:
            raise ImmediateHttpResponse(_verify(request, sociallogin, asked))
        if sociallogin.is_existing and not sociallogin.user.is_active:
            raise _refused(request, NOT_LINKED, there)
        if sociallogin.is_existing and invitation is not None and invitation.person != sociallogin.user:
            raise _refused(request, LINKED_ELSEWHERE, there)
        try:
            _link(request, sociallogin, invitation)
        except IntegrityError:  # another invitation has linked it in this moment
            raise _refused(request, LINKED_ELSEWHERE, there) from None

    def on_authentication_error(self, request: HttpRequest, provider: Any, **words: Any) -> None:
        said = request.GET.get("error", "")[:80]
        logger.warning("sign-in with tenant %s failed: %r %r", provider.app.provider_id, said, words.get("exception"))
        there = ((words.get("extra_context") or {}).get("state") or {}).get("next") or ""
        if words.get("error") == AuthError.CANCELLED:
            raise _refused(request, CANCELED, there)
        raise _refused(request, AWAY if isinstance(words.get("exception"), IssuerAway) else FAILED, there)


def _verify(request: HttpRequest, sociallogin: SocialLogin, asked: dict[str, Any]) -> HttpResponse:
    """Is it the person who was asked again, and was it asked there? Its session goes on."""
    account, at = sociallogin.account, sociallogin.signed_in_at or 0  # who does not say when may not have asked
    is_same = sociallogin.is_existing and sociallogin.user.pk == asked["person"] == request.user.pk
    if not at:
        logger.warning("tenant %s does not say when people were asked (claim auth_time)", account.provider)
    if not is_same or at < asked["since"] - SLACK:
        raise _refused(request, NOT_AGAIN, sociallogin.state.get("next") or "")
    words = {"method": "socialaccount", "provider": account.provider, "uid": account.uid, "reauthenticated": True}
    record_authentication(request, sociallogin.user, **words)
    return redirect(sociallogin.state.get("next") or "home")


@transaction.atomic
def _link(request: HttpRequest, sociallogin: SocialLogin, invitation: Invitation | None) -> None:
    """Use the invitation up, and link its person, instead of with an earlier account of the tenant."""
    is_used = invitation is not None and inviting.use(invitation, timezone.now())
    if sociallogin.is_existing:
        return
    if invitation is None or not is_used:
        raise _refused(request, NOT_LINKED, sociallogin.state.get("next") or "")
    SocialAccount.objects.filter(user=invitation.person, provider=sociallogin.account.provider).delete()
    sociallogin.connect(request, invitation.person)


def _refused(request: HttpRequest, reason: Reason, there: str) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(refuse(request, reason, there))
