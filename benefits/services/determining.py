"""Determine a customer's situation, record the decision, and replay recorded ones."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from accounts.models import User
from benefits.domain import determination as engine
from benefits.domain.catalogue import Edition
from benefits.domain.situation import Request, Situation, read_written, write_situation
from benefits.domain.wording import ENGINE_VERSION, TODAY, WORDS
from benefits.models import Determination

from .editions import edition_in_force, load_edition
from .situations import Facts


def determine_now(facts: Facts, request: Request, on: dt.date) -> tuple[int, Situation, engine.Determination]:
    """Decide a customer's facts by the edition in force; records nothing.

    Raises:
        NoEditionInForce: no edition is published for the date.
    """
    edition_id, edition = edition_in_force(on)
    situation = facts.situation(request, on, edition)
    return edition_id, situation, engine.determine(edition, situation)


def record_determination(
    facts: Facts, request: Request, *, by: User | None, now: dt.datetime, standing: Determination | None = None
) -> Determination:
    """Decide on facts, and keep the decision with its edition, facts, outcome and trace.

    The ``standing`` one is answered again when it is of the same day, with equal facts, edition and result.
    """
    edition_id, situation, decided = determine_now(facts, request, now.date())
    written, result = write_situation(situation), decided.as_record()
    row = Determination(
        customer=facts.customer,
        edition_id=edition_id,
        decided_at=now,
        decided_by=by,
        outcome=decided.outcome,
        rule=decided.rule,
        reason=decided.reason,
        facts=written,
        result=result,
        facts_hash=digest(written),
        result_hash=digest(result),
        engine_version=ENGINE_VERSION,
    )
    if standing is not None and _is_same(standing, row):
        return standing
    row.save()
    return row


def _is_same(one: Determination, other: Determination) -> bool:
    names = ("edition_id", "facts_hash", "result_hash")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def digest(data: Any) -> str:
    """Hash of JSON data, independent of key order, locale and hash seed."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def replay_one(
    row: Determination, known: Mapping[int, Edition] = MappingProxyType({})
) -> tuple[engine.Determination, Edition]:
    """A record in full, in the words of its engine and with guides as they are today, and its edition: recomputed.

    One query, none when its edition is ``known`` by its id.
    """
    edition = known.get(row.edition_id) or load_edition(row.edition_id)
    return engine.determine(edition, read_written(row.facts), WORDS.get(row.engine_version, TODAY)), edition


def replay(rows: Iterator[Determination]) -> Iterator[tuple[Determination, str]]:
    """Recompute records from their facts and edition; yield each with what differs (empty: nothing)."""
    for row in rows:
        decided, _edition = replay_one(row)
        yield row, _difference(row, decided)


def _difference(row: Determination, decided: engine.Determination) -> str:
    if digest(row.facts) != row.facts_hash:
        return "the recorded facts do not match their hash"
    if digest(row.result) != row.result_hash:
        return "the recorded result does not match its hash"
    if row.engine_version not in WORDS:
        return _decision_difference(row, decided)
    if digest(decided.as_record()) != row.result_hash:
        changed = [name for name, value in row.result.items() if decided.as_record().get(name) != _plain(value)]
        return f"recomputed otherwise: {', '.join(sorted(changed)) or 'form of the data'}"
    return ""


def _decision_difference(row: Determination, decided: engine.Determination) -> str:
    """An engine whose words are not kept; what it decided must still be decided."""
    recorded = {"outcome": row.outcome, "rule": row.rule} | row.result
    changed = [name for name in engine.DECIDED if recorded.get(name) != _listed(getattr(decided, name))]
    return f"decided otherwise than by engine {row.engine_version}: {', '.join(changed)}" if changed else ""


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    """JSON lists as the tuples that the engine answers with."""
    return tuple(_plain(item) for item in value) if isinstance(value, list) else value
