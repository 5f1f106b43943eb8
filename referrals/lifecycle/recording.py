"""The events of a referral: one row for each thing that happened, written with the change it tells of."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from referrals.choices import EventKind, State
from referrals.lifecycle.acting import By
from referrals.models import Event, Offer, Referral


def record_event(
    referral: Referral,
    kind: EventKind,
    by: By,
    now: dt.datetime,
    *,
    offer: Offer | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    state_from: State | None = None,
    state_to: State | None = None,
) -> Event:
    """Write one event in the transaction of the change that it tells of."""
    return Event.objects.create(
        referral=referral,
        determination_id=referral.determination_id,
        offer=offer,
        kind=kind,
        at=now,
        actor=by.actor,
        by=by.user,
        partner=by.partner or (offer.partner if offer else None),
        note=note,
        data=data or {},
        state_from=state_from or "",
        state_to=state_to or "",
    )
