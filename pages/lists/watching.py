"""What open pages ask every few seconds: who else is here, and what has changed. Nothing typed is touched."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.sealing import unseal
from pages.desk.desk import find_desk
from pages.guards import SignedInRequest, is_public_id
from pages.places import listing_for, may_list
from partners.models import Partner
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from referrals.lists.presence import find_change, find_changed, find_present, mark_present
from referrals.lists.state import LONGEST_ADDRESS
from referrals.models import ListName, Offer, Referral

MOST_ROWS = 60


@require_POST
def watch(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of a referral says that it is looked at; it is told who else looks, and of a change since its event."""
    desk = find_desk(request, public_id, reads=True, live=False)
    now, after = timezone.now(), unseal("event", request.POST.get("after", ""))
    mark_present(desk.referral.pk, request.user, desk.party, now)
    change = None
    if after is not None:
        change = find_change(desk.referral.pk, desk.by, after)
    context = {
        "present": find_present([desk.referral.pk], request.user, [desk.party], now).get(desk.referral.pk, []),
        "change": change,
        "url": desk.url,
    }
    return render(request, "lists/_watch.html", context)


@require_POST
def watch_list(request: SignedInRequest, list_name: str) -> HttpResponse:
    """A list asks who looks at its rows and what has changed since it was shown. Rows of others are not there."""
    name, person, now = may_list(request.user, list_name), request.user, timezone.now()
    partners = list(Partner.objects.of_member(person).values_list("pk", flat=True)) if name == ListName.OFFERS else []
    rows = _rows_of(person, name, [one for one in request.POST.getlist("row")[:MOST_ROWS] if is_public_id(one)])
    parties = [f"partner:{pk}" for pk in partners] if name == ListName.OFFERS else ["team"]
    by = By(Actor.PARTNER if name == ListName.OFFERS else Actor.TEAM, person)
    numbers = listing_for(person, name, partners).count_tabs()
    present = find_present(list(rows.values()), person, parties, now)
    since = parse_datetime(request.POST.get("since", "")[:40])
    is_known = since is not None and timezone.is_aware(since)
    changed = find_changed(list(rows.values()), by, partners, since, now) if since and is_known else set()
    context = {
        "rows": [(public_id, present.get(pk, []), pk in changed) for public_id, pk in rows.items()],
        "changed": len(changed),
        "numbers": numbers,
        "is_new": request.POST.get("numbers", "") != written(numbers),
        "here": request.POST.get("here", "")[:LONGEST_ADDRESS] if request.POST.get("here", "").startswith("?") else "?",
    }
    return render(request, "lists/_watch_list.html", context)


def _rows_of(person: User, name: ListName, ids: list[str]) -> dict[str, int]:
    """Public id of a row → its referral."""
    if name == ListName.REFERRALS:
        return dict(Referral.objects.visible_to(person).filter(public_id__in=ids).values_list("public_id", "pk"))
    return dict(Offer.objects.visible_to(person).filter(public_id__in=ids).values_list("public_id", "referral"))


def written(numbers: Mapping[str, object]) -> str:
    """The numbers of tabs as a page sends them back."""
    return ",".join(f"{key}:{number}" for key, number in numbers.items())
