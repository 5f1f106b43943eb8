"""Requests from a file: checked row by row, all or none or the good ones, each external reference once."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from benefits.models import Subscription
from pages.intake.sheet import COLUMNS, EXAMPLE, check_sheet
from referrals.intake import filing, importing
from referrals.models import Notification, Referral, RequestImport
from referrals.sweeping.due import find_due
from tests import world

pytestmark = pytest.mark.django_db


def sheet(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(EXAMPLE | {"reference": "LIST-0001"} | row for row in rows)
    return out.getvalue().encode()


def upload(client: Client, raw: bytes) -> Any:
    return client.post("/team/import/", {"sheet": SimpleUploadedFile("list.csv", raw, "text/csv")})


def work() -> None:
    assert "referrals.import_requests" in find_due(timezone.now())
    importing.work_off_imports(check_sheet, now=timezone.now())


def three(**third: str) -> bytes:
    rows = ({"reference": f"L-{place}", "domain": f"c{place}.example"} for place in range(2))
    return sheet(*rows, {"reference": "L-2", "domain": "c2.example"} | third)


def test_the_template_is_refused_as_it_is_and_imported_once_it_is_filled_in(team_client: Client) -> None:
    raw = team_client.get("/team/import/template.csv").content
    untouched = upload(team_client, raw)["Location"]
    work()
    text = world.text(team_client.get(untouched))
    assert "reference: this is the template’s example" in text
    assert "We received your request and are reviewing it" not in text, "there is no row to import"
    page = upload(team_client, raw.replace(b"EXAMPLE-1", b"LIST-0001"))["Location"]
    work()
    assert RequestImport.objects.first().faulty == []  # type: ignore[union-attr]
    assert "Each requester immediately gets an email with a link to follow the request" in world.text(
        team_client.get(page)
    )
    assert not Referral.objects.exists(), "a check imports nothing"
    team_client.post(page, {"mode": "all"})
    work()
    made = Referral.objects.get()
    assert (made.source, made.requester_kind, made.languages) == ("import", "field", ["en", "de"])
    assert set(Subscription.objects.values_list("plan_code", "paid_seats")) == {("M365_E5", 500), ("O365_E3", None)}
    assert Notification.objects.filter(kind="import").count() == 1
    assert Notification.objects.filter(kind="received", to=made.requester_email).count() == 1


@pytest.mark.parametrize(
    ("typed", "seats"), [("1.500", 1500), ("1,500", 1500), ("1 500", 1500), ("1.000", 1000), ("٥٠٠", 500)]
)
def test_seats_are_read_as_meant(team_client: Client, typed: str, seats: int) -> None:
    row = {"reference": "S-1", "domain": "s.example", "plans": f"M365_E5: {typed}", "customer_name": "#N/A"}
    page = upload(team_client, sheet(row))["Location"]
    work()
    team_client.post(page, {"mode": "all"})
    work()
    assert Subscription.objects.get().paid_seats == seats
    assert Referral.objects.get().customer.name == "#N/A"


@pytest.mark.parametrize("typed", ["1.5", "1,50", "50 %", "1e3", "-5"])
def test_seats_that_are_no_whole_number_are_refused_beside_the_cell(team_client: Client, typed: str) -> None:
    page = upload(team_client, sheet({"reference": "S-1", "domain": "s.example", "plans": f"M365_E5: {typed}"}))[
        "Location"
    ]
    work()
    assert "plans: " in world.text(team_client.get(page))
    assert not Referral.objects.exists()


def test_rows_with_errors_are_named_and_hold_back_all_or_themselves(team_client: Client) -> None:
    page = upload(team_client, three(country="Narnia", requester_email="nobody"))["Location"]
    work()
    text = world.text(team_client.get(page))
    assert "country: Select a valid choice" in text
    assert "requester_email: Enter a valid email address" in text
    refused = team_client.post(page, {"mode": "all"}, follow=True)
    assert "Some rows have errors" in world.text(refused)
    assert "Select what to import" in world.text(team_client.post(page, {"mode": "x"}, follow=True))
    assert not Referral.objects.exists()
    team_client.post(page, {"mode": "valid"})
    work()
    assert Referral.objects.count() == 2
    assert RequestImport.objects.get().made == 2
    again = team_client.post(page, {"mode": "valid"}, follow=True)
    assert "This import is no longer waiting" in world.text(again)


def test_short_rows_and_semicolons_are_read(team_client: Client) -> None:
    heads = "requester_name;requester_email;customer_name;domain;country;text;reference"
    page = upload(team_client, f"{heads}\nRobin;robin@x.example;X;x.example;GB\n".encode())["Location"]
    work()
    text = world.text(team_client.get(page))
    assert "reference: required, up to 80 characters" in text
    assert "text: Describe what you want to achieve" in text
    wide = sheet({"no_incentive": "perhaps"}).replace(b"LIST-0001,", b"LIST-0001,,", 1)
    assert "row: too many values; quote text that contains commas" in world.text(
        team_client.get(_checked(team_client, wide))
    )
    vague = sheet({"no_incentive": "perhaps"})
    assert "no_incentive: enter yes or no" in world.text(team_client.get(_checked(team_client, vague)))


def _checked(client: Client, raw: bytes) -> str:
    page = str(upload(client, raw)["Location"])
    work()
    return page


def test_a_reference_is_imported_once(team_client: Client) -> None:
    for expected in (3, 3):
        page = upload(team_client, three())["Location"]
        work()
        team_client.post(page, {"mode": "all"})
        importing.work_off_imports(check_sheet, now=timezone.now())
        assert Referral.objects.count() == expected
    assert "already imported (skipped)" in world.text(team_client.get(page))
    twice = upload(team_client, sheet({"reference": "A"}, {"reference": "a"}))["Location"]
    work()
    assert "reference: duplicate of row 2" in world.text(team_client.get(twice))


def test_all_or_none_is_none_when_one_fails(team_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = upload(team_client, three())["Location"]
    work()
    real = filing.submit

    def fail(data: Any, **words: Any) -> Any:
        if data["domain"] == "c2.example":
            raise OSError("disk full")
        return real(data, **words)

    monkeypatch.setattr(importing, "submit", fail)
    team_client.post(page, {"mode": "all"})
    work()
    assert not Referral.objects.exists()
    text = world.text(team_client.get(page))
    assert "disk full" in text
    assert "0 referrals created" in text


def test_a_row_that_fails_when_it_is_written_fails_alone(team_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _checked(team_client, three())
    real = filing.submit

    def fail(data: Any, **words: Any) -> Any:
        made = real(data, **words)
        if data["domain"] == "c1.example":
            raise OSError("disk full")
        return made

    with monkeypatch.context() as broken:
        broken.setattr(importing, "submit", fail)
        team_client.post(page, {"mode": "valid"})
        work()
    assert sorted(Referral.objects.values_list("external_reference", flat=True)) == ["l-0", "l-2"]
    staged = RequestImport.objects.get()
    assert (staged.made, staged.error, [row["reference"] for row in staged.faulty]) == (2, "", ["L-1"])
    assert "row: couldn’t be imported (disk full)" in world.text(team_client.get(page))
    again = _checked(team_client, three())
    team_client.post(again, {"mode": "valid"})
    work()
    assert Referral.objects.count() == 3, "sent again, only the one that failed is made"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("x" * 81, "reference: required, up to 80 characters"),
        ("İ" * 80, "reference: required, up to 80 characters"),  # in small letters each is two
        ("a\x07b", "control characters"),
        ("a\nb", "Remove line breaks"),
        ("example-1", "template’s example"),
    ],
)
def test_a_reference_is_checked_as_it_is_kept(team_client: Client, reference: str, said: str) -> None:
    page = _checked(team_client, sheet({"reference": reference}, {"reference": "fine", "domain": "fine.example"}))
    assert said in world.text(team_client.get(page))
    team_client.post(page, {"mode": "valid"})
    work()
    assert Referral.objects.get().external_reference == "fine"


def test_all_errors_can_be_had_as_a_file(team_client: Client) -> None:
    rows = [{"reference": f"=L-{place}", "country": "Narnia", "requester_email": "nobody"} for place in range(120)]
    page = _checked(team_client, sheet(*rows))
    assert f'href="{page}errors.csv"' in team_client.get(page).content.decode()
    text = team_client.get(f"{page}errors.csv").content.decode("utf-8-sig")
    heads, *lines = csv.reader(io.StringIO(text))
    assert (heads, len(lines)) == (["Row", "Reference", "Error"], 240)
    assert {line[1] for line in lines} == {f"'=L-{place}" for place in range(120)}, "no cell is a formula"
    assert any("country: Select a valid choice" in line[2] for line in lines)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff\xfe\x00", "isn’t UTF-8"),
        (b"a\x00b", "The file contains null bytes and isn’t a CSV file"),
        (b"reference,domain\n", "Missing columns: "),
        (sheet(), "no rows; include 1 to 1,000"),
        (b"\n".join([sheet(), *[b"x"] * 1200]), "too many rows"),
        (sheet({}).replace(b"reference,", b"klingon,reference,", 1), "Unknown column “klingon”"),
        (b"x" * (2 * 1024 * 1024 + 1), "the maximum is 2,097,152"),
        (b"", "empty"),
    ],
)
def test_files_that_are_none_are_refused_at_once(team_client: Client, raw: bytes, said: str) -> None:
    answer = upload(team_client, raw)
    assert (answer.status_code, said in world.text(answer)) == (422, True), world.text(answer)[-900:]
    assert not RequestImport.objects.exists()


def test_too_many_plans_are_an_error_not_dropped(team_client: Client) -> None:
    page = _checked(team_client, sheet({"plans": "; ".join(["O365_E3"] * 121)}))
    assert "plans: the maximum is 120" in world.text(team_client.get(page))


def test_requests_stand_in_the_name_of_who_confirmed_and_a_second_worker_counts_on(
    team_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _checked(team_client, three())
    other = Client()
    other.force_login(world.make_user("second@triage.example", is_processing_team=True))
    other.post(page, {"mode": "valid"})
    staged = RequestImport.objects.get()
    first = staged.fresh[0]
    with monkeypatch.context() as stops:
        stops.setattr(RequestImport, "fresh", [first])
        stops.setattr(importing, "_finish", lambda *_: None)  # a worker that ends after its first row
        importing.work_off_imports(check_sheet, now=timezone.now())
    staged.refresh_from_db()
    assert (staged.done, staged.made, staged.finished_at) == (1, 1, None)
    assert staged.due_at is not None
    importing.work_off_imports(check_sheet, now=staged.due_at)
    importing.work_off_imports(check_sheet, now=staged.due_at)
    staged.refresh_from_db()
    assert (staged.made, staged.error, Referral.objects.count()) == (3, "", 3)
    assert set(Referral.objects.values_list("created_by__email", flat=True)) == {"second@triage.example"}
    assert list(Notification.objects.filter(kind="import").values_list("to", flat=True)) == ["second@triage.example"]
