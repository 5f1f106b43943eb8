"""Every route of the resolver, ours and those of allauth and of the admin, with an address to ask for."""

from collections.abc import Iterator
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.pages.addresses import OURS, Places

UNKNOWN = ("0", "benefits", "00000000-0000-4000-8000-000000000000")  # of others' routes: the app alone is there


def route_names() -> set[str]:
    return {name for name, _arguments in _walk(get_resolver())}


def _walk(resolver: URLResolver, prefix: str = "", above: int = 0) -> Iterator[tuple[str, int]]:
    """Name and number of arguments of each route that has a name."""
    for entry in resolver.url_patterns:
        arguments = above + len(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _walk(entry, inner, arguments)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{prefix}{entry.name}", arguments or entry.pattern.regex.groups


def unnamed_routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Pattern and view of each route that has no name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from unnamed_routes(entry, f"{prefix}{entry.pattern}")
        elif not entry.name:
            yield f"{prefix}{entry.pattern}", entry.callback


def addresses(places: Places) -> dict[str, str]:
    """Address by the name of its route."""
    return {
        name: places.address(name) if name in OURS else _guess(name, count) for name, count in _walk(get_resolver())
    }


def _guess(name: str, arguments: int) -> str:
    for word in UNKNOWN:
        try:
            return reverse(name, args=[word] * arguments)
        except NoReverseMatch:
            continue
    raise NoReverseMatch(name)
