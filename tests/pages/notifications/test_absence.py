"""Time away: a deputy of as high a role gets notifications and assigned referrals meanwhile, one hop and no further."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sealing import seal
from partners.choices import Role
from partners.models import Absence, Membership, Partner
from partners.services.people import set_member
from referrals.answering.colleagues import give_to_colleague, write_to_colleagues
from referrals.answering.covering import AbsenceRefused, come_back, go_away
from referrals.choices import Actor
from referrals.email.personal import copy_for_people, still_concerns, tell_person
from referrals.lifecycle.acting import By
from referrals.models import Notification, Offer
from referrals.models.offer import assigned_to
from referrals.reviewing.calendar import find_due
from tests import world
from tests.pages.notifications.noticing import choose, subjects

pytestmark = pytest.mark.django_db
ADDRESS = "/notices/absence/"
DAY = dt.timedelta(days=1)


def member(partner: Partner, name: str, role: str = Role.TRIAGER) -> Membership:
    return partner.memberships.create(user=world.make_user(f"{name}@contoso.example"), role=role)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def away(who: Membership, deputy: Membership, first: int = 0, days: int = 3) -> Absence:
    now = timezone.now()
    first_day = timezone.localdate(now) + first * DAY
    return go_away(who, deputy=deputy, first_day=first_day, last_day=first_day + days * DAY, now=now)


@pytest.fixture
def pair(offer: Offer) -> tuple[Membership, Membership]:
    return member(offer.partner, "adele"), member(offer.partner, "kim")


def posted(who: Membership, deputy: Membership | None, first: str, last: str) -> dict[str, str]:
    chosen = seal("deputy", deputy.pk) if deputy else ""
    return {"member": seal("member", who.pk), "first_day": first, "last_day": last, "deputy": chosen}


def test_an_absence_is_set_seen_by_both_and_ended(pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    today = timezone.localdate()
    client = signed_in(adele.user)
    answer = client.post(ADDRESS, posted(adele, kim, today.isoformat(), (today + 5 * DAY).isoformat()), follow=True)
    assert "Absence saved" in world.text(answer)
    assert "kim is covering for you" in world.text(client.get(reverse("pages:partner-home")))
    assert "You’re covering for adele until" in world.text(signed_in(kim.user).get(reverse("pages:partner-home")))
    assert "You’re covering for" in world.text(signed_in(kim.user).get(ADDRESS))
    assert "covered by kim" in world.text(client.get(reverse("pages:profile", args=[adele.partner.public_id])))
    assert "You’re covering for adele" in Notification.objects.get(person=kim.user).subject
    client.post(ADDRESS, {"member": seal("member", adele.pk), "end": "1"})
    assert not Absence.objects.exists()
    assert "covering for you" not in world.text(client.get(reverse("pages:partner-home")))


def test_assigned_referrals_and_deadlines_are_the_deputys_meanwhile(
    offer: Offer, pair: tuple[Membership, Membership]
) -> None:
    adele, kim = pair
    give_to_colleague(offer.pk, to=adele.user, by=By(Actor.PARTNER, kim.user, offer.partner), now=timezone.now())
    mine = Offer.objects.filter(assigned_to(kim.user))
    assert not mine.exists()
    assert not list(find_due(kim.user))
    away(adele, kim)
    assert mine.get() == offer
    assert [due.reference for due in find_due(kim.user)] == [offer.referral.public_id]
    assert offer.referral.public_id in world.text(signed_in(kim.user).get("/queue/?tab=all&flag=mine"))
    assert Offer.objects.filter(assigned_to(adele.user)).exists(), "they stay the person's own"
    come_back(adele, now=timezone.now())
    assert not mine.exists()


def test_personal_notifications_go_to_the_deputy_too(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    away(adele, kim)
    Notification.objects.all().delete()
    by = By(Actor.PARTNER, member(offer.partner, "lee").user, offer.partner)
    write_to_colleagues(offer.pk, text="Call on Monday.", tell=[adele.user], by=by, now=timezone.now())
    told = Notification.objects.filter(kind="mentioned").order_by("pk")
    assert [row.to for row in told] == ["adele@contoso.example", "kim@contoso.example"]
    assert "You get this because you’re covering for adele." in told[1].body
    assert "covering" not in told[0].body


def test_emails_that_the_person_wants_reach_the_deputy_once(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    away(adele, kim)
    choose(adele.user, offers="at_once")
    shared = Notification.objects.get(kind="offer", offer=offer)
    Notification.objects.exclude(pk=shared.pk).delete()
    copy_for_people(shared, timezone.now())
    assert sorted(Notification.objects.exclude(person=None).values_list("to", flat=True)) == [
        "adele@contoso.example",
        "kim@contoso.example",
    ]
    Notification.objects.exclude(pk=shared.pk).delete()
    choose(kim.user, offers="at_once")
    copy_for_people(shared, timezone.now())
    assert Notification.objects.filter(person=kim.user).count() == 1


def test_it_is_one_hop(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    """A deputy who goes away too passes nothing of the other's on, and the other is told to choose again."""
    adele, kim = pair
    lee = member(offer.partner, "lee")
    give_to_colleague(offer.pk, to=adele.user, by=By(Actor.PARTNER, kim.user, offer.partner), now=timezone.now())
    away(adele, kim)
    away(kim, lee)
    assert not Offer.objects.filter(assigned_to(lee.user)).exists()
    assert Notification.objects.filter(person=adele.user, subject="Your deputy kim is away too").exists()


