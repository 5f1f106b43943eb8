"""Who reaches what: every address, every role; and that partners learn nothing of one another."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from accounts.models import LocalMail
from referrals.answering.responding import accept_offer
from referrals.models import Notification, Rfa
from referrals.sweeping.sweeps import expire_due
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, TEAM_POSTS, Places

pytestmark = pytest.mark.django_db


def our_names(resolver: URLResolver, prefix: str = "") -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace in (None, "pages", "accounts") and "allauth" not in str(entry.urlconf_name):
                found |= our_names(entry, f"{entry.namespace}:" if entry.namespace else prefix)
        else:
            if entry.name:
                found[f"{prefix}{entry.name}"] = entry
    return found


def test_every_address_is_listed_here() -> None:
    assert set(our_names(get_resolver())) == set(OURS)


@pytest.fixture
def places() -> Places:
    return Places()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete"])
def test_stranger_reaches_public_pages_only(places: Places, method: str) -> None:
    for name, (reach, _words) in OURS.items():
        answer = getattr(Client(), method)(places.address(name))
        if reach == PUBLIC:
            assert answer.status_code in (200, 302, 405, 422), name
        else:
            assert answer.status_code in (302, 405), name
            assert answer.status_code == 405 or "/account/login/" in answer["Location"], name


@pytest.mark.parametrize("method", ["get", "post"])
def test_partner_reaches_nothing_of_another_partner_or_the_team(places: Places, method: str) -> None:
    client = client_of(places.beta)
    for name, (reach, _words) in OURS.items():
        if reach in (PARTNER, PARTNER_OR_TEAM, TEAM, TEAM_POSTS, PUBLISHER):
            assert getattr(client, method)(places.address(name)).status_code in (404, 405), name


def test_foreign_id_answers_exactly_as_an_unknown_one(places: Places) -> None:
    client = client_of(places.beta)
    for name, (reach, _words) in OURS.items():
        if reach not in (PARTNER, PARTNER_OR_TEAM, TEAM, TEAM_POSTS):
            continue
        foreign = places.address(name)
        for method in ("get", "post"):
            real = getattr(client, method)(foreign)
            unknown = getattr(client, method)(_with_unknown_id(foreign, places))
            assert (real.status_code, _plain(real)) == (unknown.status_code, _plain(unknown)), name


def _with_unknown_id(address: str, places: Places) -> str:
    for word in ("offer", "partner", "referral", "declined", "escalation"):
        value = str(places.arguments[word])
        address = address.replace(value, value[:4] + "ZZZZ-ZZZZ")
    return address


def _plain(answer: Any) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value="|x-csrftoken": "|nonce=")[^"]*', "", answer.content.decode())


def test_auditor_reads_everything_and_changes_nothing(places: Places) -> None:
    client = signed_in(world.make_user("auditor@triage.example", is_auditor=True))
    for name, (reach, _words) in OURS.items():
        if reach == TEAM_POSTS:
            assert client.post(places.address(name)).status_code == 403, name
        if reach != TEAM or name == "pages:release":
            continue
        expected = (404,) if name in ("pages:team-act", "pages:lab-new") else (200,)
        assert client.get(places.address(name)).status_code in expected, name
        assert client.post(places.address(name)).status_code in (403, 405), name


def test_team_reaches_its_pages_and_no_offer_page(places: Places) -> None:
    client = signed_in(world.by_team().user)
    for name, (reach, _words) in OURS.items():
        if name == "pages:release":
            continue
        status = client.get(places.address(name)).status_code
        assert status == (200 if reach == TEAM else status), name
        if reach == PARTNER:
            assert status in (404, 405), name


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
