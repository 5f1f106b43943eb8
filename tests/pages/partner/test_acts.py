"""A partner's pages: recording facts, declining, and what is kept when something is refused."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from benefits.models import Enablement, Subscription, UnknownProduct
from referrals.choices import OfferState
from referrals.models import Offer
from referrals.reviewing import acts
from tests import world
from tests.conftest import client_of
from tests.world import NOTES, NOW

pytestmark = pytest.mark.django_db


def tenant_of(offer: Offer) -> str:
    return offer.referral.customer.tenants.get().domain


def test_status_change_answers_with_the_panel_for_htmx_and_a_page_without(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = f"/facts/{offer.public_id}/statuses/"
    data = {"tenant": tenant_of(offer), "status:INTUNE": "blocked", "evidence:INTUNE": "Seen in the portal"}
    panel = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert panel.lstrip().startswith('<section id="determination"')
    assert "The Benefit is not fully realized. 1 workload remains" in panel
    assert client.post(address, data).status_code == 302


def test_whole_area_is_set_with_one_evidence_note(held: tuple[Client, Offer]) -> None:
    client, offer = held
    data = {
        "tenant": tenant_of(offer),
        "set_area": "endpoint",
        "area-status:endpoint": "enabled",
        "area-evidence:endpoint": "One note",
        "in-area:endpoint": ["INTUNE", "INTUNE_CLOUD_ATTACH"],
    }
    client.post(f"/facts/{offer.public_id}/statuses/", data)
    facts = Enablement.objects.order_by("workload_code").values_list("workload_code", "status", "evidence")
    assert list(facts) == [("INTUNE", "enabled", "One note"), ("INTUNE_CLOUD_ATTACH", "enabled", "One note")]


def test_export_upload_becomes_subscriptions_and_lists_unknown_products(
    held: tuple[Client, Offer], samples: dict[str, Any]
) -> None:
    client, offer = held
    body = samples["contoso_m365_e5"]["body"]
    units = {"enabled": 5}
    body = {**body, "value": [*body["value"], {"skuPartNumber": "BRAND_NEW", "prepaidUnits": units}]}
    words = {"tenant": tenant_of(offer)}
    for _ in range(2):
        upload = SimpleUploadedFile("skus.json", json.dumps(body).encode())
        preview = client.post(f"/facts/{offer.public_id}/export/", {**words, "export": upload})
        assert client.post(preview["Location"]).status_code == 302
    held_plans = Subscription.objects.current().values_list("plan_code", "part_number", "paid_seats", "unpaid_seats")
    assert list(held_plans) == [
        ("M365_E5", "", 500, None),
        ("M365_COPILOT", "", 25, None),
        ("POWER_AUTOMATE_FREE", "", None, 10000),
        ("", "BRAND_NEW", 5, None),
    ]
    assert UnknownProduct.objects.get().times_seen == 1, "the same file twice changes nothing"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON"),
        (b"[" * 40, "nested deeper than 32"),
        (b'{"value": [NaN]}', "NaN"),
        (b"[]", "this is an empty list"),
        (b'{"value": "' + b"x" * 8_400_000 + b'"}', "the maximum is 8,388,608"),
    ],
)
def test_broken_upload_is_refused_with_its_reason_and_changes_nothing(
    held: tuple[Client, Offer], content: bytes, message: str
) -> None:
    client, offer = held
    before = world.fingerprint()
    data = {"tenant": tenant_of(offer), "export": SimpleUploadedFile("skus.json", content)}
    answer = client.post(f"/facts/{offer.public_id}/export/", data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert world.fingerprint() == before


def test_typed_plans_replace_typed_ones_and_keep_unknown_products(held: tuple[Client, Offer]) -> None:
    client, offer = held
    tenant = offer.referral.customer.tenants.get()
    Subscription.objects.create(
        tenant=tenant, part_number="BRAND_NEW", state="enabled", paid_seats=5, recorded_at=NOW, author_party="team"
    )
    address = f"/facts/{offer.public_id}/plans/"
    assert client.get(address).status_code == 200
    client.post(address, {"tenant": tenant.domain, "plan_1": "EXO_P1", "seats_1": ""})
    rows = Subscription.objects.current().values_list("plan_code", "part_number", "paid_seats")
    assert list(rows) == [("EXO_P1", "", None), ("", "BRAND_NEW", 5)]


def test_facts_of_another_partner_are_value_and_date_only(held: tuple[Client, Offer]) -> None:
    client, offer = held
    data = {"tenant": tenant_of(offer), "status:INTUNE": "enabled", "evidence:INTUNE": "SECRET-EVIDENCE"}
    client.post(f"/facts/{offer.public_id}/statuses/", data)
    opened = {"area": "endpoint"}
    assert "SECRET-EVIDENCE" in client.get(f"/offers/{offer.public_id}/", opened).content.decode()
    other = world.make_partner("Other", endorsed=["VIVA_ENGAGE"])
    second = world.offered(now=timezone.now(), workloads=["VIVA_ENGAGE"])[1]
    text = client_of(other).get(f"/offers/{second.public_id}/", opened).content.decode()
    assert "SECRET-EVIDENCE" not in text
    assert "earlier due diligence" in text


def test_decline_page_shows_the_duty_before_anything_is_sent() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    text = client_of(partner).get(f"/offers/{offer.public_id}/decline/").content.decode()
    assert "you must deliver this Benefit referral" in text
    assert "Request release" in text


def test_decline_with_duty_keeps_the_notes_and_both_ways_out_work() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    client, address = client_of(partner), f"/offers/{offer.public_id}/decline/"
    form = {"reason": world.reason().pk, "notes": NOTES, "handover": "", "pause_until": ""}
    refused = client.post(address, form)
    assert refused.status_code == 409
    assert NOTES.replace("'", "&#x27;") in refused.content.decode()
    day = (timezone.now() + dt.timedelta(days=5)).date().isoformat()
    assert client.post(address, {**form, "pause_until": day}).status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED


def test_decline_asking_for_release() -> None:
    partner = world.make_partner()
    _referral, offer = world.offered(now=timezone.now())
    form = {"reason": world.reason().pk, "notes": NOTES, "handover": "", "pause_until": "", "ask_release": "1"}
    client = client_of(partner)
    assert client.post(f"/offers/{offer.public_id}/decline/", form).status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.RELEASE_REQUESTED
    assert (
        "You requested release. The team will decide by" in client.get(f"/offers/{offer.public_id}/").content.decode()
    )


def test_losing_a_race_keeps_the_typed_notes() -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    words: dict[str, Any] = {"plans": [["O365_E3", 100]], "workloads": ["TEAMS"]}
    referral, offer = world.offered(now=timezone.now(), **words)
    acts.cancel(referral.pk, reason="Withdrawn", by=world.by_team(), now=timezone.now())
    form = {"reason": world.reason().pk, "notes": NOTES, "handover": "Keep me", "pause_until": ""}
    answer = client_of(partner).post(f"/offers/{offer.public_id}/decline/", form)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "“Withdrawn”" in text
    assert "Keep me" in text
