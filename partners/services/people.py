"""Who belongs to a partner, and what waits until somebody who reads the mail has confirmed it."""

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from partners.choices import Role
from partners.models import Confirmation, Confirmed, Membership, Partner, ProfileChange
from partners.services.profiles import ChangedMeanwhile, ProfileRefused, last_changed_by, lock_profile, note_change

CONFIRM_DAYS = 7
MOST_CONFIRMATIONS = 20  # a day
LEFT = "left"
SIGN_IN_LINK = "sign-in link sent"
SIGN_IN_LINK_EVERY = dt.timedelta(minutes=5)
WITHDRAWN = {Confirmed.MEMBER: "invitation withdrawn", Confirmed.CONTACT: "new address withdrawn"}


class RoleChanged(ChangedMeanwhile):
    """Somebody has given the member another role since it was shown."""

    def __init__(self, member: Membership, by: User | None) -> None:
        self.member = member
        super().__init__({"role": member.role}, by)


@transaction.atomic
def set_member(pk: int, member: int, *, role: str, by: User, now: dt.datetime, was: str | None = None) -> Membership:
    """Give a member another role, or with an empty one end its membership; ``was`` is the role that was shown.

    Raises:
        RoleChanged: another person gave it a role in between that is neither.
        ProfileRefused: nobody would be left who may do this, or the person is no member.
    """
    partner = lock_profile(pk)
    found = partner.memberships.select_related("user").filter(pk=member, is_active=True).first()
    if found is None:
        raise ProfileRefused(_("This person is no longer a member."))
    if was is not None and found.role not in (was, role):
        raise RoleChanged(found, last_changed_by(partner, after__has_key=str(found.user)))
    others = partner.memberships.filter(role=Role.ADMIN, is_active=True, user__is_active=True).exclude(pk=member)
    if role != Role.ADMIN and found.role == Role.ADMIN and not others.exists():
        raise ProfileRefused(_("A partner needs at least one partner admin. Make someone else partner admin first."))
    before = found.get_role_display()
    found.is_active, found.role = bool(role), Role(role) if role else found.role
    found.save()
    after = found.get_role_display() if role else LEFT
    if before != after:
        note_change(partner, {str(found.user): before}, {str(found.user): after}, by, now)
    return found


@transaction.atomic
def note_sign_in_link(pk: int, member: int, *, by: User, now: dt.datetime) -> User:
    """Note that a member gets a link to set up the sign-in again. Raises ProfileRefused."""
    partner = lock_profile(pk)
    found = partner.memberships.select_related("user").filter(pk=member, is_active=True, user__is_active=True).first()
    if found is None:
        raise ProfileRefused(_("This person is no longer a member."))
    if found.user.invitations.open().filter(sent_at__gt=now - SIGN_IN_LINK_EVERY).exists():
        raise ProfileRefused(_("A sign-in link was sent to this person a moment ago."))
    note_change(partner, {}, {str(found.user): SIGN_IN_LINK}, by, now)
    return found.user


@transaction.atomic
def ask_to_confirm(pk: int, kind: Confirmed, *, email: str, role: str = "", by: User, now: dt.datetime) -> Confirmation:
    """Note a new address or member; it waits for its confirmation, and an earlier one of the same waits no more."""
    partner, email = lock_profile(pk), email.lower()
    if partner.confirmations.filter(asked_at__gt=now - dt.timedelta(days=1)).count() >= MOST_CONFIRMATIONS:
        raise ProfileRefused(
            _("%(most_confirmations)s emails were sent today. Try again tomorrow, or contact the team.")
            % {"most_confirmations": MOST_CONFIRMATIONS}
        )
    if kind == Confirmed.CONTACT and partner.contact_email.lower() == email:
        raise ProfileRefused(_("Offers already go to this address."))
    if kind == Confirmed.MEMBER and partner.memberships.filter(user__email__iexact=email, is_active=True).exists():
        raise ProfileRefused(_("This person is already a member."))
    earlier = partner.confirmations.filter(kind=kind, ended_at=None)
    (earlier.filter(email=email) if kind == Confirmed.MEMBER else earlier).update(ended_at=now)
    words: dict[str, Any] = {"kind": kind, "email": email, "role": role, "asked_at": now, "asked_by": by}
    return Confirmation.objects.create(partner=partner, **words)


@transaction.atomic
def confirm(token: str, *, now: dt.datetime) -> Confirmation:
    """Let it hold. Raises ProfileRefused when it is used or too old, or the address belongs to the programme."""
    partner = lock_profile(Confirmation.objects.values_list("partner", flat=True).get(token=token))
    asked = Confirmation.objects.select_related("asked_by", "partner").get(token=token)
    check_confirmable(asked, now)
    admins = partner.memberships.filter(role=Role.ADMIN, is_active=True, user__is_active=True)
    asker = asked.asked_by
    if not ((asker.is_processing_team and asker.is_active) or admins.filter(user=asker).exists()):
        raise ProfileRefused(_("The person who requested this is no longer a partner admin. Request a new link."))
    if asked.kind == Confirmed.CONTACT:
        before = {"contact_email": partner.contact_email}
        partner.contact_email = asked.email
        partner.save(update_fields=["contact_email"])
        note_change(partner, before, {"contact_email": asked.email}, asked.asked_by, now)
    else:
        _add_member(partner, asked, now)
    asked.ended_at = now
    asked.save()
    return asked


def check_confirmable(asked: Confirmation, now: dt.datetime) -> None:
    """Raises ProfileRefused when it is withdrawn, used or too old."""
    if asked.ended_at is not None and _withdrawals(asked).filter(at=asked.ended_at).exists():
        raise ProfileRefused(_("This was canceled. No changes were made."))
    if asked.ended_at is not None or now > asked.asked_at + dt.timedelta(days=CONFIRM_DAYS):
        raise ProfileRefused(_("This link has been used or has expired. Request a new one."))


@transaction.atomic
def withdraw_confirmation(pk: int, confirmation: int, *, by: User, now: dt.datetime) -> Confirmation:
    """Take back an invitation or a new address: its link lets nothing hold any more. Raises ProfileRefused."""
    partner = lock_profile(pk)
    asked = partner.confirmations.waiting().filter(pk=confirmation).first()
    if asked is None:
        raise ProfileRefused(_("This was already confirmed or canceled."))
    asked.ended_at = now
    asked.save()
    note_change(partner, {}, {asked.email: WITHDRAWN[Confirmed(asked.kind)]}, by, now)
    return asked


def _withdrawals(asked: Confirmation) -> QuerySet[ProfileChange]:
    """The history says what was withdrawn: a confirmation that has ended says only when."""
    return asked.partner.changes.filter(after={asked.email: WITHDRAWN[Confirmed(asked.kind)]})


def _add_member(partner: Partner, asked: Confirmation, now: dt.datetime) -> None:
    defaults = {"email": asked.email, "password": make_password(None)}  # two partners may confirm a new address at once
    user = User.objects.with_address(asked.email) or User.objects.get_or_create(email=asked.email, defaults=defaults)[0]
    if user.sees_everything or user.is_staff or not user.is_active:
        raise ProfileRefused(_("This address can’t be used for a partner. Contact the referral processing team."))
    if partner.memberships.filter(user=user, is_active=True).exists():
        raise ProfileRefused(_("You’re already a member."))
    words = {"role": asked.role, "is_active": True}
    Membership.objects.update_or_create(partner=partner, user=user, defaults=words)
    note_change(partner, {}, {str(user): str(Role(asked.role).label)}, asked.asked_by, now)
