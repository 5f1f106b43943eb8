"""Invitations to set up one's sign-in: a private link to the person's own mailbox, good once and for a week."""

import datetime as dt
import hashlib

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.identifiers import new_token
from accounts.models import Invitation, InvitationQuerySet, User

KEPT_FOR = dt.timedelta(days=7)


@transaction.atomic
def invite(person: User, *, by: User | None, now: dt.datetime) -> Invitation:
    """A new invitation, whose token nobody knows yet; earlier ones end."""
    Invitation.objects.open().filter(person=person).update(ended_at=now)
    return Invitation.objects.create(person=person, digest=_digest(new_token()), sent_at=now, sent_by=by)


def give_token(email: str, now: dt.datetime) -> str:
    """A token for the invitation that waits for an address, kept nowhere; empty when none waits."""
    token = new_token()
    given = _usable(now).filter(person__email__iexact=email).update(digest=_digest(token))
    return token if given else ""


def find_by_token(token: str, now: dt.datetime) -> Invitation | None:
    return _usable(now).filter(digest=_digest(token)).first()


def find_by_number(pk: int | None, now: dt.datetime) -> Invitation | None:
    return _usable(now).filter(pk=pk).first() if pk else None


@transaction.atomic
def use(invitation: Invitation, now: dt.datetime) -> bool:
    """End it with the use that its person makes of it; false when another use of it came first."""
    taken = _usable(now).select_for_update(of=("self",)).filter(pk=invitation.pk).update(ended_at=now)
    if taken:
        address = {"verified": True, "primary": True}  # the link was in a mail to it
        EmailAddress.objects.update_or_create(user=invitation.person, email=invitation.person.email, defaults=address)
    return bool(taken)


def can_sign_in(person: User) -> bool:
    """Has the person a way in: a password, a linked account or a passkey?"""
    return (
        person.has_usable_password()
        or SocialAccount.objects.filter(user=person).exists()
        or Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists()
    )


def _usable(now: dt.datetime) -> InvitationQuerySet:
    invitations = Invitation.objects.open().filter(sent_at__gt=now - KEPT_FOR, person__is_active=True)
    return invitations.select_related("person", "sent_by")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
