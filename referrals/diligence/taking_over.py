"""The customer's answers beside what is recorded, and recording those that a person takes over."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from benefits.choices import SubscriptionState
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import Subscription
from benefits.models import Tenant
from benefits.models.customer import is_known_to
from benefits.services.customers import FactRefused, Recorded
from benefits.services.situations import Facts, as_held
from referrals.choices import Actor
from referrals.diligence.facts import newest_plans, record_plans, record_statuses
from referrals.diligence.inquiring import WITH_PARTNER, Question
from referrals.domain.lifecycle import MoveRefused
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import lock_with_siblings
from referrals.lifecycle.sights import sight_of
from referrals.models import Inquiry, Offer, Referral
from referrals.models.inquiry import Asked

Chosen = tuple[Question, Any, str]  # with the record that was seen beside it


@dataclass(frozen=True, slots=True)
class Since:
    """When the question was asked, and what whoever reads the answers knows besides."""

    asked_at: dt.datetime
    sight: Sight


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer beside what is recorded.

    ``stands`` is said as an answer is. ``seen`` is its record, as a form carries it.
    """

    question: Question
    answer: Mapping[str, Any]
    stands: Mapping[str, Any] = field(default_factory=dict)
    seen: str = ""
    is_newer: bool = False  # what stands was recorded after the question was asked
    is_gone: bool = False  # the plan whose seats were asked for is not recorded any more


def read_proposals(inquiry: Inquiry, facts: Facts, sight: Sight = EVERYTHING) -> list[Proposal]:
    """Each question with its answer and what stands beside it. Three queries more for each question about plans."""
    tenants = {tenant.domain: tenant for tenant in facts.tenants}
    return [
        (_beside_status if question["kind"] == Asked.WORKLOAD else _beside_plans)(
            question, answer, tenants[question["tenant"]], facts, Since(inquiry.asked_at, sight)
        )
        if question["tenant"] in tenants
        else Proposal(question, answer, is_gone=True)
        for question, answer in inquiry.pairs
    ]


def _beside_status(
    question: Question, answer: Mapping[str, Any], tenant: Tenant, facts: Facts, since: Since
) -> Proposal:
    at = (tenant.pk, question["code"])
    fact = next((row for row in facts.enablement if (row.tenant_id, row.workload_code) == at), None)
    if fact is None:
        return Proposal(question, answer)
    is_own = since.sight.until is None or fact.author_party == since.sight.party
    stands = {"status": fact.status, "note": fact.part if is_own else fact.part_in_seats}
    return Proposal(question, answer, stands, str(fact.pk), is_newer=fact.recorded_at > since.asked_at)


def _beside_plans(
    question: Question, answer: Mapping[str, Any], tenant: Tenant, _facts: Facts, since: Since
) -> Proposal:
    known = tenant.subscriptions.known_to(since.sight)
    held = list(known.typed())  # what a form can put in the place of others
    replaced = Q(replaced_at__gt=since.asked_at) & is_known_to(since.sight, "replaced")
    changed = Q(recorded_at__gt=since.asked_at) & is_known_to(since.sight) | replaced
    rows = [row for row in held if row.plan_code == question["code"]] if question["code"] else held
    stands = {"plans": [(row.plan_code, row.paid_seats) for row in rows]} if rows else {}
    return Proposal(
        question,
        answer,
        stands,
        newest_plans(tenant, since.sight),
        is_newer=tenant.subscriptions.filter(changed).exists(),
        is_gone=not rows and question["kind"] == Asked.SEATS,
    )


