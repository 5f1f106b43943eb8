"""Who asks for a customer, and whether it may: what a stranger says is no fact of the tenant before it is confirmed.

A request of an unconfirmed sender has a customer and a tenant of its own, made of what was said. It is told nothing of
the real ones, not even whether there are any; confirmed, it is joined to them.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.identifiers import new_token
from accounts.models import User
from benefits.models import Tenant
from benefits.services.customers import Author, record_subscriptions
from benefits.services.situations import as_held
from partners.models import Partner
from referrals.choices import Actor, EventKind, NextAct, Sender, State
from referrals.email.writing import address, build_mail, tell_requester
from referrals.lifecycle import clocks
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import determine_others
from referrals.lifecycle.locking import lock_referral
from referrals.lifecycle.moving import measure_unheld, move, set_next_act
from referrals.lifecycle.recording import record_event
from referrals.models import Notification, Referral
from referrals.queue import ring

CONTACT_MAIL = "sender"
OF_A_COUNTRY = re.compile(r"(?:yahoo|ymail|hotmail|outlook|live|gmx|yandex)\.(?:com?\.)?[a-z]{2,3}")
BY_CONTACT = "By the customer’s known contact."
DAY = dt.timedelta(days=1)


class SenderSettled(Exception):
    """Somebody has confirmed or refused the sender already."""


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def is_within(domain: str, known: str) -> bool:
    """Is it that domain, or one below it?"""
    return domain == known.lower() or domain.endswith("." + known.lower())


def is_public_host(domain: str) -> bool:
    """Is it a mail host where anybody gets an address, in whichever country?"""
    listed = any(is_within(domain, host) for host in settings.PUBLIC_MAIL_DOMAINS)
    return listed or OF_A_COUNTRY.fullmatch(domain) is not None


def speaks_for(tenant: Tenant, email: str) -> bool:
    """Is the address in a domain of the tenant: its own, or one that was added? A public mail host is nobody's."""
    if is_public_host(domain_of(email)):
        return False
    return any(is_within(domain_of(email), known) for known in (tenant.domain, *tenant.sender_domains))


def find_tenant(data: Mapping[str, Any]) -> Tenant | None:
    """The confirmed tenant of that domain, else of that directory id."""
    confirmed = Tenant.objects.select_related("customer").filter(is_confirmed=True)
    known = confirmed.filter(domain__iexact=data["domain"]).first()
    directory_id = data.get("tenant_id") or None
    if known is None and directory_id:
        return confirmed.filter(directory_id=directory_id).first()
    return known


def is_of_domain(tenant: Tenant, domain: str) -> bool:
    return tenant.domain.lower() == domain.lower()


def serialise_domain(domain: str) -> None:
    """Requests of one domain are taken one after the other, so that a form sent twice has one effect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [domain])


def judge_sender(data: Mapping[str, Any], known: Tenant | None, by: By, filed_by: User | None) -> Sender:
    """Who asks: somebody of the tenant, of the team, of a trusted domain, a partner's own person, or a stranger."""
    email = data["requester_email"]
    if by.actor == Actor.TEAM:
        return Sender.TENANT if speaks_for(known or Tenant(domain=data["domain"]), email) else Sender.TEAM
    if known is not None and not is_of_domain(known, data["domain"]):
        return Sender.UNCONFIRMED  # a tenant id is no secret: it alone joins nobody to a tenant, and nobody to it
    if speaks_for(known or Tenant(domain=data["domain"]), email):
        return Sender.TENANT
    if any(is_within(domain_of(email), trusted) for trusted in settings.TRUSTED_SENDER_DOMAINS):
        return Sender.TRUSTED
    is_partner = filed_by is not None and Partner.objects.of_member(filed_by).exists()
    return Sender.PARTNER if is_partner else Sender.UNCONFIRMED


def await_confirmation(referral: Referral, known: Tenant | None, now: dt.datetime) -> None:
    """Make it the team's next act to say whether the sender may ask; the customer's known contact may say so, too."""
    set_next_act(referral, NextAct.CONFIRM_SENDER, Actor.TEAM, clocks.team_due(now))
    measure_unheld(referral, now)
    contact = _known_contact(known, now) if known and is_of_domain(known, referral.tenant.domain) else ""
    if contact:
        referral.sender_token = new_token()
        _ask_contact(referral, contact, now)
    referral.save()


