"""The forms of a page, and what answers when each is sent with nothing filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

FILLED = {"hidden"}
LEFT_OUT = {"checkbox", "radio", "file", "submit", "button", "image", "reset"}


@dataclass
class PostedForm:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def ways(self) -> Iterator[dict[str, str]]:
        """What each of its buttons sends."""
        for name, value in self.buttons or [("", "")]:
            yield self.fields | ({name: value} if name else {})


class FormReader(HTMLParser):
    """Collects the forms of a page that are posted."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PostedForm] = []
        self.now: PostedForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = PostedForm(given.get("action") or self.address) if given.get("method") == "post" else None
            self.forms += [self.now] if self.now else []
        elif self.now is not None and tag == "button" and given.get("type", "submit") == "submit":
            self.now.buttons.append((given.get("name", ""), given.get("value", "")))
        elif self.now is not None and tag in ("input", "select", "textarea") and given.get("name"):
            self._take(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None

    def _take(self, given: dict[str, str]) -> None:
        assert self.now is not None
        kind = given.get("type", "text")
        if kind not in LEFT_OUT:
            self.now.fields[given["name"]] = given.get("value", "") if kind in FILLED else ""


def refusals(client: Client, address: str, page: str) -> Iterator[tuple[str, str]]:
    """Each way of sending a form of a page that is refused with a page: its address, and that page.

    Whatever a form that is not refused does is undone.
    """
    reader = FormReader(address)
    reader.feed(page)
    for form in (one for one in reader.forms if one.action != reverse("account_logout")):
        for sent in form.ways():
            answer = _post(client, form.action, sent)
            if answer.status_code in (403, 409, 422) and b"<!doctype html>" in answer.content:
                yield form.action, answer.content.decode()


def _post(client: Client, action: str, sent: dict[str, str]) -> Any:
    with transaction.atomic():
        answer = client.post(action, sent)
        transaction.set_rollback(True)
    return answer
