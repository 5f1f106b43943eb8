"""A list as a file: written in the background, for the person who asked, of what it may see, harmless."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.sealing import seal
from benefits.data.places import COUNTRY_NAMES
from benefits.models import Customer
from benefits.services.shipped import load_shipped_edition
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import State
from referrals.lists import exporting
from referrals.lists.exporting import write_due_exports
from referrals.models import ListExport, Notification, Offer
from referrals.reviewing import acts
from referrals.routing.choosing import route_due
from referrals.sweeping.due import find_due
from tests import world
from tests.conftest import client_of
from tests.editions import AUGUST
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


def export(client: Client, name: str = "offers", **words: Any) -> tuple[ListExport, list[list[str]]]:
    answer = client.post(f"/exports/{name}/new/", {"list": "?tab=all", "kind": "csv"} | words)
    assert "referrals.write_exports" in find_due(timezone.now())
    write_due_exports(now=timezone.now())
    got = client.get(answer["Location"] + "file/")
    return ListExport.objects.latest("id"), list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))


def test_filtered_rows_come_in_the_order_of_the_list(team_client: Client) -> None:
    offers = make_many(6)
    client = client_of(offers[0].partner)
    asked, rows = export(client, list="?tab=needs-answer&country=GB&sort=-customer")
    assert rows[0][:5] == ["Reference", "Partner", "Customer", "Domain", "Tenant id"]
    shown = client.get("/queue/?tab=needs-answer&country=GB&sort=-customer").context["page"].rows
    assert [row[0] for row in rows[1:]] == [row.shown_number for row in shown]
    assert (asked.total, asked.done, asked.percent) == (2, 2, 100)
    mail = Notification.objects.get(kind="export")
    assert (mail.to, f"/exports/{seal('export', asked.pk)}/" in mail.body) == (
        world.triager(offers[0].partner).email,
        True,
    )
    _asked, everything = export(team_client, "referrals", list="?tab=open")
    assert len(everything) == 1 + 6
    assert "Contoso" in {row[6] for row in everything}


def test_cells_are_harmless() -> None:
    offer = make_many(1)[0]
    Customer.objects.update(name="=HYPERLINK(0)")
    Offer.objects.update(tags=["@risk"])
    _asked, rows = export(client_of(offer.partner))
    assert rows[1][2] == "'=HYPERLINK(0)"
    assert "'@risk" in rows[1]


def test_excel_holds_the_same() -> None:
    offer = make_many(3)[0]
    client = client_of(offer.partner)
    answer = client.post("/exports/offers/new/", {"list": "?tab=all", "kind": "xlsx"})
    assert "Waiting to start" in world.text(client.get(answer["Location"]))
    write_due_exports(now=timezone.now())
    assert "3 rows, as Excel" in world.text(client.get(answer["Location"]))
    book = load_workbook(io.BytesIO(client.get(answer["Location"] + "file/").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 4
    assert isinstance(rows[1][rows[0].index("Offered on")], dt.datetime)


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@x", "#N/A", "#REF!", "#DIV/0!", "TRUE", "1.500", "'quoted", "  x"]
)
def test_text_stays_text_in_excel_and_has_no_mark_there(name: str) -> None:
    offer = make_many(1)[0]
    Customer.objects.update(name=name)
    client = client_of(offer.partner)
    answer = client.post("/exports/offers/new/", {"list": "?tab=all", "kind": "xlsx"})
    write_due_exports(now=timezone.now())
    book = load_workbook(io.BytesIO(client.get(answer["Location"] + "file/").content))
    cell = book.active["C2"]
    assert (cell.value, cell.data_type) == (name, "s")
    _asked, rows = export(client)
    assert rows[1][2] == (f"'{name}" if name[0] in "=+-@" else name)


def test_a_file_is_its_askers_alone(team_client: Client) -> None:
    offers = make_many(2)
    asked, _rows = export(client_of(offers[0].partner))
    other = client_of(world.make_partner("Fabrikam"))
    for client in (other, team_client):
        assert client.get(f"/exports/{seal('export', asked.pk)}/").status_code == 404
        assert client.get(f"/exports/{seal('export', asked.pk)}/file/").status_code == 404
    assert other.post("/exports/referrals/new/").status_code == 404
    assert team_client.post("/exports/offers/new/").status_code == 404
    _asked, rows = export(other, row=[offers[0].public_id])
    assert rows[1:] == [], "a foreign id brings nothing"


def test_what_became_of_an_ended_offer_is_not_in_its_partners_file() -> None:
    offer = make_many(1)[0]
    decline_offer(offer.pk, world.said("conflict"), by=world.by_partner(offer.partner), now=timezone.now())
    _asked, before = export(client_of(offer.partner))
    words: dict[str, Any] = {"reason": "Go on.", "by": world.by_team(), "now": timezone.now()}
    acts.resume(offer.referral_id, to=State.AWAITING_PARTNER, **words)
    second = world.make_partner("Fabrikam", countries=["GB"])
    route_due(now=timezone.now())
    by = world.by_partner(second)
    accept_offer(Offer.objects.live().get().pk, by=by, now=timezone.now())
    world.enable_everything(offer.referral, by, timezone.now())
    _asked, after = export(client_of(offer.partner))
    assert after == before


def test_chosen_rows_alone_go_into_the_file_of_the_kind_chosen() -> None:
    offers = make_many(3)
    client = client_of(offers[0].partner)
    words = {"act": "export", "row": [offers[0].public_id, offers[2].public_id], "list": "?tab=needs-answer"}
    preview = client.post("/queue/bulk/", words)
    assert (preview.status_code, ListExport.objects.count()) == (200, 0)
    assert "Export: 2 of 2" in world.text(preview)
    files = {}
    for kind in ("xlsx", "csv"):
        answer = client.post("/queue/bulk/", words | {"confirmed": "1", "kind": kind})
        write_due_exports(now=timezone.now())
        files[kind] = client.get(answer["Location"] + "file/").content
    assert load_workbook(io.BytesIO(files["xlsx"])).active.max_row == 3
    assert len(files["csv"].decode().splitlines()) == 3
    assert client.post("/queue/bulk/", words | {"confirmed": "1", "kind": "pdf"}).status_code == 422


def test_one_that_fails_says_so_and_the_next_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = make_many(1)[0]
    client = client_of(offer.partner)
    first = client.post("/exports/offers/new/", {"list": "?tab=all"})["Location"]
    second = client.post("/exports/offers/new/", {"list": "?tab=all"})["Location"]
    real, calls = exporting._write, []

    def fail_once(asked: ListExport, edition: Any) -> bytes:
        calls.append(asked.pk)
        if len(calls) == 1:
            raise OSError("no room")
        return real(asked, edition)

    monkeypatch.setattr(exporting, "_write", fail_once)
    write_due_exports(now=timezone.now())
    assert "Export failed. Try again or contact the team." in world.text(client.get(first))
    assert "1 row, as CSV" in world.text(client.get(second))


def test_one_that_was_left_behind_is_taken_over_and_old_files_go() -> None:
    offer = make_many(1)[0]
    client = client_of(offer.partner)
    client.post("/exports/offers/new/", {"list": "?tab=all"})
    now = timezone.now()
    assert exporting._take(now) is not None
    assert write_due_exports(now=now) == 0, "another worker has it"
    assert write_due_exports(now=now + exporting.LEFT_BEHIND + dt.timedelta(minutes=1)) == 1
    assert write_due_exports(now=now + exporting.KEPT + dt.timedelta(minutes=1)) == 0
    asked = ListExport.objects.get()
    assert asked.content is None
    assert "File expired. Export again from the list" in world.text(client.get(f"/exports/{seal('export', asked.pk)}/"))


def test_a_file_is_closed_to_who_has_left_the_partner() -> None:
    offer = make_many(1)[0]
    client = client_of(offer.partner)
    asked, _rows = export(client)
    offer.partner.memberships.update(is_active=False)
    assert client.get(f"/exports/{seal('export', asked.pk)}/file/").status_code == 404


def test_what_excel_cannot_hold_is_left_out_and_words_are_nobodys_codes() -> None:
    offer = make_many(1)[0]
    Customer.objects.update(name="Contoso\ufffe")
    Offer.objects.update(notes="pending")
    client = client_of(offer.partner)
    answer = client.post("/exports/offers/new/", {"list": "?tab=all", "kind": "xlsx"})
    write_due_exports(now=timezone.now())
    book = load_workbook(io.BytesIO(client.get(answer["Location"] + "file/").content))
    heads, row = list(book.active.iter_rows(values_only=True))
    told = dict(zip(heads, row, strict=True))
    assert (told["Customer"], told["Notes"], told["Status"]) == ("Contoso", "pending", "Awaiting response")


def test_rows_that_are_none_export_nothing() -> None:
    client = client_of(make_many(1)[0].partner)
    answer = client.post(
        "/exports/offers/new/", {"list": "?tab=all", "kind": "csv", "row": ["x", "OFR-2222"]}, follow=True
    )
    assert "The selected rows are not in your list" in world.text(answer)
    assert not ListExport.objects.exists()


def test_the_longest_address_is_saved_and_exported() -> None:
    partner = make_many(1)[0].partner
    client = client_of(partner)
    codes = list(load_shipped_edition(AUGUST).workloads)[:40]
    long = (
        "?tab=all&"
        + "&".join(f"workload={code}" for code in codes)
        + "&"
        + "&".join(f"country={code}" for code in list(COUNTRY_NAMES)[:40])
    )
    long += "&q=" + "%C3%A9" * 100
    saved = client.post("/views/offers/", {"act": "save", "name": "Long", "list": long, "partner": partner.public_id})
    assert saved.status_code == 302
    asked, _rows = export(client, list=long)
    assert asked.total == 0
