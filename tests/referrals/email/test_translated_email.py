"""Every kind of mail is whole marked sentences: in the pseudo-locale nothing that is no data stays in plain letters."""

import ast
import datetime as dt
import itertools
import re
import uuid
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from partners.choices import ReferralType
from partners.models import Confirmed, Partner
from referrals.answering import reaching, releasing
from referrals.answering.colleagues import write_to_colleagues
from referrals.answering.delivering import withdraw_live_offer
from referrals.answering.responding import accept_offer, decline_offer
from referrals.answering.undoing import withdraw_unseen
from referrals.choices import Actor, Channel, NextAct
from referrals.diligence import inquiring
from referrals.email import escalating
from referrals.email.bounces import tell_of_stuck
from referrals.email.invitations import mail_confirmation
from referrals.email.notifications import send_digests
from referrals.email.rendering import as_message
from referrals.email.writing import REMINDERS, build_mail
from referrals.intake import filing, importing, senders
from referrals.intake.drafts import mail_way_back, start_draft
from referrals.intake.own_requests import mail_own_requests
from referrals.lifecycle.acting import SYSTEM, By
from referrals.lists import exporting
from referrals.lists.names import current_edition, decline_reasons
from referrals.lists.offers import offers_shape
from referrals.lists.state import read_state
from referrals.models import DeclineReview, Event, ListName, NoticeSettings, Notification, Offer, Referral
from referrals.models.list_export import FileKind
from referrals.reviewing.judging import coach_partner
from referrals.routing.screening import retype
from referrals.sweeping import reminding
from referrals.sweeping.expiring import expire_offer
from tests import world
from tests.pages.pseudo import known_texts, pseudo_locale, unmarked
from tests.world import NOW

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
ADDRESS = re.compile(r"https?://\S+")
ZONES = {("gmt",), ("utc",), ("bst",)}
WRITERS = {"build_mail", "tell_team", "tell_requester", "tell_person", "remind_partner"}


def offered() -> tuple[Referral, Offer, By]:
    world.make_partner(f"Partner{uuid.uuid4().hex[:6]}")
    referral, offer = world.offered(domain=f"{uuid.uuid4().hex[:6]}.example")
    return referral, offer, world.by_partner(offer.partner)


def of_requests() -> None:
    filing.file_rfa(world.request_data(), form_key=uuid.uuid4(), now=NOW)
    mail_way_back(start_draft({}, email="dana@contoso.example", now=NOW).token, now=NOW)
    assert world.screened(plans=[], domain="open.example").state == "awaiting_customer"
    referral = world.screened()
    Referral.objects.filter(pk=referral.pk).update(assigned_type="benefit")
    referral.refresh_from_db()
    retype(referral, ReferralType.STANDARD, SYSTEM, NOW, note="It does not.")


def of_clocks() -> None:
    _referral, offer, _by = offered()
    for at in (NOW + DAY, offer.respond_by, offer.expires_at - dt.timedelta(hours=1)):
        Offer.objects.filter(pk=offer.pk).update(remind_at=at)
        assert reminding.remind_of_offer(offer.pk, now=at)
    partner = offer.partner
    partner.paused_until, partner.pause_remind_at = NOW + DAY, NOW
    partner.save()
    assert reminding.remind_of_pause(partner.pk, now=NOW)
    assert expire_offer(offer.pk, now=offer.expires_at)


def of_overdue_acts() -> None:
    for act, owner in ((NextAct.DETERMINE, Actor.PARTNER), (NextAct.REVIEW, Actor.TEAM)):
        referral, offer, by = offered()
        accept_offer(offer.pk, by=by, now=NOW)
        Referral.objects.filter(pk=referral.pk).update(next_action=act, next_owner=owner, next_action_at=NOW)
        assert reminding.nudge_referral(referral.pk, now=NOW)


def of_declines() -> None:
    _referral, offer, by = offered()
    Partner.objects.filter(pk=offer.partner_id).update(is_fasttrack_ready=False, takes_benefit=False)
    decline_offer(offer.pk, world.said(), by=by, now=NOW)
    review = DeclineReview.objects.get(offer=offer)
    assert reminding.escalate_review(review.pk, now=review.due_at)
    coach_partner(review.pk, note=world.NOTES, by=world.by_team(), now=NOW)


def of_releases() -> None:
    for grant in (True, False):
        _referral, offer, by = offered()
        asked = releasing.request_release(offer.pk, world.said(), by=by, now=NOW)
        releasing.decide_release(asked.pk, grant=grant, note=world.NOTES, by=world.by_team(), now=NOW)


def of_withdrawals() -> None:
    for unseen in (True, False):
        referral, offer, _by = offered()
        Notification.objects.update(sent_at=NOW)
        if unseen:
            withdraw_unseen(referral, offer, NOW)
        else:
            withdraw_live_offer(referral, world.by_team(), NOW, note="It goes elsewhere.")


