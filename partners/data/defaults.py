"""The row that every installation starts with; admins add versions afterwards."""

import datetime as dt
from typing import Any

FIRST_POLICY = {"effective_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "reason": "The programme's own rules."}


def write_first_policy(routing_policy: Any) -> None:
    """Write version 1 with the given model (a migration passes its own). An existing one is left alone."""
    routing_policy.objects.get_or_create(version=1, defaults=FIRST_POLICY)
