"""Icons, drawn into the page from the pinned Bootstrap Icons: a page loads no font and no further file for them.

An icon never stands alone: words beside it say the same, so it is hidden from screen readers."""

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
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The drawing of an icon as SVG. Raises KeyError for a name that is not in ``ICONS``."""
    drawing = ET.parse(DRAWINGS / f"{ICONS[name]}.svg").getroot()  # noqa: S314 (a file of a pinned package)
    paths = "".join(
        f'<path fill-rule="{path.attrib.get("fill-rule", "nonzero")}" d="{path.attrib["d"]}"/>' for path in drawing
    )
    around = '<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">{}</svg>'
    return format_html(around, mark_safe(paths))  # noqa: S308 (as above)


@register.simple_tag(takes_context=True)
def place(context: Context, url_name: str, icon_name: str, key: str, label: str) -> SafeString:
    """A link of the frame to a place, marked when the reader is there; ``key`` goes there after g."""
    address = reverse(url_name)
    request = context.get("request")
    current = mark_safe(' aria-current="page"') if request and request.path == address else ""
    return format_html('<a href="{}" data-place="{}"{}>{} {}</a>', address, key, current, icon(icon_name), label)
