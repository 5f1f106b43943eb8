"""The referral record as a PDF: what a side may know, any script, and the words that a customer signs."""

import io
import itertools
import re
import shutil
import subprocess
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from benefits.choices import Industry
from benefits.models import Customer, Tenant
from pages.desk.record_drawing import draw_record
from pages.desk.record_pdf import Part, Record
from referrals.answering.delivering import start_delivery
from referrals.answering.responding import decline_offer
from referrals.models import Acknowledgement, Offer, Referral
from tests import world
from tests.conftest import client_of
from tests.world import NOW

pytestmark = pytest.mark.django_db


def words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\x00", "").split())


def record_of(client: Client, public_id: str) -> str:
    answer = client.get(f"/facts/{public_id}/record.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="REF-')
    return words(answer.content)


def test_record_says_when_what_and_why(held: tuple[Client, Offer]) -> None:
    client, offer = held
    world.record(offer.referral, world.by_partner(offer.partner), INTUNE="enabled")
    offer.referral.refresh_from_db()
    said, standing = record_of(client, offer.public_id), offer.referral.determination
    assert standing is not None
    for expected in (
        f"Referral record {offer.referral.public_id}",
        offer.referral.customer.name,
        f"{timezone.localtime(offer.offered_at):%Y-%m-%d %H:%M:%S}",
        standing.public_id,
        standing.result_hash[:20],
        "Reasons 1. ",
        "Deciding rule.",
        "Microsoft 365 E5",
    ):
        assert expected in said
    assert offer.referral.requester_email not in said


def test_record_names_tenant_and_requested_workloads(held: tuple[Client, Offer]) -> None:
    client, offer = held
    referral, tenant = offer.referral, offer.referral.tenant
    bare = record_of(client, offer.public_id)
    assert tenant.domain in bare
    assert "TPID" not in bare, "what is not known is left out"
    Referral.objects.filter(pk=referral.pk).update(workloads=["INTUNE", "TEAMS", "GONE_BY_NOW"])
    Customer.objects.filter(pk=referral.customer_id).update(tpid="6401234")
    directory = uuid.uuid4()
    Tenant.objects.filter(pk=tenant.pk).update(directory_id=directory)
    said = record_of(client, offer.public_id)
    for expected in (f"Tenant {tenant.domain}", f"Tenant ID {directory}", "TPID 6401234"):
        assert expected in said
    assert (
        "Requested workloads Microsoft Intune (MDM and MAM), Microsoft Teams (chat, channels, meetings), GONE_BY_NOW"
        in said
    )


def test_record_stays_after_a_decline_and_names_nobody_else(offer: Offer) -> None:
    client = client_of(offer.partner)
    decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=timezone.now())
    other = world.make_partner("Beta Cloud Services")
    said = record_of(client, offer.public_id)
    assert world.NOTES.split()[0] in said
    assert "Declined" in said
    clerk = Client()
    clerk.force_login(world.make_user("clerk@triage.example", is_processing_team=True))
    assert "Declined" in record_of(clerk, offer.referral.public_id)
    assert client_of(other).get(f"/facts/{offer.public_id}/record.pdf").status_code == 404


@pytest.mark.parametrize(
    ("industries", "countries", "is_retired", "is_printed"),
    [
        ([], [], False, True),
        (["government"], [], False, True),
        (["commercial"], [], False, False),
        (["government"], ["DE"], False, False),
        ([], ["GB"], False, True),
        ([], [], True, False),
    ],
)
def test_acknowledgement_goes_by_industry_and_country(
    held: tuple[Client, Offer], industries: list[str], countries: list[str], is_retired: bool, is_printed: bool
) -> None:
    client, offer = held
    customer = offer.referral.customer
    customer.industry, customer.country = Industry.GOVERNMENT, "GB"
    customer.save()
    Acknowledgement.objects.all().delete()
    Acknowledgement.objects.create(
        title="Disclosure",
        text="Published on the open register.",
        industries=industries,
        countries=countries,
        is_retired=is_retired,
    )
    assert "Published on the open register." not in record_of(client, offer.public_id), "nothing was done yet"
    by, now = world.by_partner(offer.partner), timezone.now()
    world.record(offer.referral, by, now, INTUNE="not_enabled")
    start_delivery(offer.pk, by=by, now=now)
    said = record_of(client, offer.public_id)
    assert ("Published on the open register." in said) is is_printed
    assert ("Name and role" in said) is is_printed


