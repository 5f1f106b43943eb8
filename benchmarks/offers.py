"""What an offer's page costs that needs information: weight, statements, and its time beside a fixed template's."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from partners.choices import Role
from partners.models import Endorsement, Membership, Organisation, Partner
from referrals.choices import Actor, Source
from referrals.intake.filing import submit
from referrals.lifecycle.acting import By
from referrals.models import Offer
from referrals.routing.choosing import route_due
from referrals.routing.screening import screen_referral

from .measuring import Groups, Row
from .pages import rounds

HEAVIEST = 60_000  # bytes of HTML
MOST_STATEMENTS = 22  # the page's own, with session and person
MOST = 1.58  # fixed templates: 0.6 of the 2.6 that the page of 7f40341 takes, by the ratio of both in turn
CELLS = 3_000
FIXED = "{% for row in rows %}<tr><td>{{ row.name }}</td><td>{{ row.number|add:1 }}</td></tr>{% endfor %}"
REQUEST = {
    "customer_name": "Woodgrove Bank",
    "domain": "woodgrove.example",
    "country": "GB",
    "languages": ["en"],
    "industry": "commercial",
    "size_band": "251-1000",
    "audience": "commercial",
    "requester_kind": "customer",
    "requester_name": "Alex Wilber",
    "requester_email": "alex@woodgrove.example",
    "requester_phone": "",
    "text": "Help us to manage our laptops.",
    "workloads": ["INTUNE"],
    "areas": ["endpoint"],
    "services": [],
    "delivery": "remote",
    "requested_type": "benefit",
    "plans": [["M365_E5", 1000]],
}


@dataclass
class Bench:
    client: Client
    path: str


def prepare() -> Bench:
    """A customer with Microsoft 365 E5 of whom nothing is known yet, and the partner that has the offer."""
    now, organisation = timezone.now(), Organisation.objects.create(name="Bench")
    words = {"name": "Bench", "contact_email": "offers@bench.example", "countries": ["GB"], "languages": ["en"]}
    flags = {"is_fasttrack_ready": True, "takes_benefit": True, "capacity": 5}
    partner = Partner.objects.create(organisation=organisation, **words, **flags)
    Endorsement.objects.create(partner=partner, workload_code="INTUNE")
    person = User.objects.create(email="partner@bench.example", name="Partner")
    Membership.objects.create(partner=partner, user=person, role=Role.TRIAGER)
    filed = submit(REQUEST, source=Source.RFA, form_key=uuid.uuid4(), by=By(Actor.REQUESTER), now=now)
    screen_referral(filed.pk, now=now)
    route_due(now=now, only=[filed.pk])
    client = Client()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client.force_login(person)
    return Bench(client, f"/offers/{Offer.objects.get().public_id}/")


def measure_page(bench: Bench) -> Iterator[Row]:
    with CaptureQueriesContext(connection) as captured:
        answer = bench.client.get(bench.path)
        number = len(captured)
    if answer.status_code != 200 or b"needs_information" not in answer.content:
        raise RuntimeError(f"the page of the offer answers {answer.status_code}")
    rows = Context({"rows": [{"name": f"Workload {number}", "number": number} for number in range(CELLS)]})
    fixed = Template(FIXED)
    page, control = rounds(lambda: bench.client.get(bench.path), lambda: fixed.render(rows))
    ratio = page.cpu / control.cpu
    beside = f"page {page}; template of {CELLS:,} rows {control}"
    yield Row("pages-offer", ratio, "× template", f"≤ {MOST} × a fixed template", beside, ratio <= MOST)
    size = len(answer.content)
    yield Row("pages-offer-weight", size / 1000, "kB", f"≤ {HEAVIEST // 1000} kB of HTML", "", size <= HEAVIEST)
    beside = "with session and person"
    yield Row("pages-offer-statements", number, "statements", f"≤ {MOST_STATEMENTS}", beside, number <= MOST_STATEMENTS)


MAKING = "Making an offer to a customer of whom nothing is known …"
GROUPS: Groups = ((("pages-offer", "pages-offer-weight", "pages-offer-statements"), measure_page),)
