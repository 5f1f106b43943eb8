"""Every address with who reaches it, and a world in which each of them leads somewhere."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.models import LocalMail, User
from accounts.signing_in import inviting
from benefits.models import Determination, ServiceDescription
from benefits.services.editions import copy_to_draft
from lab.chance.worlds import Written
from lab.models import LabRun
from lab.policies import vary_policy
from lab.running import run_parts
from lab.starting import Variant, simulate_world
from partners.models import Confirmed, Partner
from partners.services.people import ask_to_confirm
from referrals.answering.responding import decline_offer
from referrals.email.escalating import open_escalation
from referrals.intake import filing
from referrals.intake.drafts import start_draft
from referrals.intake.importing import stage_import
from referrals.intake.own_requests import SALT
from referrals.models import ListExport, Offer
from referrals.reviewing.calendar import make_feed
from referrals.routing.choosing import route_due
from tests import world

PARTNER_OR_TEAM = "partner, read by the team"
PUBLIC, PARTNER, TEAM, TEAM_POSTS, PUBLISHER = "public", "partner", "team", "team, posts only", "publisher"
TEAM_LISTS = (
    *("team-home", "team-list", "team-request", "reviews", "releases"),
    *("team-calendar", "fairness", "insights", "stuck-mail", "imports", "import-template"),
    *("lab", "lab-new"),
)
OURS: dict[str, tuple[str, tuple[str, ...]]] = {  # name → who reaches it, its arguments
    "home": ("signed in", ()),
    "favicon": (PUBLIC, ()),
    "security-txt": (PUBLIC, ()),
    "dismiss": ("signed in", ()),
    "icons": (PUBLIC, ("version",)),
    "set_language": ("signed in", ()),
    "accounts:accepted": (PUBLIC, ()),
    "accounts:invitation": (PUBLIC, ("invitation",)),
    "accounts:session": (PUBLIC, ()),
    "accounts:end-sessions": ("signed in", ()),
    "accounts:verify-elsewhere": ("signed in", ()),
    "accounts:go-on": ("signed in", ("waiting",)),
    "accounts:mailbox": (PUBLIC, ()),
    "accounts:mailbox-html": (PUBLIC, ("mail",)),
    "pages:service-description": (PUBLIC, ()),
    "pages:plan": (PUBLIC, ("plan",)),
    "pages:workload": (PUBLIC, ("workload",)),
    "pages:schema": (PUBLIC, ()),
    "pages:compare": ("signed in", ()),
    "pages:old-facts": ("signed in", ()),
    "pages:edition-file": ("signed in", ("edition",)),
    "pages:edition-table": ("signed in", ("edition", "table")),
    **{
        f"pages:{name}": (PUBLISHER, ("edition",))
        for name in ("draft", "draft-preview", "draft-progress", "preview-csv", "draft-sign-off", "draft-publish")
    },
    "pages:product-table": (PUBLISHER, ()),
    "pages:beyond": (PUBLISHER, ()),
    "pages:draft-products": (PUBLISHER, ("edition",)),
    "pages:draft-products-decide": (PUBLISHER, ("edition",)),
    "pages:matrix": (PUBLISHER, ("edition",)),
    "pages:matrix-cell": (PUBLISHER, ("draft edition", "plan", "workload")),
    "pages:rfa": (PUBLIC, ()),
    "pages:rfa-new": (PUBLIC, ()),
    "pages:rfa-one-page": (PUBLIC, ()),
    "pages:rfa-check": (PUBLIC, ("draft",)),
    "pages:rfa-saved": (PUBLIC, ("draft",)),
    "pages:rfa-mail": (PUBLIC, ("draft",)),
    "pages:rfa-step": (PUBLIC, ("draft", "step")),
    "pages:styleguide": (PUBLIC, ()),
    "pages:who-would-get": (TEAM, ()),
    "pages:would-we-get": (PARTNER, ("partner",)),
    "pages:customer": (PARTNER_OR_TEAM, ("referral",)),
    "pages:rfa-sent": (PUBLIC, ("sent",)),
    "pages:rfa-confirm": (PUBLIC, ("rfa",)),
    "pages:own-requests": (PUBLIC, ()),
    "pages:own-requests-list": (PUBLIC, ("own requests",)),
    "pages:sender": (PUBLIC, ("sender",)),
    "pages:sender-decided": (PUBLIC, ()),
    "pages:decide-sender": (TEAM_POSTS, ("strange",)),
    "pages:status": (PUBLIC, ("token",)),
    "pages:status-answer": (PUBLIC, ("token",)),
    "pages:status-inquiry": (PUBLIC, ("token",)),
    "pages:status-cancel": (PUBLIC, ("token",)),
    "pages:status-no-paid-work": (PUBLIC, ("token",)),
    "pages:status-reach": (PUBLIC, ("token",)),
    "pages:partner-home": ("signed in", ()),
    "pages:queue": ("signed in", ()),
    "pages:find": ("signed in", ()),
    "pages:notices": ("signed in", ()),
    "pages:notice-count": ("signed in", ()),
    "pages:notices-read": ("signed in", ()),
    "pages:notice-settings": ("signed in", ()),
    "pages:own-name": ("signed in", ()),
    "pages:own-calendar": ("signed in", ()),
    "pages:absence": ("signed in", ()),
    "pages:calendar-feed": (PUBLIC, ("feed",)),
    "pages:queue-bulk": ("signed in", ()),
    "pages:team-bulk": (TEAM_POSTS, ()),
    "pages:insights-by-email": (TEAM_POSTS, ()),
    "pages:views": ("signed in", ("list",)),
    "pages:escalations": ("signed in", ()),
    "pages:escalation-new": ("signed in", ()),
    "pages:escalation": ("signed in", ("escalation",)),
    "pages:status-escalate": (PUBLIC, ("token",)),
    "pages:watch-list": ("signed in", ("list",)),
    "pages:export-new": ("signed in", ("list",)),
    "pages:export": ("signed in", ("export",)),
    "pages:export-file": ("signed in", ("export",)),
    **{
        f"pages:{name}": (PARTNER, ("offer",))
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
                "offer-assignee",
                "offer-own-tags",
                "peek-offer",
                "offer-colleague-note",
            ),
        )
    },
    **{
        f"pages:{name}": (PARTNER, ("offer",))
        for name in (
            "report-routing",
            "suggestions",
            "what-if",
            "determine-again",
            "ask",
            "watch",
            "record",
            "offer-look",
        )
    },
    "pages:settle-inquiry": (PARTNER, ("offer", "release")),
    "pages:undo-statuses": (PARTNER, ("offer", "release")),
    "pages:evidence": (PARTNER, ("offer", "staged")),
    "pages:workload-area": (PARTNER, ("offer", "area")),
    "pages:workload-detail": (PARTNER, ("offer", "workload")),
    "pages:report": (PARTNER, ("offer", "workload")),
    "pages:determination": (PARTNER, ("offer", "determination")),
    "pages:profile": (PARTNER_OR_TEAM, ("partner",)),
    "pages:confirm": (PUBLIC, ("confirmation",)),
    "pages:lapse-answer": (PARTNER, ("partner",)),
    "pages:note-templates": (PARTNER, ("partner",)),
    **{f"pages:{name}": (TEAM, ()) for name in TEAM_LISTS},
    "pages:team-referral": (TEAM, ("referral",)),
    "pages:peek-referral": (TEAM, ("referral",)),
    "pages:receipt": (TEAM, ("referral", "run")),
    "pages:team-act": (TEAM, ("referral", "act")),
    "pages:review": (TEAM, ("declined",)),
    "pages:review-undo": (TEAM_POSTS, ("declined",)),
    "pages:reviews-alike": (TEAM, ("declined",)),
    "pages:import": (TEAM, ("import",)),
    "pages:import-errors": (TEAM, ("import",)),
    "pages:insight-rows": (TEAM, ("insight", "bar")),
    "pages:release": (TEAM, ("release",)),
    "pages:lab-run": (TEAM, ("lab run",)),
    "pages:lab-file": (TEAM, ("lab run", "lab file")),
    "pages:lab-cancel": (TEAM_POSTS, ("lab run",)),
    "pages:lab-again": (TEAM_POSTS, ("lab run",)),
}


def _invite(partner: Partner) -> str:
    words: dict[str, Any] = {"email": "new@alpha.example", "role": "viewer", "by": world.triager(partner)}
    return ask_to_confirm(partner.pk, Confirmed.MEMBER, **words, now=timezone.now()).token


def export_of(partner: Partner, now: dt.datetime) -> ListExport:
    """A list of its offers that is written."""
    words: dict[str, Any] = {"list_name": "offers", "kind": "csv", "address": "", "asked_by": world.triager(partner)}
    kept: dict[str, Any] = {"asked_at": now, "finished_at": now, "forget_at": now + dt.timedelta(days=1)}
    return ListExport.objects.create(content=b"Referral\n", due_at=now, **words, **kept)


LONG_NAME = "First tie-break: Least wanted elsewhere per free place"  # as long as the lab's own get


def run_the_lab(now: dt.datetime) -> LabRun:
    current = vary_policy({}, now)
    both = [Variant("Policy 1 (current)", current), Variant(LONG_NAME, replace(current, most_partners=1))]
    written = Written(days=15, partners=4, places=12, referrals_a_day=1)
    email = "lab@triage.example"
    by = User.objects.filter(email=email).first() or world.make_user(email)
    run = simulate_world(written, both, 2, by=by, now=now)
    run_parts()
    return run


def _invite_to_sign_in(now: dt.datetime) -> str:
    person = world.make_user("invited@alpha.example")
    inviting.invite(person, by=None, now=now)
    return inviting.give_token(person.email, now)


class Places:
    """A world with one offer of partner Alpha, its history, and a foreign partner Beta."""

    def __init__(self) -> None:
        self.declined_by = world.make_partner("Gamma", is_fasttrack_ready=False, takes_benefit=False)
        now = self.now = timezone.now()
        words: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
        self.referral, declined = world.offered(now, **words)
        said = world.said(notes="GAMMA-NOTES " + world.NOTES)
        decline_offer(declined.pk, said, by=world.by_partner(self.declined_by), now=now)
        self.alpha = world.make_partner("Alpha")
        route_due(now=now)
        self.beta = world.make_partner("Beta")
        self.offer = self.referral.offers.get(state="pending")
        self.strange = world.submit(now, requester_email="stranger@elsewhere.example")
        self.rfa = filing.file_rfa(world.request_data(domain="other.example"), form_key=uuid.uuid4(), now=self.now)
        mail = LocalMail.objects.create(to="a@b.example", subject="s", body="b", html="<p>b</p>")
        of_accounts = {"mail": mail.pk, "invitation": _invite_to_sign_in(now)}
        self.arguments = self._arguments(declined) | of_accounts

    def _arguments(self, declined: Offer) -> dict[str, Any]:
        return {
            "plan": "M365_E5",
            "workload": "INTUNE",
            "area": "endpoint",
            "version": "0",
            "waiting": "nothing",
            "feed": make_feed(world.triager(self.alpha), names_customers=False, now=self.now).pk,
            "rfa": self.rfa.token,
            "sent": self.rfa.form_key,
            "draft": start_draft({}, email="new@alpha.example", now=self.now).token,
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
                subject="Help", text="Please.", by=world.by_partner(self.alpha), now=self.now, referral=self.referral
            ).public_id,
            "confirmation": _invite(self.alpha),
            "declined": declined.public_id,
            "release": 4711,
            "export": export_of(self.alpha, self.now).pk,
            "insight": "unheld",
            "bar": 0,
            "import": stage_import(b"", "list.csv", 0, by=world.make_user("importer@triage.example"), now=self.now).pk,
            "staged": "0" * 48,
            "edition": ServiceDescription.objects.latest("id").pk,
            "draft edition": copy_to_draft(ServiceDescription.objects.latest("id"), now=self.now).pk,
            "table": "plans",
            "lab run": run_the_lab(self.now).public_id,
            "lab file": "figures",
            "determination": Determination.objects.latest("id").public_id,
        }

    def address(self, name: str) -> str:
        return reverse(name, args=[self.arguments[word] for word in OURS[name][1]])
