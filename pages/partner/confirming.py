"""What a mail asks to confirm: that a person belongs to a partner, or that an address is the partner's."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.signing_in.inviting import can_sign_in, find_by_number, invite
from accounts.signing_in.linking import INVITED
from partners.models import Confirmation, Confirmed
from partners.services import people
from partners.services.profiles import ProfileRefused


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    """The mail's link shows this page and changes nothing; the button confirms."""
    asked = get_object_or_404(Confirmation.objects.select_related("partner", "asked_by"), token=token)
    problem, confirms = "", request.method == "POST"
    if confirms and asked.ended_at is not None and _has_opened(request, asked):
        return redirect("accounts:accepted")  # the form was sent twice
    try:
        if confirms:
            people.confirm(token, now=timezone.now())
        else:
            people.check_confirmable(asked, timezone.now())
    except ProfileRefused as refused:
        problem = str(refused)
    done = confirms and not problem
    if done and asked.kind == Confirmed.MEMBER and _open_door(request, asked):
        return redirect("accounts:accepted")
    context = {"asked": asked, "problem": problem, "done": done, "is_member": asked.kind == Confirmed.MEMBER}
    return render(request, "partner/confirm.html", context, status=422 if confirms and problem else 200)


def _open_door(request: HttpRequest, asked: Confirmation) -> bool:
    """Let whoever has just joined, and has no way in yet, set one up: the mail's link showed whose address it is."""
    person = User.objects.with_address(asked.email)
    if person is None or can_sign_in(person):
        return False
    request.session[INVITED] = invite(person, by=asked.asked_by, now=timezone.now()).pk
    return True


def _has_opened(request: HttpRequest, asked: Confirmation) -> bool:
    invitation = find_by_number(request.session.get(INVITED), timezone.now())
    return invitation is not None and invitation.email == asked.email
