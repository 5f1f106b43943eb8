"""What the pages for signing in offer."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ua_parser import parse_os, parse_user_agent

from accounts.models import SignedIn, User
from accounts.signing_in import factors
from accounts.signing_in.sessions import living_sessions

register = template.Library()


@register.simple_tag
def entra_tenants() -> list[dict[str, Any]]:
    """The tenants whose people may sign in with Microsoft."""
    tenants: list[dict[str, Any]] = settings.ENTRA_TENANTS
    return tenants


@register.simple_tag
def linked_tenants(person: User) -> list[str]:
    """Names of the tenants that a person signs in with."""
    names = {tenant["provider_id"]: tenant["name"] for tenant in settings.ENTRA_TENANTS}
    linked = SocialAccount.objects.filter(user=person).order_by("pk").values_list("provider", flat=True)
    return [names.get(tenant_id, tenant_id) for tenant_id in linked]


@register.filter
def browser_name(said: str) -> str:
    """What a browser calls itself, as people know it: ``Edge on Windows``; what it said where nobody knows it."""
    browser, system = parse_user_agent(said), parse_os(said)
    if browser is None:
        return said or _("Unknown browser")
    if system is None:
        return browser.family
    return _("%(browser)s on %(system)s") % {"browser": browser.family, "system": system.family}


@register.simple_tag
def own_sessions(person: User) -> list[SignedIn]:
    return living_sessions(person)


@register.filter
def may_use_passkeys(request: HttpRequest) -> bool:
    return factors.may_use_passkeys(request)
