"""The routing policy and partners' calendars in the admin."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from partners.models import RoutingPolicy
from tests import world
from tests.benefits.catalogue.test_editions import form_of

pytestmark = pytest.mark.django_db


def policy_data(**changes: Any) -> dict[str, Any]:
    soon = timezone.now() + dt.timedelta(hours=2)
    data = {"effective_at_0": f"{soon:%Y-%m-%d}", "effective_at_1": f"{soon:%H:%M:%S}", "most_partners": 2}
    data |= {
        "tie_breaks": "fewest_open,least_recently_offered",
        "waived": ["language"],
        "reason": "Trial",
        "untried_reason": "Urgent",
    }
    data |= {"batch_order": "due", "pressure_below": 40}
    return data | changes


def test_policy_is_a_dated_version_edited_in_the_admin(admin_client: Client) -> None:
    address = "/admin/partners/routingpolicy/"
    assert admin_client.get(f"{address}add/").status_code == 200
    assert admin_client.post(f"{address}add/", policy_data()).status_code == 302
    second = RoutingPolicy.objects.get(version=2)
    assert (second.most_partners, second.waived, second.incumbent_first) == (2, ["language"], False)
    assert second.tie_breaks == ["fewest_open", "least_recently_offered"]
    assert (second.batch_order, second.pressure_below) == ("due", 40)
    assert RoutingPolicy.objects.in_force(timezone.now()).version == 1, "not before its time"
    changed = admin_client.post(f"{address}{second.pk}/change/", policy_data(most_partners=1))
    assert changed.status_code == 302
    second.refresh_from_db()
    assert (second.version, second.most_partners) == (2, 1)


def test_policy_in_force_is_read_only_in_the_admin(admin_client: Client) -> None:
    address = f"/admin/partners/routingpolicy/{RoutingPolicy.objects.get().pk}/"
    assert 'name="_save"' not in admin_client.get(f"{address}change/").content.decode()
    assert admin_client.post(f"{address}change/", policy_data()).status_code == 403
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effective_at_0": "2020-01-01"}, "Enter now or a future time. Past routing keeps its policy"),
        ({"most_partners": 4}, "less than or equal to 3"),
        ({"most_partners": 0}, "greater than or equal to 1"),
        ({"waived": ["country"]}, "Select a valid choice"),
        ({"tie_breaks": "nonsense"}, "Select a valid choice"),
        ({"batch_order": "alphabet"}, "Select a valid choice"),
        ({"pressure_below": 0}, "greater than or equal to 1"),
        ({"pressure_below": 101}, "less than or equal to 100"),
        ({"reason": ""}, "required"),
    ],
)
def test_policy_that_cannot_be_is_refused_beside_its_field(
    admin_client: Client, changes: dict[str, Any], message: str
) -> None:
    answer = admin_client.post("/admin/partners/routingpolicy/add/", policy_data(**changes))
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert RoutingPolicy.objects.count() == 1


def test_calendar_that_closes_before_it_opens_is_refused(admin_client: Client) -> None:
    partner = world.make_partner()
    partner.opens_at, partner.closes_at = dt.time(17), dt.time(9)
    with pytest.raises(ValidationError, match="Opening must be before closing"):
        partner.full_clean()


@pytest.mark.parametrize(("days", "status"), [(29, 302), (31, 200)])
def test_pause_set_in_the_admin_is_limited_and_announced(admin_client: Client, days: int, status: int) -> None:
    partner = world.make_partner()
    address = f"/admin/partners/partner/{partner.pk}/change/"
    page = admin_client.get(address)
    data = form_of(page.context["adminform"].form, page.context["inline_admin_formsets"])
    for name in ("industries", "sizes", "paused_until"):
        data.pop(name)
    until = timezone.now() + dt.timedelta(days=days)
    data |= {"working_days": [0, 1], "paused_until_0": f"{until:%Y-%m-%d}", "paused_until_1": f"{until:%H:%M:%S}"}
    answer = admin_client.post(address, data)
    assert answer.status_code == status
    partner.refresh_from_db()
    assert (partner.pause_remind_at is not None) == (status == 302)
    assert ("up to 30 days" in answer.content.decode()) == (status == 200)
