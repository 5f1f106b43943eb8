"""The request in steps: kept as it is typed, found again by its address, sent once all of it is right."""

import datetime as dt
import json
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from benefits.models import UnknownProduct
from benefits.services.editions import edition_in_force
from benefits.services.situations import load_facts
from referrals.intake.drafts import MAIL_AGAIN, AlreadySent, keep_step, mail_way_back
from referrals.intake.filing import confirm_rfa
from referrals.models import Notification, Referral, RequestDraft, Rfa
from referrals.sweeping.due import find_due
from referrals.sweeping.sweeps import wake_due
from tests import world

pytestmark = pytest.mark.django_db
WHO = {"requester_kind": "customer", "requester_name": "Alex Wilber", "requester_email": "alex@woodgrove.example"}
ANSWERS: dict[str, dict[str, Any]] = {
    "customer": {
        "customer_name": "Woodgrove Bank",
        "country": "GB",
        "industry": "commercial",
        "size_band": "251-1000",
    },
    "tenant": {"domain": "woodgrove.example", "rfa_id": "RFA-2026-0815", "audience": "commercial"},
    "plans": {"plan_1": "M365_E5", "seats_1": "500"},
    "wanted": {"text": "Switch on endpoint protection.", "areas": ["security"], "workloads": ["DEFENDER_ENDPOINT"]},
    "when": {"wanted_from": "month", "delivery": "remote", "languages": ["en", "de"]},
}


@pytest.fixture
def begun(db: None) -> str:
    """The address of a draft whose first step is done."""
    answer = Client().post("/request/new/", WHO)
    assert answer.status_code == 302
    RequestDraft.objects.update(created_at=timezone.now() - world.LATER)
    return str(answer["Location"]).removesuffix("customer/")


def fill(begun: str, **changes: dict[str, Any]) -> Any:
    """Every step; gives the last answer."""
    answer = None
    for step, typed in (ANSWERS | changes).items():
        answer = Client().post(f"{begun}{step}/", typed)
    return answer


def test_steps_lead_to_a_page_that_shows_all_answers_and_sends_them(begun: str) -> None:
    answer = fill(begun)
    assert answer["Location"] == f"{begun}check/"
    text = world.text(Client().get(f"{begun}check/"))
    for words in ("Alex Wilber", "United Kingdom", "Microsoft 365 E5", "500", "Within a month", "English, German"):
        assert words in text, words
    assert "Not ready" not in text
    assert not Rfa.objects.exists(), "looking sends nothing"
    refused = Client().post(f"{begun}check/")
    assert (
        refused.status_code,
        "Select the checkbox to agree to share your details</a>. We can’t assign a partner without it"
        in world.text(refused),
    ) == (422, True)
    assert Client().post(f"{begun}check/", {"consent": "on"})["Location"].startswith("/request/sent/")
    left = RequestDraft.objects.get()
    assert (left.data, left.email) == ({}, ""), "what was typed does not stay twice"
    referral = confirm_rfa(Rfa.objects.get().token, now=timezone.now())
    assert (referral.wanted_from, referral.languages, referral.workloads) == (
        "month",
        ["en", "de"],
        ["DEFENDER_ENDPOINT"],
    )
    assert referral.tenant.subscriptions.get().paid_seats == 500
    assert referral.rfa_id == "RFA-2026-0815"


def test_an_rfa_id_is_letters_digits_and_hyphens(begun: str) -> None:
    refused = Client().post(f"{begun}tenant/", {**ANSWERS["tenant"], "rfa_id": "<RFA 1>"})
    assert refused.status_code == 422
    assert "Use letters, digits and hyphens, as on the receipt" in world.text(refused)


def test_a_double_click_and_the_way_back_lead_to_what_was_sent(begun: str) -> None:
    fill(begun)
    for _time in range(3):
        assert Client().post(f"{begun}check/", {"consent": "on"})["Location"].startswith("/request/sent/")
    for page in ("check/", "plans/", "saved/"):
        assert Client().get(f"{begun}{page}")["Location"].startswith("/request/sent/"), page
    for page in ("plans/", "mail/"):
        assert Client().post(f"{begun}{page}", ANSWERS["plans"])["Location"].startswith("/request/sent/"), page
    draft, kinds = RequestDraft.objects.get(), Notification.objects.values_list("kind", flat=True)
    assert (draft.data, list(kinds), Rfa.objects.count()) == ({}, ["confirm"], 1)
    with pytest.raises(AlreadySent):
        keep_step(draft.token, ["text"], {"text": ["Too late"]}, now=timezone.now())
    later = timezone.now() + dt.timedelta(days=15)
    wake_due(now=later)
    assert not RequestDraft.objects.exists(), "nothing is kept for ever"


