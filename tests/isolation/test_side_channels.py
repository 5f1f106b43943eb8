"""What a partner could work out without being told: from numbers, sorts, searches, errors and forms.

Counts and order are in ``test_differential``, foreign ids in addresses in ``tests/pages/test_access``, times in the
benchmark ``telling``.
"""

import re
from difflib import unified_diff
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from pages.places import listing_for
from referrals.models import ListName, Offer
from tests import world
from tests.conftest import client_of
from tests.isolation.owning import OWN_APPS
from tests.isolation.test_differential import Clock, another_world
from tests.isolation.visiting import BLANKED, fetch, fetch_all
from tests.pages.addresses import Places

pytestmark = pytest.mark.django_db
BEGIN = ["/", "/queue/", "/notices/", "/escalations/"]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="(\d+)"')
NUMBERED = re.compile(r'(?:href|action|hx-get|hx-post|src)="(/[^"?#]*/\d+(?:/|\.)[^"]*)"')
PUBLIC_NUMBERS = ("/service-description/editions/",)  # everybody may read and count editions
HERE = re.compile(rb'"here": "[^"]*"')
SEALED = re.compile(rb'value="[0-9a-f]{16,}"')
LISTS = ("/queue/", "/escalations/")
FILTERS = ("partner", "account", "tenant", "customer", "organisation", "offer", "referral", "owner", "assignee", "user")


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    Clock(monkeypatch)
    return Places()


@pytest.fixture
def client(places: Places) -> Client:
    return client_of(places.alpha)


def test_no_page_holds_a_number_that_counts_rows(client: Client) -> None:
    found = set()
    for address, (_status, _said, content) in fetch_all(client, BEGIN).items():
        text = content.decode("utf-8", "replace")
        found |= {(address, name) for name, _number in HIDDEN.findall(text) if name != "edition"}
        found |= {(address, link) for link in NUMBERED.findall(text) if not link.startswith(PUBLIC_NUMBERS)}
    assert found == set()


def differing(one: Any, other: Any) -> list[str]:
    """The lines of two pages, each with its status, that only one of them has."""
    before, after = ([f"status {status}", *content.decode().splitlines()] for status, content in (one, other))
    return [
        line
        for line in unified_diff(before, after, n=0, lineterm="")
        if line[:3] not in ("---", "+++") and line[:2] != "@@"
    ]


def plain_page(client: Client, address: str, *blank: str) -> tuple[int, bytes]:
    """Without what was asked for, which the page repeats."""
    status, _headers, content = fetch(client, address)
    content = HERE.sub(b"", content)
    for word in blank:
        content = content.replace(word.encode(), b"")
    return status, content


@pytest.mark.parametrize("listing", LISTS)
def test_no_list_can_be_sorted_by_a_column_that_it_does_not_show(listing: str, client: Client, places: Places) -> None:
    world.offered(timezone.now(), domain="second.example")
    columns = {
        field.name for model in apps.get_models() if model._meta.app_label in OWN_APPS for field in model._meta.fields
    }
    shown = listing_for(world.triager(places.alpha), ListName.OFFERS).shape.orders.keys()
    nothing = plain_page(client, f"{listing}?sort=nothing", "“nothing”")
    for column in sorted(columns - shown):
        for path in (column, f"-{column}", f"referral__{column}"):
            assert differing(plain_page(client, f"{listing}?sort={path}", f"“{path}”"), nothing) == [], path


@pytest.mark.parametrize("listing", LISTS)
def test_no_parameter_widens_what_a_list_holds(listing: str, client: Client, places: Places) -> None:
    real = (places.beta.public_id, places.arguments["declined"], places.beta.name, "1")
    for name in FILTERS:
        nothing = plain_page(client, f"{listing}?{name}=nothing", f"{name}=nothing")
        for value in real:
            found = plain_page(client, f"{listing}?{name}={value}", f"{name}={value}")
            assert differing(found, nothing) == [], (name, value)


def searches(places: Places) -> list[str]:
    """What stands in rows that the partner may not read, though they hang on its own referral."""
    hidden = Offer.objects.get(public_id=places.arguments["declined"])
    return [
        "GAMMA-NOTES",
        hidden.public_id,
        places.declined_by.name,
        places.strange.public_id,
        "elsewhere.example",
    ]


def test_a_search_finds_nothing_by_what_is_hidden(client: Client, places: Places) -> None:
    for page in ("/queue/?tab=all&q=", "/find/?q="):
        for words in searches(places):
            nothing = plain_page(client, f"{page}zzzz-zzzz", "zzzz-zzzz")
            found = plain_page(client, page + words, words)
            assert differing(found, nothing) == [], (page, words)


BODIES = {
    "/queue/bulk/": ("row", {"act": "accept"}),
    "/escalations/new/": ("referral", {"subject": "Help", "text": "Please look at this one."}),
}


@pytest.mark.parametrize("address", BODIES)
def test_an_id_in_a_form_answers_the_same_whether_it_is_others_or_nobodys(
    address: str, client: Client, places: Places
) -> None:
    field, words = BODIES[address]
    others = {"row": places.arguments["declined"], "referral": places.strange.public_id}[field]
    unknown = others[:4] + "ZZZZ-ZZZZ"
    answers = []
    for value in (others, unknown):
        answer = client.post(address, words | {field: value}, follow=True)
        page = BLANKED.sub(rb"\1", answer.content).replace(value.encode(), b"")
        answers.append((answer.redirect_chain, (answer.status_code, page)))
    assert answers[0][0] == answers[1][0]
    assert differing(answers[0][1], answers[1][1]) == []


def test_inviting_tells_nothing_of_who_has_an_account(client: Client, places: Places) -> None:
    places.alpha.memberships.update(role="admin")
    answers = []
    for email in (world.triager(places.beta).email, "somebody@new.example"):
        words = {"part": "invite", "inviteform-email": email, "inviteform-role": "viewer"}
        with another_world():
            answer = client.post(f"/partners/{places.alpha.public_id}/", words, follow=True)
        assert "Invitation sent." in answer.content.decode()
        page = SEALED.sub(b"", BLANKED.sub(rb"\1", answer.content)).replace(email.encode(), b"")
        answers.append((answer.redirect_chain, (answer.status_code, page)))
    assert answers[0][0] == answers[1][0]
    assert differing(answers[0][1], answers[1][1]) == []
