"""Mails that let a partner's new address or new member be confirmed, and proposals about what only admins change."""

import datetime as dt

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.models import Confirmation, Confirmed, Partner, ProfileCorrection
from partners.services.people import CONFIRM_DAYS, ask_to_confirm, note_sign_in_link
from referrals.email.writing import address, build_mail
from referrals.models import Notification

WORDS = {
    Confirmed.CONTACT: (
        _("Confirm this address for referral offers"),
        _("%(person)s requested that offers for %(partner)s be sent to this address."),
    ),
    Confirmed.MEMBER: (
        _("You’re invited to work on referrals"),
        _("%(person)s invited you to work on referrals for %(partner)s."),
    ),
}


@transaction.atomic
def mail_confirmation(
    partner: Partner, kind: Confirmed, *, email: str, role: str = "", by: User, now: dt.datetime
) -> Confirmation:
    """Ask by mail whether it is so; nothing holds before. Raises ProfileRefused."""
    asked = ask_to_confirm(partner.pk, kind, email=email, role=role, by=by, now=now)
    (subject, words), path = WORDS[kind], reverse("pages:confirm", args=[asked.token])
    link = {"days": CONFIRM_DAYS, "address": address(path)}
    lines = [
        words % {"person": by, "partner": partner},
        gettext("Confirm within %(days)d days: %(address)s") % link,
        gettext("If you didn’t expect this, ignore this email."),
    ]
    kind_of_mail = Notification.JOIN if kind == Confirmed.MEMBER else "confirm"
    build_mail(kind_of_mail, asked.email, str(subject), lines, now).save()
    return asked


@transaction.atomic
def send_sign_in_link(partner: Partner, member: int, *, by: User, now: dt.datetime) -> None:
    """Let a member set up the sign-in anew, by mail to the member alone. Raises ProfileRefused."""
    get_adapter().send_invitation(note_sign_in_link(partner.pk, member, by=by, now=now), by)


def propose_change(partner: Partner, *, about: str, text: str, by: User, now: dt.datetime) -> ProfileCorrection:
    """Ask the programme's admins for what a partner cannot change itself."""
    return ProfileCorrection.objects.create(partner=partner, about=about, text=text, proposed_at=now, proposed_by=by)
