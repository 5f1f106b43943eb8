"""Nobody waits for what a partner's answer still has to work out."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from partners.models import Partner
from referrals.answering import responding
from referrals.lifecycle.determining import determine_referral
from tests import world
from tests.referrals.racing import errors, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_a_partner_is_free_for_others_while_its_answer_is_determined(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    now, refused = timezone.now(), []
    _referral, offer = world.offered(now=now, plans=[["O365_E3", 100]], workloads=["TEAMS"])

    def lock() -> None:
        with transaction.atomic():
            Partner.objects.select_for_update(nowait=True, no_key=True).get(pk=partner.pk)

    def determine(*args: Any, **words: Any) -> Any:
        refused.append(errors(race(lock)))
        return determine_referral(*args, **words)

    monkeypatch.setattr(responding, "determine_referral", determine)
    if answer == "accept":
        responding.accept_offer(offer.pk, by=world.by_partner(partner), now=now)
    else:
        responding.decline_offer(offer.pk, world.said(), by=world.by_partner(partner), now=now)
    assert refused == [[]]
