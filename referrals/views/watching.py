"""What open pages ask every few seconds: who else is here, and what has changed. Nothing typed is touched."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from partners.models import Partner
from referrals.models import ListName, Offer, Referral
from referrals.services.watching import find_change, find_present, mark_present

from .desk import find_desk
from .guards import SignedInRequest, is_public_id
from .places import may_list

MOST_ROWS = 60


@require_POST
def watch(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page of a referral says that it is looked at; it is told who else looks, and of a change since its event."""
    desk = find_desk(request, public_id, reads=True, live=False)
    now, after = timezone.now(), request.POST.get("after", "")
    mark_present(desk.referral.pk, request.user, desk.party, now)
    change = None
    if after.isdecimal() and len(after) < 19:
        change = find_change(desk.referral.pk, desk.by, int(after))
    context = {
        "present": find_present([desk.referral.pk], request.user, [desk.party], now).get(desk.referral.pk, []),
        "change": change,
        "url": desk.url,
    }
    return render(request, "referrals/_watch.html", context)


@require_POST
def watch_list(request: SignedInRequest, list_name: str) -> HttpResponse:
    """A list asks who looks at its rows. Rows of others are not there."""
    name = may_list(request.user, list_name)
    ids = [one for one in request.POST.getlist("row")[:MOST_ROWS] if is_public_id(one)]
    if name == ListName.OFFERS:
        partners = Partner.objects.of_member(request.user).values_list("pk", flat=True)
        parties = [f"partner:{pk}" for pk in partners]
        rows = dict(
            Offer.objects.visible_to(request.user).filter(public_id__in=ids).values_list("public_id", "referral")
        )
    else:
        parties, rows = ["team"], dict(Referral.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
    present = find_present(list(rows.values()), request.user, parties, timezone.now())
    context = {"rows": [(public_id, present.get(pk, [])) for public_id, pk in rows.items()]}
    return render(request, "referrals/_watch_list.html", context)
