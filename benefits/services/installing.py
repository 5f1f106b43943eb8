"""Put the editions that ship with the product into an installation: published in a new one, as drafts in others."""

import datetime as dt
from functools import cache

from django.db import transaction

from benefits.models import GoldenScenario, ServiceDescription

from .editions import hash_file, import_draft, import_edition
from .governing import write_golden_scenarios
from .shipped import SHIPPED, load_shipped_edition, read_shipped_scenarios, shipped_file


@transaction.atomic
def install_editions(*, now: dt.datetime) -> list[ServiceDescription]:
    """Bring an installation up to the editions that ship; gives the new drafts, which an admin has to look at.

    A new installation starts with all of them published. An existing one finds those newer than its own catalogue as
    drafts, and the golden scenarios that they add. Idempotent.
    """
    if not ServiceDescription.objects.exists():
        for name in SHIPPED:
            import_edition(shipped_file(name).read_bytes(), by=None, now=now)
    later = _later_than_published()
    if not GoldenScenario.objects.exists():
        write_golden_scenarios(read_shipped_scenarios([name for name in SHIPPED if name not in later]))
    drafts = [import_draft(shipped_file(name).read_bytes(), by=None, now=now) for name in later if not _is_there(name)]
    if drafts:
        known = read_shipped_scenarios([name for name in SHIPPED if name not in later])
        added = read_shipped_scenarios(later)
        write_golden_scenarios({code: row for code, row in added.items() if code not in known})
    return drafts


def waiting_edition() -> ServiceDescription | None:
    """The newest shipped edition while it is a draft that an admin has not published."""
    hashes = [_hash(name) for name in _later_than_published()]
    return ServiceDescription.objects.drafts().filter(content_hash__in=hashes).order_by("-as_of").first()


def _later_than_published() -> list[str]:
    """Shipped editions with newer evidence than any that was published here."""
    newest = ServiceDescription.objects.published().order_by("-as_of").values_list("as_of", flat=True).first()
    return [name for name in SHIPPED if newest is None or load_shipped_edition(name).as_of > newest]


def _is_there(name: str) -> bool:
    return ServiceDescription.objects.filter(content_hash=_hash(name)).exists()


@cache
def _hash(name: str) -> str:
    return hash_file(shipped_file(name).read_bytes())
