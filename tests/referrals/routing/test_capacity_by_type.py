"""A partner may limit how many referrals of each type it has at a time, besides how many in all."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.models import Opening, Partner
from referrals.answering.responding import Availability, decline_offer
from referrals.choices import State
from referrals.models import Referral, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.receipts import rebuild_receipt
from referrals.routing.retrying import retry_waiting
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.reconciling import reconcile
from tests import world
from tests.referrals.racing import race

pytestmark = pytest.mark.django_db
NOW = world.NOW
LATER = NOW + dt.timedelta(hours=1)


def routed(number: int) -> list[Referral]:
    """Screened referrals, routed one after the other."""
    found = [world.screened() for _ in range(number)]
    for referral in found:
        route_due(now=NOW, only=[referral.pk])
        referral.refresh_from_db()
    return found


def test_a_full_type_leaves_room_for_the_other() -> None:
    partner = world.make_partner(capacity=3, capacity_benefit=1)
    first, second = routed(2)
    assert (first.state, second.state) == (State.OFFERED, State.IN_REVIEW)
    other = world.screened()
    Referral.objects.filter(pk=other.pk).update(assigned_type="standard")
    route_due(now=NOW, only=[other.pk])
    other.refresh_from_db()
    assert other.state == State.OFFERED
    partner.refresh_from_db()
    assert (partner.open_offers, partner.open_benefit) == (2, 1)
    run = RoutingRun.objects.get(referral=second)
    [verdict] = rebuild_receipt(run).candidates[0].failed
    assert verdict.wanted == "below 3, Benefit referrals below 1"
    assert verdict.has == "1 open, 1 of them Benefit referrals"
    assert not any(find_violations().values())


def test_what_waits_goes_out_when_its_type_is_free_again() -> None:
    partner = world.make_partner(capacity=5, capacity_benefit=1, is_fasttrack_ready=True)
    first, second = routed(2)
    Opening.objects.all().delete()
    Partner.objects.filter(pk=partner.pk).update(capacity_benefit=2)
    assert Opening.objects.get().why == "its capacity was raised"
    assert retry_waiting(now=LATER) == 1
    assert route_due(now=LATER) == 1
    second.refresh_from_db()
    assert second.state == State.OFFERED
    Partner.objects.filter(pk=partner.pk).update(capacity_benefit=1)
    Opening.objects.all().delete()
    Partner.objects.filter(pk=partner.pk).update(open_offers=1, open_benefit=1)
    assert not Opening.objects.exists(), "one of one is still full"
    Partner.objects.filter(pk=partner.pk).update(open_offers=0, open_benefit=0)
    assert Opening.objects.get().why == "it has finished work"
    assert first.state == State.OFFERED
    Partner.objects.filter(pk=partner.pk).update(open_offers=2, open_benefit=2)  # as it is


def test_a_full_type_is_a_reason_although_the_lowered_capacity_leaves_room() -> None:
    partner = world.make_partner(capacity=5, capacity_benefit=1)
    offer = world.offered()[1]
    Partner.objects.filter(pk=partner.pk).update(capacity_benefit=0)
    said = world.said("no_capacity")
    said = replace(said, correction=Availability(until=NOW + dt.timedelta(days=5), capacity=4))
    assert decline_offer(offer.pk, said, by=world.by_partner(partner), now=NOW).state == "declined"
    partner.refresh_from_db()
    assert (partner.capacity, partner.open_benefit) == (4, 0)


def test_reconciling_counts_each_type_again() -> None:
    partner = world.make_partner()
    routed(2)
    Partner.objects.filter(pk=partner.pk).update(open_benefit=0)
    assert find_violations()["open offers of a partner are counted right"] == [partner.public_id]
    reconcile(now=timezone.now())
    partner.refresh_from_db()
    assert (partner.open_offers, partner.open_benefit) == (2, 2)
    assert not any(find_violations().values())


def test_more_of_a_type_than_are_open_is_refused_by_the_database() -> None:
    partner = world.make_partner()
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(open_benefit=1)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_type_is_given_once() -> None:
    partner = world.make_partner(capacity=10, capacity_benefit=3)
    now = timezone.now()
    ids = [world.screened(now=now).pk for _ in range(10)]
    race(*[lambda pk=pk: route_due(now=now, only=[pk]) for pk in ids])
    partner.refresh_from_db()
    assert partner.open_benefit == partner.offers.count() == 3
    assert not any(find_violations().values())
