"""How a request becomes a referral: filed and confirmed by mail, or entered by the team."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.choices import SubscriptionState
from benefits.domain.exports.products import read_written_listing
from benefits.domain.exports.sorting import sort_products
from benefits.domain.situation import Subscription
from benefits.models import Customer, Tenant
from benefits.services.customers import Author, put_typed, record_subscriptions
from benefits.services.editions import edition_in_force
from benefits.services.evidence import held_by_export, note_unknown_products
from referrals.choices import Actor, EventKind, NextAct, Sender, Source, State
from referrals.email.writing import ask_to_confirm, tell_requester
from referrals.intake.senders import await_confirmation, find_tenant, judge_sender, serialise_domain
from referrals.intake.throttling import spend
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import determine_others
from referrals.lifecycle.recording import record_event
from referrals.models import Referral, Rfa, StrangersDeed
from referrals.queue import ring

CONFIRM_WITHIN = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
MOST_A_DAY = 5


class TooManyRequests(Exception):
    """One address may have only a few unconfirmed requests a day."""


class RfaExpired(Exception):
    """The request was not confirmed within seven days."""


@dataclass(frozen=True, slots=True)
class PlanSeats:
    """A plan as typed in a form; seats ``None`` when not known."""

    plan: str
    seats: int | None


@transaction.atomic
def file_rfa(
    data: Mapping[str, Any],
    *,
    form_key: uuid.UUID,
    now: dt.datetime,
    network: str = "",
    filed_by: User | None = None,
) -> Rfa:
    """Keep a checked request, of whoever was signed in, until its address is confirmed. The same form is kept once.

    Raises:
        TooManyRequests: this address has several requests to confirm already, or its network has had much mailed.
    """
    known = Rfa.objects.filter(form_key=form_key).first()
    if known is not None:
        return known
    if (
        Rfa.objects.filter(email__iexact=data["requester_email"], confirmed_at=None, created_at__gt=now - DAY).count()
        >= MOST_A_DAY
    ):
        raise TooManyRequests(_("Confirm the requests we’ve emailed you about first, then submit this one again."))
    if not spend(StrangersDeed.REQUEST, network, now):
        raise TooManyRequests(_("Too many requests from your network. Try again later."))
    try:
        with transaction.atomic():
            rfa = Rfa.objects.create(
                form_key=form_key,
                email=data["requester_email"],
                data=dict(data),
                filed_by=filed_by,
                created_at=now,
                expires_at=now + CONFIRM_WITHIN,
            )
    except IntegrityError:
        return Rfa.objects.get(form_key=form_key)
    ask_to_confirm(rfa, now)
    return rfa


@transaction.atomic
def confirm_rfa(token: str, *, now: dt.datetime) -> Referral:
    """Make the referral of a confirmed request. Confirming again answers the same referral.

    The same asked for again, while it is open, by the same person for the same tenant, is linked to it: what was
    written is kept in its history.

    Raises:
        Rfa.DoesNotExist: no such request.
        RfaExpired: too late.
    """
    rfa = Rfa.objects.select_for_update().get(token=token)
    if rfa.referral is not None:
        return rfa.referral
    if rfa.expires_at < now:
        raise RfaExpired(_("This request wasn’t confirmed within seven days. Submit it again."))
    by = By(Actor.REQUESTER)
    serialise_domain(rfa.data["domain"].lower())
    known = _find_same(rfa.data)
    if known is not None:
        record_event(known, EventKind.LINKED, by, now, note=rfa.data["text"], data={"again": True})
    words: dict[str, Any] = {"form_key": rfa.form_key, "public_id": rfa.reference or "", "filed_by": rfa.filed_by}
    rfa.referral = known or submit(rfa.data, source=Source.RFA, by=by, now=now, **words)
    rfa.confirmed_at = now
    rfa.save()
    return rfa.referral


def _find_same(data: Mapping[str, Any]) -> Referral | None:
    """An open referral of the same requester and tenant that asks for the same workloads, areas and services."""
    mine = Referral.objects.open().filter(
        tenant__domain__iexact=data["domain"], requester_email__iexact=data["requester_email"], split_from=None
    )
    asked = {name: set(data.get(name, ())) for name in WANTED}
    return next((row for row in mine if {name: set(getattr(row, name)) for name in WANTED} == asked), None)


WANTED = ("workloads", "areas", "services")


@transaction.atomic
def submit(
    data: Mapping[str, Any],
    *,
    source: Source,
    form_key: uuid.UUID | None,
    by: By,
    now: dt.datetime,
    external_reference: str = "",
    filed_by: User | None = None,
    public_id: str = "",
) -> Referral:
    """Make a referral with its customer, tenant and stated plans; screening follows by itself.

    Of a sender that nobody has confirmed these are its request's own, and screening waits until somebody has.

    The same form key twice, or the same external reference, makes one referral. ``public_id`` is the number that was
    promised to the requester; without one, it gets its own.
    """
    serialise_domain(data["domain"].lower())
    known = _find_known(form_key, external_reference)
    if known is not None:
        return known
    known_tenant = find_tenant(data)
    sender = judge_sender(data, known_tenant, by, filed_by)
    tenant = known_tenant if known_tenant and sender != Sender.UNCONFIRMED else _make_tenant(data, sender)
    says_plans = _record_stated_plans(tenant, data, by, now)
    own = {"source": source, "form_key": form_key, "external_reference": external_reference, "created_by": by.user}
    own |= {"public_id": public_id} if public_id else {}
    referral = _make_referral(data, tenant, now, sender=sender, **own)
    record_event(referral, EventKind.SUBMITTED, by, now, state_to=State.SUBMITTED)
    if says_plans and known_tenant == tenant:
        determine_others(referral.pk, by, now)
    if sender == Sender.UNCONFIRMED:
        await_confirmation(referral, known_tenant, now)
    lines = [_("We received your request. We’ll email you when a partner accepts or if we need more information.")]
    subject = _("Your request %(referral)s") % {"referral": referral.public_id}
    tell_requester(referral, "received", subject, lines, now, at_once=True)
    ring()
    return referral


def _make_referral(data: Mapping[str, Any], tenant: Tenant, now: dt.datetime, **own: Any) -> Referral:
    return Referral.objects.create(
        **{name: data[name] for name in PLAIN_FIELDS if name in data},
        **own,
        customer=tenant.customer,
        tenant=tenant,
        state=State.SUBMITTED,
        next_action=NextAct.SCREEN,
        next_owner=Actor.SYSTEM,
        next_action_at=now,
        unheld_since=now,
        created_at=now,
    )


def _find_known(form_key: uuid.UUID | None, external_reference: str) -> Referral | None:
    """The referral that the same form, or the same row of a file, has made."""
    if form_key is not None:
        return Referral.objects.filter(form_key=form_key).first()
    return Referral.objects.filter(external_reference=external_reference).first() if external_reference else None


PLAIN_FIELDS = (
    *("requester_kind", "requester_name", "requester_email", "requester_phone", "text", "workloads", "areas"),
    *("services", "delivery", "wanted_from", "languages", "requested_type", "no_incentive", "rfa_id"),
)


def _make_tenant(data: Mapping[str, Any], sender: Sender) -> Tenant:
    """A tenant with its customer, as the request describes them; of an unconfirmed sender the request's own."""
    customer = Customer.objects.create(
        name=data["customer_name"],
        country=data["country"],
        industry=data["industry"],
        size_band=data["size_band"],
        audience=data.get("audience", "commercial"),
        languages=list(data["languages"]),
    )
    place = {"domain": data["domain"].lower(), "directory_id": data.get("tenant_id") or None}
    return Tenant.objects.create(customer=customer, is_confirmed=sender != Sender.UNCONFIRMED, **place)


def _record_stated_plans(tenant: Tenant, data: Mapping[str, Any], by: By, now: dt.datetime) -> bool:
    """What the requester says it holds, unless something is known already (``False``)."""
    plans = [PlanSeats(*row) for row in data.get("plans", ())]
    listed = read_written_listing(data["products"]) if data.get("products") else None
    if not (plans or listed) or tenant.subscriptions.current().exists():
        return False
    state, author = SubscriptionState.ENABLED.value, Author(str(by.actor), by.user)
    held = [Subscription(row.plan, tenant.domain, state, paid_seats=row.seats) for row in plans]
    if listed is not None:
        _edition_id, edition = edition_in_force(now.date())
        export = sort_products(listed, edition)
        held = put_typed(held_by_export(export, tenant.domain, edition), held, edition)
        note_unknown_products(export, tenant, author, now)
    record_subscriptions(tenant, held, by=author, now=now)
    return bool(held)
