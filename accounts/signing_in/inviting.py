"""Invitations to set up one's sign-in: a private link to the person's own mailbox, good once and for a week."""

import datetime as dt
import hashlib

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import F

from accounts.identifiers import new_token
from accounts.models import Invitation, InvitationQuerySet, User

KEPT_FOR = dt.timedelta(days=7)


@transaction.atomic
def invite(person: User, *, by: User | None, now: dt.datetime) -> Invitation:
    """A new invitation, whose token nobody knows yet; earlier ones end."""
    Invitation.objects.open().filter(person=person).update(ended_at=now)
    digest = _digest(new_token())
    return Invitation.objects.create(person=person, email=person.email, digest=digest, sent_at=now, sent_by=by)


def give_token(email: str, now: dt.datetime) -> str:
    """A token for the invitation that waits for an address, kept nowhere; empty when none waits."""
    token = new_token()
    given = _usable(now).filter(email=email).update(digest=_digest(token))
    return token if given else ""


def find_by_token(token: str, now: dt.datetime) -> Invitation | None:
    return _usable(now).filter(digest=_digest(token)).first()


def waits_for(email: str, now: dt.datetime) -> bool:
    return _usable(now).filter(email=email).exists()


def find_by_number(pk: int | None, now: dt.datetime) -> Invitation | None:
    return _usable(now).filter(pk=pk).first() if pk else None


def use(invitation: Invitation, now: dt.datetime) -> bool:
    """End it with the use that its person makes of it; false when another use of it came first."""
    return bool(_usable(now).filter(pk=invitation.pk).update(ended_at=now))


def can_sign_in(person: User) -> bool:
    """Has the person a way in: a password, a linked account or a passkey?"""
    return (
        person.has_usable_password()
        or SocialAccount.objects.filter(user=person).exists()
        or Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists()
    )


def _usable(now: dt.datetime) -> InvitationQuerySet:
    good = Invitation.objects.open().filter(sent_at__gt=now - KEPT_FOR, person__is_active=True)
    return good.filter(email=F("person__email")).select_related("person", "sent_by")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
