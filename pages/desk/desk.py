"""Where due diligence is done: a partner's live offer, or the team's page of a referral. Every page starts here."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.sealing import unseal
from benefits.domain.sight import Sight
from benefits.models import Determination, Tenant
from pages.guards import SignedInRequest, by_partner, by_team, find_offer, find_referral, why_not_act
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.lifecycle.sights import author_of, horizon_of, sight_of
from referrals.models import Offer, Referral

FACT = "fact"  # kind of the sealed numbers of records


@dataclass(frozen=True, slots=True)
class Desk:
    """Where facts are recorded: a partner's live offer, or the team's referral page."""

    referral: Referral
    offer: Offer | None
    by: By

    @property
    def public_id(self) -> str:
        return self.offer.number if self.offer else self.referral.public_id

    @property
    def party(self) -> str:
        """The side whose own evidence is shown."""
        return author_of(self.by).party

    @property
    def sight(self) -> Sight:
        """What of the customer's facts the pages work with: what this side has looked at."""
        return sight_of(self.offer)

    @property
    def horizon(self) -> Sight:
        """What this side may know by now."""
        return horizon_of(self.offer, timezone.now())

    @property
    def sees_all(self) -> bool:
        return self.offer is None

    @property
    def why_not_act(self) -> str:
        """Why the person does no more than read a partner's offer; empty for whoever acts."""
        return why_not_act(self.offer) if self.offer else ""

    @property
    def may_record(self) -> bool:
        """May the person record facts here now?"""
        if self.offer:
            return self.offer.is_live and not self.why_not_act
        acts = bool(self.by.user and self.by.user.is_processing_team)
        return acts and self.referral.is_open and not self.referral.awaits_sender

    def tells_day_only(self, row: Determination) -> bool:
        """Was it decided before this partner had the referral? When others worked is told to the day."""
        return self.offer is not None and row.decided_at < self.offer.offered_at

    @property
    def url(self) -> str:
        name = "pages:offer" if self.offer else "pages:team-referral"
        return reverse(name, args=[self.public_id])


def find_desk(request: SignedInRequest, public_id: str, *, reads: bool = False, live: bool = True) -> Desk:
    """The desk of an offer that is mine, or of a referral for the team; else 404.

    Only a live offer is worked on (``live``). Whoever only ``reads`` needs no role that acts: viewers and auditors may.
    """
    if public_id.startswith("REF-") and (request.user.is_processing_team or request.user.sees_everything):
        if not (request.user.is_processing_team or (reads and request.user.sees_everything)):
            raise Http404
        referral = find_referral(public_id)
        if referral.awaits_sender and not reads:
            raise PermissionDenied(_("Confirm the sender first. Until then the request isn’t verified."))
        return Desk(referral, None, by_team(request))
    offer = find_offer(request, public_id)
    if live and not offer.is_live:
        raise Http404
    by = By(Actor.PARTNER, request.user, offer.partner) if reads else by_partner(request, offer)
    return Desk(offer.referral, offer, by)


def read_seen(value: str) -> str:
    """The number of a record that a page showed; empty for none, and for what no page of ours has shown."""
    return str(unseal(FACT, value) or "")


def find_tenant(request: SignedInRequest, desk: Desk) -> Tenant:
    """The customer's tenant of the posted domain, else 404."""
    for tenant in desk.referral.customer.tenants.all():
        if tenant.domain == request.POST.get("tenant", ""):
            return tenant
    raise Http404
