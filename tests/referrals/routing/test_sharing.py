"""A need that no single partner covers is shared: siblings with one engagement, each with its own clock and way."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from partners.models import Organisation, Partner, RoutingPolicy
from referrals.answering.responding import accept_offer, decline_offer
from referrals.choices import Actor, OfferState, State
from referrals.domain.lifecycle import MoveRefused
from referrals.models import Offer, Referral
from referrals.reviewing import acts
from referrals.routing import splitting
from referrals.routing.choosing import route_due
from referrals.routing.receipts import replay_runs
from referrals.sweeping.invariants import find_violations
from tests import world
from tests.conftest import client_of
from tests.world import LATER, NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
COMMUNITY: dict[str, Any] = {"is_fasttrack_ready": False, "takes_benefit": False}


def share(*endorsed: str, workloads: tuple[str, ...] = ("DEFENDER_ENDPOINT", "INTUNE", "TEAMS")) -> list[Referral]:
    """A referral for these workloads, routed among a partner for each of the endorsements; and its siblings."""
    for code in endorsed:
        world.make_partner(f"Only {code}", endorsed=[code])
    referral = world.screened(workloads=list(workloads))
    route_due(now=NOW)
    return list(Referral.objects.filter(pk=referral.pk)) + list(Referral.objects.filter(split_from=referral))


def test_two_partners_share_what_neither_covers_alone() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    assert first.engagement == second.engagement == first.public_id
    assert sorted([first.cover, second.cover]) == [["INTUNE"], ["TEAMS"]]
    for row in (first, second):
        offer = row.offers.get()
        assert (row.state, offer.workloads, offer.state) == (State.OFFERED, row.cover, OfferState.PENDING)
        assert offer.expires_at == NOW + 7 * DAY
        assert offer.partner.name == f"Only {row.cover[0]}"
    assert not any(find_violations().values())
    assert all(difference == "" for _run, difference in replay_runs(first.runs.all()))


def test_three_share_where_two_are_not_enough() -> None:
    rows = share("DEFENDER_ENDPOINT", "INTUNE", "TEAMS")
    assert sorted(row.cover[0] for row in rows) == ["DEFENDER_ENDPOINT", "INTUNE", "TEAMS"]
    assert len({row.engagement for row in rows}) == 1
    assert Offer.objects.filter(state=OfferState.PENDING).count() == 3
    assert Partner.objects.filter(open_offers=1).count() == 3


def test_what_nobody_covers_goes_to_the_fasttrack_center() -> None:
    first, rest = share("INTUNE", workloads=("INTUNE", "TEAMS"))
    assert (first.cover, first.state) == (["INTUNE"], State.OFFERED)
    assert (rest.cover, rest.state, rest.next_owner) == (["TEAMS"], State.WITH_FTC, Actor.FTC)
    assert rest.engagement == first.public_id
    assert not any(find_violations().values())


def test_declined_share_goes_on_alone() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    partner = second.offers.get().partner
    Partner.objects.filter(pk=partner.pk).update(is_fasttrack_ready=False, takes_benefit=False)
    other = world.make_partner("Other", endorsed=second.cover)
    before = list(first.offers.values())
    decline_offer(second.offers.get().pk, world.said(), by=world.by_partner(partner), now=NOW + LATER)
    route_due(now=NOW + LATER)
    assert second.offers.get(state=OfferState.PENDING).partner == other
    assert second.offers.get(state=OfferState.PENDING).expires_at == NOW + LATER + 7 * DAY, "a clock of its own"
    assert list(first.offers.values()) == before
    assert not any(find_violations().values())


def test_declined_share_that_nobody_else_takes_waits_alone() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    partner = second.offers.get().partner
    Partner.objects.filter(pk=partner.pk).update(is_fasttrack_ready=False, takes_benefit=False)
    decline_offer(second.offers.get().pk, world.said(), by=world.by_partner(partner), now=NOW + LATER)
    route_due(now=NOW + LATER)
    for row in (first, second):
        row.refresh_from_db()
    assert (first.state, second.state, second.waiting_since) == (State.OFFERED, State.IN_REVIEW, NOW + LATER)
    team = Client()
    team.force_login(world.by_team().user)  # type: ignore[arg-type]
    text = world.text(team.get(f"/team/reviews/{second.offers.get().public_id}/"))
    assert f"No partner covered all workloads: {partner.name} got a share." in text


def test_each_party_sees_its_own_share_only() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    for mine, others in ((first, second), (second, first)):
        offer = mine.offers.get()
        accept_offer(offer.pk, by=world.by_partner(offer.partner), now=NOW)
        client = client_of(offer.partner)
        for address in ("/queue/", "/queue/?tab=in-progress", f"/offers/{offer.public_id}/"):
            text = client.get(address).content.decode()
            for secret in (others.public_id, others.offers.get().public_id, others.offers.get().partner.name):
                assert secret not in text or secret == mine.engagement, (address, secret)
        assert client.get(f"/offers/{others.offers.get().public_id}/").status_code == 404


def test_team_sees_all_parts_of_an_engagement(team_client: object) -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    text = team_client.get(f"/team/referrals/{first.public_id}/").content.decode()  # type: ignore[attr-defined]
    assert second.public_id in text


def test_requester_sees_who_does_which_part() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    text = world.text(Client().get(f"/status/{first.status_token}/"))
    assert "Microsoft Intune" in text
    assert "Microsoft Teams" in text
    assert second.status_token not in text


def test_split_copies_what_the_customer_excludes() -> None:
    excluded = Organisation.objects.create(name="Unwanted")
    world.make_partner("Only INTUNE", endorsed=["INTUNE"])
    world.make_partner("Only TEAMS", endorsed=["TEAMS"])
    referral = world.screened(workloads=["INTUNE", "TEAMS"])
    by = world.by_team()
    acts.exclude_organisation(referral.pk, organisation=excluded, reason="Asked for it", by=by, now=NOW)
    route_due(now=NOW)
    assert referral.siblings.get().excluded_partners.get() == excluded


def test_policy_may_forbid_splitting() -> None:
    RoutingPolicy.objects.create(version=2, effective_at=NOW, most_partners=1, reason="One face to the customer")
    rows = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    assert [row.state for row in rows] == [State.IN_REVIEW]
    assert not Offer.objects.exists()


def test_workloads_of_one_engagement_do_not_overlap() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    with pytest.raises(MoveRefused, match="already covers some of these in the same engagement"):
        splitting.check_not_shared(second, first.cover)


def test_batch_with_splits_uses_capacity_once_for_each_share() -> None:
    one = world.make_partner("Only INTUNE", endorsed=["INTUNE"], capacity=2)
    two = world.make_partner("Only TEAMS", endorsed=["TEAMS"], capacity=3)
    for _ in range(4):
        world.screened(workloads=["INTUNE", "TEAMS"])
    route_due(now=NOW)
    for partner, most in ((one, 2), (two, 3)):
        partner.refresh_from_db()
        assert partner.open_offers == most
    assert not any(find_violations().values())
    assert all(difference == "" for _run, difference in replay_runs(Referral.objects.first().runs.model.objects.all()))  # type: ignore[union-attr]


def test_who_declined_the_whole_is_not_offered_a_part() -> None:
    first = world.make_partner("First", endorsed=["INTUNE", "TEAMS"], **COMMUNITY)
    referral = world.screened(workloads=["INTUNE", "TEAMS"], requested_type="standard", plans=[["O365_E3", 100]])
    route_due(now=NOW)
    decline_offer(referral.offers.get().pk, world.said(), by=world.by_partner(first), now=NOW)
    one = world.make_partner("Only INTUNE", endorsed=["INTUNE"], **COMMUNITY)
    two = world.make_partner("Only TEAMS", endorsed=["TEAMS"], **COMMUNITY)
    route_due(now=NOW + LATER)
    for row in (referral, referral.siblings.get()):
        offer = row.offers.get(state=OfferState.PENDING)
        assert offer.partner in (one, two)
        decline_offer(offer.pk, world.said(), by=world.by_partner(offer.partner), now=NOW + 2 * LATER)
    route_due(now=NOW + 3 * LATER)
    assert first.offers.count() == 1, "it had its turn at all of it"


def test_part_shows_nothing_of_the_split_to_its_partner() -> None:
    for row in share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS")):
        offer = row.offers.get()
        client = client_of(offer.partner)
        other = {"INTUNE": "Microsoft Teams", "TEAMS": "Microsoft Intune"}[row.cover[0]]
        text = world.text(client.get(f"/offers/{offer.public_id}/"))
        asked = text.split("Requested")[-1].split("</ul>")[0] if "Requested" in text else ""
        assert other not in asked
        for address in ("/queue/", f"/offers/{offer.public_id}/"):
            assert "plit" not in world.text(client.get(address)).split("<main")[1]
        assert "part" not in offer.why


def test_requester_that_withdraws_ends_every_part() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    answer = Client().post(f"/status/{first.status_token}/cancel/", {"reason": "Not needed any more"})
    assert answer.status_code == 302
    for row in (first, second):
        row.refresh_from_db()
        assert row.state == State.CANCELLED
    assert not Offer.objects.live().exists()


def test_team_may_take_over_the_workloads_of_a_part_that_ended() -> None:
    first, second = share("INTUNE", "TEAMS", workloads=("INTUNE", "TEAMS"))
    acts.cancel(second.pk, reason="Not needed", by=world.by_team(), now=NOW)
    splitting.check_not_shared(first, second.cover)
