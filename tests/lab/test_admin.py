"""A version of the routing policy was tried in the lab, or says why not."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import User
from lab.models import LabRun
from lab.policies import vary_policy
from lab.running import run_parts
from lab.starting import Variant, simulate_world
from lab.trials import Trial, find_trial
from partners.models import RoutingPolicy
from tests import world
from tests.lab.test_running import SMALL
from tests.partners.test_policy_admin import policy_data

pytestmark = pytest.mark.django_db
LIST = "/admin/partners/routingpolicy/"
SETTINGS = {
    "batch_order": "due",
    "incumbent_first": False,
    "most_partners": 2,
    "pressure_below": 40,
    "tie_breaks": ["fewest_open", "least_recently_offered"],
    "waived": ["language"],
}


def tried() -> LabRun:
    now = timezone.now()
    both = [Variant("Current", vary_policy({}, now)), Variant("Proposed settings", vary_policy(SETTINGS, now))]
    written = replace(SMALL, referrals_a_day=12, partners=30, places=400)
    run = simulate_world(written, both, 1, by=world.make_user("lab@triage.example"), now=now)
    run_parts()
    run.refresh_from_db()
    return run


def test_untried_version_takes_a_reason_which_is_kept(admin_client: Client) -> None:
    answer = admin_client.post(f"{LIST}add/", policy_data(untried_reason=""))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Try these settings in the" in page
    link = page.split('Try these settings in the <a href="')[1].split('"')[0].replace("&amp;", "&")
    assert json.loads(parse_qs(urlsplit(link).query)["policy"][0]) == SETTINGS
    assert admin_client.get(link).status_code == 200, "the link leads to those settings"
    assert RoutingPolicy.objects.count() == 1
    assert admin_client.post(f"{LIST}add/", policy_data(untried_reason="An outage")).status_code == 302
    version = RoutingPolicy.objects.get(version=2)
    assert version.untried_reason == "An outage"
    assert LogEntry.objects.filter(object_id=str(version.pk)).exists()
    assert "An outage" in admin_client.get(LIST).content.decode()


def test_version_with_the_settings_of_a_run_shows_it(admin_client: Client) -> None:
    run = tried()
    assert admin_client.post(f"{LIST}add/", policy_data(untried_reason="")).status_code == 302
    version = RoutingPolicy.objects.get(version=2)
    page = admin_client.get(f"{LIST}{version.pk}/change/").content.decode()
    assert f'href="/team/lab/{run.public_id}/"' in page
    assert "of the upper bound (current policy at the time:" in page
    assert "Offered more: Partner" in page
    assert "Offered less: Partner" in page
    changed = admin_client.post(f"{LIST}{version.pk}/change/", policy_data(untried_reason="", most_partners=1))
    assert changed.status_code == 200, "other settings are another trial"


def test_only_finished_runs_of_exactly_these_settings_count() -> None:
    run = tried()
    policy = run.policy(1)
    assert find_trial(policy) == Trial(run, 1)
    swapped = replace(policy, tie_breaks=tuple(reversed(policy.tie_breaks)))
    assert find_trial(swapped) is None
    assert find_trial(replace(policy, waived=())) is None
    LabRun.objects.update(result_hash="")
    assert find_trial(policy) is None


def test_admin_of_the_policy_reaches_the_lab_and_others_do_not() -> None:
    admin = User.objects.create_superuser("root@triage.example", "x" * 20)
    client = Client()
    client.force_login(admin)
    assert "Replay a period" in client.get("/team/lab/").content.decode()
    other = Client()
    other.force_login(world.make_user("staff@triage.example", is_staff=True))
    assert other.get("/team/lab/").status_code == 404
