"""Signing in with Microsoft Entra ID, against a provider that runs here."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.signing_in import entra, inviting
from tests.accounts.doors import is_signed_in, make_person
from tests.accounts.entra.provider import OBJECT_ID, TENANT, Provider, entry, running, sign_in_there
from tests.pages.test_access import BLANKED

pytestmark = pytest.mark.django_db
BEGIN = f"/account/entra/{TENANT}/"
BACK = BEGIN + "callback/"


def use_tenants(settings: Any, *entries: dict[str, Any]) -> None:
    settings.ENTRA_TENANTS = list(entries)
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": list(entries)}
    }


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with running() as provider:
        use_tenants(settings, entry(provider.address))
        yield provider
    cache.clear()


def begin(client: Client, **posted: str) -> str:
    """Where the page moves on to."""
    page = client.post(BEGIN, posted)
    assert page.status_code == 200, page
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found
    return unescape(found[1])


def invited(person: User) -> str:
    inviting.invite(person, by=None, now=timezone.now())
    return inviting.give_token(person.email, timezone.now())


def link(client: Client, person: User) -> Any:
    return sign_in_there(client, begin(client, token=invited(person)))


def partner_person(email: str = "partner@triage.example") -> User:
    return make_person(email, is_staff=False)


def test_an_invitation_links_and_later_the_button_is_enough(provider: Provider) -> None:
    person, first, later = partner_person(), Client(), Client()
    assert link(first, person).status_code == 302
    assert is_signed_in(first)
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid, account.extra_data) == (person, TENANT, OBJECT_ID, {})
    sign_in_there(later, begin(later))
    assert later.session["_auth_user_id"] == str(person.pk)


def test_what_is_asked_is_bound_to_this_browser(provider: Provider) -> None:
    client = Client()
    there = begin(client)
    sign_in_there(client, there)
    asked, proved = provider.asked_of("/oauth2/authorize"), provider.asked_of("/oauth2/token")
    assert asked["code_challenge_method"] == "S256"
    digest = hashlib.sha256(proved["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    stranger = Client()
    assert sign_in_there(stranger, begin(client)).status_code == 400, "another browser's answer"
    assert not is_signed_in(stranger)


def test_an_address_links_nobody(provider: Provider) -> None:
    """The provider says the address of an account of ours: that proves nothing."""
    make_person("elsewhere@contoso.example", is_staff=False)
    client = Client()
    answer = sign_in_there(client, begin(client))
    assert (answer.status_code, is_signed_in(client)) == (403, False)
    assert "Ask your partner admin" in answer.content.decode()
    assert "Password" in answer.content.decode(), "the other ways in stand beside it"
    assert not SocialAccount.objects.exists()
    assert not User.objects.filter(email__contains="elsewhere").exclude(is_active=True).exists()


def test_a_refusal_tells_nothing_of_accounts(provider: Provider) -> None:
    """Somebody who was never linked, and somebody whose account was switched off, read the same."""

    def refused() -> tuple[int, str]:
        client = Client()
        answer = sign_in_there(client, begin(client))
        assert not is_signed_in(client)
        return answer.status_code, BLANKED.sub("", answer.content.decode())

    never = refused()
    link(Client(), partner_person())
    User.objects.update(is_active=False)
    assert refused() == never
    assert never[0] == 403


@pytest.mark.parametrize("spent", ["used", "old", "withdrawn", "switched off", "unknown"])
def test_an_invitation_that_is_no_longer_good_links_nobody(provider: Provider, spent: str) -> None:
    person = partner_person()
    token = invited(person)
    if spent == "used":
        link(Client(), person)
        SocialAccount.objects.all().delete()
    elif spent == "old":
        Invitation.objects.update(sent_at=timezone.now() - inviting.KEPT_FOR)
    elif spent == "withdrawn":
        Invitation.objects.update(ended_at=timezone.now())
    elif spent == "switched off":
        User.objects.update(is_active=False)
    else:
        token = "0" * 48
    client = Client()
    assert client.get(f"/account/invitation/{token}/").status_code == 404
    assert sign_in_there(client, begin(client, token=token)).status_code == 403
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_account_that_belongs_to_somebody_else_is_not_given_away(provider: Provider) -> None:
    link(Client(), partner_person())
    other, client = partner_person("other@triage.example"), Client()
    answer = link(client, other)
    assert (answer.status_code, is_signed_in(client)) == (403, False)
    assert SocialAccount.objects.get().user.email == "partner@triage.example"


def test_neither_a_renamed_entry_nor_a_new_registration_changes_who_is_who(settings: Any, provider: Provider) -> None:
    person = partner_person()
    link(Client(), person)
    use_tenants(settings, entry(provider.address, name="Renamed", client_id="another", secret="t"))
    client = Client()
    sign_in_there(client, begin(client))
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("claims", [{"tid": "other"}, {"oid": None}, {"tid": None}])
def test_a_token_of_another_tenant_is_refused(settings: Any, claims: dict[str, Any]) -> None:
    cache.clear()
    with running(claims) as provider:
        use_tenants(settings, entry(provider.address))
        client = Client()
        answer = sign_in_there(client, begin(client, token=invited(partner_person())))
        assert (answer.status_code, is_signed_in(client)) == (400, False)
        assert not SocialAccount.objects.exists()


def test_a_token_for_another_application_is_refused(settings: Any, provider: Provider) -> None:
    client = Client()
    there = begin(client, token=invited(partner_person()))
    use_tenants(settings, entry(provider.address, client_id="other"))
    assert sign_in_there(client, there).status_code == 400
    assert not is_signed_in(client)


def test_a_document_of_another_issuer_is_refused(settings: Any, provider: Provider) -> None:
    use_tenants(settings, entry(provider.address + "/"))  # whose document names the issuer without the last letter
    assert Client().post(BEGIN).status_code == 503


@pytest.mark.parametrize("config", [[], {"issuer": None}, {"issuer": "{address}"}])
def test_a_document_of_an_odd_shape_does_not_take_the_place_of_a_good_one(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, config: Any
) -> None:
    good = begin(Client()).partition("?")[0]
    monkeypatch.setattr(entra, "FRESH_SECONDS", -1)
    monkeypatch.setattr(entra, "AWAY_SECONDS", -1)
    monkeypatch.setattr(requests.Response, "json", lambda _self: config)
    assert begin(Client()).partition("?")[0] == good == f"{provider.address}/oauth2/authorize"


def test_an_abandoned_invitation_links_nobody_who_comes_after(provider: Provider) -> None:
    """Somebody opens a link, goes as far as Microsoft, and leaves; the next person uses the same browser."""
    client = Client()
    begin(client, token=invited(partner_person()))
    assert sign_in_there(client, begin(client)).status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_link_is_used_up_by_whoever_was_linked_before(provider: Provider) -> None:
    person = partner_person()
    link(Client(), person)
    link(Client(), person)
    assert not Invitation.objects.filter(ended_at=None).exists()
    assert SocialAccount.objects.count() == 1


def test_whoever_cancels_there_is_told_what_else_can_be_done(provider: Provider) -> None:
    client = Client()
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied", "state": state})
    assert (answer.status_code, is_signed_in(client)) == (400, False)
    assert "canceled" in answer.content.decode()


def test_a_refused_sign_in_still_knows_where_the_person_was_going(provider: Provider) -> None:
    client = Client()
    going_on = '<input type="hidden" name="next" value="/queue/?tab=all">'
    state = parse_qs(urlsplit(begin(client, next="/queue/?tab=all")).query)["state"][0]
    assert going_on in client.get(BACK, {"error": "access_denied", "state": state}).content.decode()
    not_linked = sign_in_there(client, begin(client, next="/queue/?tab=all"))
    assert going_on in not_linked.content.decode()
    cache.clear()
    provider.is_away = True
    away = client.post(BEGIN, {"next": "/queue/?tab=all"})
    assert (away.status_code, going_on in away.content.decode()) == (503, True)
    assert 'name="next"' not in client.post(BEGIN, {"next": "https://elsewhere.example/"}).content.decode()


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?error=server_error&state=y"])
def test_a_made_up_answer_signs_nobody_in(provider: Provider, query: str) -> None:
    client = Client()
    assert client.get(BACK + query).status_code == 400
    assert not is_signed_in(client)


def test_a_provider_that_is_away_leaves_the_other_ways_in(provider: Provider) -> None:
    provider.is_away = True
    page = Client()
    answer = page.post(BEGIN, {"csrfmiddlewaretoken": page.get("/account/login/").context["csrf_token"]})
    assert answer.status_code == 503
    assert "isn’t available right now" in answer.content.decode()
    assert "Password" in answer.content.decode()
    asked = len(provider.asked)
    page = Client()
    token = page.get("/account/login/").context["csrf_token"]
    page.post(BEGIN, {"csrfmiddlewaretoken": token})
    assert len(provider.asked) == asked, "for half a minute it is not asked again"


def test_the_discovery_document_is_kept(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    there = begin(client)
    asked = len(provider.asked)
    begin(Client())
    assert len(provider.asked) == asked
    monkeypatch.setattr(entra, "FRESH_SECONDS", -1)
    monkeypatch.setattr(entra, "AWAY_SECONDS", -1)
    provider.is_away = True
    begin(Client())
    assert len(provider.asked) == asked + 1, "asked again, and the old one is used"
    state = parse_qs(urlsplit(there).query)["state"][0]
    assert client.get(BACK, {"code": "x", "state": state}).status_code == 400, "away on the way back"


def test_only_a_form_begins_it(provider: Provider) -> None:
    assert Client().get(BEGIN).status_code == 302
    assert not provider.asked
    assert Client(enforce_csrf_checks=True).post(BEGIN).status_code == 403
    assert Client().post(BEGIN.replace("1111", "2222", 1)).status_code == 404


def test_whoever_asks_too_often_is_stopped(provider: Provider) -> None:
    answers = {Client().post(BEGIN).status_code for _ in range(70)}
    assert answers == {200, 429}


def test_nobody_is_shut_out_of_a_second_factor(settings: Any, provider: Provider) -> None:
    """Microsoft marks few addresses as verified; what it says of addresses is not kept at all."""
    settings.LOCAL_MODE = False
    person, client = make_person(), Client()
    EmailAddress.objects.create(user=person, email="typed@contoso.example", verified=False)
    link(client, person)
    assert client.get("/team/")["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    assert not EmailAddress.objects.filter(email="elsewhere@contoso.example").exists()
