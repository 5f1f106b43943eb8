"""Fields whose default or check is code of this project: a migration keeps their column and names none of that code."""

import zoneinfo
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from accounts.identifiers import new_token, public_id

CHARACTERS, ARRAY = "django.db.models.CharField", "django.contrib.postgres.fields.ArrayField"
Deconstructed = tuple[str, str, Sequence[Any], dict[str, Any]]


def as_column(found: Deconstructed, path: str) -> Deconstructed:
    """What a migration writes of a field: the class of its column, and neither default nor validators."""
    name, _path, args, kwargs = found
    return name, path, args, {key: value for key, value in kwargs.items() if key not in ("default", "validators")}


class PublicIdField(models.CharField):
    """A random id that people can read out, such as REF-7K3M-9QXA."""

    def __init__(self, prefix: str = "", **kwargs: Any) -> None:
        own: dict[str, Any] = {
            "max_length": 16,
            "unique": True,
            "editable": False,
            "default": partial(public_id, prefix),
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


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(gettext("Write a time zone such as Europe/London."))


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
