"""Where due diligence is done: a partner's live offer, or the team's page of a referral. Every page starts here."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from benefits.models import Tenant
from referrals.choices import Actor
from referrals.models import Offer, Referral
from referrals.services.facts import author_of
from referrals.services.moving import By

from .guards import SignedInRequest, by_partner, by_team, find_offer, find_referral, why_not_act


@dataclass(frozen=True, slots=True)
class Desk:
    """Where facts are recorded: a partner's live offer, or the team's referral page."""

    referral: Referral
    offer: Offer | None
    by: By

    @property
    def public_id(self) -> str:
        return self.offer.public_id if self.offer else self.referral.public_id

    @property
    def party(self) -> str:
        """The side whose own evidence is shown."""
        return author_of(self.by).party

    @property
    def sees_all(self) -> bool:
        return self.offer is None

    @property
    def why_not_act(self) -> str:
        """Why the person does no more than read a partner's offer; empty for whoever acts."""
        return why_not_act(self.offer) if self.offer else ""

    @property
    def url(self) -> str:
        name = "referrals:offer" if self.offer else "referrals:team-referral"
        return reverse(name, args=[self.public_id])


def find_desk(request: SignedInRequest, public_id: str, *, reads: bool = False, live: bool = True) -> Desk:
    """The desk of an offer that is mine, or of a referral for the team; else 404.

    Only a live offer is worked on (``live``). Whoever only ``reads`` needs no role that acts: viewers and auditors may.
    """
    if public_id.startswith("REF-"):
        if not (request.user.is_processing_team or (reads and request.user.sees_everything)):
            raise Http404
        return Desk(find_referral(public_id), None, by_team(request))
    offer = find_offer(request, public_id)
    if live and not offer.is_live:
        raise Http404
    by = By(Actor.PARTNER, request.user, offer.partner) if reads else by_partner(request, offer)
    return Desk(offer.referral, offer, by)


def find_tenant(request: SignedInRequest, desk: Desk) -> Tenant:
    wanted = request.POST.get("tenant", "")
    for tenant in desk.referral.customer.tenants.all():
        if str(tenant.pk) == wanted:
            return tenant
    raise Http404
