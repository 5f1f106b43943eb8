"""Races really run: threads on PostgreSQL behind a barrier, beside a control that must fail."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from benefits.models import Plan, ServiceDescription
from benefits.services.editions import copy_to_draft, hash_content, publish_edition
from partners.models import Partner
from referrals.choices import OfferState, State
from referrals.models import Offer, Referral
from referrals.services.invariants import find_violations
from referrals.services.responding import OfferAlreadyAnswered, accept_offer, decline_offer
from referrals.services.routing import route_due
from tests import world

pytestmark = [pytest.mark.django_db(transaction=True)]


def race(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; give each one's answer or exception."""
    barrier, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = works[place]()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            answers[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def standard_offer() -> tuple[Referral, Offer, Any]:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    referral, offer = world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])
    return referral, offer, world.by_partner(partner)


def test_accept_against_decline_has_one_winner() -> None:
    referral, offer, by = standard_offer()
    now, said = timezone.now(), world.said()
    answers = race(
        lambda: accept_offer(offer.pk, by=by, now=now),
        lambda: decline_offer(offer.pk, said, by=by, now=now),
    )
    offer.refresh_from_db()
    referral.refresh_from_db()
    losers = [answer for answer in answers if isinstance(answer, OfferAlreadyAnswered)]
    # Declining after accepting is handing back, and legal; accepting after declining is not.
    assert offer.state == OfferState.DECLINED
    assert len(losers) <= 1
    assert referral.state == State.AWAITING_PARTNER


def test_twenty_identical_declines_have_one_effect() -> None:
    referral, offer, by = standard_offer()
    now = timezone.now()
    said = world.said()
    answers = race(*[lambda: decline_offer(offer.pk, said, by=by, now=now) for _ in range(20)])
    assert sum(isinstance(answer, Offer) for answer in answers) == 1
    assert sum(isinstance(answer, OfferAlreadyAnswered) for answer in answers) == 19
    assert referral.events.filter(kind="declined").count() == 1
    assert not any(find_violations().values())


def test_many_routers_on_one_referral_make_one_offer() -> None:
    for name in ("One", "Two", "Three"):
        world.make_partner(name)
    now = timezone.now()
    referral = world.screened(now=now)
    race(*[lambda: route_due(now=now) for _ in range(8)])
    assert referral.offers.count() == 1
    assert not any(find_violations().values())


def test_last_slot_is_given_once() -> None:
    partner = world.make_partner(capacity=3)
    now = timezone.now()
    ids = [world.screened(now=now).pk for _ in range(12)]
    race(*[lambda pk=pk: route_due(now=now, only=[pk]) for pk in ids])
    partner.refresh_from_db()
    assert partner.open_offers == partner.offers.count() == 3
    assert Referral.objects.filter(state=State.IN_REVIEW).count() == 9


def test_control_counting_without_the_lock_gives_the_last_slot_twice() -> None:
    partner = world.make_partner(capacity=1)
    entered = threading.Barrier(2)

    def take_without_lock() -> bool:
        with transaction.atomic():
            free = Partner.objects.get(pk=partner.pk).open_offers < 1
            entered.wait()
            if free:
                Partner.objects.filter(pk=partner.pk).update(capacity=1)
            return free

    assert race(take_without_lock, take_without_lock) == [True, True], "both see the slot free: the lock is what helps"


def test_edit_of_a_draft_against_its_publishing_never_slips_in() -> None:
    """Either the edit comes first and the preview is outdated, or the edition is published and the edit is refused."""
    for _ in range(6):
        draft = copy_to_draft(ServiceDescription.objects.filter(state="published").latest("id"), now=timezone.now())
        before = hash_content(draft)
        edit = partial(Plan.objects.filter(edition=draft, code="EXO_P1").update, max_seats=7)

        def slow_edit(edit: Callable[[], int] = edit) -> None:
            with transaction.atomic():
                edit()
                time.sleep(0.05)

        def publish(draft: ServiceDescription = draft, before: str = before) -> str:
            with transaction.atomic():
                row = ServiceDescription.objects.select_for_update().get(pk=draft.pk)
                if hash_content(row) != before:
                    return "outdated"
                publish_edition(row, by=None, now=timezone.now())
                return "published"

        edited, published = race(slow_edit, publish)
        draft.refresh_from_db()
        assert (published, draft.state) in (("outdated", "draft"), ("published", "published"))
        assert isinstance(edited, DatabaseError) == (published == "published")
        assert (hash_content(draft) == before) == (published == "published")
