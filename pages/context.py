"""What every page's frame shows: places to go, the links in the foot, and what of the demo is down."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pages.undoing import undoable
from referrals.keeping import kept_a_moment
from referrals.models import SiteLink


def page_frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_links": SimpleLazyObject(_site_links),
        "undo_bar": SimpleLazyObject(lambda: undoable(request)),
        "is_local_mode": settings.LOCAL_MODE,
        "parts_down": _read_parts_down() if settings.DEMO_PARTS_STATUS else [],
    }


def _read_parts_down() -> list[str]:
    """Names of the demo's parts that do not run, as whoever looks after them wrote them down."""
    try:
        return list(json.loads(Path(settings.DEMO_PARTS_STATUS).read_text())["down"])
    except (OSError, ValueError, KeyError):
        return []


@kept_a_moment
def _site_links() -> tuple[SiteLink, ...]:
    return tuple(SiteLink.objects.all())
