"""Every address with who reaches it, and a world in which each of them leads somewhere."""

import uuid
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.models import LocalMail
from benefits.models import Determination, ServiceDescription
from partners.models import Confirmed, Partner
from partners.services.profiles import ask_to_confirm
from referrals.answering.responding import decline_offer
from referrals.intake import filing
from referrals.intake.drafts import start_draft
from referrals.intake.importing import stage_import
from referrals.intake.own_requests import SALT
from referrals.mail.escalating import open_escalation
from referrals.models import Offer
from referrals.routing.choosing import route_due
from tests import world
from tests.world import NOW

PARTNER_OR_TEAM = "partner, read by the team"
PUBLIC, PARTNER, TEAM, TEAM_POSTS, PUBLISHER = "public", "partner", "team", "team, posts only", "publisher"
TEAM_LISTS = (
    *("team-home", "team-list", "team-request", "reviews", "releases"),
    *("fairness", "insights", "stuck-mail", "imports", "import-template"),
)
OURS: dict[str, tuple[str, tuple[str, ...]]] = {  # name → who reaches it, its arguments
    "home": ("signed in", ()),
    "favicon": (PUBLIC, ()),
    "healthz": (PUBLIC, ()),
    "accounts:mailbox": (PUBLIC, ()),
    "accounts:mailbox-html": (PUBLIC, ("mail",)),
    "benefits:service-description": (PUBLIC, ()),
    "benefits:plan": (PUBLIC, ("plan",)),
    "benefits:workload": (PUBLIC, ("workload",)),
    "benefits:schema": (PUBLIC, ()),
    "benefits:compare": ("signed in", ()),
    "benefits:old-facts": ("signed in", ()),
    "benefits:export": ("signed in", ("edition",)),
    "benefits:export-table": ("signed in", ("edition", "table")),
    **{
        f"referrals:{name}": (PUBLISHER, ("edition",))
        for name in ("draft", "draft-preview", "draft-progress", "preview-csv", "draft-sign-off", "draft-publish")
    },
    "referrals:rfa": (PUBLIC, ()),
    "referrals:rfa-one-page": (PUBLIC, ()),
    "referrals:rfa-check": (PUBLIC, ("draft",)),
    "referrals:rfa-saved": (PUBLIC, ("draft",)),
    "referrals:rfa-mail": (PUBLIC, ("draft",)),
    "referrals:rfa-step": (PUBLIC, ("draft", "step")),
    "referrals:styleguide": (PUBLIC, ()),
    "referrals:rfa-sent": (PUBLIC, ()),
    "referrals:rfa-confirm": (PUBLIC, ("rfa",)),
    "referrals:own-requests": (PUBLIC, ()),
    "referrals:own-requests-list": (PUBLIC, ("own requests",)),
    "referrals:sender": (PUBLIC, ("sender",)),
    "referrals:sender-decided": (PUBLIC, ()),
    "referrals:decide-sender": (TEAM_POSTS, ("strange",)),
    "referrals:status": (PUBLIC, ("token",)),
    "referrals:status-answer": (PUBLIC, ("token",)),
    "referrals:status-inquiry": (PUBLIC, ("token",)),
    "referrals:status-cancel": (PUBLIC, ("token",)),
    "referrals:status-reach": (PUBLIC, ("token",)),
    "referrals:partner-home": ("signed in", ()),
    "referrals:queue": ("signed in", ()),
    "referrals:notices": ("signed in", ()),
    "referrals:notice-count": ("signed in", ()),
    "referrals:notices-read": ("signed in", ()),
    "referrals:notice-settings": ("signed in", ()),
    "referrals:own-name": ("signed in", ()),
    "referrals:queue-bulk": ("signed in", ()),
    "referrals:team-bulk": (TEAM_POSTS, ()),
    "referrals:views": ("signed in", ("list",)),
    "referrals:escalations": ("signed in", ()),
    "referrals:escalation-new": ("signed in", ()),
    "referrals:escalation": ("signed in", ("escalation",)),
    "referrals:status-escalate": (PUBLIC, ("token",)),
    "referrals:watch-list": ("signed in", ("list",)),
    "referrals:export-new": ("signed in", ("list",)),
    "referrals:export": ("signed in", ("release",)),
    "referrals:export-file": ("signed in", ("release",)),
    **{
        f"referrals:{name}": (PARTNER, ("offer",))
        for name in (
            *("offer", "offer-opened", "offer-accept", "offer-decline", "offer-contacts", "offer-deliver"),
            *("offer-fee-based", "offer-close", "offer-note", "record-statuses", "record-export", "record-plans"),
            *(
                "offer-undo",
                "offer-attempt",
                "decline-draft",
                "offer-together",
                "offer-colleague",
                "offer-tags",
                "offer-colleague-note",
            ),
        )
    },
    **{
        f"referrals:{name}": (PARTNER, ("offer",))
        for name in ("suggestions", "what-if", "determine-again", "ask", "watch", "record", "offer-look")
    },
    "referrals:settle-inquiry": (PARTNER, ("offer", "release")),
    "referrals:evidence": (PARTNER, ("offer", "staged")),
    "referrals:workload-detail": (PARTNER, ("offer", "workload")),
    "referrals:report": (PARTNER, ("offer", "workload")),
    "referrals:determination": (PARTNER, ("offer", "determination")),
    "referrals:profile": (PARTNER_OR_TEAM, ("partner",)),
    "referrals:confirm": (PUBLIC, ("confirmation",)),
    "referrals:lapse-answer": (PARTNER, ("partner",)),
    **{f"referrals:{name}": (TEAM, ()) for name in TEAM_LISTS},
    "referrals:team-referral": (TEAM, ("referral",)),
    "referrals:receipt": (TEAM, ("referral", "run")),
    "referrals:team-act": (TEAM, ("referral", "act")),
    "referrals:review": (TEAM, ("declined",)),
    "referrals:import": (TEAM, ("import",)),
    "referrals:import-errors": (TEAM, ("import",)),
    "referrals:release": (TEAM, ("release",)),
}


