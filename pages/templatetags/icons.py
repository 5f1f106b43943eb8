"""Icons, drawn from the pinned Bootstrap Icons. All of ours are one small file that browsers keep; pages refer to it.

An icon never stands alone: words beside it say the same, so it is hidden from screen readers."""

import hashlib
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import js_lib_bootstrap_icons
from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
DRAWINGS = Path(js_lib_bootstrap_icons.__file__).parent / "static" / "bootstrap-icons"
# What an icon stands for → its drawing. The same thing has the same icon wherever it is shown.
ICONS = {
    # how something stands
    "bad": "exclamation-triangle-fill",
    "warn": "hourglass-split",
    "info": "arrow-right-circle-fill",
    "good": "check-circle-fill",
    "held": "pause-circle-fill",
    "ended": "stop-circle-fill",
    "moving": "arrow-repeat",
    "partly": "circle-half",
    "none": "circle",
    "unknown": "question-circle-fill",
    # places
    "home": "house",
    "list": "inbox",
    "review": "journal-text",
    "release": "flag",
    "insights": "graph-up",
    "escalation": "chat-left-text",
    "catalogue": "list-check",
    "notices": "bell",
    "settings": "gear",
    "leave": "box-arrow-right",
    # what can be done
    "search": "search",
    "filter": "funnel",
    "columns": "layout-three-columns",
    "saved": "bookmark",
    "up": "caret-up-fill",
    "down": "caret-down-fill",
    "remove": "x-lg",
    "done": "check-lg",
    "outside": "box-arrow-up-right",
    "download": "download",
    "record": "file-earmark-pdf",
    "peek": "layout-sidebar-inset-reverse",
    "edit": "pencil",
}


def _symbol(name: str, drawing: str) -> str:
    shapes = ET.parse(DRAWINGS / f"{drawing}.svg").getroot()  # noqa: S314 (a file of a pinned package)
    paths = "".join(f'<path fill-rule="{one.get("fill-rule", "nonzero")}" d="{one.attrib["d"]}"/>' for one in shapes)
    return f'<symbol id="{name}" viewBox="0 0 16 16">{paths}</symbol>'


@cache
def draw_icons() -> str:
    """All icons as one SVG document, each a symbol under its name."""
    symbols = "".join(_symbol(name, drawing) for name, drawing in ICONS.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


@cache
def icons_address() -> str:
    """Where the icons are: another address for other drawings, so that browsers may keep them for good."""
    return reverse("icons", args=[hashlib.sha256(draw_icons().encode()).hexdigest()[:16]])


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon as SVG. Raises KeyError for a name that is not in ``ICONS``."""
    if name not in ICONS:
        raise KeyError(name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', icons_address(), name)


@register.simple_tag(takes_context=True)
def place(context: Context, url_name: str, icon_name: str, key: str, label: str) -> SafeString:
    """A link of the frame to a place, marked when the reader is there; ``key`` goes there after g."""
    address = reverse(url_name)
    request = context.get("request")
    current = mark_safe(' aria-current="page"') if request and request.path == address else ""
    return format_html('<a href="{}" data-place="{}"{}>{} {}</a>', address, key, current, icon(icon_name), label)
