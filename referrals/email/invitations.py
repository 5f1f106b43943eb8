"""Mails that let a partner's new address or new member be confirmed, and proposals about what only admins change."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.models import Confirmation, Confirmed, Partner, ProfileCorrection
from partners.services.profiles import CONFIRM_DAYS, ask_to_confirm
from referrals.email.writing import address, build_mail

WORDS = {
    Confirmed.CONTACT: (
        _("Confirm: referrals are to be offered to this address"),
        _("%(person)s asked that offers for %(partner)s go to this address."),
    ),
    Confirmed.MEMBER: (
        _("You are invited to work on referrals"),
        _("%(person)s invites you to work on the referrals of %(partner)s."),
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
        gettext("Look at it and confirm within %(days)d days: %(address)s") % link,
        gettext("If you did not expect this, do nothing."),
    ]
    build_mail("confirm", asked.email, str(subject), lines, now).save()
    return asked


def propose_change(partner: Partner, *, about: str, text: str, by: User, now: dt.datetime) -> ProfileCorrection:
    """Ask the programme's admins for what a partner cannot change itself."""
    return ProfileCorrection.objects.create(partner=partner, about=about, text=text, proposed_at=now, proposed_by=by)
