"""What pages load besides themselves: little, and nothing that they use is cut away."""

import gzip
import re
from pathlib import Path

import js_lib_bootstrap5
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from config.stylesheet import NAME, cut_down, used_words
from pages.templatetags.icons import ICONS, draw_icons, icons_address

CLASS = re.compile(r"\.([a-z][\w-]*)")
ATTRIBUTE = re.compile(r'class="([^"{}]*)"')
MOST = 60_000  # bytes, compressed


def bootstrap() -> str:
    return next(Path(str(js_lib_bootstrap5.__file__)).parent.rglob("bootstrap.min.css")).read_text()


def test_all_files_together_are_small_when_compressed() -> None:
    ours = [path for path in (settings.BASE_DIR / "static" / "triage").iterdir() if path.is_file()]
    files = [*ours, Path(finders.find(NAME)), Path(finders.find("django_htmx/htmx-2.min.js"))]  # type: ignore[arg-type]
    texts = [path.read_bytes() for path in files] + [draw_icons().encode()]
    assert sum(len(gzip.compress(text, 9)) for text in texts) <= MOST


def test_every_class_of_a_page_that_bootstrap_knows_stays() -> None:
    known, kept = set(CLASS.findall(bootstrap())), set(CLASS.findall(cut_down()))
    pages = settings.BASE_DIR.glob("templates/**/*.html")
    used = {word for path in pages for words in ATTRIBUTE.findall(path.read_text()) for word in words.split()}
    assert used & known <= kept
    assert len(used & known) > 60
    assert {"carousel", "offcanvas", "toast"} & kept == set()
    assert used <= used_words() | {word for word in used if not re.fullmatch(r"[A-Za-z][\w-]*", word)}


@pytest.mark.parametrize(
    "rule", [":root", "[data-bs-theme=dark]", ".visually-hidden", "@media (min-width:992px)", ".is-invalid"]
)
def test_what_no_class_names_stays_too(rule: str) -> None:
    assert rule in cut_down()


def test_the_stylesheet_is_found_like_any_file(db: None) -> None:
    page = Client().get("/request/").content.decode()
    assert f"/static/{NAME}" in page
    assert Path(str(finders.find(NAME))).read_text() == cut_down()
    assert finders.find("triage/nothing.css") is None


def test_icons_are_one_file_that_browsers_keep_for_good(team_client: Client) -> None:
    for client in (Client(), team_client):
        answer = client.get(icons_address())
        assert answer["Content-Type"] == "image/svg+xml"
        assert "immutable" in answer["Cache-Control"], "signed in too"
    assert answer.content.count(b"<symbol ") == len(ICONS)
    page = Client().get("/service-description/").content.decode()
    named = set(re.findall(r'<use href="([^"#]*)#(\w+)"', page))
    assert {address for address, _name in named} <= {icons_address()}
    assert {name for _address, name in named} <= set(ICONS)
