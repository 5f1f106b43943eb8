"""A tenant's exports on a referral page: looked at first, confirmed by a person, read once."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from benefits.domain.situation import Request
from benefits.models import Enablement, ExportUpload, StagedUpload, UsageFigure
from benefits.services import evidence
from benefits.services.editions import edition_in_force
from benefits.services.situations import load_facts
from referrals.models import Offer
from tests.benefits.evidence.test_usage_reports import DAYS, PEOPLE
from tests.world import by_team, text

pytestmark = pytest.mark.django_db


def stage(client: Client, offer: Offer, name: str, content: str) -> str:
    data = {"tenant": offer.referral.tenant.domain, "export": SimpleUploadedFile(name, content.encode())}
    answer = client.post(f"/facts/{offer.public_id}/export/", data)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def test_usage_report_is_previewed_confirmed_and_read_once(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer, "counts.csv", "\ufeff" + DAYS)
    page = text(client.get(address))
    assert "420 active" in page
    assert "Suggested: partially enabled. 420 of 500 people used it." in page
    assert "Not provisioned in the report." in page
    assert not Enablement.objects.exists()
    assert not UsageFigure.objects.exists()
    answer = client.post(address, {"status:EXCHANGE_ONLINE": "partly_enabled", "part:EXCHANGE_ONLINE": "420 of 500"})
    assert answer.status_code == 302
    fact = Enablement.objects.get()
    assert (fact.workload_code, fact.part) == ("EXCHANGE_ONLINE", "420 of 500")
    assert "Active users by day" in fact.evidence
    upload = ExportUpload.objects.get()
    assert (upload.kind, upload.rows, upload.file_name) == ("getOffice365ActiveUserCounts", 3, "counts.csv")
    assert (upload.size, len(upload.file_hash)) == (len(("\ufeff" + DAYS).encode()), 64)
    assert UsageFigure.objects.count() == 5
    assert "420 active, 18 Nov 2026" in text(client.get(f"/offers/{offer.public_id}/"))
    again = stage(client, offer, "counts.csv", "\ufeff" + DAYS)
    assert "You’ve already imported this file" in text(client.get(again))
    client.post(again)
    assert (ExportUpload.objects.count(), UsageFigure.objects.count()) == (1, 5)


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [("counts.csv", DAYS, "read_usage_report"), ("skus.json", '{"value": []}', "read_listing")],
)
def test_a_file_is_read_once_and_not_kept(
    held: tuple[Client, Offer], monkeypatch: pytest.MonkeyPatch, name: str, content: str, reader: str
) -> None:
    """A large file costs its reading, and no more; counted where the parser begins, whoever calls it."""
    client, offer = held
    parsed, read = [], getattr(evidence, reader)

    def count(raw: Any) -> Any:
        parsed.append(raw)
        return read(raw)

    monkeypatch.setattr(evidence, reader, count)
    address = stage(client, offer, name, content)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert len(parsed) == 1


def test_earlier_file_again_changes_nothing_though_another_was_read_since(held: tuple[Client, Offer]) -> None:
    client, offer = held
    other = DAYS.replace("2026-11-20", "2026-11-13").replace("2026-11-1", "2026-10-1")
    for content in (DAYS, other, DAYS):
        client.post(stage(client, offer, "counts.csv", content))
    assert ExportUpload.objects.count() == 2
    assert "420 active, 18 Nov 2026" in text(client.get(f"/offers/{offer.public_id}/"))


def test_figures_of_a_day_to_come_are_refused(held: tuple[Client, Offer]) -> None:
    client, offer = held
    upload = SimpleUploadedFile("counts.csv", DAYS.replace("2026-11-1", "2099-11-1").encode())
    answer = client.post(
        f"/facts/{offer.public_id}/export/", {"tenant": offer.referral.tenant.domain, "export": upload}
    )
    assert answer.status_code == 422
    assert "which has not come yet" in text(answer)


def test_export_of_too_many_products_is_refused(held: tuple[Client, Offer]) -> None:
    client, offer = held
    products = [{"skuPartNumber": f"P{n}", "prepaidUnits": {"enabled": 1}} for n in range(2001)]
    upload = SimpleUploadedFile("skus.json", json.dumps({"value": products}).encode())
    answer = client.post(
        f"/facts/{offer.public_id}/export/", {"tenant": offer.referral.tenant.domain, "export": upload}
    )
    assert answer.status_code == 422
    assert "lists 2,001 products; the maximum is 2,000" in text(answer)


def test_typed_seats_keep_what_the_export_withheld(held: tuple[Client, Offer], samples: dict[str, Any]) -> None:
    client, offer = held
    body = json.loads(json.dumps(samples["contoso_m365_e5"]["body"]))
    for plan in body["value"][0]["servicePlans"]:
        if plan["servicePlanName"].startswith("INTUNE_A"):
            plan["provisioningStatus"] = "Disabled"
    client.post(stage(client, offer, "skus.json", json.dumps(body)))
    data = {"tenant": offer.referral.tenant.domain, "plan_1": "M365_E5", "seats_1": "501"}
    assert client.post(f"/facts/{offer.public_id}/plans/", data).status_code == 302
    _id, edition = edition_in_force(timezone.localdate())
    known = load_facts(offer.referral.customer).situation(Request(), timezone.localdate(), edition)
    typed = next(sub for sub in known.subscriptions if sub.plan == "M365_E5")
    assert (typed.paid_seats, dict(typed.withheld)["INTUNE"]) == (501, "disabled")


def test_discarded_file_leaves_nothing(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer, "people.csv", PEOPLE)
    assert "ada@x.example" not in text(client.get(address))
    client.post(address, {"discard": "1"})
    assert not StagedUpload.objects.exists()
    assert not ExportUpload.objects.exists()
    assert client.get(address).status_code == 404


def test_refused_status_keeps_the_file_and_what_was_chosen(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer, "counts.csv", DAYS)
    answer = client.post(address, {"status:TEAMS": "partly_enabled", "part:TEAMS": "9 of 3"})
    assert answer.status_code == 422
    assert "“9 of 3” isn’t valid" in text(answer)
    assert not UsageFigure.objects.exists()
    assert StagedUpload.objects.exists()


def test_export_preview_shows_each_change_of_seats_and_withheld_service_plans(
    held: tuple[Client, Offer], samples: dict[str, Any]
) -> None:
    client, offer = held
    body = json.loads(json.dumps(samples["contoso_m365_e5"]["body"]))
    for plan in body["value"][0]["servicePlans"]:
        if plan["servicePlanName"].startswith("INTUNE_A"):
            plan["provisioningStatus"] = "Disabled"
    address = stage(client, offer, "skus.json", json.dumps(body))
    page = text(client.get(address))
    assert "Without " in page
    said = page.partition("Without ")[2].partition("(service plan switched off)")[0]
    assert "Microsoft Intune (MDM and MAM)" in said
    assert "new" in page
    client.post(address)
    page = text(client.get(f"/offers/{offer.public_id}/"))
    assert "Not entitled: its service plan is turned off in Microsoft 365 E5 in woodgrove.example." in page
    offer.referral.refresh_from_db()
    decided = offer.referral.determination
    assert decided is not None
    assert "INTUNE" not in {row["workload"] for row in decided.result["findings"]}


def test_staged_file_of_one_partner_is_nobody_elses(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer, "counts.csv", DAYS)
    assert Client().get(address).status_code == 302
    team = Client()
    team.force_login(by_team().user)  # type: ignore[arg-type]
    assert team.get(address.replace(offer.public_id, offer.referral.public_id)).status_code == 404
