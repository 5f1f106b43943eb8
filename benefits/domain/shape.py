"""Check the shape of parsed JSON field by field, remembering the path for the error."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from .json_input import InputError, path_text

T = TypeVar("T")
Path = tuple[str | int, ...]


class ShapeError(InputError):
    """A value of the wrong shape; ``path`` leads to it."""

    def __init__(self, cause: str, path: Path) -> None:
        super().__init__(cause, path_text(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Node:
    """One value with the path that leads to it."""

    value: Any
    path: Path = ()

    def fail(self, cause: str) -> ShapeError:
        return ShapeError(cause, self.path)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def get(self, key: str) -> "Node":
        """Child at ``key``; missing and null are the same. Raises ShapeError when this is no object."""
        if not isinstance(self.value, dict):
            raise self.fail("must be an object")
        return Node(self.value.get(key), (*self.path, key))

    def need(self, key: str) -> "Node":
        child = self.get(key)
        if child.value is None:
            raise child.fail("is missing")
        return child

    def items(self) -> Iterator["Node"]:
        """Entries of a list; null counts as empty."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.fail("must be a list")
        for index, value in enumerate(self.value):
            yield Node(value, (*self.path, index))

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Keys and values of an object; null counts as empty."""
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            raise self.fail("must be an object")
        for key, value in self.value.items():
            yield key, Node(value, (*self.path, key))

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail("must be text")
        if "\x00" in self.value:
            raise self.fail("holds a NUL character")
        return self.value

    def optional_text(self) -> str:
        if self.value is None or self.value == "":
            return ""
        return self.text()

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fail("must be true or false")
        return self.value

    def count(self) -> int:
        """A whole number from 0 to 2,147,483,647."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.fail("must be a whole number")
        if not 0 <= self.value < 2**31:
            raise self.fail("must be between 0 and 2,147,483,647")
        return self.value

    def optional_count(self) -> int | None:
        return None if self.value is None else self.count()

    def date(self) -> dt.date:
        try:
            return dt.date.fromisoformat(self.text())
        except ValueError:
            raise self.fail("must be a date such as 2026-11-22") from None

    def optional_date(self) -> dt.date | None:
        return None if self.value is None else self.date()

    def one_of(self, allowed: Collection[str], what: str = "one of") -> str:
        value = self.text()
        if value not in allowed:
            listed = ", ".join(sorted(allowed)) if len(allowed) <= 12 else f"{len(allowed)} known ones"
            raise self.fail(f"“{value}” is not {what}: {listed}")
        return value

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def each(self, read: "Callable[[Node], T]") -> tuple[T, ...]:
        return tuple(read(item) for item in self.items())
