"""The sign-in page after a sign-in elsewhere that did not work: what to do next, and nothing about any account."""

from typing import TYPE_CHECKING, NamedTuple

from allauth.account.forms import LoginForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Reason(NamedTuple):
    said: "StrOrPromise"
    status: int


AWAY = Reason(
    _("Microsoft sign-in isn’t available right now. Try again in a few minutes, or sign in another way."), 503
)
CANCELED = Reason(_("You canceled the Microsoft sign-in. Try again, or sign in another way."), 400)
FAILED = Reason(_("Microsoft sign-in didn’t complete. Try again, or sign in another way."), 400)
NOT_LINKED = Reason(
    _(
        "This Microsoft account isn’t set up for sign-in here. Ask your partner admin or the referral processing "
        "team for a sign-in link, then open it and choose Microsoft."
    ),
    403,
)
LINKED_ELSEWHERE = Reason(
    _("Someone else signs in here with this Microsoft account. Open your sign-in link again and choose your own."),
    403,
)
NOT_AGAIN = Reason(_("Microsoft didn’t verify that it’s you. Sign in again with the account that you use here."), 403)


def refuse(request: HttpRequest, reason: Reason, there: str = "") -> HttpResponse:
    """``there`` is the page that the person was on the way to."""
    going_on = format_html('<input type="hidden" name="{}" value="{}">', REDIRECT_FIELD_NAME, there) if there else ""
    context = {"form": LoginForm(request=request), "problem": reason.said, "redirect_field": going_on}
    return render(request, "account/login.html", context, status=reason.status)
