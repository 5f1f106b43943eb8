"""Whose rows are whose: all that one partner and its people may see on the one side, everything else on the other."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts.models import User
from benefits.models import Customer, Tenant
from partners.models import Organisation, Partner
from referrals.models import Offer, Referral

OWN_APPS = ("accounts", "benefits", "partners", "referrals")
FIRST = ("offer", "partner")  # whose row it is is told by these, where it has them
Owned = dict[type[Model], set[Any]]
Links = dict[str, tuple[type[Model], Any]]


def find_others(partner: Partner) -> Owned:
    """Keys of every row that belongs to other partners or to referrals that this one was never offered.

    Others' referrals of its own customers are not among them: see ``find_earlier``.
    """
    own = _start_own(partner)
    earlier = find_earlier(partner)
    others: Owned = {
        model: set(model._base_manager.exclude(pk__in=own[model]).values_list("pk", flat=True)) for model in own
    }
    rows = [(model, list(_links(model))) for model in apps.get_models() if model not in own]
    while any(_grow(model, links, own, others) for model, links in rows if model._meta.app_label in OWN_APPS):
        pass
    others[Referral] -= earlier
    return {model: keys for model, keys in others.items() if keys}


def find_earlier(partner: Partner) -> set[Any]:
    """Keys of others' referrals of the partner's customers: what became of them it may know the day after."""
    own = Referral.objects.filter(offers__partner=partner)
    others = Referral.objects.filter(tenant__in=own.values("tenant")).exclude(pk__in=own)
    return set(others.values_list("pk", flat=True))


def _start_own(partner: Partner) -> Owned:
    offers = Offer.objects.filter(partner=partner)
    referrals = Referral.objects.filter(offers__in=offers)
    customers = Customer.objects.filter(referrals__in=referrals)
    users = User.objects.filter(memberships__partner=partner) | User.objects.filter(is_staff=True)
    users |= User.objects.filter(is_processing_team=True)
    rows = (Partner.objects.filter(pk=partner.pk), Organisation.objects.filter(pk=partner.organisation_id))
    every = (*rows, users, customers, Tenant.objects.filter(customer__in=customers), referrals, offers)
    return {found.model: set(found.values_list("pk", flat=True)) for found in every}


def _grow(model: type[Model], rows: list[tuple[Any, Links]], own: Owned, others: Owned) -> bool:
    """Add rows that point at others' rows and at none of the partner's own; did any come?"""
    known = others.setdefault(model, set())
    found = {key for key, links in rows if key not in known and _is_others(links, own, others)}
    known |= found
    return bool(found)


def _links(model: type[Model]) -> Iterator[tuple[Any, Links]]:
    """Each row's key, and where its foreign keys lead."""
    fields = {field.name: field.related_model for field in model._meta.concrete_fields if field.is_relation}
    for key, *values in model._base_manager.values_list("pk", *fields):
        pairs = zip(fields.items(), values, strict=True)
        yield key, {name: (target, value) for (name, target), value in pairs if value is not None}  # type: ignore[misc]


def _is_others(links: Links, own: Owned, others: Owned) -> bool:
    for name in FIRST:
        if name in links:
            target, value = links[name]
            return value in others.get(target, set())
    is_own = any(value in own.get(target, set()) for target, value in links.values())
    return not is_own and any(value in others.get(target, set()) for target, value in links.values())


def count(owned: Owned) -> dict[str, int]:
    found = defaultdict[str, int](int)
    for model, keys in owned.items():
        found[model._meta.label] += len(keys)
    return dict(sorted(found.items()))
