"""Everything that one person can fetch: pages, lists, files, feeds and fragments, found by following what pages say."""

import re
from collections import Counter, deque
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

EXAMPLES = 2  # of each kind of address
LINK = re.compile(r'\b(?:href|src|hx-get|action|data-url)="([^"#]+)')
DRAWN = rb"csrfmiddlewaretoken\" value=|x-csrftoken\": |nonce=|name=\"form_key\" value=|name=\"opened\" value="
BLANKED = re.compile(rb"(" + DRAWN + rb')"[^"]*')
LEFT_OUT = ("/static/", "/account/", "/mailbox/")
DRAWN_HEADERS = ("Content-Security-Policy", "Set-Cookie", "Expires")  # hold a nonce, a token or the time
Pages = dict[str, tuple[int, str, bytes]]


def fetch_all(client: Client, begin: list[str]) -> Pages:
    """Status, headers and content by address; of each kind of address a few."""
    found: Pages = {}
    queue, kinds = deque(begin), Counter[Any]()
    while queue:
        address = queue.popleft()
        kind = _kind(address)
        if address in found or kind is None or kinds[kind] >= EXAMPLES:
            continue
        kinds[kind] += 1
        found[address] = fetch(client, address)
        if "Content-Type: text/html" in found[address][1]:
            text = found[address][2].decode()
            queue.extend(_plain(urljoin(address, unescape(link))) for link in LINK.findall(text))
    return found


def fetch(client: Client, address: str) -> tuple[int, str, bytes]:
    """Without what is drawn anew for every answer."""
    answer = client.get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    headers = (f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in DRAWN_HEADERS)
    return answer.status_code, "\n".join(headers), BLANKED.sub(rb"\1", body)


def _plain(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc not in ("", "testserver"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(address: str) -> Any:
    """Name of the route and of its parameters; none where it is none of ours to fetch."""
    parts = urlsplit(address)
    if not address or parts.path.startswith(LEFT_OUT):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    settings = tuple(sorted((name, value[:12]) for name, value in parse_qsl(parts.query) if name in ("tab", "list")))
    return match.view_name, tuple(sorted(name for name, _value in parse_qsl(parts.query))), settings
