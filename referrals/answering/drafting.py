"""Keep what somebody types on the decline page, so that a lost session or a closed window loses nothing."""

import datetime as dt
from collections.abc import Mapping

from accounts.models import User
from referrals.models import DeclineDraft, Offer

LONGEST_DRAFT = 4000  # of each field: what the form itself takes


def save_draft(offer: Offer, person: User, typed: Mapping[str, str], *, now: dt.datetime) -> list[str]:
    """Keep the newest draft of a person; nothing typed at all is no draft.

    Gives the names of the fields of which only the beginning is kept.
    """
    kept = {name: text[:LONGEST_DRAFT].replace("\x00", "") for name, text in typed.items() if text.strip()}
    if kept:
        words = {"typed": kept, "saved_at": now}
        DeclineDraft.objects.update_or_create(offer=offer, by=person, defaults=words)
    else:
        drop_draft(offer, person)
    return [name for name, text in typed.items() if text.strip() and len(text) > LONGEST_DRAFT]


def find_draft(offer: Offer, person: User) -> DeclineDraft | None:
    return DeclineDraft.objects.filter(offer=offer, by=person).first()


def drop_draft(offer: Offer, person: User) -> None:
    DeclineDraft.objects.filter(offer=offer, by=person).delete()
