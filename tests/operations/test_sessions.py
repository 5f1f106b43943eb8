"""A session that cannot be saved: nobody is told that the browser's request was bad."""

from typing import Any

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from referrals.choices import OfferState
from referrals.models import Offer
from tests import world
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    world.make_partner()
    return world.offered(now=timezone.now())[1]


def before_saving(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    """Something happens between the act and the saving of the session."""
    make = SessionStore.create_model_instance

    def made(self: SessionStore, data: Any) -> Any:
        happens()
        return make(self, data)

    monkeypatch.setattr(SessionStore, "create_model_instance", made)


def test_a_connection_lost_while_it_is_saved_is_said_as_such(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(offer.partner)
    client.raise_request_exception = False

    def lose(*_: Any, **_options: Any) -> None:
        raise OperationalError("the connection was lost") from psycopg.errors.AdminShutdown()

    with monkeypatch.context() as patch:
        patch.setattr(Session, "save", lose)
        answer = client.post(f"/offers/{offer.number}/accept/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.get(f"/offers/{offer.number}/").status_code == 200


def test_who_signs_out_meanwhile_has_still_done_it(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(offer.partner)
    before_saving(monkeypatch, lambda: Session.objects.all().delete())
    answer = client.post(f"/offers/{offer.number}/accept/")
    assert answer.status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    assert not Session.objects.exists()
    assert "sessionid" not in answer.cookies, "who has signed in again elsewhere stays so"
    assert "/login/" in Client.get(client, answer["Location"])["Location"]
