"""Whom an account of another provider lets in: who is linked with it, or has just opened an invitation."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest
from django.utils import timezone

from . import inviting
from .entra import IssuerAway
from .refusing import AWAY, CANCELED, FAILED, LINKED_ELSEWHERE, NOT_LINKED, Reason, refuse

INVITED = "invited"  # in the session: the invitation that the browser has opened


class LinkingAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link by invitation alone: an e-mail address proves nothing about who owns it over there."""
        now = timezone.now()
        invitation = inviting.find_by_number(request.session.pop(INVITED, None), now)
        if not sociallogin.is_existing:
            if invitation is None or not inviting.use(invitation, now):
                raise _refused(request, NOT_LINKED)
            earlier = SocialAccount.objects.filter(user=invitation.person, provider=sociallogin.account.provider)
            earlier.delete()
            sociallogin.connect(request, invitation.person)
        elif invitation is not None and invitation.person != sociallogin.user:
            raise _refused(request, LINKED_ELSEWHERE)
        elif not sociallogin.user.is_active:
            raise _refused(request, NOT_LINKED)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **words: Any) -> None:
        if words.get("error") == AuthError.CANCELLED:
            raise _refused(request, CANCELED)
        raise _refused(request, AWAY if isinstance(words.get("exception"), IssuerAway) else FAILED)


def _refused(request: HttpRequest, reason: Reason) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(refuse(request, reason))
