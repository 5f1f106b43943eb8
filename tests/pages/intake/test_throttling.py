"""The public form bears no robots: nothing is sent faster than a person types, nor much for one network."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.networks import network_of
from referrals.intake.throttling import HOUR, MOST_AN_HOUR, write_stamp
from referrals.models import RequestDraft, Rfa, StrangersAct, StrangersDeed
from tests import world
from tests.pages.intake.test_stepwise import WHO, fill
from tests.pages.test_pages import form_data

pytestmark = pytest.mark.django_db
ONE_PAGE = "/request/one-page/"
SOMEBODY, NEIGHBOUR, STRANGER = "203.0.113.7", "203.0.113.200", "198.51.100.7"


def ask(network: str = SOMEBODY, **changes: Any) -> Any:
    data = form_data(requester_email=f"{uuid.uuid4().hex[:8]}@woodgrove.example", **changes)
    return Client(REMOTE_ADDR=network).post(ONE_PAGE, data)


@pytest.mark.parametrize("stamp", ["", "made:up", None])
def test_a_form_that_comes_back_at_once_is_refused_and_keeps_its_text(stamp: str | None) -> None:
    opened = write_stamp(timezone.now()) if stamp is None else stamp
    answer = ask(opened=opened, text="KEEP ME")
    page = world.text(answer)
    assert (
        answer.status_code,
        "That was very fast. Check your answers and submit again" in page,
        "KEEP ME" in page,
    ) == (422, True, True)
    assert not Rfa.objects.exists()
    again = answer.context["opened"]
    later = timezone.now() + dt.timedelta(seconds=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        assert ask(opened=again).status_code == 302, "the page that said no can be sent after a while"


def test_steps_that_are_sent_at_once_are_refused_and_kept() -> None:
    begun = str(Client().post("/request/new/", WHO)["Location"]).removesuffix("customer/")
    fill(begun)
    RequestDraft.objects.update(created_at=timezone.now())
    answer = Client().post(f"{begun}check/", {"consent": "on"})
    assert (answer.status_code, "That was very fast. Check your answers and submit again" in world.text(answer)) == (
        422,
        True,
    )
    RequestDraft.objects.update(created_at=timezone.now() - dt.timedelta(seconds=2))
    assert Client().post(f"{begun}check/", {"consent": "on"}).status_code == 302


def test_a_network_has_ten_requests_an_hour_mailed() -> None:
    most = MOST_AN_HOUR[StrangersDeed.REQUEST]
    assert {ask().status_code for _ in range(most)} == {302}
    refused = ask(NEIGHBOUR, text="KEEP ME")
    page = world.text(refused)
    assert (refused.status_code, "from your network" in page, "KEEP ME" in page) == (422, True, True)
    assert ask(STRANGER).status_code == 302
    StrangersAct.objects.update(at=timezone.now() - HOUR)
    assert ask().status_code == 302
    assert StrangersAct.objects.count() == 1, "nothing is kept for longer"


def test_each_thing_has_a_limit_of_its_own() -> None:
    """Whoever uses up one of them, in an office that many share, keeps nobody there from the others."""
    for _ in range(MOST_AN_HOUR[StrangersDeed.REQUEST] + 1):
        ask()
    begun = str(Client(REMOTE_ADDR=SOMEBODY).post("/request/new/", WHO)["Location"]).removesuffix("customer/")
    for _ in range(MOST_AN_HOUR[StrangersDeed.LINK]):
        assert "We emailed the link to" in world.text(Client(REMOTE_ADDR=NEIGHBOUR).post(f"{begun}mail/", follow=True))
        RequestDraft.objects.update(mailed_at=None)
    said = Client(REMOTE_ADDR=SOMEBODY).post(f"{begun}mail/", follow=True)
    assert "Too many emails were sent from your network. Bookmark this page instead" in world.text(said)


def test_drafts_are_counted_by_network_and_never_by_the_address_typed() -> None:
    most = MOST_AN_HOUR[StrangersDeed.DRAFT]
    for _ in range(most):
        assert Client(REMOTE_ADDR=SOMEBODY).post("/request/new/", WHO).status_code == 302
    assert Client(REMOTE_ADDR=SOMEBODY).post("/request/new/", WHO).status_code == 422
    assert Client(REMOTE_ADDR=STRANGER).post("/request/new/", WHO).status_code == 302, "the owner of the address begins"


def test_the_same_form_twice_is_counted_once() -> None:
    data = form_data()
    assert [Client(REMOTE_ADDR=SOMEBODY).post(ONE_PAGE, data).status_code for _ in range(2)] == [302, 302]
    assert StrangersAct.objects.count() == 1


@pytest.mark.parametrize(
    ("asks", "proxies", "said", "network"),
    [
        (SOMEBODY, 0, "198.51.100.1", "203.0.113.0/24"),
        ("10.0.0.1", 1, "192.0.2.1, 198.51.100.9", "198.51.100.0/24"),
        ("2001:db8:1:2::3", 0, "", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", 0, "", "203.0.113.0/24"),
        ("127.0.0.1", 1, "", ""),
        ("::1", 0, "", ""),
        ("", 0, "", ""),
        ("10.0.0.1", 1, "nonsense", ""),
        ("10.0.0.1", 1, "", ""),
        ("10.0.0.1", 2, "192.0.2.1, 198.51.100.9, 10.0.0.2", "198.51.100.0/24"),
        ("10.0.0.1", 2, "198.51.100.9", ""),
    ],
)
def test_the_proxy_is_believed_only_where_there_is_one(
    settings: Any, asks: str, proxies: int, said: str, network: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=asks, HTTP_X_FORWARDED_FOR=said)
    assert network_of(request) == network
