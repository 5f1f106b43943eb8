"""What the mail says that somebody who has forgotten a password gets, looked up when it is sent.

The request itself looks nothing up, so that it takes the same time whether or not there is such an account.
"""

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from referrals.email.writing import address


def say_reset(email: str) -> str:
    """The text: a link that works once, or that there is no account with this address."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
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


def _path_of(user: User) -> str:
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
