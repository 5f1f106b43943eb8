"""Whom an account of another provider lets in: who is linked with it, or has just opened an invitation."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Invitation

from . import inviting
from .entra import IssuerAway
from .refusing import AWAY, CANCELED, FAILED, LINKED_ELSEWHERE, NOT_LINKED, Reason, refuse

logger = logging.getLogger(__name__)
INVITED = "invited"  # the invitation that the browser has accepted, in its session; or uses, in the state of a sign-in


class LinkingAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link by invitation alone: an email address proves nothing about who owns it over there."""
        invitation = inviting.find_by_number((sociallogin.state.get("data") or {}).get(INVITED), timezone.now())
        if sociallogin.is_existing and not sociallogin.user.is_active:
            raise _refused(request, NOT_LINKED)
        if sociallogin.is_existing and invitation is not None and invitation.person != sociallogin.user:
            raise _refused(request, LINKED_ELSEWHERE)
        try:
            _link(request, sociallogin, invitation)
        except IntegrityError:  # another invitation has linked it in this moment
            raise _refused(request, LINKED_ELSEWHERE) from None

    def on_authentication_error(self, request: HttpRequest, provider: Any, **words: Any) -> None:
        said = request.GET.get("error", "")[:80]
        logger.warning("sign-in with tenant %s failed: %r %r", provider.app.provider_id, said, words.get("exception"))
        if words.get("error") == AuthError.CANCELLED:
            raise _refused(request, CANCELED)
        raise _refused(request, AWAY if isinstance(words.get("exception"), IssuerAway) else FAILED)


@transaction.atomic
def _link(request: HttpRequest, sociallogin: SocialLogin, invitation: Invitation | None) -> None:
    """Use the invitation up, and link its person, instead of with an earlier account of the tenant."""
    is_used = invitation is not None and inviting.use(invitation, timezone.now())
    if sociallogin.is_existing:
        return
    if invitation is None or not is_used:
        raise _refused(request, NOT_LINKED)
    SocialAccount.objects.filter(user=invitation.person, provider=sociallogin.account.provider).delete()
    sociallogin.connect(request, invitation.person)


def _refused(request: HttpRequest, reason: Reason) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(refuse(request, reason))
