"""The history of a referral as people read it: by person and sitting, and facts as what they changed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.choices import Outcome
from referrals.choices import Actor, EventKind
from referrals.models import Event

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAUSE = dt.timedelta(minutes=30)  # a longer one begins another sitting
NOTES, FACTS, SYSTEM = "notes", "facts", "system"
FACT_KINDS = (EventKind.FACTS_RECORDED, EventKind.DETERMINED, EventKind.FACTS_LOOKED_AT, EventKind.FACTS_PROPOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. ``kind``: what somebody did or wrote, a fact, or the system's."""

    kind: str
    what: "StrOrPromise"
    note: str = ""
    partner: Any = None


@dataclass(slots=True)
class Sitting:
    """What one author did without a longer pause, the newest first."""

    who: str
    since: dt.datetime
    until: dt.datetime
    lines: list[Line] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        return {line.kind for line in self.lines}


class Standing:
    """What is known of statuses and of the decision, as a history is read from its beginning."""

    def __init__(self) -> None:
        self.statuses: dict[tuple[str, str], str] = {}
        self.outcome = ""
        self.to_confirm: int | None = None


def list_sittings(events: Iterable[Event], *, shows_partners: bool) -> list[Sitting]:
    """The newest sitting first. ``events`` with ``by``, oldest first; a partner reads its own and no team's notes."""
    standing, sittings = Standing(), list[Sitting]()
    for _author, group in groupby(events, key=lambda event: (event.actor, event.by_id, event.partner_id)):
        for run in _without_pause(group):
            who = str(run[-1].by or run[-1].get_actor_display())
            lines = [*_list_acts(run, shows_partners=shows_partners), *_list_changes(run, standing)]
            sittings.append(Sitting(who, run[0].at, run[-1].at, lines[::-1]))
    return [sitting for sitting in reversed(sittings) if sitting.lines]


def _without_pause(events: Iterable[Event]) -> Iterator[list[Event]]:
    run: list[Event] = []
    for event in events:
        if run and event.at - run[-1].at > PAUSE:
            yield run
            run = []
        run.append(event)
    if run:
        yield run


def _list_acts(run: list[Event], *, shows_partners: bool) -> Iterator[Line]:
    for event in run:
        if event.kind in (EventKind.FACTS_RECORDED, EventKind.DETERMINED):
            continue
        moved = event.state_to and event.kind == EventKind.MOVED
        what = f"{event.get_kind_display()} → {event.get_state_to_display()}" if moved else event.get_kind_display()
        note = event.note if shows_partners or event.is_for_partner else ""
        yield Line(_kind_of(event), what, note, event.partner if shows_partners else None)


def _kind_of(event: Event) -> str:
    if event.kind in FACT_KINDS:
        return FACTS
    return SYSTEM if event.actor == Actor.SYSTEM else NOTES


def _list_changes(run: list[Event], standing: Standing) -> Iterator[Line]:
    """What a sitting changed in all: each workload once, and the decision once."""
    yield from _list_decision([event for event in run if event.kind == EventKind.DETERMINED], standing)
    recorded = [event for event in run if event.kind == EventKind.FACTS_RECORDED]
    for event in recorded:
        yield from _list_uploads(event)
    first: dict[tuple[str, str], str] = {}
    for event in recorded:
        for key, before in _read_statuses(event, standing):
            first.setdefault(key, before)
    for key, before in first.items():
        now = standing.statuses[key]
        if before != now:
            yield Line(FACTS, f"{key[1]}: {before} → {now}" if before else f"{key[1]}: {now}")


def _read_statuses(event: Event, standing: Standing) -> Iterator[tuple[tuple[str, str], str]]:
    """Tenant and workload with the status before, where it is known; the new ones stand from now on."""
    before = event.data.get("before", {})
    for name, status in event.data.get("statuses", {}).items():
        key = (event.data.get("tenant", ""), name)
        yield key, before.get(name) or standing.statuses.get(key, "")
        standing.statuses[key] = status


def _list_uploads(event: Event) -> Iterator[Line]:
    data = event.data
    source = f" ({data['file']})" if data.get("file") else ""
    if "plans" in data:
        words = ngettext("%(n)s subscription recorded", "%(n)s subscriptions recorded", data["plans"])
        yield Line(FACTS, words % {"n": data["plans"]} + source)
    elif "figures" in data:
        words = ngettext("%(n)s usage figure recorded", "%(n)s usage figures recorded", data["figures"])
        yield Line(FACTS, words % {"n": data["figures"]} + source)
    elif "statuses" not in data:
        yield Line(FACTS, event.get_kind_display(), event.note)


def _list_decision(decided: list[Event], standing: Standing) -> Iterator[Line]:
    if not decided:
        return
    outcome, to_confirm = standing.outcome, standing.to_confirm
    standing.outcome = str(decided[-1].data.get("outcome", outcome))
    standing.to_confirm = decided[-1].data.get("to_confirm")
    words = _label(standing.outcome)
    if outcome and outcome != standing.outcome:
        words = f"{_label(outcome)} → {words}"
    left = standing.to_confirm
    if left is not None and to_confirm is not None and left != to_confirm:
        words += " · " + _("%(before)s → %(after)s to confirm") % {"before": to_confirm, "after": left}
    elif left:
        words += " · " + _("%(n)s to confirm") % {"n": left}
    yield Line(FACTS, words, decided[-1].note)


def _label(outcome: str) -> str:
    return str(Outcome(outcome).label) if outcome in Outcome.values else outcome
