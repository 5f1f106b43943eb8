"""Whoever uploads products says which are trials, or a second file does; what was said outlives the next upload."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from benefits.models import ExportUpload, StagedUpload, Subscription
from referrals.models import Offer
from tests.benefits.evidence.test_real_files import file_of
from tests.benefits.evidence.test_trials import E5, directory, subscription
from tests.world import text

pytestmark = pytest.mark.django_db
PRODUCTS = file_of("36").read_text()
MORE = PRODUCTS.replace('"enabled": 200', '"enabled": 300')


def post(client: Client, offer: Offer, products: str, beside: str | None) -> HttpResponse:
    data = {"tenant": offer.referral.tenant.domain, "export": SimpleUploadedFile("skus.json", products.encode())}
    if beside is not None:
        data["directory"] = SimpleUploadedFile("subscriptions.json", beside.encode())
    return client.post(f"/facts/{offer.public_id}/export/", data)  # type: ignore[return-value]


def stage(client: Client, offer: Offer, products: str = PRODUCTS, beside: str | None = None) -> str:
    answer = post(client, offer, products, beside)
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def seats(offer: Offer) -> list[tuple[int | None, int | None]]:
    rows = Subscription.objects.current().filter(tenant=offer.referral.tenant, part_number="").order_by("id")
    return [(row.paid_seats, row.unpaid_seats) for row in rows]


def test_a_product_is_marked_as_a_trial_and_stays_one_with_the_next_file(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer)
    shown = text(client.get(address))
    assert "Which of these are trials?" in shown
    assert "Microsoft 365 E5 (SPE_E5), 200 seats" in shown
    assert " checked" not in shown
    client.post(address, {"trial": [E5]})
    assert seats(offer) == [(None, 200)]
    again = stage(client, offer, MORE)
    assert " checked" in text(client.get(again)), "what was said is proposed again"
    client.post(again, {"trial": [E5]})
    assert seats(offer) == [(None, 300)]
    client.post(stage(client, offer, MORE), {})
    assert seats(offer) == [(300, None)], "the mark was taken away"


def test_a_second_file_settles_it(held: tuple[Client, Offer]) -> None:
    client, offer = held
    beside = directory(subscription(25, trial=True), subscription(175, trial=False))
    address = stage(client, offer, beside=beside)
    shown = text(client.get(address))
    assert "25 of 200 seats are trial seats, according to the second file" in shown
    assert 'name="trial"' not in shown
    client.post(address)
    assert seats(offer) == [(None, 25), (175, None)]
    again = stage(client, offer, beside=beside)
    assert "You’ve already imported this file" in text(client.get(again))
    client.post(again)
    assert ExportUpload.objects.count() == 1
    without = stage(client, offer)
    assert " checked" not in text(client.get(without)), "a part of it was a trial, not the product"


def test_a_second_file_after_the_same_products_is_news(held: tuple[Client, Offer]) -> None:
    client, offer = held
    client.post(stage(client, offer))
    address = stage(client, offer, beside=directory(subscription(200, trial=True)))
    assert "You’ve already imported this file" not in text(client.get(address))
    client.post(address)
    assert seats(offer) == [(None, 200)]


def test_what_is_proposed_and_not_ticked_is_said_to_be_paid(held: tuple[Client, Offer]) -> None:
    client, offer = held
    client.post(stage(client, offer, PRODUCTS.replace('"SPE_E5"', '"SPE_E5_TRIAL"')))
    row = Subscription.objects.current().get(tenant=offer.referral.tenant)
    assert row.read is not None
    assert (row.paid_seats, row.read["trial"]) == (200, False)


def test_a_name_that_says_trial_is_proposed(held: tuple[Client, Offer]) -> None:
    client, offer = held
    address = stage(client, offer, PRODUCTS.replace('"SPE_E5"', '"SPE_E5_TRIAL"'))
    assert " checked" in text(client.get(address))


@pytest.mark.parametrize("beside", ["{", "[]", PRODUCTS])
def test_a_second_file_of_another_kind_is_refused_beside_its_field(held: tuple[Client, Offer], beside: str) -> None:
    client, offer = held
    answer = post(client, offer, PRODUCTS, beside)
    assert answer.status_code == 422
    assert "subscriptions.json: " in text(answer)
    assert not StagedUpload.objects.exists()


def test_a_usage_report_has_no_trials(held: tuple[Client, Offer]) -> None:
    client, offer = held
    answer = post(client, offer, file_of("u01").read_text(), directory(subscription(5, trial=True)))
    assert answer.status_code == 422
    assert "is a usage report" in text(answer)


def test_the_offers_page_takes_the_second_file(held: tuple[Client, Offer]) -> None:
    client, offer = held
    assert 'name="directory"' in text(client.get(f"/offers/{offer.public_id}/"))
