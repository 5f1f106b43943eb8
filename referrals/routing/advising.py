"""Advice for the team when no partner is left: what relaxing one filter at a time would give now."""

import datetime as dt

from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from benefits.services.editions import edition_in_force
from partners.domain.matching import Snapshot
from partners.domain.relaxing import Relaxation, find_relaxations
from partners.models import RoutingPolicy
from partners.services.snapshots import load_desk, read_moving, read_version
from referrals.models import Referral
from referrals.routing.needs import load_needs, read_asking


def find_advice(referral: Referral, now: dt.datetime) -> tuple[Relaxation, ...]:
    """Each single change that would let a partner pass for this referral, as things stand. Seven queries at most."""
    needs = load_needs(read_asking(Referral.objects.filter(pk=referral.pk)))
    desk = load_desk(now, read_version())
    snapshot = Snapshot(now, desk.board.profiles, read_moving())
    policy = RoutingPolicy.objects.in_force(now).as_policy()
    _edition_id, edition = edition_in_force(now.date())

    def name_of(code: str) -> str:
        workload = edition.workloads.get(code)
        return workload.name if workload else LANGUAGE_NAMES.get(code) or COUNTRY_NAMES.get(code) or code

    return find_relaxations(needs[0], snapshot, policy, name_of)
