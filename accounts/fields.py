"""Fields whose default or check is code of this project: a migration keeps their column and names none of that code."""

import zoneinfo
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from accounts.folding import fold
from accounts.identifiers import new_token, public_id

TEXT, BYTEWISE = "django.db.models.TextField", "C"
CHARACTERS, ARRAY = "django.db.models.CharField", "django.contrib.postgres.fields.ArrayField"
Row = TypeVar("Row", bound=models.Model)
Deconstructed = tuple[str, str, Sequence[Any], dict[str, Any]]


def as_column(found: Deconstructed, path: str) -> Deconstructed:
    """What a migration writes of a field: the class of its column, and neither default nor validators."""
    name, _path, args, kwargs = found
    return name, path, args, {key: value for key, value in kwargs.items() if key not in ("default", "validators")}


class PublicIdField(models.CharField):
    """A random id that people can read out, such as REF-7K3M-9QXA. Its unique index finds beginnings, too."""

    def __init__(self, prefix: str = "", **kwargs: Any) -> None:
        own: dict[str, Any] = {
            "max_length": 16,
            "unique": True,
            "editable": False,
            "default": partial(public_id, prefix),
            "db_collation": BYTEWISE,
        }
        super().__init__(**(own | kwargs))

    def deconstruct(self) -> Deconstructed:
        return as_column(super().deconstruct(), CHARACTERS)


class TokenField(models.CharField):
    """The unguessable part of a private link."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"max_length": 64, "unique": True, "default": new_token}
        super().__init__(**(own | kwargs))

    def deconstruct(self) -> Deconstructed:
        return as_column(super().deconstruct(), CHARACTERS)


def fold_value(value: str | Iterable[str]) -> str:
    return fold(value if isinstance(value, str) else ", ".join(value))


class FoldedField(models.TextField):
    """Another text of the row, or a list of texts, folded: what lists are sorted and searched by.

    ``of`` names that text; it is folded whenever the row is saved (``Folding`` sees to ``update_fields``).
    """

    def __init__(self, of: str = "", **kwargs: Any) -> None:
        self.of = of
        own: dict[str, Any] = {"editable": False, "db_collation": BYTEWISE, "default": "", "db_default": ""}
        super().__init__(**(own | kwargs))

    def of_row(self, row: models.Model) -> str:
        """What the row's text folds to now."""
        return fold_value(getattr(row, self.of))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = self.of_row(model_instance)
        setattr(model_instance, self.attname, folded)
        return folded

    def deconstruct(self) -> Deconstructed:
        return as_column(super().deconstruct(), TEXT)


class FoldingQuerySet(models.QuerySet[Row]):
    """Whoever writes a text of many rows writes it folded as well."""

    def update(self, **values: Any) -> int:
        keys = [field for field in folded_fields(self.model) if field.of in values and field.name not in values]
        if any(hasattr(values[field.of], "resolve_expression") for field in keys):
            raise TypeError("A text that is kept folded, too, is written as a text, not as an expression.")
        return super().update(**values, **{field.name: fold_value(values[field.of]) for field in keys})

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, names = list(objs), list(fields)
        keys = [field for field in folded_fields(self.model) if field.of in names]
        for row in rows:
            for field in keys:
                field.pre_save(row, add=False)
        return super().bulk_update(rows, [*names, *(field.name for field in keys)], batch_size)


def folded_fields(model: type[models.Model]) -> list[FoldedField]:
    return [field for field in model._meta.fields if isinstance(field, FoldedField)]  # noqa: SLF001 (documented)


class Folding(models.Model):
    """A model with folded texts: whoever saves a text alone saves it folded as well."""

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if update_fields is not None:
            update_fields = list(update_fields)
            keys = [field.name for field in folded_fields(type(self)) if field.of in update_fields]
            update_fields = [*update_fields, *keys]
        super().save(update_fields=update_fields, **options)


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(gettext("Enter a time zone, for example Europe/London."))


class TimeZoneField(models.CharField):
    """The name of a time zone, such as Europe/London."""

    def __init__(self, **kwargs: Any) -> None:
        own: dict[str, Any] = {"max_length": 64, "default": "Europe/London", "validators": [check_time_zone]}
        super().__init__(**(own | kwargs))

    def deconstruct(self) -> Deconstructed:
        return as_column(super().deconstruct(), CHARACTERS)


class ListField(ArrayField):
    """An array that begins with the given values."""

    def __init__(self, base_field: Any, first: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("default", partial(list, first))
        super().__init__(base_field, **kwargs)

    def deconstruct(self) -> Deconstructed:
        return as_column(super().deconstruct(), ARRAY)
