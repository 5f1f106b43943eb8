"""Several rows at once: a preview first, then each by itself, by the same rules as one by one."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sealing import seal
from referrals.answering.responding import accept_offer, decline_offer
from referrals.models import DeclineReview, Offer, Referral
from tests import world
from tests.conftest import client_of
from tests.pages.lists.test_lists import make_many

pytestmark = pytest.mark.django_db


def post(client: Client, rows: list[str], act: str, address: str = "/queue/bulk/", **words: Any) -> Any:
    return client.post(address, {"row": rows, "act": act, "list": "?tab=needs-answer&country=GB", **words})


def test_accepting_several_is_previewed_and_done_one_by_one() -> None:
    offers = make_many(3)
    client, rows = client_of(offers[0].partner), [offer.public_id for offer in offers]
    accept_offer(offers[0].pk, by=world.by_partner(offers[0].partner), now=timezone.now())
    before = world.fingerprint()
    preview = post(client, rows, "accept")
    assert "Accept: 2 of 3" in world.text(preview)
    assert "not awaiting your response" in world.text(preview)
    assert world.fingerprint() == before, "a preview changes nothing"
    done = post(client, rows, "accept", confirmed="1")
    assert [line.done for line in done.context["lines"]].count(True) == 2
    assert "country=GB" in done.context["back"]
    for offer in offers[1:]:
        offer.refresh_from_db()
        assert offer.state == "accepted"
        assert "accepted" in world.kinds(offer.referral)
    again = post(client, rows, "accept", confirmed="1")
    assert not any(line.done for line in again.context["lines"])


def test_rows_of_others_are_not_there() -> None:
    offers = make_many(2)
    stranger = client_of(world.make_partner("Fabrikam"))
    before = world.fingerprint()
    answer = post(stranger, [offer.public_id for offer in offers], "accept", confirmed="1")
    assert answer.status_code == 302
    assert world.fingerprint() == before
    mine = client_of(offers[0].partner)
    mixed = post(mine, [offers[0].public_id, "OFR-ZZZZ-ZZZZ", "nonsense", "x" * 5000], "accept", confirmed="1")
    assert "3 selected rows are no longer in your list" in world.text(mixed)
    assert [line.done for line in mixed.context["lines"]] == [True]


@pytest.mark.parametrize(("rows", "act"), [([], "accept"), (["OFR-ZZZZ-ZZZZ"], "nonsense"), ([], "")])
def test_nothing_chosen_is_said(rows: list[str], act: str) -> None:
    client = client_of(world.make_partner())
    answer = client.post("/queue/bulk/", {"row": rows, "act": act}, follow=True)
    assert "Select at least one row and an action" in world.text(answer)


def test_rows_that_a_person_only_reads_are_left_and_the_others_done() -> None:
    offers = make_many(2)
    viewer = world.make_user("viewer@contoso.example")
    offers[0].partner.memberships.create(user=viewer, role="viewer")
    other = world.make_partner("Fabrikam")
    Offer.objects.filter(pk=offers[1].pk).update(partner=other, organisation=other.organisation)
    other.memberships.create(user=viewer, role="triager")
    client, rows = Client(), [offer.public_id for offer in offers]
    client.force_login(viewer)
    before = world.fingerprint()
    alone = post(client, rows[:1], "accept", confirmed="1")
    assert (alone.context["number"], world.fingerprint()) == (0, before)
    preview = post(client, rows, "accept")
    assert "Accept: 1 of 2" in world.text(preview)
    assert "You have read-only access to this partner’s referrals." in world.text(preview)
    done = post(client, rows, "accept", confirmed="1")
    assert {line.public_id: line.done for line in done.context["lines"]} == {rows[0]: False, rows[1]: True}
    assert [Offer.objects.get(public_id=row).state for row in rows] == ["pending", "accepted"]


def test_offers_are_given_to_colleagues_who_act() -> None:
    offers = make_many(2)
    partner, rows = offers[0].partner, [offer.public_id for offer in offers]
    client, fellow = client_of(partner), world.make_user("fellow@contoso.example")
    stranger = world.make_user("stranger@fabrikam.example")
    partner.memberships.create(user=fellow, role="triager")
    refused = post(client, rows, "colleague", confirmed="1", to=seal("person", stranger.pk))
    assert refused.status_code == 422
    assert not Offer.objects.filter(colleague__isnull=False).exists()
    assert 'value="" selected>Select …</option>' in world.text(post(client, rows, "colleague"))
    unsaid = post(client, rows, "colleague", confirmed="1", to="")
    assert (unsaid.status_code, "This field is required" in world.text(unsaid)) == (422, True)
    post(client, rows, "colleague", confirmed="1", to=seal("person", fellow.pk))
    assert post(client, rows, "colleague", confirmed="1", to="").status_code == 422
    assert Offer.objects.filter(colleague=fellow).count() == 2
    assert world.kinds(offers[0].referral)[-1] == "colleague"
    other = Client()
    other.force_login(fellow)
    assert len(other.get("/queue/?tab=needs-answer&flag=mine").context["page"].rows) == 2
    post(client, rows, "colleague", confirmed="1", to="nobody")
    assert not Offer.objects.filter(colleague__isnull=False).exists()


def test_tags_are_added_and_taken_off() -> None:
    offers = make_many(2)
    client, rows = client_of(offers[0].partner), [offer.public_id for offer in offers]
    assert post(client, rows, "tag", confirmed="1", add="", remove="").status_code == 422
    assert post(client, rows, "tag", confirmed="1", add="x" * 31).status_code == 422
    post(client, rows, "tag", confirmed="1", add="Quick win,  EMEA north ,quick win")
    assert [offer.tags for offer in Offer.objects.order_by("id")] == [["emea north", "quick win"]] * 2
    post(client, rows[:1], "tag", confirmed="1", remove="quick win")
    assert Offer.objects.get(public_id=rows[0]).tags == ["emea north"]
    full = post(client, rows[:1], "tag", confirmed="1", add=",".join(f"t{n}" for n in range(10)))
    assert "up to 10 tags" in world.text(full)


def test_the_team_acts_on_several(team_client: Client) -> None:
    offers = make_many(3)
    partner = offers[0].partner
    for offer in offers[:2]:
        decline_offer(offer.pk, world.said("conflict"), by=world.by_partner(partner), now=timezone.now())
    rows = list(Referral.objects.order_by("id").values_list("public_id", flat=True))
    address = "/team/referrals/bulk/"
    read = post(team_client, rows, "acknowledge", address, confirmed="1", note="Read.")
    assert [line.done for line in read.context["lines"]].count(True) == 2
    assert not DeclineReview.objects.filter(state="open").exists()
    moved = post(team_client, rows, "reassign", address, confirmed="1", reason="They are closed this week.")
    assert [line.done for line in moved.context["lines"]].count(True) == 1
    assert (
        post(team_client, rows, "hold", address, confirmed="1", reason="Wait.", until="2020-01-01").status_code == 422
    )
    held = post(team_client, rows, "hold", address, confirmed="1", reason="Wait.", until="2099-01-01")
    assert {line.why_not for line in held.context["lines"] if not line.done}, "too far away is refused by the service"
    assert client_of(partner).post(address, {"row": rows, "act": "hold"}).status_code == 404
