"""What every page's frame shows: places to go, and the links in the foot."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .keeping import kept_a_moment
from .models import SiteLink


def page_frame(request: HttpRequest) -> dict[str, Any]:
    return {"site_links": SimpleLazyObject(_site_links), "is_local_mode": settings.LOCAL_MODE}


@kept_a_moment
def _site_links() -> tuple[SiteLink, ...]:
    return tuple(SiteLink.objects.all())
