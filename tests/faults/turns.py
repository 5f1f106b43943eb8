"""The world of the faults: partners without a duty to deliver, each with many referrals that it will decline."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

import environ
from django.conf import settings
from django.db import connections, models
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from referrals.choices import OfferState
from referrals.models import Notification, Offer, Referral
from referrals.routing.choosing import route_due
from tests import world

PARTNERS = 12
SMALL_PLANS: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"], "requested_type": "standard"}
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Turn:
    """A live offer that its partner will decline, and the partner's signed-in session."""

    offer: str
    number: str
    referral: int
    session: str


@contextmanager
def looking_at(database_url: str, blocker: Any) -> Iterator[None]:
    """The ORM of this process works on another database for the time of the block."""
    connection = connections["default"]
    connection.close()
    kept = connection.settings_dict
    connection.settings_dict = {**kept, **environ.Env.db_url_config(database_url)}
    try:
        with blocker.unblock():
            yield
    finally:
        connection.close()
        connection.settings_dict = kept


def fill(number: int, dice: Random) -> list[Turn]:
    """So many referrals with a live offer each, made by the product's own routing, in an order of their own.

    Capacity is as narrow as can be while somebody is always free for a declined referral.
    """
    capacity = number // (PARTNERS - 1) + 2
    for place in range(PARTNERS):
        world.make_partner(
            f"Partner {place}", capacity=capacity, is_fasttrack_ready=False, takes_benefit=False, endorsed=["TEAMS"]
        )
    _copy_referral(world.screened(timezone.now(), **SMALL_PLANS), number - 1)
    while route_due(now=timezone.now()):
        pass
    Notification.objects.update(sent_at=timezone.now())
    turns = _list_turns()
    assert len(turns) == number
    dice.shuffle(turns)
    return turns


def _list_turns() -> list[Turn]:
    sessions = {partner.pk: _sign_in(partner) for partner in Partner.objects.all()}
    offers = Offer.objects.filter(state=OfferState.PENDING).select_related("referral").order_by("pk")
    return [Turn(one.public_id, one.number, one.referral_id, sessions[one.partner_id]) for one in offers]


def _sign_in(partner: Partner) -> str:
    client = Client()
    client.force_login(world.triager(partner))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _copy_referral(first: Referral, number: int) -> None:
    """Other customers with the same need, each with its own rows, written in a few statements."""
    tenant, held = first.tenant, first.tenant.subscriptions.get()
    customers = _copies(first.customer, [{} for _ in range(number)])
    tenants = _copies(tenant, [{"customer": row, "domain": f"c{row.pk}.example"} for row in customers])
    _copies(held, [{"tenant": row} for row in tenants])
    assert first.determination is not None
    decided = _copies(first.determination, [{"customer": row} for row in customers])
    _copies(
        first,
        [
            {"customer": row.customer, "tenant": row, "determination": determination, "form_key": uuid.uuid4()}
            for row, determination in zip(tenants, decided, strict=True)
        ],
    )


def _copies(row: Row, changes: list[dict[str, Any]]) -> list[Row]:
    """Rows like this one, but for the changes and what must be unique."""
    plain = [field for field in row._meta.concrete_fields if not field.primary_key]
    unique = [field for field in plain if field.unique and field.has_default()]
    same = {field.attname: getattr(row, field.attname) for field in plain}
    return type(row)._default_manager.bulk_create(
        type(row)(
            **_without_relations(same, change) | {field.attname: field.get_default() for field in unique} | change
        )
        for change in changes
    )


def _without_relations(same: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A relation is given either by its row or by its id, not by both."""
    return {name: value for name, value in same.items() if name.removesuffix("_id") not in change}
