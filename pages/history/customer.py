"""All about one customer: its referrals, tenants and plans, and how what is known and decided has changed."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from benefits.domain.catalogue import Edition
from benefits.models import Customer, Determination, Enablement, Subscription
from benefits.services.editions import edition_in_force
from pages.guards import SignedInRequest
from pages.history.differences import list_changes
from referrals.choices import EventKind
from referrals.lifecycle.sights import sight_of
from referrals.models import Event, Offer, Referral

MOST_REFERRALS, MOST_DETERMINATIONS, MOST_STATUSES = 100, 20, 60


@require_safe
def customer_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The customer of a referral that one may see. A partner finds its own referrals, and what it knows of others."""
    _edition_id, edition = edition_in_force(timezone.localdate())
    if request.user.sees_everything:
        referral = _find(public_id)
        context = _all_of(referral.customer, edition)
    else:
        offer, offers = _own_offers(request, public_id)
        referral = offer.referral
        context = _own_of(referral.customer, offers, edition)
    context |= {"customer": referral.customer, "referral": referral, "now": timezone.now()}
    return render(request, "history/customer.html", context)


def _find(public_id: str) -> Referral:
    found = Referral.objects.select_related("customer").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _own_offers(request: SignedInRequest, public_id: str) -> tuple[Offer, list[Offer]]:
    """The person's offer of that referral, else 404; and those of the same customer, newest first."""
    own = Offer.objects.read_by(request.user).select_related("partner", "referral__customer", "referral__tenant")
    one = own.filter(referral__public_id=public_id).first()
    if one is None:
        raise Http404
    own = own.filter(referral__customer=one.referral.customer_id, partner=one.partner_id)
    return one, list(own.order_by("-id")[:MOST_REFERRALS])


def _all_of(customer: Customer, edition: Edition) -> dict[str, Any]:
    rows = Referral.objects.filter(customer=customer).order_by("-id")[:MOST_REFERRALS]
    decided = Determination.objects.filter(customer=customer).select_related("edition")[:MOST_DETERMINATIONS]
    statuses = Enablement.objects.filter(tenant__customer=customer).select_related("tenant")
    held = Subscription.objects.filter(tenant__customer=customer).current().select_related("tenant")
    return {
        "tenants": list(customer.tenants.all()),
        "referrals": list(rows),
        "changes": list_changes(list(decided), edition),
        "statuses": _list_statuses(list(statuses[:MOST_STATUSES]), edition),
        "plans": _name_plans(held, edition, names_unknown=True),
    }


def _own_of(customer: Customer, offers: list[Offer], edition: Edition) -> dict[str, Any]:
    """What it decided and recorded itself; subscriptions of others only as far as its live offer has looked at them."""
    partner, live = offers[0].partner, next((offer for offer in offers if offer.is_live), None)
    told = Event.objects.filter(referral__customer=customer, kind=EventKind.DETERMINED).seen_by_partner(partner)
    stood = [offer.determination_id for offer in offers if offer.determination_id]
    decided = Determination.objects.filter(Q(pk__in=told.values("determination")) | Q(pk__in=stood))
    context: dict[str, Any] = {
        "tenants": list(customer.tenants.all()) if live else list({offer.referral.tenant: 0 for offer in offers}),
        "offers": offers,
        "tells_day_only": True,
        "changes": list_changes(list(decided.select_related("edition")[:MOST_DETERMINATIONS]), edition),
    }
    if live is not None:
        sight = sight_of(live)
        rows = Enablement.objects.filter(tenant__customer=customer, author_party=sight.party)
        rows = rows.select_related("tenant")
        held = Subscription.objects.filter(tenant__customer=customer).known_to(sight).select_related("tenant")
        context["statuses"] = _list_statuses(list(rows[:MOST_STATUSES]), edition)
        context["plans"] = _name_plans(held, edition)
    return context


def _list_statuses(rows: list[Enablement], edition: Edition) -> list[tuple[dt.date, str, str, str, str]]:
    """Day, tenant, workload, status before and status, newest first; before the oldest shown, nothing is told."""
    before: dict[tuple[int, str], str] = {}
    told = []
    for row in reversed(rows):
        key, words = (row.tenant_id, row.workload_code), f"{row.get_status_display()} {row.part_in_seats}".strip()
        workload = edition.workloads.get(row.workload_code)
        name = workload.name if workload else row.workload_code
        told.append((timezone.localdate(row.recorded_at), row.tenant.domain, name, before.get(key, ""), words))
        before[key] = words
    return told[::-1]


def _name_plans(held: Any, edition: Edition, *, names_unknown: bool = False) -> list[tuple[str, str, Any]]:
    """Tenant, plan and paid seats, by tenant and name. Products of no edition are named to the team alone."""
    names = {code: plan.name for code, plan in edition.plans.items()} | {"": gettext("Unknown product")}
    rows = (
        (
            row.tenant.domain,
            row.part_number if names_unknown and not row.plan_code else names.get(row.plan_code, row.plan_code),
            row.paid_seats,
        )
        for row in held
    )
    return sorted(rows, key=lambda row: row[:2])
