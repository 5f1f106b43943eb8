"""Lists under a name: opened first, shared with colleagues, deleted; nobody else sees them."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.sealing import seal
from partners.models import Partner
from referrals.lists.saved_views import ViewRefused, open_first
from referrals.models import OpensFirst, SavedView
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


def test_views_are_saved_opened_first_shared_and_deleted() -> None:
    offer = make_many(1)[0]
    client, partner = client_of(offer.partner), offer.partner
    form = {"act": "save", "name": "Munich", "list": "?tab=needs-answer&country=DE", "partner": partner.public_id}
    saved = client.post("/views/offers/", form | {"is_default": "on", "is_shared": "on"})
    assert saved["Location"] == "/queue/?tab=needs-answer&country=DE"
    opened = client.get("/queue/")
    assert opened["Location"] == "/queue/?tab=needs-answer&country=DE", "the default opens first"
    assert client.get("/queue/?tab=needs-answer").status_code == 200, "and stands in nobody's way"
    again = client.post("/views/offers/", form)
    assert (
        again.status_code,
        "You already have a view with this name. Delete it first, or enter another name" in world.text(again),
    ) == (422, True)
    fellow = world.make_user("fellow@contoso.example")
    partner.memberships.create(user=fellow, role="triager")
    other = Client()
    other.force_login(fellow)
    assert "Munich" in world.text(other.get("/queue/"))
    assert other.get("/queue/").status_code == 200, "a colleague's default is not mine"
    view = SavedView.objects.get()
    assert other.post("/views/offers/", {"act": "delete", "view": seal("view", view.pk)}).status_code == 404
    assert "Munich" not in world.text(client_of(world.make_partner("Fabrikam")).get("/queue/"))
    client.post("/views/offers/", {"act": "delete", "view": seal("view", view.pk)})
    assert not SavedView.objects.exists()


def test_views_of_the_other_side_are_not_there(team_client: Client) -> None:
    partner_client = client_of(world.make_partner())
    assert team_client.get("/views/offers/").status_code == 404
    assert partner_client.get("/views/referrals/").status_code == 404
    assert partner_client.get("/views/nonsense/").status_code == 404
    assert team_client.get("/views/referrals/?list=?tab=open").status_code == 200
    foreign = world.make_partner("Fabrikam")
    form = {"act": "save", "name": "x", "list": "?tab=closed", "partner": foreign.public_id}
    assert partner_client.post("/views/offers/", form).status_code == 422
    assert (
        urlsplit(team_client.post("/views/referrals/", {"act": "save", "name": "Mine"})["Location"]).path
        == "/team/referrals/"
    )


def member_of(partner: Partner, name: str, role: str = "triager") -> Client:
    user = world.make_user(f"{name}@contoso.example")
    partner.memberships.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def shared_view(client: Client, partner: Partner, **words: str) -> SavedView:
    form = {
        "act": "save",
        "name": "Munich",
        "list": "?tab=all&country=DE",
        "partner": partner.public_id,
        "is_shared": "on",
    }
    client.post("/views/offers/", form | words)
    return SavedView.objects.get(name=words.get("name", "Munich"))


def test_each_person_chooses_what_opens_first_and_switches_it_off() -> None:
    partner = world.make_partner()
    owner, fellow = client_of(partner), member_of(partner, "fellow")
    view = shared_view(owner, partner)
    assert "Shared by colleagues" in world.text(fellow.get("/views/offers/"))
    fellow.post("/views/offers/", {"act": "default", "view": seal("view", view.pk)})
    assert fellow.get("/queue/")["Location"] == "/queue/" + view.address
    assert owner.get("/queue/").status_code == 200, "the choice of a colleague is not the owner's"
    other = shared_view(owner, partner, name="Second", is_default="on", list="?tab=all")
    assert owner.get("/queue/")["Location"] == "/queue/" + other.address
    assert fellow.get("/queue/")["Location"] == "/queue/" + view.address
    for client in (owner, fellow):
        client.post("/views/offers/", {"act": "usual"})
        assert client.get("/queue/").status_code == 200
    assert SavedView.objects.count() == 2, "nothing was deleted for it"


@pytest.mark.parametrize("how", ["unshare", "delete", "leave"])
def test_what_a_person_may_not_open_any_more_opens_nobodys_list(how: str) -> None:
    partner = world.make_partner()
    owner, fellow = client_of(partner), member_of(partner, "fellow")
    view = shared_view(owner, partner, is_default="on")
    fellow.post("/views/offers/", {"act": "default", "view": seal("view", view.pk)})
    if how == "leave":
        partner.memberships.filter(user__email="fellow@contoso.example").update(is_active=False)
    else:
        owner.post("/views/offers/", {"act": how, "view": seal("view", view.pk)})
    assert fellow.get("/queue/").status_code == 200
    assert owner.get("/queue/").status_code == (200 if how == "delete" else 302)
    assert fellow.post("/views/offers/", {"act": "default", "view": seal("view", view.pk)}).status_code == 404
    person = partner.memberships.get(user__email="fellow@contoso.example").user
    with pytest.raises(ViewRefused):
        open_first(person, view)
    assert not OpensFirst.objects.filter(person=person).exclude(view=view if how == "leave" else None).exists()


def test_views_are_renamed_shared_and_brought_up_to_date_by_their_owner() -> None:
    partner = world.make_partner()
    owner, fellow = client_of(partner), member_of(partner, "fellow")
    view = shared_view(owner, partner)
    shared_view(owner, partner, name="Second")
    page = "/views/offers/?list=?tab%3Dclosed%26country%3DGB"
    taken = owner.post(
        page, {"act": "rename", "view": seal("view", view.pk), f"view-{seal('view', view.pk)}-name": "Second"}
    )
    assert (taken.status_code, "You already have a view with this name. Enter another name" in world.text(taken)) == (
        422,
        True,
    )
    assert 'value="Second"' in taken.content.decode(), "what was typed is kept"
    owner.post(page, {"act": "rename", "view": seal("view", view.pk), f"view-{seal('view', view.pk)}-name": "London"})
    owner.post(page, {"act": "unshare", "view": seal("view", view.pk)})
    assert owner.post(page, {"act": "replace", "view": seal("view", view.pk)})["Location"] == page
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.address) == ("London", False, "?tab=closed&country=GB")
    assert "London" not in world.text(fellow.get("/views/offers/"))
    owner.post("/views/offers/", {"act": "share", "view": seal("view", view.pk)})
    assert "London" in world.text(fellow.get("/queue/?tab=all"))
    for act in ("rename", "unshare", "replace", "delete"):
        renames = {f"view-{seal('view', view.pk)}-name": "x"}
        assert fellow.post(page, {"act": act, "view": seal("view", view.pk)} | renames).status_code == 404, act
    owner.post("/views/offers/", {"act": "replace", "view": seal("view", view.pk)})
    view.refresh_from_db()
    assert view.address == "?tab=closed&country=GB", "without a list there is nothing to put in its place"
