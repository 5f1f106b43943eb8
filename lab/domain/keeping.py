"""A scenario as bytes and back: JSON, compressed; needs that are the same are written once. Pure."""

import datetime as dt
import json
import zlib
from dataclasses import asdict, astuple
from typing import Any

from partners.domain.matching import Moving, Need
from partners.domain.receipts import profiles_data, read_need, read_profiles, write_need

from .hours import Hours
from .scenario import Answer, Answers, Arrival, Change, Scenario


def pack(scenario: Scenario) -> bytes:
    needs: dict[Need, int] = {}
    arrivals = [
        (row.minute, needs.setdefault(row.need, len(needs)), [(one, *astuple(said)) for one, said in row.known.items()])
        for row in scenario.arrivals
    ]
    hours: dict[Hours, int] = {}
    works = [(partner, hours.setdefault(own, len(hours))) for partner, own in sorted(scenario.hours.items())]
    data = {
        "profiles": profiles_data(scenario.profiles),
        "needs": [write_need(need) for need in needs],
        "arrivals": arrivals,
        "changes": [astuple(change) for change in scenario.changes],
        "answers": asdict(scenario.answers),
        "standing": [(partner, *_write(state)) for partner, state in sorted(scenario.standing.items())],
        "until": scenario.until,
        "hours": [astuple(own) for own in hours],
        "works": works,
    }
    return zlib.compress(json.dumps(data, sort_keys=True).encode())


def unpack(packed: bytes) -> Scenario:
    """What ``pack`` has packed."""
    data = json.loads(zlib.decompress(packed))
    needs = [read_need(row) for row in data["needs"]]
    hours = [Hours(tuple((opens, closes) for opens, closes in windows), day) for windows, day in data.get("hours", ())]
    return Scenario(
        profiles=read_profiles(data["profiles"]),
        arrivals=tuple(
            Arrival(minute, needs[place], {partner: Answer(*said) for partner, *said in known})
            for minute, place, known in data["arrivals"]
        ),
        changes=tuple(Change(*row) for row in data["changes"]),
        answers=_read_answers(data["answers"]),
        standing={partner: _read(row) for partner, *row in data["standing"]},
        until=data["until"],
        hours={partner: hours[place] for partner, place in data.get("works", ())},
    )


def _write(state: Moving) -> tuple[int, str | None, int, int]:
    at = state.last_offered_at
    return state.open_offers, at.isoformat() if at else None, state.open_benefit, state.last_turn


def _read(row: list[Any]) -> Moving:
    opened, at, benefit, turn = row
    return Moving(opened, dt.datetime.fromisoformat(at) if at else None, benefit, turn)


def _read_answers(data: dict[str, Any]) -> Answers:
    """JSON has no numbers as keys. Runs of before there were working hours have minutes instead of business days."""
    data.pop("minutes_in_time", None)
    for name in ("of_partner", "reasons_of"):
        data[name] = {int(partner): value for partner, value in data[name].items()}
    return Answers(**data)
