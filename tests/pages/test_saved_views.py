"""Lists under a name: opened first, shared with colleagues, deleted; nobody else sees them."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from referrals.models import SavedView
from tests import world
from tests.conftest import client_of
from tests.pages.test_lists import make_many

pytestmark = pytest.mark.django_db


def test_views_are_saved_opened_first_shared_and_deleted() -> None:
    offer = make_many(1)[0]
    client, partner = client_of(offer.partner), offer.partner
    form = {"act": "save", "name": "Munich", "list": "?tab=needs-answer&country=DE", "partner": partner.pk}
    saved = client.post("/views/offers/", form | {"is_default": "on", "is_shared": "on"})
    assert saved["Location"] == "/queue/?tab=needs-answer&country=DE"
    opened = client.get("/queue/")
    assert opened["Location"] == "/queue/?tab=needs-answer&country=DE", "the default opens first"
    assert client.get("/queue/?tab=needs-answer").status_code == 200, "and stands in nobody's way"
    again = client.post("/views/offers/", form)
    assert (again.status_code, "You have a view of this name" in world.text(again)) == (422, True)
    fellow = world.make_user("fellow@contoso.example")
    partner.memberships.create(user=fellow, role="triager")
    other = Client()
    other.force_login(fellow)
    assert "Munich" in world.text(other.get("/queue/"))
    assert other.get("/queue/").status_code == 200, "a colleague's default is not mine"
    view = SavedView.objects.get()
    assert other.post("/views/offers/", {"act": "delete", "view": view.pk}).status_code == 404
    assert "Munich" not in world.text(client_of(world.make_partner("Fabrikam")).get("/queue/"))
    client.post("/views/offers/", {"act": "delete", "view": view.pk})
    assert not SavedView.objects.exists()


def test_views_of_the_other_side_are_not_there(team_client: Client) -> None:
    partner_client = client_of(world.make_partner())
    assert team_client.get("/views/offers/").status_code == 404
    assert partner_client.get("/views/referrals/").status_code == 404
    assert partner_client.get("/views/nonsense/").status_code == 404
    assert team_client.get("/views/referrals/?list=?tab=open").status_code == 200
    foreign = world.make_partner("Fabrikam")
    form = {"act": "save", "name": "x", "list": "?tab=closed", "partner": foreign.pk}
    assert partner_client.post("/views/offers/", form).status_code == 422
    assert (
        urlsplit(team_client.post("/views/referrals/", {"act": "save", "name": "Mine"})["Location"]).path
        == "/team/referrals/"
    )