@transaction.atomic
def settle_inquiry(
    pk: int,
    inquiry_pk: int,
    taken: Mapping[int, str],
    *,
    by: By,
    now: dt.datetime,
    offer: Offer | None = None,
    discards: bool = False,
) -> int:
    """Record the proposed facts whose places are ``taken``, and mark the others as left; gives how many were recorded.

    ``taken``: place → the record that the person saw beside the answer, empty for none. Nothing is taken only when
    that person ``discards`` them.

    Raises:
        MoveRefused: somebody has judged them already, or what is taken is no answer, or nothing is.
        FactChanged: something newer than what the person saw is recorded; nothing is changed.
        FactRefused: one of them cannot be recorded; nothing is changed.
    """
    referral, _others = lock_with_siblings(pk)
    if by.actor == Actor.PARTNER and referral.state not in WITH_PARTNER:
        raise MoveRefused(_("Accept the referral first."))
    inquiry = _find_unjudged(referral, inquiry_pk, by, offer)
    _check_taken(inquiry, taken, discards=discards)
    chosen = [(*pair, taken[place]) for place, pair in enumerate(inquiry.pairs) if place in taken]
    tenants = {tenant.domain: tenant for tenant in referral.customer.tenants.all()}
    words: dict[str, Any] = {"by": by, "now": now, "offer": offer}
    for domain, rows in _by_tenant(chosen):
        if domain not in tenants:
            raise FactRefused(
                _("%(domain)s is no longer a tenant of this customer. Clear its answers.") % {"domain": domain}
            )
        _record(pk, tenants[domain], rows, inquiry, words)
    inquiry.answers = [answer and {**answer, "taken": place in taken} for place, answer in enumerate(inquiry.answers)]
    inquiry.settled_at, inquiry.settled_by = now, by.user
    inquiry.save()
    return len(chosen)


def _find_unjudged(referral: Referral, inquiry_pk: int, by: By, offer: Offer | None) -> Inquiry:
    inquiry = Inquiry.objects.filter(referral=referral, pk=inquiry_pk, settled_at=None).first()
    is_others = by.actor == Actor.PARTNER and inquiry is not None and inquiry.offer not in (None, offer)
    if inquiry is None or not inquiry.is_answered or is_others:
        raise MoveRefused(_("These answers were already reviewed. No changes were made."))
    return inquiry


def _check_taken(inquiry: Inquiry, taken: Mapping[int, str], *, discards: bool) -> None:
    said = {place for place, (_question, answer) in enumerate(inquiry.pairs) if answer}
    if taken.keys() - said:
        raise MoveRefused(_("The selected answers aren’t the customer’s. No changes were made."))
    if not taken and not discards:
        raise MoveRefused(_("No answers selected. Select the correct ones, or discard the answers."))


def _record(pk: int, tenant: Tenant, rows: list[Chosen], inquiry: Inquiry, words: dict[str, Any]) -> None:
    statuses = _statuses(rows, inquiry)
    if statuses:
        seen = {question["code"]: record for question, _answer, record in rows}
        record_statuses(pk, tenant, statuses, seen=seen, **words)
    of_plans = [record for question, _answer, record in rows if question["kind"] != Asked.WORKLOAD]
    if of_plans:
        record_plans(pk, tenant, _plans(tenant, rows, sight_of(words["offer"])), seen=of_plans[0], **words)


def _by_tenant(chosen: list[Chosen]) -> list[tuple[str, list[Chosen]]]:
    rows: dict[str, list[Chosen]] = defaultdict(list)
    for row in chosen:
        rows[row[0]["tenant"]].append(row)
    return list(rows.items())


def _statuses(rows: list[Chosen], inquiry: Inquiry) -> dict[str, Recorded]:
    on = f"The customer’s answer of {inquiry.answered_at:%-d %B %Y}"
    return {
        question["code"]: Recorded(
            answer["status"],
            f"{on}: {answer['note']}" if answer["note"] else on,
            answer.get("part", ""),
        )
        for question, answer, _seen in rows
        if question["kind"] == Asked.WORKLOAD
    }


def _plans(tenant: Tenant, rows: list[Chosen], sight: Sight) -> list[Subscription]:
    """The tenant's typed plans with the answered seats, and the plans that it names.

    Raises:
        FactRefused: seats of a plan that is not recorded any more.
    """
    seats = {question["code"]: answer["seats"] for question, answer, _seen in rows if "seats" in answer}
    held = [as_held(row, tenant.domain) for row in tenant.subscriptions.known_to(sight).typed()]
    for question, _answer, _seen in rows:
        if question["kind"] == Asked.SEATS and question["code"] not in {sub.plan for sub in held}:
            raise FactRefused(
                _("“%(text)s”: this plan is no longer recorded. Clear this answer.") % {"text": question["text"]}
            )
    known = [replace(sub, paid_seats=seats.get(sub.plan, sub.paid_seats)) for sub in held]
    named = [pair for _question, answer, _seen in rows for pair in answer.get("plans", ())]
    state = SubscriptionState.ENABLED.value
    fresh = [Subscription(plan, tenant.domain, state, paid_seats=number) for plan, number in named]
    return [*(sub for sub in known if sub.plan not in {one.plan for one in fresh}), *fresh]
