"""Change every column of others' rows as far as the database lets it, add rows of theirs, and take rows away."""

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from referrals.answering.responding import accept_offer
from referrals.choices import Actor
from referrals.lifecycle.acting import By
from tests import world
from tests.isolation.owning import Owned

CANARY = "canary"
PATIENCE = 5  # rows of which none can be changed, until a column is given up


def change_rows(owned: Owned, leave: Collection[str] = ()) -> dict[str, set[str]]:
    """Change what can be changed, column by column but for those to leave; gives the columns that were, by table."""
    changed: dict[str, set[str]] = {}
    for model, keys in owned.items():
        names = changed.setdefault(model._meta.label, set())
        for field in model._meta.concrete_fields:
            is_plain = not field.primary_key and not field.is_relation and field.name not in leave
            if is_plain and _change(model, keys, field):
                names.add(field.name)
    return changed


def add_rows(offers: int = 4) -> None:
    """Others are offered referrals that the partner does not pass for, and accept some."""
    for number in range(offers):
        words = {"domain": f"new-{number}.example", "customer_name": f"{CANARY} {number}"}
        _referral, offer = world.offered(timezone.now(), country="DE", languages=["de"], **words)
        if number % 2:
            member = offer.partner.memberships.get()
            by = By(Actor.PARTNER, member.user, offer.partner)
            accept_offer(offer.pk, by=by, now=timezone.now())


def remove_rows(owned: Owned) -> dict[str, int]:
    """Take away what nothing of the partner's hangs on; gives how many rows went, by table."""
    gone = dict.fromkeys((model._meta.label for model in owned), 0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    while any(_remove(model, model._base_manager.filter(pk__in=keys), gone) for model, keys in owned.items()):
        pass
    for model, keys in owned.items():
        for key in sorted(keys):
            _remove(model, model._base_manager.filter(pk=key), gone)
    return gone


def _remove(model: type[models.Model], rows: models.QuerySet[Any], gone: dict[str, int]) -> bool:
    number = rows.count()
    is_gone = number > 0 and _is_allowed(lambda: rows._raw_delete("default"))
    gone[model._meta.label] += number * is_gone
    return is_gone


def _change(model: type[models.Model], keys: set[Any], field: "models.Field[Any, Any]") -> bool:
    """All rows together; where that is refused, one by one for as long as some can be."""
    rows = list(model._base_manager.filter(pk__in=keys).order_by("pk"))
    wanted = [(row, _others(field, getattr(row, field.attname))) for row in rows]
    for row, values in wanted:
        if values:
            setattr(row, field.attname, values[0])
    if _is_allowed(lambda: model._base_manager.bulk_update([row for row, values in wanted if values], [field.name])):
        return any(values for _row, values in wanted)
    is_changed = False
    for tried, (row, values) in enumerate(wanted):
        is_changed |= any(_is_allowed(partial(_write, model, row.pk, field, value)) for value in values)
        if tried >= PATIENCE and not is_changed:
            break
    return is_changed


def _write(model: type[models.Model], key: Any, field: "models.Field[Any, Any]", value: Any) -> None:
    model._base_manager.filter(pk=key).update(**{field.attname: value})


def _is_allowed(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except DatabaseError:
        return False
    return True


def _others(field: "models.Field[Any, Any]", value: Any) -> list[Any]:
    """Other values that might be allowed in its place."""
    if field.choices:
        return [code for code, _label in field.flatchoices if code != value]
    return next((make(value) for kind, make in OTHERS.items() if isinstance(field, kind)), [])


def _later(value: Any) -> list[Any]:
    return [value + dt.timedelta(days=2), value - dt.timedelta(days=2)] if value is not None else []


def _words(value: Any) -> list[Any]:
    """Short enough for the shortest column that has more than codes."""
    return [f"{CANARY} {value or ''}"[:30], f"{CANARY}@b.example"]


def _data(value: Any) -> list[Any]:
    return [value | {CANARY: CANARY} if isinstance(value, dict) else [*(value or []), CANARY]]


OTHERS: dict[type["models.Field[Any, Any]"], Callable[[Any], list[Any]]] = {
    models.BooleanField: lambda value: [not value],
    models.DateField: _later,  # instants, too
    models.IntegerField: lambda value: [(value or 0) + 1, (value or 0) + 1000],
    models.CharField: _words,
    models.TextField: _words,
    models.JSONField: _data,
    ArrayField: lambda value: [[*(value or []), *(value or [])], []],
}
