"""The permission matrix: what every route answers to every method and role, kept in ``permissions.csv``.

``TRIAGE_WRITE_PERMISSIONS=1 manage.py test -n 0 tests/isolation/test_permissions.py`` writes it anew. What has changed
is then read line by line.
"""

import csv
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.views.defaults import page_not_found

from accounts.models import User
from partners.choices import Role
from tests import world
from tests.isolation.routes import addresses, route_names, unnamed_routes
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, TEAM_POSTS, Places

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
MATRIX = Path(__file__).with_name("permissions.csv")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
SIGN_IN = ("/account/login/", "/admin/login/")
ROLES = ("nobody", "another_partner", "viewer", "triager", "admin", "team", "auditor", "publisher", "superuser")
PUBLIC_ANSWERS = {"security-txt": ("404", "405"), "accounts:accepted": ("404", "405")}  # no contact; nothing accepted
NOTHING_THERE = {
    "security-txt",
    "accounts:accepted",
    "accounts:end-sessions",
    "accounts:verify-elsewhere",
    "pages:preview-csv",
}
NOT_READ = ("pages:release", "pages:team-act", "pages:lab-new")  # nothing is there, or nothing but a form to act
OF_READERS = ("pages:offer-opened", "pages:watch", "pages:what-if")  # posts of whoever only reads
Rows = dict[tuple[str, str], dict[str, str]]
Ours = list[tuple[str, str, str, dict[str, str]]]  # who is to reach it, route, method, answers by role


def read_matrix() -> Rows:
    """Route and method → role → answer."""
    with MATRIX.open(newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


def write_matrix(rows: Rows) -> None:
    with MATRIX.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["route", "method", *ROLES], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({"route": route, "method": method} | row for (route, method), row in sorted(rows.items()))


def make_publisher() -> User:
    """An admin of the service description alone."""
    user = world.make_user("publisher@triage.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="benefits"))
    return user


def person_of(role: str, places: Places) -> User | None:
    """Of the partner that has everything in these places, of another one, or of ours."""
    if role in Role.values:
        places.alpha.memberships.update(role=role)
        return world.triager(places.alpha)
    people = {
        "nobody": lambda: None,
        "another_partner": lambda: world.triager(places.beta),
        "team": lambda: world.by_team().user,
        "auditor": lambda: world.make_user("auditor@triage.example", is_auditor=True),
        "publisher": make_publisher,
        "superuser": lambda: world.make_user("admin@triage.example", is_staff=True, is_superuser=True),
    }
    return people[role]()


def ask(role: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Each route by each method; whatever it does is undone."""
    places, client = Places(), Client(raise_request_exception=False)
    person = person_of(role, places)
    if person is not None:
        client.force_login(person)
    signed_in = deepcopy(client.cookies)
    for name, address in addresses(places).items():
        for method in METHODS:
            with transaction.atomic():
                client.cookies = deepcopy(signed_in)
                answer = client.generic(method, address)
                transaction.set_rollback(True)
            leads_to = answer.headers.get("Location", "")
            yield (name, method), "sign in" if leads_to.startswith(SIGN_IN) else str(answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_every_role_as_the_matrix_says(role: str) -> None:
    found = dict(ask(role))
    if os.environ.get("TRIAGE_WRITE_PERMISSIONS"):
        rows = read_matrix() if MATRIX.exists() else {}
        write_matrix({key: {**rows.get(key, {}), role: said} for key, said in found.items()})
    expected = {key: row[role] for key, row in read_matrix().items()}
    assert {key: said for key, said in found.items() if expected.get(key) != said} == {}
    assert found.keys() == expected.keys()


def test_every_route_has_its_rows() -> None:
    assert {route for route, _method in read_matrix()} == route_names()
    others = ("account_", "mfa_", "openid_connect_", "socialaccount_", "admin:")
    assert {name for name in route_names() if not name.startswith(others)} == OURS.keys()


def test_route_without_a_name_is_one_of_the_admin_that_leads_on() -> None:
    for address, _view in unnamed_routes():
        assert address.startswith("admin/") or resolve(f"/{address}").func is page_not_found, address


def test_nothing_fails() -> None:
    for (route, method), row in read_matrix().items():
        assert not any(row[role].startswith("5") for role in ROLES), (route, method)


@pytest.fixture
def ours() -> Ours:
    """The rows of our own routes."""
    return [(OURS[name][0], name, method, row) for (name, method), row in read_matrix().items() if name in OURS]


def test_nobody_signed_out_reaches_more_than_the_public_pages(ours: Ours) -> None:
    for reach, name, method, row in ours:
        expected = PUBLIC_ANSWERS.get(name, ("200", "302", "405", "422")) if reach == PUBLIC else ("sign in", "405")
        assert row["nobody"] in expected, (name, method)


def test_partner_reaches_nothing_of_another_partner_or_of_the_team(ours: Ours) -> None:
    for reach, name, method, row in ours:
        if reach in (PARTNER, PARTNER_OR_TEAM, TEAM, TEAM_POSTS, PUBLISHER):
            assert row["another_partner"] in ("404", "405"), (name, method)


def test_auditor_reads_everything_of_the_team_and_changes_nothing(ours: Ours) -> None:
    for reach, name, method, row in ours:
        if reach in (TEAM, TEAM_POSTS) and method == "GET" and name not in NOT_READ:
            assert row["auditor"] in ("200", "405"), name
        if reach in (TEAM, TEAM_POSTS) and method not in ("GET", "HEAD") and name != "pages:release":
            assert row["auditor"] in ("403", "405"), (name, method)


def test_every_route_of_ours_answers_somebody(ours: Ours) -> None:
    """But for those that lead to nothing in these places."""
    answers = [(name, {row[role] for role in ROLES}) for _reach, name, _method, row in ours]
    reached = {name for name, said in answers if said - {"404", "405", "sign in"}}
    assert OURS.keys() - reached == NOTHING_THERE


def test_team_reaches_its_pages_and_none_of_an_offer(ours: Ours) -> None:
    for reach, name, method, row in ours:
        if reach == TEAM and method == "GET" and name != "pages:release":
            assert row["team"] == "200", name
        if reach == PARTNER:
            assert row["team"] in ("404", "405"), (name, method)


def test_viewer_of_a_partner_changes_nothing_of_its_offers(ours: Ours) -> None:
    for reach, name, method, row in ours:
        if reach == PARTNER and method == "POST" and name not in OF_READERS:
            assert row["viewer"] in ("403", "404", "405"), name
