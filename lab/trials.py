"""Which run of the lab tried a policy last, and what it said in short."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.db.models import Q

from lab.models import LabRun
from partners.domain.policy import Policy

MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """A finished run, and the place of the variant in it."""

    run: LabRun
    place: int


def find_trial(policy: Policy) -> Trial | None:
    """The last finished run with exactly these settings, whatever their version."""
    settings = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(policy).items()
        if name != "version"
    }
    alike = Q(variants__contains=[{"policy": settings}])  # in any order, and with more waived: that is looked at below
    runs = LabRun.objects.without_scenario().filter(alike).exclude(result_hash="").order_by("-finished_at", "-pk")
    found = (Trial(run, place) for run in runs[:MOST_LOOKED_AT] for place in _places(run, policy))
    return next(found, None)


def _places(run: LabRun, policy: Policy) -> Iterator[int]:
    wanted = replace(policy, version=0)
    for place, variant in enumerate(run.variants):
        if not variant["change"] and replace(run.policy(place), version=0) == wanted:
            yield place
