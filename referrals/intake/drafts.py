"""Keep a request that is filled in step by step, and mail the way back to it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from referrals.email.writing import address, build_mail
from referrals.intake.filing import DAY, MOST_A_DAY, TooManyRequests, file_rfa
from referrals.intake.throttling import spend
from referrals.models import RequestDraft, StrangersDeed
from referrals.queue import ring

KEPT_FOR = dt.timedelta(days=14)
MAIL_AGAIN = dt.timedelta(hours=1)
LONGEST_VALUE, MOST_VALUES = 5000, 300
Typed = Mapping[str, list[str]]


class AlreadySent(Exception):
    """The request was sent; nothing can be added to its draft."""


def start_draft(typed: Typed, *, email: str, now: dt.datetime, network: str = "") -> RequestDraft:
    """Keep the first step.

    Counted by network, not by address: whoever types somebody else's address keeps that person from nothing.

    Raises:
        TooManyRequests: its network has begun many within an hour.
    """
    if not spend(StrangersDeed.DRAFT, network, now):
        raise TooManyRequests(_("Too many requests were started from your network. Continue one of them."))
    words = {"created_at": now, "expires_at": now + KEPT_FOR}
    return RequestDraft.objects.create(data=_cleaned(typed), email=email.lower(), **words)


@transaction.atomic
def keep_step(
    token: str,
    names: list[str],
    typed: Typed,
    *,
    email: str = "",
    now: dt.datetime,
    products: Mapping[str, Any] | None = None,
) -> RequestDraft:
    """Put what was typed in the place of what a step held, and what an export lists in the place of another's.

    Raises RequestDraft.DoesNotExist, AlreadySent.
    """
    draft = _lock(token)
    kept = {name: values for name, values in draft.data.items() if name not in names}
    draft.data = kept | _cleaned({name: values for name, values in typed.items() if name in names})
    draft.email = email.lower() or draft.email
    draft.products = draft.products if products is None else dict(products)
    draft.expires_at = now + KEPT_FOR
    draft.save()
    return draft


@transaction.atomic
def send_draft(
    token: str, data: Mapping[str, Any], *, now: dt.datetime, network: str = "", filed_by: User | None = None
) -> RequestDraft:
    """File the checked request; of the draft only its address stays, for as long as a draft lives.

    Raises:
        AlreadySent: by another click.
        TooManyRequests: this address has several requests to confirm already, or its network has had much mailed.
    """
    draft = _lock(token)
    whole = {**data, "products": draft.products} if draft.products else data
    file_rfa(whole, form_key=draft.form_key, now=now, network=network, filed_by=filed_by)
    draft.data, draft.products, draft.email, draft.sent_at, draft.expires_at = {}, {}, "", now, now + KEPT_FOR
    draft.save()
    return draft


def _lock(token: str) -> RequestDraft:
    draft = RequestDraft.objects.select_for_update().get(token=token)
    if draft.sent_at is not None:
        raise AlreadySent
    return draft


def _cleaned(typed: Typed) -> dict[str, list[str]]:
    """As the database can keep it, and no more of it than a form can hold."""
    return {
        name: [value.replace("\x00", "")[:LONGEST_VALUE] for value in values]
        for name, values in list(typed.items())[:MOST_VALUES]
    }


@transaction.atomic
def mail_way_back(token: str, *, now: dt.datetime, network: str = "") -> RequestDraft:
    """Mail the draft's address to its requester, at most once an hour.

    Raises:
        AlreadySent: there is nothing to come back to.
        TooManyRequests: it was mailed a moment ago, this address was mailed several today, or its network has had
            much mailed.
    """
    draft = _lock(token)
    if draft.mailed_at is not None and now < draft.mailed_at + MAIL_AGAIN:
        raise TooManyRequests(_("We already emailed the link within the last hour."))
    if RequestDraft.objects.filter(email=draft.email, mailed_at__gt=now - DAY).count() >= MOST_A_DAY:
        raise TooManyRequests(_("We’ve emailed several links to this address today. Bookmark this page instead."))
    if not spend(StrangersDeed.LINK, network, now):
        raise TooManyRequests(_("Too many emails were sent from your network. Bookmark this page instead."))
    path = reverse("pages:rfa-check", args=[draft.token])
    lines = [
        _("Continue your request for deployment assistance here:"),
        address(path),
        _("It’s saved until %(expires_at)s, then deleted. If you didn’t request this, ignore this email.")
        % {"expires_at": date_format(draft.expires_at, "DATE_FORMAT")},
    ]
    build_mail("draft", draft.email, _("Your request for deployment assistance"), lines, now).save()
    draft.mailed_at = now
    draft.save()
    ring()
    return draft
