"""An export that a requester brings: its plans fill the rows, and all that it lists goes with the request."""

from collections.abc import Iterator

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import SubscriptionState
from benefits.domain.catalogue import Edition
from benefits.domain.exports.products import Listing, read_written_listing
from benefits.domain.exports.reading import ANYBODY, Export, read_listing
from benefits.domain.exports.sorting import sort_products
from benefits.domain.json_input import InputError
from benefits.domain.situation import LIVE_STATES
from pages.fields import MOST_PLAN_ROWS
from referrals.models import RequestDraft


class ReadExportForm(forms.Form):
    """A list of the tenant's products; what it says is kept, the file itself is not."""

    export = forms.FileField(
        label=_("Tenant export"),
        help_text=_(
            "A product list from Microsoft Graph, PowerShell, the CLI or the admin center (up to 2 MB). "
            "We’ll fill in plans and seats."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,application/json,.csv,text/csv,.txt,text/plain"}),
        required=False,
        allow_empty_file=True,
    )

    def clean_export(self) -> Listing:
        upload = self.cleaned_data["export"]
        if not upload:
            raise ValidationError(gettext("Select a file that isn’t empty."))
        if upload.size > ANYBODY.max_bytes:
            sizes = {"size": f"{upload.size:,}", "most": f"{ANYBODY.max_bytes:,}"}
            raise ValidationError(gettext("The file has %(size)s bytes; the maximum is %(most)s.") % sizes)
        try:
            listing = read_listing(upload.read(), ANYBODY)
        except InputError as error:
            raise ValidationError(str(error)) from None
        if not any(product.units for product in listing.products):
            raise ValidationError(gettext("The file lists no products with seats."))
        return listing


def fill_rows(found: Export) -> dict[str, list[str]]:
    """The rows of plans as they are typed: seats in their grace period still count, with what is enabled."""
    held: dict[str, int | None] = {}
    for row in found.subscriptions:
        if row.state in LIVE_STATES:
            known = held.get(row.plan, 0)
            held[row.plan] = None if known is None or row.paid_seats is None else known + row.paid_seats
    typed: dict[str, list[str]] = {}
    for number, (plan, seats) in enumerate(list(held.items())[:MOST_PLAN_ROWS], 1):
        typed |= {f"plan_{number}": [plan], f"seats_{number}": ["" if seats is None else str(seats)]}
    return typed


def export_of(draft: RequestDraft, edition: Edition) -> Export | None:
    """What the draft's export says by an edition; ``None`` when none was read."""
    return sort_products(read_written_listing(draft.products), edition) if draft.products else None


def list_to_check(found: Export | None, edition: Edition) -> list[tuple[str, str]]:
    """What the rows cannot show and the team checks: each product or plan, and why."""
    return list(_to_check(found, edition)) if found else []


def _to_check(found: Export, edition: Edition) -> Iterator[tuple[str, str]]:
    for product in found.unknown:
        yield product.part_number, gettext("a product we don’t recognize yet")
    for row in found.subscriptions:
        name = edition.plans[row.plan].name
        if row.state not in LIVE_STATES:
            yield name, str(SubscriptionState(row.state).label).lower()
        elif row.paid_seats is None:
            yield name, gettext("seats unknown")


def say_read(number: int, found: Export, edition: Edition) -> str:
    """What was read of an export, in words."""
    said = [ngettext("%(number)d plan added.", "%(number)d plans added.", number) % {"number": number}]
    names = list(dict.fromkeys(name for name, _why in list_to_check(found, edition)))
    if names:
        said.append(gettext("We will check: %(names)s.") % {"names": ", ".join(names)})
    if found.set_aside:
        aside = len(found.set_aside)
        words = ngettext("%(number)d product ignored.", "%(number)d products ignored.", aside)
        said.append(words % {"number": aside})
    trials = gettext("Remove trial seats; the file doesn’t show them.")
    return " ".join((*said, gettext("Check that they’re correct."), trials))