def test_nobody_covers_in_a_circle_or_for_itself(pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    away(adele, kim)
    with pytest.raises(AbsenceRefused, match="adele is away"):
        away(kim, adele, first=2)
    away(kim, adele, first=10)
    with pytest.raises(AbsenceRefused, match="Select a colleague"):
        away(adele, adele)


def test_only_colleagues_with_as_high_a_role_may_cover(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    chief = member(offer.partner, "chris", Role.ADMIN)
    viewer = member(offer.partner, "val", Role.VIEWER)
    stranger = member(world.make_partner("Fabrikam"), "sam")
    away(adele, chief)
    for deputy in (viewer, stranger):
        with pytest.raises(AbsenceRefused):
            away(adele, deputy)
    with pytest.raises(AbsenceRefused):
        away(chief, kim)


def test_it_ends_by_itself_and_when_either_leaves_or_loses_the_role(
    offer: Offer, pair: tuple[Membership, Membership]
) -> None:
    adele, kim = pair
    chief = member(offer.partner, "chris", Role.ADMIN)
    absence = away(adele, kim)
    assert Absence.objects.current().get() == absence
    for leaver, role in ((kim, ""), (kim, Role.VIEWER), (adele, "")):
        set_member(offer.partner.pk, leaver.pk, role=role, by=chief.user, now=timezone.now())
        assert not Absence.objects.current().exists(), (leaver, role)
        Membership.objects.filter(pk=leaver.pk).update(is_active=True, role=Role.TRIAGER)
    Absence.objects.update(ends_at=timezone.now())
    assert not Absence.objects.current().exists()


@pytest.mark.parametrize(
    ("first", "last", "deputy", "said"),
    [
        ("", "2027-01-10", True, "Enter your first day away."),
        ("2027-01-10", "", True, "Enter your last day away."),
        ("2027-01-10", "2027-01-09", True, "The last day can’t be before the first day."),
        ("2020-01-01", "2020-01-02", True, "Enter a last day that isn’t in the past."),
        ("2027-01-10", "2029-01-10", True, "An absence can last up to a year."),
        ("2027-01-10", "2027-01-12", False, "Select a deputy."),
        ("9999-12-31", "9999-12-31", True, "Enter a first day within the next two years."),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    pair: tuple[Membership, Membership], first: str, last: str, deputy: bool, said: str
) -> None:
    adele, kim = pair
    answer = signed_in(adele.user).post(ADDRESS, posted(adele, kim if deputy else None, first, last))
    assert answer.status_code == 422
    assert said in world.text(answer)
    assert f'value="{last}"' in world.markup(answer) or not last
    assert not Absence.objects.exists()


def mentioned(offer: Offer, by: Membership, *told: Membership) -> list[str]:
    Notification.objects.filter(kind="mentioned").delete()
    who = By(Actor.PARTNER, by.user, offer.partner)
    write_to_colleagues(offer.pk, text="Look.", tell=[one.user for one in told], by=who, now=timezone.now())
    return [row.to for row in Notification.objects.filter(kind="mentioned").order_by("pk")]


def test_a_deputy_is_told_once_and_not_of_its_own_note(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    lee = member(offer.partner, "lee")
    away(adele, kim)
    assert mentioned(offer, lee, adele, kim) == ["adele@contoso.example", "kim@contoso.example"]
    assert mentioned(offer, kim, adele) == ["adele@contoso.example"]


def test_a_deputy_who_has_left_gets_nothing_more(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    away(adele, kim)
    words: dict[str, Any] = {"path": "/escalations/", "partner": offer.partner}
    tell_person(adele.user, "escalation_answered", "The team replied", ["Read it."], timezone.now(), **words)
    row = Notification.objects.get(kind="escalation_answered", person=kim.user)
    assert row.subject == "For adele: The team replied"
    assert still_concerns(row)
    assert row.subject in subjects(kim.user, timezone.now())
    Membership.objects.filter(pk=kim.pk).update(is_active=False)
    assert not still_concerns(row)
    assert row.subject not in subjects(kim.user, timezone.now())


def test_a_deputy_is_told_when_it_covers_no_more(offer: Offer, pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    lee = member(offer.partner, "lee")
    away(adele, kim)
    away(adele, lee)
    ended = "You’re no longer covering for adele"
    assert Notification.objects.get(person=kim.user, subject=ended)
    come_back(adele, now=timezone.now())
    assert Notification.objects.get(person=lee.user, subject=ended)
    assert not come_back(adele, now=timezone.now())


def test_a_member_of_two_partners_has_two_forms_with_ids_of_their_own(pair: tuple[Membership, Membership]) -> None:
    adele, _kim = pair
    other = world.make_partner("Fabrikam")
    other.memberships.create(user=adele.user, role=Role.TRIAGER)
    page = world.markup(signed_in(adele.user).get(ADDRESS))
    ids = re.findall(r' id="([^"]+)"', page)
    assert page.count('name="first_day"') == 2
    assert len(ids) == len(set(ids))


def test_nobody_sets_it_for_somebody_else(pair: tuple[Membership, Membership]) -> None:
    adele, kim = pair
    answer = signed_in(kim.user).post(ADDRESS, posted(adele, kim, "2027-01-10", "2027-01-12"))
    assert answer.status_code == 404
    assert not Absence.objects.exists()
