"""The main job, end to end, over HTTP: requester, two partners, the team. Tasks run as the worker would run them."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals import tasks
from referrals.models import Referral, Rfa
from referrals.services.due import find_due
from referrals.services.invariants import find_violations
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
    return data


def test_main_job_over_http(samples: dict[str, Any], team_client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
    contoso = world.make_partner("Contoso")
    requester, first = Client(), client_of(contoso)

    # 1 request, confirmed by mail
    assert requester.post("/request/", rfa_form()).status_code == 302
    work()
    link = re.search(r"/request/confirm/\w+/", world.mail_to("alex@woodgrove.example", "Confirm") or "")
    assert link
    status = requester.post(link[0])["Location"]
    work()

    # 2 screening asks for the plans; the requester answers
    assert "Which Microsoft plans do you hold?" in requester.get(status).content.decode()
    requester.post(f"{status}answer/", {"plan_1": "M365_E5", "seats_1": "500"})
    work()
    referral = Referral.objects.get()
    assert (referral.assigned_type, referral.state) == ("benefit", "offered")

    # 3 the partner opens, accepts, does its due diligence
    offer = referral.offers.get()
    page, facts = f"/offers/{offer.public_id}/", f"/facts/{offer.public_id}/"
    assert "Woodgrove Bank" in first.get("/queue/").content.decode()
    assert "provisional until you accept" in first.get(page).content.decode()
    first.post(f"{page}accept/")
    tenant = {"tenant": referral.customer.tenants.get().pk}
    export = world.upload(json.dumps(samples["contoso_m365_e5"]["body"]))
    assert first.post(f"{facts}export/", {**tenant, "export": export}).status_code == 302
    statuses = {"status:INTUNE": "enabled", "status:DEFENDER_ENDPOINT": "not_enabled"}
    first.post(f"{facts}statuses/", {**tenant, **statuses, "evidence:INTUNE": "Intune portal, 500 devices"})
    text = first.get(page).content.decode()
    assert "1 workload remains: Microsoft Defender for Endpoint (P1 and P2)." in text
    assert "Microsoft 365 Copilot" in text

    # 4 it hands back: the duty to deliver asks for its availability
    fabrikam = world.make_partner("Fabrikam")
    second = client_of(fabrikam)
    form = {"reason": world.reason().pk, "notes": NOTES, "handover": "Call before noon.", "pause_until": ""}
    assert first.post(f"{page}decline/", form).status_code == 409
    day = (timezone.now() + dt.timedelta(days=7)).date().isoformat()
    assert first.post(f"{page}decline/", {**form, "pause_until": day}).status_code == 302
    work()

    # 5 the next partner has it, with facts and hand-over, and delivers
    referral.refresh_from_db()
    following = referral.offers.get(state="pending")
    assert following.partner == fabrikam
    page = f"/offers/{following.public_id}/"
    text = second.get(page).content.decode()
    assert "Call before noon." in text
    assert "earlier due diligence" in text
    assert "Intune portal" not in text
    assert NOTES not in text
    second.post(f"{page}accept/")
    assert "alex@woodgrove.example" not in second.get(page).content.decode()
    second.post(f"{page}contacts/")
    assert "alex@woodgrove.example" in second.get(page).content.decode()
    second.post(f"{page}deliver/")
    assert "Fabrikam" in requester.get(status).content.decode()

    # 6 the team reads the notes
    assert "in nobody’s hands: 0" in team_client.get("/team/").content.decode()
    review = f"/team/reviews/{offer.public_id}/"
    text = team_client.get(review).content.decode()
    assert "nobody who speaks the customer" in text
    assert "The Benefit is not fully realized." in text
    assert "Fabrikam" in text
    team_client.post(review, {"note": "Thank you"})
    assert "Nothing to review" in team_client.get("/team/reviews/").content.decode()
    receipt = team_client.get(f"/team/referrals/{referral.public_id}/runs/{following.run_id}/").content.decode()
    assert "recomputed, same hash" in receipt

    # 7 delivery ends
    second.post(f"{page}close/", {"close-outcome": "delivered", "close-note": "Done"})
    referral.refresh_from_db()
    assert referral.state == "closed"
    assert Rfa.objects.get().referral == referral
    assert not any(find_violations().values())
