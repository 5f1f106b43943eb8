"""A partner in the admin: choices instead of codes, and endorsements for an area or like another partner."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Endorsement, Organisation, Partner
from tests import world

pytestmark = pytest.mark.django_db
ADD = "/admin/partners/partner/add/"


def partner_data(**changes: Any) -> dict[str, Any]:
    counts = ("TOTAL_FORMS", "INITIAL_FORMS")
    inlines = {f"{name}-{field}": "0" for name in ("endorsements", "memberships", "closures") for field in counts}
    said: dict[str, Any] = {
        "organisation": Organisation.objects.get_or_create(name="Fabrikam")[0].pk,
        "name": "Fabrikam",
        "is_active": "on",
        "contact_email": "offers@fabrikam.example",
        "is_referral_ready": "on",
        "countries": ["DE", "AT"],
        "languages": ["de", "en"],
        "time_zone": "Europe/Vienna",
        "capacity": "10",
        "calendar_country": "AT",
        "calendar_kinds": ["public"],
        "working_days": [0, 1, 2, 3, 4],
        "opens_at": "09:00",
        "closes_at": "17:00",
    }
    return inlines | said | changes


def add(client: Client, **changes: Any) -> Partner:
    answer = client.post(ADD, partner_data(**changes))
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
    return Partner.objects.get(name="Fabrikam")


def codes_of(partner: Partner) -> set[str]:
    return set(partner.endorsements.values_list("workload_code", flat=True))


def test_a_partner_is_added_by_choices_and_endorsed_for_an_area(admin_client: Client) -> None:
    world.ensure_defaults()
    partner = add(admin_client, endorse_areas=["endpoint"])
    assert (partner.countries, partner.languages) == (["DE", "AT"], ["de", "en"])
    assert (partner.time_zone, partner.calendar_country) == ("Europe/Vienna", "AT")
    assert "INTUNE" in codes_of(partner)
    assert "TEAMS" not in codes_of(partner)
    page = world.markup(admin_client.get(f"/admin/partners/partner/{partner.pk}/change/"))
    for label in ("Germany", "German", "Europe/Vienna"):
        assert re.search(rf"<option[^>]*selected[^>]*>{label}</option>", page), label


def test_a_partner_without_an_organization_gets_one_of_its_name(admin_client: Client) -> None:
    world.ensure_defaults()
    Organisation.objects.all().delete()
    known = Organisation.objects.create(name="FABRIKAM")
    partner = add(admin_client, organisation="")
    assert partner.organisation == known, "however it is written"
    again = admin_client.post(f"/admin/partners/partner/{partner.pk}/change/", partner_data(organisation=""))
    assert "This field is required" in world.text(again), "it is not taken away"


def test_a_partner_is_endorsed_like_another_without_what_has_ended(admin_client: Client) -> None:
    model = world.make_partner()
    Endorsement.objects.filter(partner=model, workload_code="INTUNE").update(ends_on=timezone.localdate())
    old = Endorsement.objects.create(partner=model, workload_code="SHAREPOINT", ends_on=dt.date(2020, 1, 1))
    partner = add(admin_client, endorse_like=model.pk)
    assert codes_of(partner) == codes_of(model) - {old.workload_code}
    assert partner.endorsements.get(workload_code="INTUNE").ends_on == timezone.localdate(), "it ends there too"


def test_what_has_ended_begins_again(admin_client: Client) -> None:
    world.ensure_defaults()
    partner = add(admin_client, endorse_areas=["endpoint"])
    partner.endorsements.update(ends_on=dt.date(2020, 1, 1))
    data = partner_data(organisation=partner.organisation_id, endorse_areas=["endpoint"])
    answer = admin_client.post(f"/admin/partners/partner/{partner.pk}/change/", data)
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
    assert {row.ends_on for row in partner.endorsements.all()} == {None}


def test_what_is_endorsed_already_stays_as_it_is(admin_client: Client) -> None:
    world.ensure_defaults()
    partner = add(admin_client, endorse_areas=["endpoint"])
    last = timezone.localdate() + dt.timedelta(days=9)
    partner.endorsements.filter(workload_code="INTUNE").update(ends_on=last)
    partner.endorsements.exclude(workload_code="INTUNE").delete()
    rows = list(partner.endorsements.all())
    inline = {
        "endorsements-TOTAL_FORMS": 1,
        "endorsements-INITIAL_FORMS": 1,
        "endorsements-0-id": rows[0].pk,
        "endorsements-0-partner": partner.pk,
        "endorsements-0-workload_code": "INTUNE",
        "endorsements-0-ends_on": last.isoformat(),
    }
    data = partner_data(organisation=partner.organisation_id, endorse_areas=["endpoint"]) | inline
    answer = admin_client.post(f"/admin/partners/partner/{partner.pk}/change/", data)
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.DOTALL)
    assert partner.endorsements.get(workload_code="INTUNE").ends_on == last
    assert partner.endorsements.count() > 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("countries", ["XX"]), ("languages", ["klingon"]), ("time_zone", "Mars"), ("endorse_areas", ["x"])],
)
def test_a_code_that_is_no_choice_is_refused(admin_client: Client, field: str, value: Any) -> None:
    world.ensure_defaults()
    answer = admin_client.post(ADD, partner_data(**{field: value}))
    assert answer.status_code == 200
    assert "is not one of the available choices" in world.text(answer)
    assert not Partner.objects.filter(name="Fabrikam").exists()
