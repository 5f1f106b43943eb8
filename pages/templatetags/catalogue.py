"""What the admin's home says of the service description: which one decides, which one waits, how old it is."""

from typing import Any

from django import template
from django.db.models import Prefetch
from django.utils import timezone

from benefits.choices import EditionState
from benefits.models import ProductFamily, ServiceDescription
from benefits.services.installing import waiting_edition
from benefits.services.products.refreshing import read_table_as_of

register = template.Library()
MOST_DRAFTS = 5


@register.simple_tag
def catalogue_state() -> dict[str, Any]:
    """The edition in force, a shipped one that nobody has published, and the age of the table of products in days."""
    today = timezone.localdate()
    deciding = ServiceDescription.objects.in_force(today).first()
    days_read = [deciding.products_as_of if deciding else None, read_table_as_of()]
    read_on = max((day for day in days_read if day), default=None)
    days = None if read_on is None else max(0, (today - read_on).days)
    drafts = ServiceDescription.objects.filter(state=EditionState.DRAFT).select_related("prepared_by").order_by("-pk")
    with_plans = ProductFamily.objects.filter(plans__isnull=False).distinct()
    drafts = drafts.prefetch_related(Prefetch("productfamilys", with_plans, to_attr="families_with_plans"))
    found = {"deciding": deciding, "waiting": waiting_edition(), "read_on": read_on, "days": days}
    return found | {"drafts": drafts[:MOST_DRAFTS]}