def of_the_customer() -> None:
    referral, offer, by = offered()
    accept_offer(offer.pk, by=by, now=NOW)
    for number in range(1, 4):
        at = NOW + number * DAY
        words: dict[str, Any] = {"tried_on": at.date(), "channel": Channel.PHONE, "note": "Nobody answers"}
        reaching.log_attempt(offer.pk, **words, by=by, now=at)
    assert reaching.answer_partner(referral.pk, note="By phone.", by=SYSTEM, now=NOW)
    inquiry = inquiring.ask_customer(referral.pk, by=world.by_team(), now=NOW)
    answers: list[dict[str, Any] | None] = [None] * len(inquiry.questions)
    assert inquiring.answer_inquiry(referral.pk, inquiry.pk, answers, by=SYSTEM, now=NOW)


def of_escalations() -> None:
    referral, offer, by = offered()
    asked = escalating.open_escalation(subject="Help", text="Please.", by=by, now=NOW, referral=referral)
    assert escalating.nudge_escalation(asked.pk, now=NOW + 9 * DAY)
    escalating.write_message(asked.pk, text="Yes.", by=world.by_team(), now=NOW)
    asked = escalating.ask_as_requester(referral.pk, text="Why?", now=NOW)
    escalating.write_message(asked.pk, text="So.", by=world.by_team(), now=NOW)
    escalating.close_escalation(asked.pk, by=world.by_team(), now=NOW)
    assert by.user
    write_to_colleagues(offer.pk, text="Look", tell=[by.user], by=by, now=NOW)
    for kind, role in ((Confirmed.CONTACT, ""), (Confirmed.MEMBER, "viewer")):
        words: dict[str, Any] = {"email": "new@partner.example", "role": role, "by": by.user}
        mail_confirmation(offer.partner, kind, **words, now=NOW)


def of_work_in_the_background() -> None:
    person = User.objects.create_user("dana@triage.example", is_processing_team=True)
    importing._tell(importing.stage_import(b"", "list.csv", 3, by=person, now=NOW), NOW)
    state = read_state(offers_shape(current_edition(), decline_reasons()), {})
    asked = exporting.ask_for_export(person, ListName.OFFERS, state, kind=FileKind.CSV, now=NOW)
    exporting._finish(asked, b"")
    mail = build_mail("x", "dana@contoso.example", "", [], NOW)
    mail.last_error = "–"
    tell_of_stuck(mail, NOW)
    for number in (1, 2):
        NoticeSettings.objects.update_or_create(user=person, defaults={"digest_due_at": NOW})
        for _ in range(number):
            gathered = build_mail("import", person.email, "", [], NOW)
            gathered.person, gathered.gathers, gathered.due_at = person, True, None
            gathered.save()
        assert send_digests(NOW) == 1


def of_senders() -> None:
    world.submit(NOW, domain="known.example")
    stranger = world.submit(NOW, domain="known.example", requester_email="sam@elsewhere.example")
    senders.refuse_sender(stranger.pk, by=world.by_team(), now=NOW)
    data = world.request_data(domain="known.example", text="Another wish.")
    filing.confirm_rfa(filing.file_rfa(data, form_key=uuid.uuid4(), now=NOW).token, now=NOW)
    mail_own_requests("alex@known.example", now=NOW)


PARTS: list[Callable[[], None]] = [
    of_senders,
    *(of_requests, of_clocks, of_overdue_acts, of_declines, of_releases, of_withdrawals),
    *(of_the_customer, of_escalations, of_work_in_the_background),
]


def kinds_in_code() -> set[str]:
    """Every kind that a module names when it writes a mail."""
    found = {*REMINDERS, "offer", "digest", "undelivered"}
    places = [Path(settings.BASE_DIR, "referrals", part) for part in ("services", "lists")]
    for path in itertools.chain(*(place.glob("*.py") for place in places)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found.update(texts[:1])
    return found


def plain_words(mail: Notification, known: set[tuple[str, ...]]) -> list[str]:
    message = as_message(mail)
    html = str(message.alternatives[0][0])
    pages = [ADDRESS.sub("", html), escape(ADDRESS.sub("", f"{mail.subject}\n{mail.body}"), quote=False)]
    longest = max(map(len, known))
    return [f"{mail.kind}: {text}" for page in pages for text in unmarked(page, known, longest)]


@pytest.mark.by_hand
def test_every_kind_of_mail_is_marked() -> None:
    with pseudo_locale():
        for write in PARTS:
            write()
        mails = list(Notification.objects.exclude(subject=""))
        known = known_texts(Notification, Event) | ZONES
        found = [text for mail in mails for text in plain_words(mail, known)]
    assert not found, "\n".join(sorted(set(found)))
    missing = kinds_in_code() - {mail.kind for mail in mails}
    assert not missing, f"no mail of these kinds was written: {missing}"


def test_a_piece_that_is_not_marked_is_found() -> None:
    mail = build_mail("x", "dana@contoso.example", "Ｈｅｌｌｏ", ["Ｙｏｕｒ ｒｅｑｕｅｓｔ ｗａｓ granted today"], NOW)
    with pseudo_locale():
        assert plain_words(mail, {("dana",)}) == ["x: granted today"] * 2
