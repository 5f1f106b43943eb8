"""What the database itself refuses."""

from typing import Any

import pytest
from django.apps import apps as django_apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from benefits.models import Determination, ServiceDescription
from benefits.services.editions import copy_to_draft
from referrals.choices import OfferState
from referrals.models import Event, Offer, Referral, RoutingRun
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Event, Determination, RoutingRun])
def test_history_is_append_only(model: Any) -> None:
    world.make_partner()
    world.offered()
    row = model.objects.first()
    rows = model.objects.filter(id=row.pk)
    for change in (lambda: rows.update(id=row.pk), lambda: rows._raw_delete("default"), row.save):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_control_without_the_trigger_history_could_be_changed() -> None:
    world.screened()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_event DISABLE TRIGGER events_are_append_only")
        assert Event.objects.update(note="rewritten") > 0
        cursor.execute("ALTER TABLE referrals_event ENABLE TRIGGER events_are_append_only")


@pytest.mark.parametrize(
    "changes",
    [{"next_action": ""}, {"next_owner": ""}, {"next_action_at": None}, {"state": "closed"}, {"closed_at": NOW}],
)
def test_open_referral_has_exactly_one_next_act(changes: dict[str, Any]) -> None:
    referral = world.screened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**changes)


def test_new_round_needs_an_author_and_a_reason() -> None:
    referral = world.screened()
    with pytest.raises(IntegrityError, match="a_new_round_has_an_author"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(round=2)


def test_one_live_offer_per_referral_and_one_per_partner_and_round() -> None:
    world.make_partner()
    other = world.make_partner("Other")
    _referral, offer = world.offered()
    copy = Offer.objects.get(pk=offer.pk)
    copy.pk, copy.public_id, copy.run = None, "OFR-SECOND", None
    copy.partner = other if offer.partner != other else offer.partner
    with pytest.raises(IntegrityError, match="one_live_offer_per_referral"), transaction.atomic():
        copy.save()
    copy.partner, copy.state, copy.answered_at = offer.partner, OfferState.WITHDRAWN, NOW
    with pytest.raises(IntegrityError, match="one_offer_per_referral_partner_and_round"), transaction.atomic():
        copy.save()


def test_declined_offer_needs_reason_and_notes() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    with pytest.raises(IntegrityError, match="a_declined_offer_has_a_reason"), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(state=OfferState.DECLINED, answered_at=NOW)


@pytest.mark.parametrize(
    "table", ["plan", "workload", "scopeitem", "threshold", "productfamily", "source", "plansku", "entitlement"]
)
def test_rows_of_a_published_edition_are_never_changed(table: str) -> None:
    rows = django_apps.get_model("benefits", table).objects.all()
    first = rows.first()
    for change in (
        lambda: rows.filter(pk=first.pk).update(id=first.pk),
        lambda: rows._raw_delete("default"),
        first.save,
    ):
        with pytest.raises(DatabaseError, match="a published edition is never changed"), transaction.atomic():
            change()


def test_published_edition_itself_is_never_changed_nor_deleted() -> None:
    published = ServiceDescription.objects.filter(state="published")
    for change in (
        lambda: published.update(seat_rule="single_plan"),
        lambda: published.update(state="draft", published_at=None),
        lambda: published._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="a published edition is never changed"), transaction.atomic():
            change()


def test_rows_of_a_draft_may_be_changed_and_deleted() -> None:
    draft = copy_to_draft(ServiceDescription.objects.get(), now=NOW)
    assert draft.plans.filter(code="EXO_P1").update(name="Other") == 1
    assert draft.plans.filter(code="EXO_P1").delete()[0] > 0
    draft.delete()
    assert ServiceDescription.objects.count() == 1