def test_what_is_wrong_is_kept_and_named(begun: str) -> None:
    wrong = ANSWERS["tenant"] | {"domain": "not a domain"}
    refused = Client().post(f"{begun}tenant/", wrong)
    assert (refused.status_code, "Enter a domain, for example contoso.com" in world.text(refused)) == (422, True)
    later = Client().post(f"{begun}wanted/", {"text": "Half a thought", "later": "1"})
    assert later["Location"] == f"{begun}saved/"
    assert 'value="not a domain"' in Client().get(f"{begun}tenant/").content.decode()
    assert "Half a thought" in world.text(Client().get(f"{begun}wanted/"))
    check = Client().post(f"{begun}check/", {"consent": "on"})
    text = world.text(check)
    assert (check.status_code, "Can’t submit yet" in text) == (422, True)
    assert check.content.decode().count("?back=check") >= 3, "customer, wanted and when"
    assert not Rfa.objects.exists()


def test_changing_an_answer_comes_back_to_the_check(begun: str) -> None:
    fill(begun)
    answer = Client().post(f"{begun}wanted/?back=check", ANSWERS["wanted"] | {"text": "Something else."})
    assert answer["Location"] == f"{begun}check/"
    assert "Something else." in world.text(Client().get(answer["Location"]))
    Client().post(f"{begun}wanted/", {"text": "No area at all."})
    assert "Complete these sections:" in world.text(Client().get(f"{begun}check/")), "what was unticked is gone"


def test_an_export_fills_the_plans_and_is_not_kept(begun: str, samples: dict[str, Any]) -> None:
    export = next(iter(samples.values()))["body"]
    raw = json.dumps(export).encode()
    sent = {"read": "1", "export": SimpleUploadedFile("skus.json", raw, "application/json")}
    answer = Client().post(f"{begun}plans/", sent, follow=True)
    draft = RequestDraft.objects.get()
    number = sum(name.startswith("plan_") for name in draft.data)
    assert number > 0
    assert f"{number} plans added" in world.text(answer)
    fill(begun, plans={name: values[0] for name, values in draft.data.items() if name.startswith(("plan_", "seats_"))})
    assert Client().post(f"{begun}check/", {"consent": "on"}).status_code == 302
    assert len(Rfa.objects.get().data["plans"]) == number


def read(begun: str, export: dict[str, Any]) -> Any:
    raw = SimpleUploadedFile("skus.json", json.dumps(export).encode(), "application/json")
    return Client().post(f"{begun}plans/", {"read": "1", "export": raw}, follow=True)


def test_plans_in_their_grace_period_are_read_and_what_is_to_be_checked_is_named(
    begun: str, samples: dict[str, Any]
) -> None:
    text = world.text(read(begun, samples["tailspin_below_150"]["body"]))
    data = RequestDraft.objects.get().data
    rows = {data[f"plan_{place}"][0]: data[f"seats_{place}"][0] for place in (1, 2)}
    assert rows == {"M365_BUSINESS_PREMIUM": "120", "EXO_KIOSK": "25"}, "20 enabled and 5 in their grace period"
    assert "2 plans added. 2 products ignored." in text
    text = world.text(read(begun, samples["fabrikam_ems_e3_o365_e3_viva"]["body"]))
    assert "3 plans added. We will check: " in text
    assert "suspended" in text


def test_what_cannot_be_placed_goes_with_the_request_and_is_known_to_screening(
    begun: str, samples: dict[str, Any]
) -> None:
    export = deepcopy(samples["contoso_m365_e5"]["body"])
    export["value"].append({"skuPartNumber": "KLINGON", "prepaidUnits": {"enabled": 5}})
    text = world.text(read(begun, export))
    assert "We will check: KLINGON." in text
    assert "a product we don’t recognize yet" in text
    data = RequestDraft.objects.get().data
    rows = {name: values[0] for name, values in data.items() if name.startswith(("plan_", "seats_"))}
    fill(begun, plans=rows)
    assert "We will check: a product we don’t recognize yet" in world.text(Client().get(f"{begun}check/"))
    assert Client().post(f"{begun}check/", {"consent": "on"}).status_code == 302
    assert RequestDraft.objects.get().products == {}
    rfa = Rfa.objects.get()
    referral = confirm_rfa(rfa.token, now=timezone.now())
    held = referral.tenant.subscriptions.current()
    assert "KLINGON" in {row.part_number for row in held}
    assert held.get(plan_code="M365_E5").read is not None, "with its service plans"
    assert UnknownProduct.objects.get().part_number == "KLINGON", "for an admin to say what it is"
    facts = load_facts(referral.customer)
    _id, edition = edition_in_force(timezone.localdate())
    assert facts.unmapped(edition) == ["KLINGON"]


def test_an_export_that_was_read_can_be_forgotten(begun: str, samples: dict[str, Any]) -> None:
    assert "Remove the uploaded export" not in world.text(Client().get(f"{begun}plans/"))
    read(begun, samples["contoso_m365_e5"]["body"])
    answer = Client().post(f"{begun}plans/", ANSWERS["plans"] | {"forget": "1"}, follow=True)
    assert "Remove the uploaded export" not in world.text(answer)
    assert RequestDraft.objects.get().products == {}


