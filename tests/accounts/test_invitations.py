"""Setting up a sign-in by invitation: who sends one, what its link does, and when it does nothing any more."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.sealing import seal
from accounts.signing_in import inviting
from partners.models import Confirmation, Confirmed, Membership
from partners.services.people import ask_to_confirm
from referrals.email.sending import send_due_mail
from referrals.models import Notification
from tests import world
from tests.accounts.doors import is_signed_in, make_person
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
CHOSEN = {"password1": "a-long-and-new-one-7", "password2": "a-long-and-new-one-7"}


def newcomer(**fields: Any) -> User:
    person = world.make_user("newcomer@triage.example", **fields)
    person.set_unusable_password()
    person.save()
    return person


def mailed_link(mailoutbox: list[Any], email: str) -> str:
    send_due_mail(timezone.now())
    body = next(mail.body for mail in reversed(mailoutbox) if mail.to == [email])
    found = re.search(r"/account/invitation/[0-9a-f]+/", body)
    assert found, body
    return found[0]


def test_an_admin_adds_a_person_who_chooses_how_to_sign_in(client: Client, mailoutbox: list[Any]) -> None:
    client.force_login(make_person("admin@triage.example", is_staff=True, is_superuser=True))
    assert client.post("/admin/accounts/user/add/", {"email": "New@Triage.example", "name": "New"}).status_code == 302
    person = User.objects.get(email="new@triage.example")
    assert not person.has_usable_password()
    mail = Notification.objects.get(kind=Notification.INVITATION)
    assert (mail.to, mail.body) == (person.email, ""), "no secret waits in a table"
    link, guest = mailed_link(mailoutbox, person.email), Client()
    page = guest.get(link)
    assert page.status_code == 200
    assert not Invitation.objects.exclude(ended_at=None).exists(), "looking at it uses nothing up"
    assert guest.post(link, CHOSEN).status_code == 302
    assert guest.session["_auth_user_id"] == str(person.pk)
    assert Client().get(link).status_code == 404
    mail.refresh_from_db()
    assert mail.body == ""


def test_a_refused_password_leaves_the_invitation_as_it_is(mailoutbox: list[Any]) -> None:
    person = newcomer()
    inviting.invite(person, by=None, now=timezone.now())
    link = f"/account/invitation/{inviting.give_token(person.email, timezone.now())}/"
    client = Client()
    answer = client.post(link, {"password1": "short", "password2": "short"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert client.post(link, CHOSEN | {"password2": "another-one-77"}).status_code == 422
    assert not is_signed_in(client)
    assert client.post(link, CHOSEN).status_code == 302


def test_a_later_invitation_ends_the_earlier() -> None:
    person, now = newcomer(), timezone.now()
    inviting.invite(person, by=None, now=now)
    first = inviting.give_token(person.email, now)
    inviting.invite(person, by=None, now=now)
    second = inviting.give_token(person.email, now)
    assert Client().get(f"/account/invitation/{first}/").status_code == 404
    assert Client().get(f"/account/invitation/{second}/").status_code == 200


def test_a_mail_about_an_invitation_that_has_ended_is_not_sent(client: Client, mailoutbox: list[Any]) -> None:
    client.force_login(make_person("admin@triage.example", is_staff=True, is_superuser=True))
    client.post("/admin/accounts/user/add/", {"email": "new@triage.example", "name": "New"})
    Invitation.objects.update(ended_at=timezone.now())
    send_due_mail(timezone.now())
    assert mailoutbox == []


def test_whoever_joins_a_partner_without_a_way_in_sets_one_up_at_once() -> None:
    partner = world.make_partner()
    admin = world.triager(partner)
    Membership.objects.filter(user=admin).update(role="admin")
    words: dict[str, Any] = {"email": "colleague@partner.example", "role": "viewer", "by": admin, "now": timezone.now()}
    asked = ask_to_confirm(partner.pk, Confirmed.MEMBER, **words)
    guest = Client()
    answer = guest.post(f"/confirm/{asked.token}/")
    assert answer["Location"] == "/account/invitation/"
    assert Client().get("/account/invitation/").status_code == 404, "by this browser alone"
    assert guest.post("/account/invitation/", CHOSEN).status_code == 302
    assert is_signed_in(guest)
    assert guest.get("/queue/").status_code == 200


def test_whoever_has_a_way_in_just_joins() -> None:
    partner = world.make_partner()
    admin = world.triager(partner)
    Membership.objects.filter(user=admin).update(role="admin")
    person = newcomer()
    person.set_password(PASSWORD)
    person.save()
    words: dict[str, Any] = {"email": person.email, "role": "viewer", "by": admin, "now": timezone.now()}
    asked = ask_to_confirm(partner.pk, Confirmed.MEMBER, **words)
    guest = Client()
    assert guest.post(f"/confirm/{asked.token}/").status_code == 200
    assert guest.get("/account/invitation/").status_code == 404, "joining lets nobody change the password"


def test_the_team_brings_a_partners_people_in_and_changes_nothing_else(team_client: Client) -> None:
    partner = world.make_partner()
    page = f"/partners/{partner.public_id}/"
    fields = {"part": "invite", "inviteform-email": "first@partner.example", "inviteform-role": "admin"}
    assert team_client.post(page, fields).status_code == 302
    asked = Confirmation.objects.get()
    guest = Client()
    assert guest.post(f"/confirm/{asked.token}/").status_code == 302
    assert Membership.objects.get(user__email="first@partner.example").role == "admin"
    capacity = {"part": "capacity", "capacityform-capacity": "1"}
    others = (
        capacity,
        {"resume": ""},
        {"member": "x", "role": ""},
        capacity | {"sign_in": "x"},
        {"resume": "", "sign_in": "x"},
    )
    for other in others:
        assert team_client.post(page, other).status_code == 403, other


def test_a_partner_admin_sends_a_member_a_link(client: Client, mailoutbox: list[Any]) -> None:
    partner = world.make_partner()
    admin = world.triager(partner)
    Membership.objects.filter(user=admin).update(role="admin")
    member = Membership.objects.create(partner=partner, user=newcomer())
    client.force_login(admin)
    page = client.get(f"/partners/{partner.public_id}/").content.decode()
    sealed = re.findall(r'name="sign_in" value="([0-9a-f]+)"', page)
    assert len(sealed) == 2
    answers = [client.post(f"/partners/{partner.public_id}/", {"sign_in": value}) for value in sealed]
    assert {answer.status_code for answer in answers} == {302}
    assert mailed_link(mailoutbox, member.user.email)
    client.post(f"/partners/{partner.public_id}/", {"sign_in": sealed[0]})
    assert Notification.objects.filter(kind=Notification.INVITATION).count() == 2, "not again within minutes"


def test_a_member_of_another_partner_gets_no_link(client: Client) -> None:
    partner, other = world.make_partner(), world.make_partner(name="Other")
    admin, theirs = world.triager(partner), world.triager(other)
    Membership.objects.filter(user=admin).update(role="admin")
    client.force_login(admin)
    strange = seal("member", theirs.memberships.get().pk)
    client.post(f"/partners/{partner.public_id}/", {"sign_in": strange})
    assert not Invitation.objects.exists()


def test_a_link_counts_at_the_address_that_it_was_sent_to(client: Client) -> None:
    person, now = newcomer(), timezone.now()
    inviting.invite(person, by=None, now=now)
    token = inviting.give_token(person.email, now)
    client.force_login(make_person("admin@triage.example", is_staff=True, is_superuser=True))
    page = client.get(f"/admin/accounts/user/{person.pk}/change/")
    fields = {name: value for name, value in page.context["adminform"].form.initial.items() if value}
    fields |= {"email": "corrected@triage.example", "is_active": "on"}
    assert client.post(f"/admin/accounts/user/{person.pk}/change/", fields).status_code == 302
    assert User.objects.get(pk=person.pk).email == "corrected@triage.example"
    assert Client().get(f"/account/invitation/{token}/").status_code == 404


def test_an_address_that_was_somebody_elses_is_the_new_persons_alone(client: Client) -> None:
    """A person who has used a link, and whose address was changed, leaves nothing behind under the former one."""
    person = newcomer()
    for email in (person.email, "changed@triage.example"):
        User.objects.filter(pk=person.pk).update(email=email)
        person.refresh_from_db()
        inviting.invite(person, by=None, now=timezone.now())
        link = f"/account/invitation/{inviting.give_token(email, timezone.now())}/"
        assert Client().post(link, CHOSEN).status_code == 302
    other = newcomer()
    inviting.invite(other, by=None, now=timezone.now())
    guest = Client()
    guest.post(f"/account/invitation/{inviting.give_token(other.email, timezone.now())}/", CHOSEN)
    assert guest.session["_auth_user_id"] == str(other.pk)


def test_a_link_that_is_used_while_somebody_else_is_signed_in() -> None:
    guest, other = Client(), make_person("other@triage.example", is_staff=False)
    guest.force_login(other)
    person = newcomer()
    inviting.invite(person, by=None, now=timezone.now())
    guest.post(f"/account/invitation/{inviting.give_token(person.email, timezone.now())}/", CHOSEN)
    assert guest.session["_auth_user_id"] == str(person.pk)


def test_a_token_of_odd_letters_is_no_token() -> None:
    assert inviting.find_by_token("\ud800", timezone.now()) is None


def test_the_mail_of_a_join_is_its_owners_and_forgotten(team_client: Client, mailoutbox: list[Any]) -> None:
    partner = world.make_partner()
    fields = {"part": "invite", "inviteform-email": "first@partner.example", "inviteform-role": "admin"}
    team_client.post(f"/partners/{partner.public_id}/", fields)
    mail = Notification.objects.get(kind=Notification.JOIN)
    assert mail.is_for_its_owner_alone
    send_due_mail(timezone.now())
    assert "/confirm/" in mailoutbox[0].body
    mail.refresh_from_db()
    assert mail.body == ""