def test_public_sector_customers_have_a_text_from_the_start() -> None:
    row = Acknowledgement.objects.get()
    assert set(row.industries) == {"government", "education"}


def test_letters_of_any_script_are_set() -> None:
    names = ("東京市役所", "서울특별시", "Ελληνικά", "Кириллица", "शहर", "กรุงเทพ", "ქართული", "Łódź ● ✓ →")
    part = Part("Names", rows=tuple(itertools.pairwise((*names, "end"))))
    said = words(draw_record(Record("Record", "", "foot", [part]), NOW))
    for name in ("東京市役所", "서울특별시", "Ελληνικά", "Кириллица", "Łódź"):
        assert name in said
    assert "Unicode numbers" not in said


def test_a_letter_that_no_font_has_is_written_by_its_number_and_the_record_says_so() -> None:
    said = words(draw_record(Record("Record", "ᏣᎳᎩ 𐎠 Ltd", "foot", []), NOW))
    assert "[U+13E3][U+13B3][U+13A9] [U+103A0] Ltd" in said
    assert "Some characters can’t be shown in this file." in said


def test_marks_and_private_letters_break_no_record() -> None:
    said = words(draw_record(Record("Record", "\ufeffContoso\ufffe \ue000 \u200b Ltd", "foot", []), NOW))
    assert "Contoso [U+E000]" in said


def test_markup_in_a_name_is_a_name() -> None:
    name = '#panic("x") *b* $a$ \\ <k> @ref // no comment'
    assert name in words(draw_record(Record("Record", name, "foot", []), NOW))


def test_the_file_is_tagged_titled_and_says_its_language() -> None:
    part = Part("Names", "One sentence.", rows=[("Customer", "Contoso")], lines=["One"])
    reader = PdfReader(io.BytesIO(draw_record(Record("Record REF-1", "", "foot", [part]), NOW)))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert reader.metadata is not None
    assert reader.metadata.title == "Record REF-1"


def test_the_same_record_of_the_same_instant_is_the_same_file() -> None:
    record = Record("Record", "Contoso", "foot", [Part("Names", lines=["One"])])
    drawn = draw_record(record, NOW)
    assert drawn == draw_record(record, NOW)
    information = PdfReader(io.BytesIO(drawn)).metadata
    assert information is not None
    assert information.creation_date == NOW


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
def test_names_are_read_back_in_the_order_they_are_written() -> None:
    names = ("Łódź Café", "شركة كونتوسو المحدودة", "קונטוסו בע״מ", "บริษัท คอนโทโซ จำกัด", "株式会社コントソ")
    drawn = draw_record(Record("Record", "", "foot", [Part("Names", lines=names)]), NOW)
    said = subprocess.run(["pdftotext", "-", "-"], input=drawn, capture_output=True, check=True).stdout.decode()
    found = re.sub("[\u200e\u200f\u202a-\u202e]", "", said)
    assert [found.index(name) for name in names] == sorted(found.index(name) for name in names)


def test_a_signature_is_not_parted_from_its_words() -> None:
    filler = Part("Long", lines=[f"Line {number}" for number in range(49)])
    signed = Part("Acknowledgement", "Words to sign.", is_signed=True)
    pages = PdfReader(io.BytesIO(draw_record(Record("Record", "", "foot", [filler, signed]), NOW))).pages
    holding = [page.extract_text() for page in pages if "Words to sign." in page.extract_text()]
    assert len(holding) == 1
    assert "Signature" in holding[0]


def test_admin_edits_the_text(admin_client: Client) -> None:
    row = Acknowledgement.objects.get()
    page = f"/admin/referrals/acknowledgement/{row.pk}/change/"
    assert admin_client.get(page).status_code == 200
    data = {"title": "Disclosure", "text": "New words.", "industries": ["government"], "countries": ["NL"], "place": 0}
    assert admin_client.post(page, data).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.countries) == ("New words.", ["NL"])
    refused = admin_client.post(page, data | {"countries": ["XX"]})
    assert refused.status_code == 200
    assert "XX is not one of the available choices" in world.text(refused)
