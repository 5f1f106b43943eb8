"""Ask the customer: open questions go to the requester's private link, its answers come back as proposed facts."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.domain.asking.questions import SUBSCRIPTION
from benefits.domain.determination import Determination
from benefits.services.determining import replay_one
from benefits.services.situations import Facts, load_facts
from referrals.choices import Actor, EventKind, State
from referrals.domain.lifecycle import MoveRefused
from referrals.email.writing import name_of, remind_partner, tell_requester, tell_team
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import live_offer, lock_referral
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import sight_of
from referrals.models import Inquiry, Offer, Referral
from referrals.models.inquiry import Asked

MOST_QUESTIONS = 12  # people answer a page, not a catalogue
ASK_AGAIN = dt.timedelta(days=2)
WITH_PARTNER = (State.ACCEPTED, State.DELIVERING, State.FEE_BASED)
Question = dict[str, str]


def find_questions(decided: Determination, facts: Facts) -> list[Question]:
    """What the requester can be asked, in the order that settles soonest: per tenant, at most a page of it."""
    findings = {finding.workload: finding for finding in decided.findings}
    held = [plan.tenant for plan in decided.plans_held if plan.counts]
    usual = list(dict.fromkeys(held)) or [tenant.domain for tenant in facts.tenants[:1]]
    asked: list[Question] = []
    for question in decided.questions:
        if question.kind == SUBSCRIPTION:
            asked += _ask_of_plans(question.code, facts)
        else:
            finding = findings.get(question.code)
            for tenant in (finding.tenants if finding else ()) or usual:
                name = finding.name if finding else question.code
                text = _("Is %(workload)s enabled in %(tenant)s?") % {"workload": name, "tenant": tenant}
                asked.append(_question(Asked.WORKLOAD, question.code, tenant, text))
    return asked[:MOST_QUESTIONS]


def _ask_of_plans(code: str, facts: Facts) -> Iterator[Question]:
    if not code:
        for tenant in facts.tenants[:1]:
            text = _("Which Microsoft plans does %(tenant)s have, and how many paid seats?")
            yield _question(Asked.PLANS, "", tenant.domain, text % {"tenant": tenant.domain})
        return
    domains = {tenant.pk: tenant.domain for tenant in facts.tenants}
    for row in facts.subscriptions:
        if row.plan_code == code and row.paid_seats is None:
            text = _("How many paid seats of %(plan)s?") % {"plan": code}
            yield _question(Asked.SEATS, code, domains[row.tenant_id], text)


def _question(kind: Asked, code: str, tenant: str, text: str) -> Question:
    return {"kind": kind.value, "code": code, "tenant": tenant, "text": text}


@transaction.atomic
def ask_customer(pk: int, *, by: By, now: dt.datetime, offer: Offer | None = None) -> Inquiry:
    """Mail the open questions of the standing determination to the requester, without naming who asks.

    An answer that came is to be judged first; without one, the customer can be asked again after two days.

    Raises:
        MoveRefused: nothing is open, it was asked a moment ago, or the partner has not accepted yet.
    """
    referral = lock_referral(pk)
    _check_may_ask(referral, by)
    _close_earlier(referral, offer, now)
    facts = load_facts(referral.customer, sight_of(offer))
    if referral.determination is None:
        raise MoveRefused(_("There is no determination yet; the request is being screened."))
    decided, edition = replay_one(referral.determination)
    questions = find_questions(decided, facts)
    if not questions:
        raise MoveRefused(_("There are no open questions for the customer."))
    for question in questions:
        if question["kind"] == Asked.SEATS and question["code"] in edition.plans:
            names = {"plan": edition.plans[question["code"]].name, "tenant": question["tenant"]}
            question["text"] = _("How many paid seats of %(plan)s does %(tenant)s have?") % names
    words: dict[str, Any] = {"side": by.actor, "asked_by": by.user, "asked_at": now, "questions": questions}
    inquiry = Inquiry.objects.create(referral=referral, offer=offer, **words)
    record_event(referral, EventKind.ASKED, by, now, offer=offer, data={"questions": len(questions)})
    lines = [
        _("We need some information to continue:"),
        "\n".join(f"- {question['text']}" for question in questions),
        _("Answer what you can on your private page; you can leave questions blank."),
    ]
    subject = _("Questions about your request %(referral)s") % {"referral": referral.public_id}
    tell_requester(referral, "inquiry", subject, lines, now)
    return inquiry


def _check_may_ask(referral: Referral, by: By) -> None:
    if not referral.is_open or referral.state == State.AWAITING_CUSTOMER:
        words = {"state": referral.get_state_display()}
        raise MoveRefused(_("The referral is “%(state)s”; there is nothing to ask now.") % words)
    if by.actor == Actor.PARTNER and referral.state not in WITH_PARTNER:
        raise MoveRefused(_("Accept the referral before you contact the customer."))


def _close_earlier(referral: Referral, offer: Offer | None, now: dt.datetime) -> None:
    """A question that nobody answered gives way to a new one after its two days."""
    earlier = Inquiry.objects.unsettled(referral)
    if earlier is None:
        return
    if earlier.is_answered:
        raise MoveRefused(_("The customer has replied. Record or discard the answers, then ask again."))
    if now < earlier.asked_at + ASK_AGAIN:
        if offer is None or earlier.offer == offer:
            words = {"day": date_format(earlier.asked_at, "j F")}
            raise MoveRefused(_("The customer was asked on %(day)s. Allow two days for a reply.") % words)
        # a partner learns no date of what others did
        raise MoveRefused(_("The customer has already been asked. Allow two days for a reply."))
    earlier.settled_at = now
    earlier.save()


@transaction.atomic
def answer_inquiry(pk: int, inquiry_pk: int, answers: list[dict[str, Any] | None], *, by: By, now: dt.datetime) -> bool:
    """Keep what the requester says as proposed facts, and tell the partner that has the referral and who asked.

    False when these questions are not asked any more.
    """
    referral = lock_referral(pk)
    inquiry = Inquiry.objects.unsettled(referral)
    if inquiry is None or inquiry.pk != inquiry_pk or inquiry.is_answered or not referral.is_open:
        return False
    inquiry.answers, inquiry.answered_at = answers, now
    inquiry.save()
    offer = live_offer(referral) if referral.state in WITH_PARTNER else None
    said = sum(answer is not None for answer in answers)
    record_event(referral, EventKind.FACTS_PROPOSED, by, now, offer=offer, data={"answers": said})
    words = _("The customer answered %(said)d of %(asked)d questions. Review the answers to record them.")
    lines = [words % {"said": said, "asked": len(answers)}]
    if offer is not None:
        remind_partner(offer, "proposed", lines, now)
    if offer is None or inquiry.side == Actor.TEAM:
        subject = _("Customer replied: %(referral)s") % {"referral": name_of(referral)}
        tell_team("proposed", subject, lines, now, referral)
    return True
