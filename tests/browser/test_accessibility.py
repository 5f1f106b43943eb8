"""WCAG 2.2 AA in real Chromium: pages and their error states, light and dark, wide, narrow, at 400 % zoom; keys."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from benefits.models import ServiceDescription
from referrals.intake.drafts import start_draft
from referrals.models import DeclineReview, Offer, Referral
from tests import world
from tests.browser.visiting import Visit
from tests.pages.addresses import OURS, PARTNER, PARTNER_OR_TEAM, PUBLIC, PUBLISHER, TEAM, Places, run_the_lab

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.accessibility,
]


def public_paths(referral: Referral) -> list[str]:
    return ["/account/login/", f"/status/{referral.status_token}/", "/no-such-page/"]


def partner_paths(offers: list[Offer]) -> list[str]:
    pending, accepted, declined, released = (offer.public_id for offer in offers)
    paths = [f"/queue/?tab={tab}" for tab in ("needs-answer", "in-progress", "closed", "all")]
    paths += [
        "/home/",
        "/notices/",
        f"/partners/{offers[0].partner.public_id}/",
        "/queue/?tab=all&country=DE&q=nothing",
    ]
    paths += [f"/offers/{one}/" for one in (pending, accepted, declined, released)]
    return [
        *paths,
        f"/offers/{pending}/decline/",
        f"/facts/{accepted}/what-if/",
        f"/facts/{accepted}/suggestions/",
        f"/offers/{accepted}/together/",
    ]


def team_paths(offers: list[Offer]) -> list[str]:
    referral, review = offers[0].referral, DeclineReview.objects.get()
    release = offers[3].release_requests.get()
    paths = ["/team/", "/team/referrals/?tab=open", "/team/referrals/?tab=all&q=cust"]
    paths += [f"/team/referrals/{referral.public_id}/", f"/team/referrals/{referral.public_id}/hold/"]
    paths += [f"/team/referrals/{referral.public_id}/runs/{offers[0].run_id}/", "/team/reviews/", "/team/fairness/"]
    paths += [
        "/team/lab/",
        "/team/lab/new/",
        "/team/lab/new/?kind=world",
        f"/team/lab/{run_the_lab(timezone.now()).public_id}/",
    ]
    paths += ["/escalations/", "/team/insights/", "/team/insights/funnel/0/?days=30&label=Arrived"]
    return [*paths, f"/team/reviews/{review.offer.public_id}/", "/team/releases/", f"/team/releases/{release.pk}/"]


def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit: Visit, stage: dict[str, Any]) -> None:
    offers = stage["offers"]
    for path in public_paths(offers[0].referral):
        visit.look(None, path)
    for path in partner_paths(offers):
        visit.look(stage["partner"], path)
    for path in team_paths(offers):
        visit.look(stage["team"], path)
    draft = ServiceDescription.objects.latest("id")
    for path in ("/service-description/old-facts/", f"/service-description/compare/?from={draft.pk}&to={draft.pk}"):
        visit.look(stage["admin"], path)
    found = visit.found
    assert not found, "\n".join(found)


def test_axe_finds_nothing_where_a_form_is_refused(visit: Visit, stage: dict[str, Any]) -> None:
    offers = stage["offers"]
    main = "main form[method=post]"
    visit.look(None, "/request/new/", sends=main)
    visit.look(None, "/request/one-page/", sends=main)
    begun = f"/request/{start_draft({}, email='new@alpha.example', now=timezone.now()).token}"
    for step in ("customer", "wanted"):
        visit.look(None, f"{begun}/{step}/", sends="main form:has([name=later])")
    visit.look(None, f"{begun}/plans/", sends="main [name=read]")
    visit.look(stage["team"], "/team/request/", sends=main)
    visit.look(stage["partner"], "/escalations/new/", sends=main)
    visit.look(stage["partner"], f"/offers/{offers[3].public_id}/decline/", sends=main)
    visit.look(stage["team"], f"/team/releases/{offers[3].release_requests.get().pk}/", sends=main)
    visit.look(stage["partner"], f"/offers/{offers[0].public_id}/decline/", sends=main)
    visit.look(stage["partner"], "/views/offers/?list=?tab=all", sends=main)
    partner = offers[0].partner
    partner.memberships.create(user=world.make_user("deputy@contoso.example"), role="admin")
    visit.look(stage["partner"], "/notices/absence/", sends=main)
    visit.look(stage["partner"], f"/partners/{offers[0].partner.public_id}/", sends="form:has([value=closure])")
    visit.look(None, f"/status/{offers[1].referral.status_token}/", sends="#questions")
    visit.look(stage["team"], "/team/import/", sends=main)
    visit.look(stage["team"], f"/team/referrals/{offers[0].referral.public_id}/hold/", sends=main)
    found = visit.found
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_any_address(visit: Visit) -> None:
    """Every address that answers with a page, for somebody who reaches it."""
    places, looked = Places(), 0
    people: dict[str, User | None] = {
        PUBLIC: None,
        PARTNER: world.triager(places.alpha),
        PARTNER_OR_TEAM: world.triager(places.alpha),
        "signed in": world.triager(places.alpha),
        TEAM: world.by_team().user,
        PUBLISHER: world.make_user("publisher@triage.example", is_staff=True, is_superuser=True),
    }
    for name, (reach, _words) in OURS.items():
        person, path = people.get(reach), places.address(name)
        client = Client()
        if person:
            client.force_login(person)
        answer = client.get(path)
        if answer.status_code == 200 and b"<!doctype html>" in getattr(answer, "content", b""):
            visit.look(person, path)
            looked += 1
    assert looked > 45
    found = visit.found
    assert not found, "\n".join(found)
