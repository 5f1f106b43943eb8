"""Names that lists show and people seldom change, kept in a process for a moment."""

import datetime as dt

from django.utils import timezone

from benefits.domain.catalogue import Edition
from benefits.models import ServiceDescription
from benefits.services.edition_reading import compiled_edition, edition_in_force
from referrals.keeping import kept_a_moment
from referrals.models import DeclineReason

from .statements import in_one, reading, value_of

Reasons = tuple[tuple[str, str], ...]


def current_edition() -> Edition:
    """What names and areas of workloads are read from."""
    return _names_on(timezone.localdate())[0]


def decline_reasons() -> Reasons:
    """Code and label of every reason."""
    return _names_on(timezone.localdate())[1]


@kept_a_moment
def _names_on(day: dt.date) -> tuple[Edition, Reasons]:
    """One query, while the edition is known."""
    in_force = ServiceDescription.objects.in_force(day)
    reasons = reading(DeclineReason.objects.all(), ("code", "label"))
    values = [value_of(in_force, "pk"), value_of(in_force, "guides_revised_at"), reasons.as_value]
    pk, revised_at, labels = in_one(values).first()
    edition = compiled_edition(pk, revised_at) if pk else edition_in_force(day)[1]
    return edition, tuple(reasons.rows_in(labels))
