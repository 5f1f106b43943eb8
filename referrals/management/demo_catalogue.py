"""What the demo's due diligence and catalogue show: an export, a usage report, a reported error, a draft to preview."""

import datetime as dt
import json
from io import BytesIO

from accounts.models import User
from benefits.models import ServiceDescription
from benefits.services.amending import retire
from benefits.services.editions import copy_to_draft, edition_in_force
from benefits.services.evidence import read_staged
from benefits.services.governing import report_error
from referrals.choices import Actor, OfferState
from referrals.diligence import facts
from referrals.editions import checking
from referrals.lifecycle.acting import By
from referrals.models import Offer

UNKNOWN_SKU = {"skuPartNumber": "FRONTLINE_HUB_ADDON", "skuId": "8d0cf3a1-6f4b-4a52-9a2e-5b1d3c7e9f10"}
USAGE = (
    "Report Refresh Date,Exchange Active,Exchange Inactive,OneDrive Active,OneDrive Inactive,SharePoint Active,"
    "SharePoint Inactive,Yammer Active,Yammer Inactive,Teams Active,Teams Inactive,Report Period\n"
    "{day},{most},20,{some},{rest},{some},{rest},,,{most},20,30\n"
)


def play_catalogue(now: dt.datetime) -> None:
    """Give two accepted referrals evidence of their own, report an error, and leave a draft whose preview waits."""
    accepted = Offer.objects.filter(state=OfferState.ACCEPTED).select_related("referral__tenant", "partner")
    first, second = accepted.order_by("id")[:2]
    _record(first, json.dumps(_export(first, now)).encode(), "subscribedSkus.json", now)
    seats = max(row.paid_seats or 0 for row in second.referral.tenant.subscriptions.current())
    some = seats // 3
    report = USAGE.format(day=now.date() - dt.timedelta(days=2), most=seats - 20, some=some, rest=seats - some)
    _record(second, report.encode(), "Office365ServicesUserCounts.csv", now)
    edition = ServiceDescription.objects.in_force(now.date()).get()
    text = "The setup guide of Microsoft Intune has moved; the link ends on a general page."
    report_error(edition.pk, "INTUNE", text, context={"referral": second.referral.public_id}, by=_by(first), now=now)
    _leave_draft(edition, now)


def _leave_draft(edition: ServiceDescription, now: dt.datetime) -> None:
    admin = User.objects.get(email="admin@demo.example")
    draft = copy_to_draft(edition, now=now, by=admin)
    retire(draft.plans.get(code="EMS_E3"), last_day=now.date() - dt.timedelta(days=1), by=admin)
    draft.refresh_from_db()
    checking.ask_for_preview(draft, by=admin, now=now)


def _by(offer: Offer) -> User:
    return User.objects.filter(memberships__partner=offer.partner).order_by("id")[0]


def _record(offer: Offer, raw: bytes, name: str, now: dt.datetime) -> None:
    by = By(Actor.PARTNER, _by(offer), offer.partner)
    staged = facts.stage_evidence(offer.referral.tenant, BytesIO(raw), name, by=by, now=now)
    found = read_staged(staged, edition_in_force(now.date())[1])
    facts.confirm_evidence(offer.referral_id, staged, found, {}, by=by, now=now, offer=offer)


def _export(offer: Offer, now: dt.datetime) -> dict[str, object]:
    """A tenant's answer: what it holds already as one SKU, and a product that no edition knows."""
    held = offer.referral.tenant.subscriptions.current().exclude(plan_code="").order_by("-paid_seats", "id")[0]
    plan = ServiceDescription.objects.in_force(now.date()).get().plans.get(code=held.plan_code)
    sku = plan.skus.exclude(sku_id=None)[0]
    known = {"skuPartNumber": sku.part_number, "skuId": str(sku.sku_id)}
    seats = held.paid_seats or 0
    return {"value": [_product(known, seats), _product(UNKNOWN_SKU, 40)]}


def _product(named: dict[str, str], seats: int) -> dict[str, object]:
    prepaid = {"enabled": seats, "suspended": 0, "warning": 0, "lockedOut": 0}
    return {**named, "appliesTo": "User", "capabilityStatus": "Enabled", "prepaidUnits": prepaid}
