"""What mail says that lets somebody into an account, written when it is sent: no secret waits in a table.

Whoever asks for a new password has nothing looked up, so that the time tells nothing of who has an account.
"""

import datetime as dt

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.signing_in.inviting import KEPT_FOR, give_token
from referrals.email.writing import address
from referrals.models import Notification


def say_reset(email: str, now: dt.datetime) -> str:
    """The text: a link that works once, or that there is no account with this address."""
    user = User.objects.with_address(email)
    if user is None or not user.is_active:
        lines = [
            gettext("Someone asked to reset the password for this address, but it has no account."),
            gettext("If you were invited, open the link in your invitation. Otherwise, ignore this email."),
        ]
    else:
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        lines = [
            gettext("Someone asked to reset your password. Choose a new one within %(minutes)d minutes:")
            % {"minutes": minutes},
            address(_path_of(user)),
            gettext("If this wasn’t you, ignore this email; your password stays as it is."),
        ]
    return "\n\n".join(lines)


def say_invitation(email: str, now: dt.datetime) -> str:
    """The text, with a link that works once; empty when no invitation waits any more."""
    token = give_token(email, now)
    lines = [
        gettext("You can sign in to Referral triage. Set up how within %(days)d days:") % {"days": KEPT_FOR.days},
        address(reverse("accounts:invitation", args=[token])) if token else "",
        gettext("If you didn’t expect this, ignore this email."),
    ]
    return "\n\n".join(lines) if token else ""


def _path_of(user: User) -> str:
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})


WRITERS = {Notification.RESET: say_reset, Notification.INVITATION: say_invitation}
