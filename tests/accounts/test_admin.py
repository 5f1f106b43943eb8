"""People in the admin: who may give what away, and what an admin ends for somebody."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests import world
from tests.accounts.doors import make_person, sign_in

pytestmark = pytest.mark.django_db


def admin_client(**flags: Any) -> Client:
    admin = world.make_user("admin@triage.example", is_staff=True, **flags)
    admin.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = Client()
    client.force_login(admin)
    return client


def change(client: Client, person: User, **fields: str) -> Any:
    page = f"/admin/accounts/user/{person.pk}/change/"
    return client.post(
        page, {"email": person.email, "name": person.name, "time_zone": person.time_zone or "UTC", **fields}
    )


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff", "is_processing_team", "is_auditor"])
def test_only_superusers_give_away_what_they_have(flag: str, person: User) -> None:
    assert change(admin_client(), person, is_active="on", **{flag: "on"}).status_code == 302
    person.refresh_from_db()
    assert not getattr(person, flag)
    User.objects.filter(email="admin@triage.example").update(is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(email="admin@triage.example"))
    assert change(client, person, is_active="on", **{flag: "on"}).status_code == 302
    person.refresh_from_db()
    assert getattr(person, flag)


def test_who_is_switched_off_and_on_again_stays_signed_out(person: User) -> None:
    client, admin = Client(), admin_client()
    sign_in(client, person.email)
    assert client.get("/queue/").status_code == 200
    assert change(admin, person).status_code == 302
    assert change(admin, person, is_active="on").status_code == 302
    assert client.get("/queue/").status_code == 302


def test_an_admin_signs_somebody_out_everywhere(person: User) -> None:
    client, other = Client(), Client()
    sign_in(client, person.email)
    sign_in(other, make_person("other@triage.example", is_staff=False).email)
    words = {"action": "sign_out", "_selected_action": [person.pk]}
    page = admin_client().post("/admin/accounts/user/", words, follow=True).content.decode()
    assert "Signed out 1 person." in page
    assert client.get("/queue/")["Location"].startswith("/account/login/")
    assert "_auth_user_id" in other.session
