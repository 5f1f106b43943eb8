"""What a requester has sent, in the words of its form."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.choices import Area, Delivery, SizeBand
from benefits.data.places import COUNTRIES, LANGUAGES
from benefits.domain.catalogue import Edition
from pages.fields import say_seats
from referrals.choices import WantedFrom
from referrals.models import Referral

COUNTRY_NAMES, LANGUAGE_NAMES = dict(COUNTRIES), dict(LANGUAGES)


def list_sent(referral: Referral, edition: Edition) -> list[tuple[str, str]]:
    """Question and answer; what was not answered is left out.

    Of the customer only what the request itself said: what is recorded of it may be others' knowledge.
    """
    rfa = referral.rfas.filter(form_key=referral.form_key).first() if referral.form_key else None
    data: dict[str, Any] = rfa.data if rfa else {}
    rows = [*_about_sender(referral, data), *_about_request(referral, data, edition)]
    return [(label, words) for label, words in rows if words]


def _about_sender(referral: Referral, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield _("Name"), referral.requester_name
    yield _("Email"), referral.requester_email
    yield _("Phone"), referral.requester_phone
    yield _("Organization"), data.get("customer_name", "")
    yield _("Primary domain"), referral.tenant.domain
    yield _("Country"), str(COUNTRY_NAMES.get(data.get("country", ""), ""))
    yield _("Number of employees"), _label(SizeBand, data.get("size_band", ""))


def _about_request(referral: Referral, data: Mapping[str, Any], edition: Edition) -> Iterator[tuple[str, str]]:
    yield _("Plans"), "; ".join(_plans(data, edition))
    yield _("Solution areas"), ", ".join(_label(Area, code) for code in referral.areas)
    yield _("Workloads"), ", ".join(_workload_names(referral.workloads, edition))
    services = [edition.scope_items[code][-1].text for code in referral.services if code in edition.scope_items]
    yield _("Other services"), ", ".join(services)
    yield _("Delivery"), _label(Delivery, referral.delivery)
    yield _("Start"), _label(WantedFrom, referral.wanted_from)
    yield _("Languages"), ", ".join(str(LANGUAGE_NAMES.get(code, code)) for code in referral.languages)


def _workload_names(codes: Iterable[str], edition: Edition) -> Iterator[str]:
    return (edition.workloads[code].name if code in edition.workloads else code for code in codes)


def _plans(data: Mapping[str, Any], edition: Edition) -> Iterator[str]:
    """The plans of the request itself, not those that were learned since."""
    for code, seats in data.get("plans", ()):
        name = edition.plans[code].name if code in edition.plans else code
        yield f"{name}, {say_seats(seats)}"
    listed = len(data.get("products", {}).get("products", ()))
    if listed:
        yield ngettext("license export with %(n)s product", "license export with %(n)s products", listed) % {
            "n": listed
        }


def _label(choices: type[Choices], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value
