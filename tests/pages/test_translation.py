"""The interface is ready for translation: in a pseudo-locale nothing that is not data stays in plain letters."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext

from accounts.models import User
from referrals.answering.responding import accept_offer
from tests import world
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, Places
from tests.pages.pseudo import known_texts, pseudo_locale, unmarked, widen

pytestmark = pytest.mark.django_db


def test_the_pseudo_locale_widens_letters_and_nothing_else() -> None:
    assert widen("Offered to %(name)s: <b>now</b> &amp; 5") == "Ｏｆｆｅｒｅｄ ｔｏ %(name)s: <b>ｎｏｗ</b> &amp; 5"
    with pseudo_locale():
        assert gettext("Save") == "Ｓａｖｅ"
        assert ngettext("%(n)d day", "%(n)d days", 2) % {"n": 2} == "2 ｄａｙｓ"
    assert gettext("Save") == "Save"


def test_unmarked_text_is_found_and_data_is_not() -> None:
    known: set[tuple[str, ...]] = {("fabrikam", "ltd")}
    page = '<p title="Plain tip">Ｈｅｌｌｏ Fabrikam Ltd</p><p lang="en">Record</p><b>Not marked</b>'
    assert unmarked(page, known, 2) == ["plain tip", "not marked"]


def person_for(reach: str, places: Places) -> User | None:
    """Somebody who reaches an address."""
    people = {
        PUBLIC: None,
        TEAM: world.by_team().user,
        PUBLISHER: User.objects.filter(is_superuser=True).first(),
        PARTNER: world.triager(places.alpha),
        PARTNER_OR_TEAM: world.triager(places.alpha),
    }
    return people.get(reach, world.triager(places.alpha))


@pytest.fixture
def places() -> Places:
    User.objects.create_superuser("root@triage.example", "x" * 20)
    return Places()


def is_page(answer: Any) -> bool:
    return answer.status_code == 200 and str(answer.headers["Content-Type"]).startswith("text/html")


def look(client: Client, address: str) -> list[str]:
    with pseudo_locale():
        answer = client.get(address)
        if not is_page(answer):
            return []
        page = answer.content.decode()
    known = known_texts()
    return [f"{address}: {text}" for text in unmarked(page, known, max(map(len, known)))]


@pytest.mark.no_cover  # every page twice: the tests of each tell what is covered
@pytest.mark.parametrize("state", ["pending", "accepted"])
def test_every_page_is_marked(places: Places, state: str) -> None:
    if state == "accepted":
        accept_offer(places.offer.pk, by=world.by_partner(places.alpha), now=places.now)
    found = []
    for name, (reach, _words) in OURS.items():
        if name == "pages:styleguide":
            continue  # for whoever works on the pages, in local mode only
        client, person = Client(), person_for(reach, places)
        if person is not None:
            client.force_login(person)
        found += look(client, places.address(name))
    assert not found, "\n".join(sorted(set(found)))