def test_typed_seats_win_over_the_export(begun: str, samples: dict[str, Any]) -> None:
    read(begun, samples["contoso_m365_e5"]["body"])
    data = RequestDraft.objects.get().data
    rows = {name: values[0] for name, values in data.items() if name.startswith(("plan_", "seats_"))}
    place = next(name.removeprefix("plan_") for name, plan in rows.items() if plan == "M365_E5")
    fill(begun, plans=rows | {f"seats_{place}": "77"})
    Client().post(f"{begun}check/", {"consent": "on"})
    referral = confirm_rfa(Rfa.objects.get().token, now=timezone.now())
    row = referral.tenant.subscriptions.current().get(plan_code="M365_E5")
    assert (row.paid_seats, row.read is not None) == (77, True)


@pytest.mark.parametrize("button", ["", "later", "read"])
def test_a_file_is_read_whichever_button_is_pressed(begun: str, samples: dict[str, Any], button: str) -> None:
    raw = json.dumps(samples["contoso_m365_e5"]["body"]).encode()
    sent = ANSWERS["plans"] | ({button: "1"} if button else {})
    upload = SimpleUploadedFile("skus.json", raw, "application/json")
    answer = Client().post(f"{begun}plans/", sent | {"export": upload}, follow=True)
    assert "plans added" in world.text(answer)
    assert RequestDraft.objects.get().products["shape"] == "answer"


@pytest.mark.parametrize("raw", [b"", b"no json", b"[" * 100_000, b'{"value": []}', b"x" * (2 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_export_is_refused_and_plans_stay(begun: str, raw: bytes) -> None:
    sent = ANSWERS["plans"] | {"read": "1", "export": SimpleUploadedFile("skus.json", raw, "application/json")}
    refused = Client().post(f"{begun}plans/", sent)
    assert 'value="500"' in refused.content.decode(), "rows that were typed and not saved stay"
    assert (refused.status_code, "There is a problem" in world.text(refused)) == (422, True)
    assert RequestDraft.objects.get().data["seats_1"] == ["500"]


def test_every_country_and_territory_can_be_chosen(begun: str) -> None:
    page = Client().get(f"{begun}customer/").content.decode()
    assert page.count("<option") > 249
    for name in ("Åland Islands", "Côte d’Ivoire", "Pitcairn", "Türkiye"):
        assert name in page.replace("&#x27;", "’").replace("'", "’")
    Client().post(f"{begun}customer/", ANSWERS["customer"] | {"country": "PN"})
    assert RequestDraft.objects.get().data["country"] == ["PN"]


def test_the_way_back_is_mailed_once_an_hour(begun: str) -> None:
    told = Client().post(f"{begun}mail/", follow=True)
    assert "We emailed the link to alex@woodgrove.example" in world.text(told)
    mail = Notification.objects.get(kind="draft")
    assert f"{begun}check/" in mail.body
    assert "within the last hour" in world.text(Client().post(f"{begun}mail/", follow=True))
    draft = RequestDraft.objects.get()
    mail_way_back(draft.token, now=timezone.now() + MAIL_AGAIN)
    assert Notification.objects.filter(kind="draft").count() == 2


def test_one_address_is_mailed_only_so_many_a_day(db: None) -> None:
    places = [Client().post("/request/new/", WHO)["Location"] for _ in range(10)]
    for place in places:
        Client().post(place.replace("/customer/", "/mail/"))
    assert Notification.objects.filter(kind="draft").count() == 5


def test_drafts_that_nobody_comes_back_to_are_deleted(begun: str) -> None:
    now = timezone.now() + dt.timedelta(days=15)
    assert "referrals.wake_due" in find_due(now)
    wake_due(now=now)
    assert not RequestDraft.objects.exists()
    assert Client().get(f"{begun}check/").status_code == 404


def test_absurd_posts_are_kept_small_and_break_nothing(begun: str) -> None:
    absurd = {"text": "a\x00b" * 9000, "klingon": "x", "requester_email": "other@x.example", "later": "1"}
    assert Client().post(f"{begun}wanted/", absurd).status_code == 302
    draft = RequestDraft.objects.get()
    assert (len(draft.data["text"][0]), draft.email) == (5000, "alex@woodgrove.example")
    assert set(draft.data) == {"requester_kind", "requester_name", "requester_email", "text"}
    assert Client().get(f"{begun}nowhere/").status_code == 404
    assert Client().get(f"/request/{'0' * 48}/check/").status_code == 404


def test_robots_begin_nothing(db: None) -> None:
    answer = Client().post("/request/new/", WHO | {"website": "https://spam.example"})
    assert answer["Location"].startswith("/request/sent/")
    assert not RequestDraft.objects.exists()
    assert not Referral.objects.exists()
