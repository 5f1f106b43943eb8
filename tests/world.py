"""Small builders in domain words. Everything goes through the services that the product itself uses."""

import datetime as dt
import re
import uuid
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import LocalMail, User
from benefits.models import Enablement, GoldenScenario, ServiceDescription, Subscription, Tenant
from benefits.services.customers import Recorded
from benefits.services.editions import edition_in_force, import_edition
from benefits.services.governing import write_golden_scenarios
from benefits.services.shipped import read_shipped_scenarios, shipped_file
from partners.choices import Role
from partners.models import Endorsement, Membership, Organisation, Partner
from referrals.answering.responding import Decline
from referrals.choices import Actor, Source
from referrals.diligence import facts
from referrals.intake import filing
from referrals.intake.throttling import write_stamp
from referrals.lifecycle.acting import By
from referrals.models import DeclineReason, Event, Offer, Referral
from referrals.routing.choosing import route_due
from referrals.routing.screening import screen_referral
from tests.editions import AUGUST

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)  # a Monday
LATER = dt.timedelta(minutes=10)
NOTES = "We called twice and have nobody who speaks the customer's language."
PASSWORD = "triage-demo"


def ensure_defaults() -> None:
    """The edition of August and default rows; tests that empty the database bring them back with this."""
    if not ServiceDescription.objects.exists():
        import_edition(shipped_file(AUGUST).read_bytes(), by=None, now=NOW)
    if not GoldenScenario.objects.exists():
        write_golden_scenarios(read_shipped_scenarios([AUGUST]))
    for app in ("partners", "referrals"):
        import_module(f"{app}.migrations.0003_first_rows").write(apps, None)
    import_module("referrals.migrations.0005_microsofts_own_requests").add_portals(apps, None)
    import_module("referrals.migrations.0010_words").rename(apps, None)


def make_user(email: str, **flags: Any) -> User:
    user = User(email=email, name=email.split("@")[0], **flags)
    user.set_unusable_password()
    user.save()
    return user


def make_partner(name: str = "Contoso", **changes: Any) -> Partner:
    """An FRP in Britain that speaks English and is endorsed for Intune and Defender, with a triager."""
    endorsed = changes.pop("endorsed", ["INTUNE", "DEFENDER_ENDPOINT", "TEAMS"])
    role = changes.pop("role", Role.TRIAGER)
    fields: dict[str, Any] = {
        "organisation": Organisation.objects.get_or_create(name=name)[0],
        "name": name,
        "contact_email": f"{name.lower().replace(' ', '-')}@partner.example",
        "is_fasttrack_ready": True,
        "takes_benefit": True,
        "countries": ["GB"],
        "languages": ["en"],
        "capacity": 5,
    }
    partner = Partner.objects.create(**(fields | changes))
    Endorsement.objects.bulk_create(Endorsement(partner=partner, workload_code=code) for code in endorsed)
    user = make_user(f"{name.lower().replace(' ', '-')}@triager.example")
    Membership.objects.create(partner=partner, user=user, role=role)
    return partner


def triager(partner: Partner) -> User:
    return User.objects.get(memberships__partner=partner)


def by_partner(partner: Partner) -> By:
    return By(Actor.PARTNER, triager(partner), partner)


def by_team() -> By:
    user = User.objects.filter(is_processing_team=True).first()
    return By(Actor.TEAM, user or make_user("team@triage.example", is_processing_team=True))


def request_data(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "customer_name": "Woodgrove Bank",
        "domain": "woodgrove.example",
        "country": "GB",
        "languages": ["en"],
        "industry": "commercial",
        "size_band": "251-1000",
        "audience": "commercial",
        "requester_kind": "customer",
        "requester_name": "Alex Wilber",
        "requester_email": "alex@woodgrove.example",
        "requester_phone": "+44 20 7946 0000",
        "text": "Help us to switch on endpoint protection.",
        "workloads": ["DEFENDER_ENDPOINT"],
        "areas": ["security"],
        "services": [],
        "delivery": "remote",
        "requested_type": "benefit",
        "plans": [["M365_E5", 500]],
    }
    if "requester_email" not in changes:
        data["requester_email"] = f"alex@{changes.get('domain', data['domain'])}"
    return data | changes


def opened_before() -> dict[str, str]:
    """What the public form sends besides: it was opened a while ago."""
    return {"opened": write_stamp(timezone.now() - LATER)}


def submit(now: dt.datetime = NOW, **changes: Any) -> Referral:
    data = request_data(**changes)
    by = By(Actor.REQUESTER)
    return filing.submit(data, source=Source.RFA, form_key=uuid.uuid4(), by=by, now=now)


def screened(now: dt.datetime = NOW, **changes: Any) -> Referral:
    return screen_referral(submit(now, **changes).pk, now=now)


def offered(now: dt.datetime = NOW, **changes: Any) -> tuple[Referral, Offer]:
    """A referral with its first live offer; a partner that passes must exist."""
    referral = screened(now, **changes)
    route_due(now=now, only=[referral.pk])
    referral.refresh_from_db()
    return referral, referral.offers.get()


def reason(code: str = "skills") -> DeclineReason:
    return DeclineReason.objects.get(code=code)


def said(code: str = "skills", **words: Any) -> Decline:
    """What a partner says when it declines."""
    usual: dict[str, Any] = {"reason": reason(code), "notes": NOTES, "handover": "Prefers mornings."}
    return Decline(**(usual | words))


def kinds(referral: Referral) -> list[str]:
    return list(referral.events.values_list("kind", flat=True))


def tenant_of(referral: Referral) -> Tenant:
    return referral.customer.tenants.get()


def record(referral: Referral, by: By, now: dt.datetime = NOW, **statuses: str) -> None:
    recorded = {code: Recorded(status, "portal") for code, status in statuses.items()}
    facts.record_statuses(referral.pk, tenant_of(referral), recorded, by=by, now=now)
    referral.refresh_from_db()


def enable_everything(referral: Referral, by: By, now: dt.datetime = NOW) -> None:
    _id, edition = edition_in_force(now.date())
    record(referral, by, now, **dict.fromkeys(edition.plans["M365_E5"].workloads, "enabled"))


def fingerprint() -> list[Any]:
    """Rows that a refused request must leave as they were."""
    rows: list[Any] = [Event.objects.count(), list(Offer.objects.values()), list(Referral.objects.values())]
    return [*rows, Subscription.objects.count(), Enablement.objects.count()]


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("subscribedSkus.json", text.encode(), content_type="application/json")


def mail_to(address: str, subject: str) -> str | None:
    """Body of the newest mail to an address whose subject begins like this."""
    mail = LocalMail.objects.filter(to=address, subject__startswith=subject).first()
    return mail.body if mail else None


def text(answer: Any) -> str:
    """An answer's words, its white space folded."""
    return " ".join(answer.content.decode().split())


def markup(answer: Any) -> str:
    """An answer's markup without the white space in which its templates are laid out."""
    return re.sub(r" ?(<[^<>]*>) ?", r"\1", text(answer))
