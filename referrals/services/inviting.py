"""Mails that let a partner's new address or new member be confirmed, and proposals about what only admins change."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from partners.models import Confirmation, Confirmed, Partner, ProfileCorrection
from partners.services.profiles import CONFIRM_DAYS, ask_to_confirm

from .notifying import address, build_mail

WORDS = {
    Confirmed.CONTACT: (
        "Confirm: referrals are to be offered to this address",
        "{by} asked that offers for {partner} go to this address.",
    ),
    Confirmed.MEMBER: (
        "You are invited to work on referrals",
        "{by} invites you to work on the referrals of {partner}.",
    ),
}


@transaction.atomic
def mail_confirmation(
    partner: Partner, kind: Confirmed, *, email: str, role: str = "", by: User, now: dt.datetime
) -> Confirmation:
    """Ask by mail whether it is so; nothing holds before. Raises ProfileRefused."""
    asked = ask_to_confirm(partner.pk, kind, email=email, role=role, by=by, now=now)
    (subject, words), path = WORDS[kind], reverse("referrals:confirm", args=[asked.token])
    lines = [
        words.format(by=by, partner=partner),
        f"Look at it and confirm within {CONFIRM_DAYS} days: {address(path)}",
        "If you did not expect this, do nothing.",
    ]
    build_mail("confirm", asked.email, subject, lines, now).save()
    return asked


def propose_change(partner: Partner, *, about: str, text: str, by: User, now: dt.datetime) -> ProfileCorrection:
    """Ask the programme's admins for what a partner cannot change itself."""
    return ProfileCorrection.objects.create(partner=partner, about=about, text=text, proposed_at=now, proposed_by=by)
