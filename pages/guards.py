"""Who may see and do what, asked the same way by every page. "Not yours" answers exactly as "not there"."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from partners.choices import ACTING_ROLES
from partners.models import Membership, Partner
from referrals.choices import Actor
from referrals.editions.publishing import PUBLISHER
from referrals.lifecycle.acting import By
from referrals.models import Offer, Referral

View = Callable[..., HttpResponse]
PUBLIC_ID = re.compile(r"[A-Z]{3}-[A-Z0-9]{4}-[A-Z0-9]{4}")
SAFE = ("GET", "HEAD")
ONLY_READS = gettext_lazy("You have read-only access. Ask a partner admin for the triager role.")


class SignedInRequest(HttpRequest):
    """A request behind the sign-in: the user is a person of ours."""

    user: User


def team_page(view: View) -> View:
    """The team acts, auditors read; to everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.sees_everything:
            raise Http404
        if request.method not in SAFE and not request.user.is_processing_team:
            raise PermissionDenied(_("Auditors have read-only access."))
        return view(request, *args, **kwargs)

    return guarded


POLICY_PERMISSIONS = ("partners.add_routingpolicy", "partners.change_routingpolicy")


def may_try_policies(person: User) -> bool:
    """The team, and admins of the routing policy."""
    return person.is_processing_team or (person.is_staff and any(map(person.has_perm, POLICY_PERMISSIONS)))


def lab_page(view: View) -> View:
    """Those who may try policies do, auditors read; to everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        may_try = may_try_policies(request.user)
        if not (may_try or request.user.is_auditor):
            raise Http404
        if request.method not in SAFE and not may_try:
            raise PermissionDenied(_("Auditors have read-only access."))
        return view(request, *args, **kwargs)

    return guarded


def publisher_page(view: View) -> Callable[..., HttpResponse]:
    """Only for admins of the catalogue; to everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_staff and request.user.has_perm(f"benefits.{PUBLISHER}")):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def is_public_id(text: str) -> bool:
    """Could it be an id of ours? Whatever else is posted as one never reaches the database."""
    return PUBLIC_ID.fullmatch(text) is not None


def by_team(request: SignedInRequest) -> By:
    return By(Actor.TEAM, request.user)


def find_referral(public_id: str) -> Referral:
    """For the team's pages, which are guarded by ``team_page``."""
    return get_object_or_404(Referral.objects.select_related("customer", "determination"), public_id=public_id)


def find_offer(request: SignedInRequest, public_id: str) -> Offer:
    """An offer of a partner the person is a member of, by its number or its referral's; else 404."""
    return get_object_or_404(Offer.objects.read_by(request.user).with_number(public_id))


def by_partner(request: SignedInRequest, offer: Offer) -> By:
    """The person acting for the offer's partner. Raises PermissionDenied for viewers."""
    if not offer.may_act:
        raise PermissionDenied(ONLY_READS)
    return By(Actor.PARTNER, request.user, offer.partner)


def acting_for(request: SignedInRequest, partner: Partner) -> By:
    """The person acting for a partner. Raises PermissionDenied for viewers."""
    if not acts_for(request.user, partner):
        raise PermissionDenied(ONLY_READS)
    return By(Actor.PARTNER, request.user, partner)


def acts_for(person: User, partner: Partner) -> bool:
    """Is the person a member of the partner who does more than read?"""
    acting = Membership.objects.filter(user=person, partner=partner, is_active=True, role__in=ACTING_ROLES)
    return acting.exists()


def why_not_act(offer: Offer) -> str:
    """Say why an offer's pages offer the person nothing to do; empty for whoever acts for its partner."""
    return "" if offer.may_act else str(ONLY_READS)
