"""An offer as plain text, to paste into a partner's own system."""

from collections.abc import Iterator

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from referrals.choices import OfferState
from referrals.models import Offer

register = template.Library()


@register.simple_tag
def copy_text(offer: Offer) -> str:
    """A line for each thing that another system asks for."""
    return "".join(f"{line}\n" for line in _lines(offer))


def _lines(offer: Offer) -> Iterator[str]:
    yield f"{_('Referral:')} {offer.referral.public_id}"
    yield f"{_('Customer:')} {', '.join(_customer(offer))}"
    yield f"{_('Type:')} {offer.get_type_label()}"
    yield f"{_('Status:')} {', '.join(_acceptance(offer))}"
    if offer.reason:
        yield f"{_('Reason:')} {offer.reason.label}"
        yield f"{_('Notes:')} {offer.notes}"
    decided = offer.referral.determination if offer.is_live else offer.determination
    if decided:
        yield f"{_('Determination:')} {decided.get_outcome_display()}"


def _customer(offer: Offer) -> Iterator[str]:
    customer, tenant = offer.referral.customer, offer.referral.tenant
    yield from (customer.name, tenant.domain)
    if tenant.directory_id:
        yield _("tenant %(tenant)s") % {"tenant": tenant.directory_id}
    if offer.referral.rfa_id:
        yield f"{_('RFA ID')} {offer.referral.rfa_id}"
    if customer.tpid:
        yield f"{_('TPID')} {customer.tpid}"


def _acceptance(offer: Offer) -> Iterator[str]:
    yield offer.get_state_display()
    if offer.answered_at and offer.state != OfferState.PENDING:
        yield f"{timezone.localtime(offer.answered_at):%Y-%m-%d %H:%M}"
