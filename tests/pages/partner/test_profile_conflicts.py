"""What two partner admins set at once: a pause and a member's role are not overwritten unseen."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.sealing import seal
from partners.models import Membership, Partner
from tests import world
from tests.pages.partner.test_profile import admin_of, page_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    return world.make_partner()


def second_admin_of(partner: Partner) -> Client:
    other, client = world.make_user("dana@contoso.example"), Client()
    Membership.objects.create(partner=partner, user=other, role="admin")
    client.force_login(other)
    return client


def test_a_pause_set_meanwhile_is_not_overwritten_unseen(partner: Partner) -> None:
    first, second, today = admin_of(partner), second_admin_of(partner), timezone.localdate()
    soon, later = today + dt.timedelta(days=5), today + dt.timedelta(days=9)
    mine = typed(first, partner, "pause", until=later)
    second.post(page_of(partner), typed(second, partner, "pause", until=soon))
    refused = first.post(page_of(partner), mine)
    assert refused.status_code == 409
    partner.refresh_from_db()
    assert partner.paused_until
    assert partner.paused_until.date() == soon, "nothing changed"
    text = world.text(refused)
    assert "Last changed by dana" in text
    assert f"<dt>Paused until</dt><dd>{date_format(partner.paused_until, 'DATE_FORMAT')}</dd>" in text
    form = refused.context["parts"]["pause"][1]
    assert f'value="{later}"' in str(form["until"]), "what was typed is kept"
    first.post(page_of(partner), mine | {"pauseform-was": form["was"].value()})
    partner.refresh_from_db()
    assert partner.paused_until.date() == later
    same = second.post(page_of(partner), mine)
    assert same.status_code == 302, "the same day twice is no conflict"


def test_a_pause_is_ended_as_it_was_shown(partner: Partner) -> None:
    first, second, today = admin_of(partner), second_admin_of(partner), timezone.localdate()
    first.post(page_of(partner), typed(first, partner, "pause", until=today + dt.timedelta(days=5)))
    shown = first.get(page_of(partner)).context["pause_was"]
    assert f'name="was" value="{shown}"' in world.text(first.get(page_of(partner)))
    second.post(page_of(partner), typed(second, partner, "pause", until=today + dt.timedelta(days=9)))
    assert first.post(page_of(partner), {"resume": "1", "was": shown}).status_code == 409
    partner.refresh_from_db()
    assert partner.is_paused(timezone.now())
    first.post(page_of(partner), {"resume": "1", "was": first.get(page_of(partner)).context["pause_was"]})
    partner.refresh_from_db()
    assert not partner.is_paused(timezone.now())


def test_a_role_set_meanwhile_is_not_overwritten_unseen(partner: Partner) -> None:
    first, second = admin_of(partner), second_admin_of(partner)
    member = Membership.objects.create(partner=partner, user=world.make_user("robin@contoso.example"), role="viewer")
    words = {"member": seal("member", member.pk), "was": "viewer"}
    assert '<input type="hidden" name="was" value="viewer">' in world.text(first.get(page_of(partner)))
    second.post(page_of(partner), words | {"role": "triager"})
    for role in ("admin", ""):
        refused = first.post(page_of(partner), words | {"role": role})
        text = world.text(refused)
        assert refused.status_code == 409
        assert "Last changed by dana" in text
        assert "<dt>robin</dt><dd>Triager</dd>" in text
        assert f'<option value="{role}" selected>' in text, "what was chosen is kept"
        member.refresh_from_db()
        assert (member.role, member.is_active) == ("triager", True)
    assert first.post(page_of(partner), words | {"role": "triager"}).status_code == 302, "the same is no conflict"
    first.post(page_of(partner), words | {"role": "admin", "was": "triager"})
    member.refresh_from_db()
    assert member.role == "admin"
