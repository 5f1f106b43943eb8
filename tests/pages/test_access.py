"""Who reaches what: every address, every role; and that partners learn nothing of one another."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LocalMail
from referrals.answering.responding import accept_offer
from referrals.models import Notification, Rfa
from referrals.sweeping.sweeps import expire_due
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, TEAM, TEAM_POSTS, Places

pytestmark = pytest.mark.django_db
BLANKED = re.compile(r'(csrfmiddlewaretoken" value="|x-csrftoken": "|nonce=")[^"]*')


@pytest.fixture
def places() -> Places:
    return Places()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_foreign_id_answers_exactly_as_an_unknown_one(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """In status, bytes and number of statements; what a process keeps for a moment is kept throughout."""
    monkeypatch.setattr("referrals.keeping.this_moment", lambda: 0)
    client, told = client_of(places.beta), list[Any]()
    client.get("/queue/")
    for name, (reach, words) in OURS.items():
        if reach not in (PARTNER, PARTNER_OR_TEAM, TEAM, TEAM_POSTS) or not words:
            continue
        foreign = places.address(name)
        for method in ("get", "post"):
            real, unknown = (_asked(client, method, one) for one in (foreign, _with_unknown_id(foreign, places)))
            if real != unknown:
                told.append((name, method, real[0], unknown[0], real[2], unknown[2], real[1] == unknown[1]))
    assert told == []


def _asked(client: Client, method: str, address: str) -> tuple[int, str, int]:
    with CaptureQueriesContext(connection) as statements:
        answer = getattr(client, method)(address)
    return answer.status_code, _plain(answer), len(statements)


def _with_unknown_id(address: str, places: Places) -> str:
    for word in ("offer", "partner", "referral", "declined", "escalation", "lab run", "determination", "strange"):
        value = str(places.arguments[word])
        address = address.replace(value, value[:4] + "ZZZZ-ZZZZ")
    return address


def _plain(answer: Any) -> str:
    return BLANKED.sub(r"\1", answer.content.decode())


def test_admin_of_the_catalogue_does_not_triage(places: Places) -> None:
    client = signed_in(world.make_user("admin@triage.example", is_staff=True, is_superuser=True))
    assert client.get("/admin/").status_code == 200
    assert client.get("/team/").status_code == 404


def test_viewer_reads_and_is_refused_to_act() -> None:
    partner = world.make_partner(role="viewer")
    _referral, offer = world.offered()
    client = client_of(partner)
    assert client.get(f"/offers/{offer.public_id}/").status_code == 200
    answer = client.post(f"/offers/{offer.public_id}/accept/")
    assert answer.status_code == 403
    assert "You have read-only access. Ask a partner admin for the triager role" in answer.content.decode()


def test_next_partner_sees_nothing_of_the_one_before(places: Places) -> None:
    """Canary words of Gamma in every byte that Alpha can fetch."""
    client = client_of(places.alpha)
    accept_offer(places.offer.pk, by=world.by_partner(places.alpha), now=places.now)
    pages = ["/queue/", "/queue/?tab=in-progress", "/queue/?tab=closed", places.address("pages:offer")]
    pages += [places.address("pages:offer-decline"), places.address("pages:record-plans")]
    for address in pages:
        text = client.get(address).content.decode()
        assert "Gamma" not in text, address
        assert "GAMMA-NOTES" not in text, address
        assert "gamma@" not in text, address
    mails = " ".join(Notification.objects.filter(to=places.alpha.contact_email).values_list("body", flat=True))
    assert "Gamma" not in mails
    assert "GAMMA" not in mails


def test_contact_data_is_hidden_until_accepted_and_shown(places: Places) -> None:
    client, address = client_of(places.alpha), places.address("pages:offer")
    canary = "alex@woodgrove.example"
    assert canary not in client.get(address).content.decode()
    client.post(places.address("pages:offer-accept"))
    assert canary not in client.get(address).content.decode()
    client.post(places.address("pages:offer-contacts"))
    assert canary in client.get(address).content.decode()


def test_record_after_a_lapse_stays_without_contact_data(places: Places) -> None:
    expire_due(now=places.offer.expires_at)
    text = client_of(places.alpha).get(places.address("pages:offer")).content.decode()
    assert "Expired" in text
    assert "alex@woodgrove.example" not in text


def test_mailbox_is_for_local_mode_only(settings: Any) -> None:
    LocalMail.objects.create(to="a@b.example", subject="s", body="b")
    settings.LOCAL_MODE = False
    assert Client().get("/mailbox/").status_code == 404


def test_status_page_needs_its_token(places: Places) -> None:
    assert Client().get("/status/" + "0" * 48 + "/").status_code == 404
    assert Rfa.objects.count() == 1
