"""What the style guide shows its partials with: one customer, which stands in no database."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from benefits.models import Customer, Enablement, Subscription, Tenant
from benefits.services.editions import edition_in_force
from benefits.services.situations import Facts
from pages.desk.workspace import Workspace, imagine_workspace
from referrals.choices import NextAct, State
from referrals.models import Offer, Referral

if TYPE_CHECKING:
    from benefits.domain.catalogue import Edition

ID = "REF-7K3M-9QXA"
OFFER = "OFR-7K3M-9QXA"


class Example:
    """One customer with a referral and an offer, as a page would have read them."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.edition: Edition = edition_in_force(timezone.localdate())[1]
        words = {"country": "GB", "industry": "commercial", "size_band": "251-1000", "audience": "commercial"}
        self.customer = Customer(pk=1, name="Fabrikam Ltd", **words)
        self.tenant = Tenant(pk=1, customer=self.customer, domain="fabrikam.example")
        self.person = User(pk=0, name="Dana", email="dana@contoso.example")
        asked = {"text": "Help us enable our security workloads.", "workloads": ["INTUNE"], "languages": ["en", "de"]}
        self.referral = Referral(
            customer=self.customer, tenant=self.tenant, public_id=ID, state=State.ACCEPTED, created_at=self.now, **asked
        )
        self.referral.next_action, self.referral.next_action_at = NextAct.DETERMINE, self.now + dt.timedelta(days=3)

    def offer(self, state: str) -> Offer:
        times = {"offered_at": self.now, "respond_by": self.now, "expires_at": self.now + dt.timedelta(days=7)}
        return Offer(pk=1, public_id=OFFER, referral=self.referral, state=state, referral_type="benefit", **times)

    def workspace(self, **statuses: str) -> Workspace:
        recorded = {"tenant": self.tenant, "recorded_at": self.now, "author_party": "team", "recorded_by": self.person}
        facts = [
            Enablement(pk=place, workload_code=code, status=status, **recorded)
            for place, (code, status) in enumerate(statuses.items(), 1)
        ]
        plan = Subscription(plan_code="M365_E3", state="enabled", paid_seats=500, **recorded)
        known = Facts(self.customer, (self.tenant,), (plan,), tuple(facts))
        return imagine_workspace(self.referral, known, self.edition, timezone.localdate())