def _invite(partner: Partner) -> str:
    words: dict[str, Any] = {"email": "new@alpha.example", "role": "viewer", "by": world.triager(partner)}
    return ask_to_confirm(partner.pk, Confirmed.MEMBER, **words, now=timezone.now()).token


class Places:
    """A world with one offer of partner Alpha, its history, and a foreign partner Beta."""

    def __init__(self) -> None:
        self.declined_by = world.make_partner("Gamma", is_fasttrack_ready=False, takes_benefit=False)
        words: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
        self.referral, declined = world.offered(**words)
        said = world.said(notes="GAMMA-NOTES " + world.NOTES)
        decline_offer(declined.pk, said, by=world.by_partner(self.declined_by), now=NOW)
        self.alpha = world.make_partner("Alpha")
        route_due(now=NOW)
        self.beta = world.make_partner("Beta")
        self.offer = self.referral.offers.get(state="pending")
        self.strange = world.submit(requester_email="stranger@elsewhere.example")
        self.rfa = filing.file_rfa(world.request_data(domain="other.example"), form_key=uuid.uuid4(), now=NOW)
        self.arguments = self._arguments(declined)

    def _arguments(self, declined: Offer) -> dict[str, Any]:
        return {
            "mail": LocalMail.objects.create(to="a@b.example", subject="s", body="b", html="<p>b</p>").pk,
            "plan": "M365_E5",
            "workload": "INTUNE",
            "rfa": self.rfa.token,
            "draft": start_draft({}, email="new@alpha.example", now=NOW).token,
            "step": "customer",
            "token": self.referral.status_token,
            "sender": self.strange.sender_token,
            "strange": self.strange.public_id,
            "own requests": signing.dumps("alex@woodgrove.example", salt=SALT),
            "offer": self.offer.public_id,
            "partner": self.alpha.public_id,
            "referral": self.referral.public_id,
            "run": self.offer.run_id,
            "act": "hold",
            "list": "offers",
            "escalation": open_escalation(
                subject="Help", text="Please.", by=world.by_partner(self.alpha), now=NOW, referral=self.referral
            ).public_id,
            "confirmation": _invite(self.alpha),
            "declined": declined.public_id,
            "release": 4711,
            "import": stage_import(b"", "list.csv", 0, by=world.make_user("importer@triage.example"), now=NOW).pk,
            "staged": "0" * 48,
            "edition": ServiceDescription.objects.latest("id").pk,
            "table": "plans",
            "determination": Determination.objects.latest("id").public_id,
        }

    def address(self, name: str) -> str:
        return reverse(name, args=[self.arguments[word] for word in OURS[name][1]])
