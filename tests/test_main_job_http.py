"""The main job, end to end, over HTTP: requester, two partners, the team. Tasks run as the worker would run them."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from referrals import tasks
from referrals.models import Offer, Referral
from referrals.sweeping.due import find_due
from referrals.sweeping.invariants import find_violations
from tests import world
from tests.conftest import client_of
from tests.world import NOTES

pytestmark = pytest.mark.django_db
TASKS = {task.name: task for task in vars(tasks).values() if hasattr(task, "delay")}


def work() -> None:
    """What dispatcher and worker do: run whatever is due until nothing is."""
    for _ in range(10):
        names = find_due(timezone.now())
        if not names:
            return
        for name in names:
            TASKS[name].run()
    raise AssertionError(f"never done: {names}")


def rfa_form() -> dict[str, Any]:
    data = world.request_data() | {"form_key": str(uuid.uuid4()), "consent": "on", "website": ""}
    del data["plans"]
    return data | world.opened_before()


class Walk:
    """The people of the walk and what they have in hand."""

    def __init__(self, team: Client, samples: dict[str, Any]) -> None:
        self.requester, self.team, self.samples = Client(), team, samples
        self.contoso = world.make_partner("Contoso")
        self.first, self.status = client_of(self.contoso), ""

    @property
    def referral(self) -> Referral:
        return Referral.objects.get()

    def request_and_confirm(self) -> None:
        assert self.requester.post("/request/one-page/", rfa_form()).status_code == 302
        work()
        link = re.search(r"/request/confirm/\w+/", world.mail_to("alex@woodgrove.example", "Confirm") or "")
        assert link
        self.status = self.requester.post(link[0])["Location"]
        work()

    def answer_the_question(self) -> None:
        assert "Which Microsoft plans do you hold?" in self.requester.get(self.status).content.decode()
        self.requester.post(f"{self.status}answer/", {"plan_1": "M365_E5", "seats_1": "500"})
        work()
        assert (self.referral.assigned_type, self.referral.state) == ("benefit", "offered")

    def do_due_diligence(self) -> str:
        offer = self.referral.offers.get()
        page, facts = f"/offers/{offer.public_id}/", f"/facts/{offer.public_id}/"
        assert "Woodgrove Bank" in self.first.get("/queue/").content.decode()
        assert "Provisional until you accept" in self.first.get(page).content.decode()
        self.first.post(f"{page}accept/")
        tenant = {"tenant": self.referral.customer.tenants.get().domain}
        export = world.upload(json.dumps(self.samples["contoso_m365_e5"]["body"]))
        preview = self.first.post(f"{facts}export/", {**tenant, "export": export})
        assert self.first.post(preview["Location"]).status_code == 302
        statuses = {"status:INTUNE": "enabled", "status:DEFENDER_ENDPOINT": "not_enabled"}
        self.first.post(f"{facts}statuses/", {**tenant, **statuses, "evidence:INTUNE": "Intune portal"})
        text = self.first.get(page).content.decode()
        assert "1 workload remains: Microsoft Defender for Endpoint (P1 and P2)." in text
        assert "Microsoft 365 Copilot" in text
        return page

    def hand_back(self, page: str) -> None:
        form = {"reason": world.reason().pk, "notes": NOTES, "handover": "Call before noon.", "pause_until": ""}
        assert self.first.post(f"{page}decline/", form).status_code == 409, "the duty to deliver"
        day = (timezone.now() + dt.timedelta(days=7)).date().isoformat()
        assert self.first.post(f"{page}decline/", {**form, "pause_until": day}).status_code == 302
        work()

    def take_over_and_deliver(self, fabrikam: Partner) -> Offer:
        offer, second = self.referral.offers.get(state="pending"), client_of(fabrikam)
        assert offer.partner == fabrikam
        page = f"/offers/{offer.public_id}/"
        text = second.get(page).content.decode()
        assert "earlier due diligence" in text
        assert "Intune portal" not in text
        second.post(f"{page}accept/")
        assert "Call before noon." in second.get(page).content.decode()
        assert "alex@woodgrove.example" not in second.get(page).content.decode()
        second.post(f"{page}contacts/")
        assert "alex@woodgrove.example" in second.get(page).content.decode()
        second.post(f"{page}deliver/")
        assert "Fabrikam" in self.requester.get(self.status).content.decode()
        return offer

    def read_the_notes(self, declined: Offer, following: Offer) -> None:
        assert "</span>0</strong>Unowned" in world.markup(self.team.get("/team/"))
        review = f"/team/reviews/{declined.public_id}/"
        text = self.team.get(review).content.decode()
        for words in ("nobody who speaks the customer", "The Benefit is not fully realized.", "Fabrikam"):
            assert words in text
        self.team.post(review, {"note": "Thank you"})
        assert "Nothing to review" in self.team.get("/team/reviews/").content.decode()
        receipt = f"/team/referrals/{self.referral.public_id}/runs/{following.run_id}/"
        assert "Verified" in self.team.get(receipt).content.decode()


def test_main_job_over_http(samples: dict[str, Any], team_client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
    walk = Walk(team_client, samples)
    walk.request_and_confirm()
    walk.answer_the_question()
    page = walk.do_due_diligence()
    declined = walk.referral.offers.get()
    fabrikam = world.make_partner("Fabrikam")
    walk.hand_back(page)
    following = walk.take_over_and_deliver(fabrikam)
    walk.read_the_notes(declined, following)
    form = {"close-outcome": "delivered", "close-note": "Done"}
    client_of(fabrikam).post(f"/offers/{following.public_id}/close/", form)
    assert walk.referral.state == "closed"
    assert not any(find_violations().values())
