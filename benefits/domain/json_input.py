"""Read JSON that a stranger wrote: bounded, strict, and able to say on which line a value stands."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LONGEST_MESSAGE = 300


class InputError(Exception):
    """Input that cannot be read; ``place`` names where and ``cause`` says why."""

    def __init__(self, cause: str, place: str = "", line: int | None = None) -> None:
        cause, place = printable(cause), printable(place)
        self.cause, self.place, self.line = cause, place, line
        where = ", ".join(part for part in (f"line {line}" if line else "", place) if part)
        super().__init__(f"{where}: {cause}" if where else cause)


def printable(text: str) -> str:
    """One short line that any terminal can show: control characters and lone surrogates are written out."""
    shown = _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)
    return shown if len(shown) <= LONGEST_MESSAGE else shown[:LONGEST_MESSAGE] + "…"


def read_json(raw: bytes | str, *, max_bytes: int = MAX_BYTES) -> Any:
    """Parse one JSON document.

    Raises:
        InputError: too large, not UTF-8, not JSON, nested deeper than 32, NaN or Infinity, a repeated key.
    """
    text = _decode(raw, max_bytes)
    _check_depth(text)
    try:
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg.lower()}, column {error.colno}", line=error.lineno) from None
    except InputError:
        raise
    except (RecursionError, ValueError):
        raise InputError("not JSON that can be read: a number has too many digits") from None
    _check_text(text, data)
    return data


def _check_text(text: str, data: Any) -> None:
    """Refuse half of a surrogate pair, which no database and no terminal takes."""
    if not _SURROGATE_ESCAPE.search(text):
        return
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError("a text holds half a surrogate pair (\\ud800 to \\udfff), which is no character") from None


def _decode(raw: bytes | str, max_bytes: int) -> str:
    size = len(raw)
    if size > max_bytes:
        raise InputError(f"the file has {size:,} bytes; at most {max_bytes:,} are read")
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.start})") from None


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, match.start()) + 1
                raise InputError(f"nested deeper than {MAX_DEPTH} levels", line=line)
        elif mark in "}]":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise InputError(f"{name} is not a JSON number")


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key “{key}” stands twice in one object")
        found[key] = value
    return found


def line_of(raw: bytes | str, path: tuple[str | int, ...]) -> int | None:
    """Line on which the value at ``path`` starts, or the line of its nearest parent that exists."""
    text = raw.decode("utf-8-sig", "replace") if isinstance(raw, bytes) else raw
    found: dict[tuple[str | int, ...], int] = {}
    for here, offset in _walk(text):
        if here == path[: len(here)]:
            found[here] = text.count("\n", 0, offset) + 1
        if here == path:
            break
    return found[max(found, key=len)] if found else None


def _walk(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield (path, offset) of every value of a well-formed document, parents before children."""
    levels: list[_Level] = []
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "}]":
            levels.pop()
        elif mark in ",:":
            levels[-1].pass_mark(mark)
        elif levels and levels[-1].expects_key:
            levels[-1].key = json.loads(mark)
        else:
            yield tuple(level.key for level in levels), match.start()
            if mark in "{[":
                levels.append(_Level(mark))


class _Level:
    """One open container: the key or index of the entry that is being read."""

    def __init__(self, mark: str) -> None:
        self.key: str | int = "" if mark == "{" else 0
        self.expects_key = mark == "{"

    def pass_mark(self, mark: str) -> None:
        if isinstance(self.key, int):
            self.key += mark == ","
        else:
            self.expects_key = mark == ","


def path_text(path: tuple[str | int, ...]) -> str:
    """Write a path as people read it: ``plans[5].family``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
