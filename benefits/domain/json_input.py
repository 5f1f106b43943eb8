"""Read JSON that a stranger wrote: bounded, strict, and able to say on which line a value stands."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MOST_DOCUMENTS = 100

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_INNERMOST = re.compile(rb"\[\]|\{\}")
_BLANKS = re.compile("[ \\t\\r\\n\ufeff]*")
ZIP = b"PK\x03\x04"  # how a workbook begins
LONGEST_MESSAGE = 700
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


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
    """Parse one JSON document in UTF-8, or in UTF-16 with a byte-order mark.

    Raises:
        InputError: too large, not text, not JSON, nested deeper than 32, NaN or Infinity, a repeated key.
    """
    text = decode_text(raw, max_bytes)
    data, end = _read_document(text, 0)
    if _skip_blanks(text, end) < len(text):
        raise InputError("not JSON: something follows its end", line=text.count("\n", 0, end) + 1)
    _check_text(text, data)
    return data


def read_json_documents(text: str, most: int = MOST_DOCUMENTS) -> list[Any]:
    """Parse JSON documents that follow each other, as pages put into one file. Raises InputError."""
    found: list[Any] = []
    end = _skip_blanks(text, 0)
    while end < len(text) or not found:
        if len(found) == most:
            raise InputError(f"holds more than {most} documents")
        data, end = _read_document(text, end)
        found.append(data)
        end = _skip_blanks(text, end)
    _check_text(text, found)
    return found


def _skip_blanks(text: str, start: int) -> int:
    """Where the next document begins; a byte-order mark stands between files that were put together."""
    return _BLANKS.match(text, start).end()  # type: ignore[union-attr]


def _read_document(text: str, start: int) -> tuple[Any, int]:
    """The document that begins here, and where it ends."""
    start = _skip_blanks(text, start)
    try:
        data, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        _refuse_depth(text)
        raise InputError(f"not JSON: {error.msg.lower()}, column {error.colno}", line=error.lineno) from None
    except RecursionError:
        _refuse_depth(text)
        raise InputError(TOO_DEEP) from None
    except ValueError:
        raise InputError("not JSON that can be read: a number has too many digits") from None
    if _is_too_deep(text[start:end], data):
        _refuse_depth(text)
    return data, end


def _is_too_deep(text: str, data: Any) -> bool:
    """Is it nested deeper than 32? Usually its brackets alone tell: those that enclose nothing are taken away 32 times.

    What is left then may also stand in texts; the values themselves tell.
    """
    brackets = text.encode(errors="replace").translate(None, _NO_BRACKETS)
    for _depth in range(MAX_DEPTH):
        brackets = _INNERMOST.sub(b"", brackets)
    return bool(brackets) and _depth_of(data) > MAX_DEPTH


def _depth_of(data: Any) -> int:
    depth, level = 0, [data]
    while level := [node for node in level if isinstance(node, (dict, list))]:
        depth += 1
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
    return depth


def _check_text(text: str, data: Any) -> None:
    """Refuse half of a surrogate pair, which no database and no terminal takes."""
    if not _SURROGATE_ESCAPE.search(text):
        return
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError("a text holds half a surrogate pair (\\ud800 to \\udfff), which is no character") from None


def decode_text(raw: bytes | str, max_bytes: int = MAX_BYTES) -> str:
    """Text without its byte-order mark. Raises InputError: too large, or neither UTF-8 nor marked UTF-16."""
    size = len(raw)
    if size > max_bytes:
        raise InputError(f"the file has {size:,} bytes; the maximum is {max_bytes:,}")
    if isinstance(raw, str):
        return raw.lstrip("\ufeff")
    if raw.startswith(ZIP):
        raise InputError(
            "this is an Excel workbook or another archive, not text: save it as “CSV UTF-8”, or download it again"
        )
    is_utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if is_utf16 else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.start}): save it as UTF-8, or download it again") from None


def _refuse_depth(text: str) -> None:
    """Say on which line it is nested too deeply."""
    depth = 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, match.start()) + 1
                raise InputError(TOO_DEEP, line=line)
        elif mark in "}]":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise InputError(f"{name} is not a JSON number")


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise InputError(f"the key “{key}” stands twice in one object")
            seen.add(key)
    return found


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)


def line_of(raw: bytes | str, path: tuple[str | int, ...]) -> int | None:
    """Line on which the value at ``path`` starts, or the line of its nearest parent that exists."""
    text = decode_text(raw, len(raw))
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
