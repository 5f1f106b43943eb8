"""The reconciler puts right what the constraints cannot forbid, and says what it was."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from partners.models import Partner
from referrals.choices import EventKind, OfferState, State
from referrals.lifecycle.acting import SYSTEM
from referrals.lifecycle.recording import record_event
from referrals.models import Offer, Referral
from referrals.routing.choosing import route_due
from referrals.sweeping.invariants import find_violations
from referrals.sweeping.reconciling import reconcile
from referrals.sweeping.sweeps import expire_due
from tests import world
from tests.world import NOW, kinds

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def break_things(statement: str, *values: Any) -> None:
    """As a hand on the database would; the constraints have let it pass."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_nothing_is_touched_when_nothing_is_wrong() -> None:
    world.make_partner()
    world.offered()
    before = world.fingerprint()
    assert reconcile(now=NOW) == []
    assert world.fingerprint() == before


def test_referral_without_the_partner_that_it_names_is_routed_again() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    break_things("UPDATE referrals_offer SET state = 'withdrawn', answered_at = %s WHERE id = %s", NOW, offer.pk)
    assert find_violations()["no open referral is without an owner"] == [referral.public_id]
    healed = reconcile(now=NOW + HOUR)
    assert {one.public_id for one in healed} == {referral.public_id, partner.public_id}
    referral.refresh_from_db()
    assert (referral.state, referral.next_action_at) == (State.AWAITING_PARTNER, NOW + HOUR)
    assert EventKind.HEALED in kinds(referral)
    assert not any(find_violations().values())


def test_offer_that_is_live_although_nobody_is_to_hold_it_is_withdrawn() -> None:
    partner = world.make_partner()
    referral, offer = world.offered()
    break_things(
        "UPDATE referrals_referral SET state = 'awaiting_partner', next_action = 'route', next_owner = 'system',"
        " unheld_since = %s WHERE id = %s",
        NOW,
        referral.pk,
    )
    said: dict[str, Any] = {"state_from": State.OFFERED, "state_to": State.AWAITING_PARTNER}
    record_event(referral, EventKind.MOVED, SYSTEM, NOW, **said)  # the rest of what this promises is kept
    reconcile(now=NOW)
    offer.refresh_from_db()
    partner.refresh_from_db()
    assert (offer.state, partner.open_offers) == (OfferState.WITHDRAWN, 0)
    assert not any(find_violations().values())


def test_wrong_count_is_counted_again() -> None:
    partner = world.make_partner()
    world.offered()
    Partner.objects.filter(pk=partner.pk).update(open_offers=4)
    out = StringIO()
    call_command("reconcile", json=True, stdout=out)
    [healed] = json.loads(out.getvalue())["healed"]
    assert healed["public_id"] == partner.public_id
    partner.refresh_from_db()
    assert partner.open_offers == 1
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue().strip() == "Nothing to repair."


def test_reconciling_twice_has_one_effect() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    break_things("UPDATE referrals_offer SET state = 'withdrawn', answered_at = %s WHERE id = %s", NOW, offer.pk)
    reconcile(now=NOW)
    before = world.fingerprint()
    assert reconcile(now=NOW) == []
    assert world.fingerprint() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"next_action": ""},
        {"next_owner": ""},
        {"next_action_at": None},
        {"waiting_since": NOW},
        {"closed_at": NOW},
        {"state": State.ON_HOLD},
    ],
)
def test_database_refuses_what_would_leave_a_referral_in_nobodys_hands(wrong: dict[str, object]) -> None:
    world.make_partner()
    referral, _offer = world.offered()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**wrong)


def test_time_in_nobodys_hands_is_measured() -> None:
    """From arrival to the offer, and again from a lapse to the next; not while somebody has it."""
    world.make_partner()
    referral = world.screened()
    assert referral.unheld_since == NOW
    route_due(now=NOW + HOUR)
    referral.refresh_from_db()
    assert referral.unheld_since is None
    assert referral.unheld_for == HOUR
    Offer.objects.update(expires_at=NOW + 2 * HOUR)
    expire_due(now=NOW + 2 * HOUR)
    world.make_partner("Other")
    route_due(now=NOW + 5 * HOUR)
    referral.refresh_from_db()
    assert (referral.state, referral.unheld_for) == (State.OFFERED, 4 * HOUR)
