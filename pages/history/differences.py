"""What changed from one determination of a customer to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from benefits.domain.catalogue import Edition
from benefits.models import Determination

MOST = 5  # workloads named at once
LISTS = ("remaining_workloads", "to_confirm")


@dataclass(frozen=True, slots=True)
class Change:
    """A determination, and in words what is different from the one before of the same request, if there is one."""

    determination: Determination
    words: tuple[str, ...]


def list_changes(decided: Sequence[Determination], edition: Edition) -> list[Change]:
    """``decided`` newest first, as the changes are."""
    changes, last = list[Change](), dict[str, Determination]()
    for row in reversed(decided):
        request = str(row.facts["request"])
        old = last.get(request)
        changes.append(Change(row, tuple(_say(row, old, edition)) if old else ()))
        last[request] = row
    return changes[::-1]


def _say(row: Determination, old: Determination, edition: Edition) -> Iterator[str]:
    if row.outcome != old.outcome:
        yield f"{old.get_outcome_display()} → {row.get_outcome_display()}"
    if row.edition_id != old.edition_id:
        yield _("Service description: %(before)s → %(after)s") % {"before": old.edition.name, "after": row.edition.name}
    added = {name: _names(row, old, name, edition) for name in LISTS}
    gone = {name: _names(old, row, name, edition) for name in LISTS}
    for words, names in (
        (_("Now remaining: %(names)s"), added["remaining_workloads"]),
        (_("No longer remaining: %(names)s"), gone["remaining_workloads"]),
        (_("Now to confirm: %(names)s"), added["to_confirm"]),
        (_("No longer to confirm: %(names)s"), gone["to_confirm"]),
    ):
        if names:
            yield words % {"names": names}
    if row.facts_hash != old.facts_hash and (row.outcome, *_lists(row)) == (old.outcome, *_lists(old)):
        yield _("Other facts, same result")


def _lists(row: Determination) -> tuple[list[str], ...]:
    return tuple(row.result[name] for name in LISTS)


def _names(row: Determination, other: Determination, name: str, edition: Edition) -> str:
    """What one lists and the other does not."""
    codes = sorted(set(row.result[name]) - set(other.result[name]))
    names = ", ".join(edition.workloads[code].name if code in edition.workloads else code for code in codes[:MOST])
    more = len(codes) - MOST
    return names if more <= 0 else _("%(names)s and %(n)s more") % {"names": names, "n": more}