def _known_contact(tenant: Tenant, now: dt.datetime) -> str:
    """Whoever of the tenant asked last, unless it was mailed about a stranger within a day."""
    asked = Referral.objects.filter(tenant=tenant, sender__in=(Sender.TENANT, Sender.CONFIRMED)).order_by("-id")
    contact = asked.values_list("requester_email", flat=True).first() or ""
    mailed = Notification.objects.filter(kind=CONTACT_MAIL, to=contact, offer=None, created_at__gt=now - DAY)
    return "" if contact and mailed.exists() else contact


def _ask_contact(referral: Referral, contact: str, now: dt.datetime) -> None:
    words = {"name": referral.requester_name, "email": referral.requester_email, "domain": referral.tenant.domain}
    lines = [
        _("%(name)s (%(email)s) has requested deployment assistance for %(domain)s.") % words,
        _("Review the request and tell us whether this person can submit requests for you: %(address)s")
        % {"address": address(reverse("pages:sender", args=[referral.sender_token]))},
        _("If you don’t reply, our team decides. Until then we don’t share anything about your organization."),
    ]
    subject = _("Does this request for deployment assistance come from you?")
    build_mail(CONTACT_MAIL, contact, subject, lines, now, referral).save()
    ring()


@transaction.atomic
def confirm_sender(pk: int, *, by: By, now: dt.datetime, keeps_domain: bool = False, note: str = "") -> Referral:
    """The sender may ask for the customer: what it said becomes what is known of the tenant, and screening begins.

    ``keeps_domain``: from now on everybody with an address in the sender's domain may.

    Raises:
        SenderSettled: it was confirmed or refused before.
    """
    referral = _lock_awaited(pk)
    serialise_domain(referral.tenant.domain)
    tenant = _join(referral, by, now)
    if keeps_domain and not is_public_host(domain_of(referral.requester_email)):
        add_sender_domain(tenant, domain_of(referral.requester_email))
    referral.sender, referral.sender_token = Sender.CONFIRMED, ""
    if referral.next_action == NextAct.CONFIRM_SENDER:  # one that is held goes on when its hold ends
        set_next_act(referral, NextAct.SCREEN, Actor.SYSTEM, clocks.Deadline(now, ""))
        measure_unheld(referral, now)
    referral.save()
    record_event(referral, EventKind.SENDER_CONFIRMED, by, now, note=note)
    ring()
    return referral


def add_sender_domain(tenant: Tenant, domain: str) -> None:
    """Add a domain whose people speak for the tenant."""
    if not any(is_within(domain, known) for known in (tenant.domain, *tenant.sender_domains)):
        tenant.sender_domains = [*tenant.sender_domains, domain]
        tenant.save(update_fields=["sender_domains"])


def _join(referral: Referral, by: By, now: dt.datetime) -> Tenant:
    """Join the request to the tenant that it means; where there is none, its own becomes it."""
    own = referral.tenant
    said = {"domain": own.domain, "tenant_id": own.directory_id}
    known = find_tenant(said)
    if known is None:
        own.is_confirmed = True
        own.save(update_fields=["is_confirmed"])
        return own
    stated = [as_held(row, known.domain) for row in own.subscriptions.current()]
    referral.tenant, referral.customer = known, known.customer
    referral.save(update_fields=["tenant", "customer"])
    if stated and not known.subscriptions.current().exists():
        record_subscriptions(known, stated, by=Author(str(Actor.REQUESTER)), now=now)
        determine_others(referral.pk, By(Actor.REQUESTER), now)
    own.customer.delete()
    return known


@transaction.atomic
def refuse_sender(pk: int, *, by: By, now: dt.datetime, note: str = "") -> Referral:
    """The sender may not ask for the customer: the request ends, and it is told no more than that.

    Raises:
        SenderSettled: it was confirmed or refused before.
    """
    referral = _lock_awaited(pk)
    referral.sender, referral.sender_token = Sender.REFUSED, ""
    record_event(referral, EventKind.SENDER_REFUSED, by, now, note=note)
    move(referral, State.CANCELLED, by, now, note="The sender was not confirmed.")
    lines = [
        _("We couldn’t confirm that you can submit requests for this organization, so we canceled your request."),
        _("Someone with an email address at the organization can submit it using the same form."),
    ]
    subject = _("Your request %(referral)s") % {"referral": referral.public_id}
    tell_requester(referral, "sender_refused", subject, lines, now)
    return referral


def _lock_awaited(pk: int) -> Referral:
    referral = lock_referral(pk)
    if not referral.awaits_sender:
        raise SenderSettled(_("This has already been decided. No changes were made."))
    return referral
