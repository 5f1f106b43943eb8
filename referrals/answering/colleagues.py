"""How a partner's own people share its work: who looks after an offer, and the partner's own tags."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.domain.sight import start_of_day
from partners.choices import ACTING_ROLES
from partners.models import Partner
from referrals.answering.delivering import OfferNotHeld
from referrals.choices import CloseOutcome, EventKind
from referrals.email.personal import tell_person
from referrals.email.writing import name_of, offer_path
from referrals.lifecycle.acting import By
from referrals.lifecycle.locking import lock_offer, lock_referral
from referrals.lifecycle.recording import record_event
from referrals.models import ColleagueNote, Event, Offer, Referral
from referrals.queue import ring

MOST_TAGS = 10
MOST_EARLIER = 10
LONGEST_TAG = 30


@dataclass(frozen=True, slots=True)
class EarlierReferral:
    """When it arrived, its workloads, what became of it, and the partner's own offer of it where it had one."""

    at: dt.datetime
    workloads: list[str]
    outcome: str
    own_offer: str


class NotAColleague(Exception):
    """The person cannot act for the partner."""


class GivenMeanwhile(Exception):
    """Somebody has given the offer to another colleague since it was shown; ``now`` looks after it."""

    def __init__(self, now: User | None, by: User | None) -> None:
        self.now = now
        words = {"by": by or _("Someone"), "colleague": now or _("no one")}
        super().__init__(
            _("%(by)s assigned it to %(colleague)s while you were editing. Your changes weren’t saved.") % words
        )


def colleagues_of(partner: Partner) -> QuerySet[User]:
    """Who may be given an offer of a partner: its members who act, by name."""
    members = User.objects.filter(
        is_active=True,
        memberships__partner=partner,
        memberships__is_active=True,
        memberships__role__in=ACTING_ROLES,
    )
    return members.order_by("name_key", "email")


@transaction.atomic
def give_to_colleague(pk: int, *, to: User | None, by: By, now: dt.datetime, was: int | None = None) -> Offer:
    """Say which colleague looks after an offer; None for nobody. Again the same changes nothing.

    ``was`` is whom the page showed: a colleague's id, 0 for nobody, None when it does not say.

    Raises:
        GivenMeanwhile: another person gave it to somebody in between who is neither.
        NotAColleague: the person does not act for the offer's partner.
        OfferNotHeld: the offer has ended.
    """
    referral, offer = _lock_live(pk)
    if to is not None and to not in set(colleagues_of(offer.partner)):
        raise NotAColleague(_("This person isn’t an active member of your partner."))
    if was is not None and offer.colleague != to and (offer.colleague_id or 0) != was:
        events = Event.objects.filter(offer=offer, kind=EventKind.COLLEAGUE).select_related("by")
        last = events.order_by("-id").first()
        raise GivenMeanwhile(offer.colleague, last.by if last else None)
    if offer.colleague != to:
        offer.colleague = to
        offer.save(update_fields=["colleague"])
        note = f"Assigned to {to}." if to else "Unassigned."
        record_event(referral, EventKind.COLLEAGUE, by, now, offer=offer, note=note)
    return offer


@transaction.atomic
def tag_offer(pk: int, *, add: Iterable[str], remove: Iterable[str] = (), by: By, now: dt.datetime) -> Offer:
    """Change the partner's own tags of an offer, ended ones too. Raises ValueError when there would be too many."""
    referral, offer = _lock(pk)
    tags = sorted((set(offer.tags) | set(add)) - set(remove))
    if len(tags) > MOST_TAGS:
        raise ValueError(_("A referral can have up to %(number)d tags.") % {"number": MOST_TAGS})
    if tags != offer.tags:
        offer.tags = tags
        offer.save(update_fields=["tags"])
        record_event(referral, EventKind.TAGGED, by, now, offer=offer)  # without the tags: they are the partner's own
    return offer


@transaction.atomic
def write_to_colleagues(pk: int, *, text: str, tell: Iterable[User], by: By, now: dt.datetime) -> ColleagueNote:
    """Keep a note that only the partner's own people read, and mail those who are to be told.

    Raises:
        NotAColleague: somebody to be told does not act for the offer's partner, or no person writes.
    """
    offer = Offer.objects.select_related("partner", "referral").get(pk=pk)
    told = list(tell)
    if not set(told) <= set(colleagues_of(offer.partner)):
        raise NotAColleague(_("You can only notify people at your own company."))
    if by.user is None:
        raise NotAColleague(_("Only people can add internal notes."))
    note = ColleagueNote.objects.create(offer=offer, by=by.user, at=now, text=text, told=[str(user) for user in told])
    for user in told:
        named = {"person": by.user, "referral": name_of(offer.referral)}
        subject = _("%(person)s mentioned you: %(referral)s") % named
        said = _("%(person)s mentioned you in a note about a referral of %(partner)s.")
        lines = [said % {"person": by.user, "partner": offer.partner}]
        words: dict[str, Any] = {"referral": offer.referral, "offer": offer, "told": {*told, by.user}}
        tell_person(user, "mentioned", subject, lines, now, path=offer_path(offer.referral.public_id), **words)
    ring()
    return note


def earlier_referrals(offer: Offer, now: dt.datetime) -> list[EarlierReferral]:
    """What became of the tenant's earlier referrals: the partner's own with a link, others' closed ones without a name.

    Of others' work that goes on, a partner learns nothing: not even that there is any.
    """
    tenants = Referral.objects.filter(tenant=offer.referral.tenant_id, pk__lt=offer.referral_id)
    others = tenants.filter(Q(closed_at__lt=start_of_day(now)) | Q(Exists(_own_offers(offer))))
    if offer.referral.engagement:  # parts of the same request are nobody's but their own partners'
        others = others.exclude(engagement=offer.referral.engagement)
    rows = others.prefetch_related(
        Prefetch("offers", Offer.objects.filter(partner=offer.partner_id).order_by("-id"), to_attr="own_offers")
    ).order_by("-id")[:MOST_EARLIER]
    return [_as_earlier(row, row.own_offers[0] if row.own_offers else None) for row in rows]


def _own_offers(offer: Offer) -> QuerySet[Offer]:
    return Offer.objects.filter(partner=offer.partner_id, referral=OuterRef("pk"))


def _as_earlier(referral: Referral, own: Offer | None) -> EarlierReferral:
    """Of a referral that was the partner's own, how its own offer ended is all that it learns."""
    if own is not None:
        return EarlierReferral(referral.created_at, own.workloads, own.get_state_display().lower(), own.public_id)
    return EarlierReferral(referral.created_at, referral.cover, _what_became(referral), "")


def _what_became(referral: Referral) -> str:
    if referral.close_outcome:
        return str(CloseOutcome(referral.close_outcome).label)
    return _("canceled")


def _lock(pk: int) -> tuple[Referral, Offer]:
    referral = lock_referral(Offer.objects.values_list("referral_id", flat=True).get(pk=pk))
    return referral, lock_offer(pk)


def _lock_live(pk: int) -> tuple[Referral, Offer]:
    referral, offer = _lock(pk)
    if not offer.is_live:
        raise OfferNotHeld(_("This referral is closed. The record is read-only."))
    return referral, offer
