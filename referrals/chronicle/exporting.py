"""The history as a file that anybody can verify without us: see ``verify_export.py``."""

import json
from collections.abc import Iterator

from referrals.domain.chaining import ChainedEvent
from referrals.models import HistoryHead

from .heads import as_line, public_key
from .reading import read_events


def export_history(referrals: list[int] | None = None) -> Iterator[str]:
    """Lines of JSON: the public key, the events (of some referrals, by their ids, or all), and for all the heads."""
    yield json.dumps({"public_key": public_key().hex(), "is_whole": referrals is None})
    yield from (_as_line(event) for event in read_events(referrals))
    if referrals is None:
        yield from (as_line(head) for head in HistoryHead.objects.all())


def _as_line(event: ChainedEvent) -> str:
    words = {name: value.hex() if isinstance(value, bytes) else value for name, value in event._asdict().items()}
    return json.dumps(words, ensure_ascii=False)
