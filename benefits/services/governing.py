"""Keep the catalogue right: golden scenarios, reports of errors, products nobody knows, and facts grown old."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.json_input import InputError
from benefits.domain.scenario import Scenario, read_scenarios
from benefits.models import (
    CatalogueReport,
    GoldenScenario,
    GoldenSignOff,
    Plan,
    ScopeItem,
    ServiceDescription,
    Threshold,
    Workload,
)

from .edition_reading import build_from_rows

OLD_AFTER_DAYS = 365


class GovernanceRefused(Exception):
    """The catalogue cannot be changed like this; the message says why."""


# --- golden scenarios


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """One golden scenario decided by an edition. ``difference`` is empty when it came out as expected."""

    scenario: GoldenScenario
    difference: str
    sign_off: GoldenSignOff | None

    @property
    def stands_in_the_way(self) -> bool:
        """Does it keep the edition from being published? A sign-off holds for exactly one difference."""
        return bool(self.difference) and (self.sign_off is None or self.sign_off.difference != self.difference)


def write_golden_scenarios(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Write scenarios of a file, by code; one that is there already stays as it is."""
    GoldenScenario.objects.bulk_create(
        [
            GoldenScenario(
                code=code,
                title=row["title"],
                situation={key: row[key] for key in ("evaluate_on", "customer", "request", "enablement") if key in row},
                expected={key: value for key, value in row["expected"].items() if key != "reason"},
            )
            for code, row in rows.items()
        ],
        ignore_conflicts=True,
    )


def run_golden_scenarios(row: ServiceDescription, edition: Edition) -> list[GoldenResult]:
    """Decide every active golden scenario by an edition. Two queries."""
    signed = {sign_off.scenario_id: sign_off for sign_off in row.sign_offs.select_related("signed_by")}
    scenarios = GoldenScenario.objects.filter(is_active=True)
    return [GoldenResult(one, say_difference(one, edition), signed.get(one.pk)) for one in scenarios]


def say_difference(scenario: GoldenScenario, edition: Edition) -> str:
    """What an edition decides otherwise than expected, in words; empty when nothing."""
    try:
        read = read_golden(scenario.situation, scenario.expected, edition)
    except InputError as error:
        return f"cannot be read by this edition: {error}"
    return "; ".join(find_differences(read.expected, determine(edition, read.situation)))


def read_golden(situation: Any, expected: Any, edition: Edition) -> Scenario:
    """One golden scenario as an edition reads it. Raises InputError with the place of what is wrong."""
    whole = {**situation, "expected": expected} if isinstance(situation, dict) else situation
    [read] = read_scenarios(json.dumps([whole]), edition, dt.date.min)
    return read


def find_differences(expected: Mapping[str, Any] | None, result: Determination) -> list[str]:
    """Each expected field that came out otherwise, in words."""
    found = []
    for name, wanted in (expected or {}).items():
        got = getattr(result, name)
        got = got if isinstance(got, str) else list(got)
        if got != wanted:
            found.append(f"{name}: expected {json.dumps(wanted)}, got {json.dumps(got)}")
    return found


@transaction.atomic
def sign_off(row: ServiceDescription, codes: list[str], *, reason: str, by: User, now: dt.datetime) -> None:
    """Accept that a draft decides golden scenarios otherwise, with a reason: all of them or none.

    Raises:
        GovernanceRefused: no draft, no such scenario, or one comes out as expected.
    """
    if not row.is_draft:
        said = _("Edition %(name)s is published. Approvals are closed.")
        raise GovernanceRefused(said % {"name": row.name})
    active = {scenario.code: scenario for scenario in GoldenScenario.objects.filter(is_active=True)}
    edition = build_from_rows(row)
    for code in dict.fromkeys(codes):
        if code not in active:
            said = _("No changes were made: there is no test scenario “%(code)s”.")
            raise GovernanceRefused(said % {"code": code[:60]})
        difference = say_difference(active[code], edition)
        if not difference:
            said = _("No changes were made: %(code)s passes.")
            raise GovernanceRefused(said % {"code": code})
        words = {"difference": difference, "reason": reason, "signed_by": by, "signed_at": now}
        GoldenSignOff.objects.update_or_create(edition=row, scenario=active[code], defaults=words)


# --- reports of errors


def report_error(
    edition_id: int, code: str, text: str, *, context: Mapping[str, str], by: User, now: dt.datetime
) -> CatalogueReport:
    """Put what somebody thinks is wrong on the admins' list, with what was being looked at."""
    words = {"workload_code": code, "text": text, "context": dict(context)}
    return CatalogueReport.objects.create(edition_id=edition_id, reported_by=by, reported_at=now, **words)


# --- facts grown old


@dataclass(frozen=True, slots=True)
class OldFact:
    """A row of an edition that nobody has verified for long; ``verified_on`` is empty when never."""

    kind: str
    pk: int
    code: str
    name: str
    verified_on: dt.date | None
    source: str


def list_old_facts(row: ServiceDescription, *, before: dt.date) -> list[OldFact]:
    """Plans, workloads, scope items and thresholds last verified before a day, never-verified ones first."""
    sources = dict(row.sources.values_list("key", "text"))
    models = {"plan": Plan, "workload": Workload, "scopeitem": ScopeItem, "threshold": Threshold}
    found = [fact for kind, model in models.items() for fact in _old_rows(kind, model, row, before, sources)]
    return sorted(found, key=lambda fact: (fact.verified_on or dt.date.min, fact.kind, fact.code))


def _old_rows(
    kind: str, model: Any, edition: ServiceDescription, before: dt.date, sources: Mapping[str, str]
) -> Iterator[OldFact]:
    for row in model.objects.filter(Q(verified_on=None) | Q(verified_on__lt=before), edition=edition):
        named = "; ".join(sources.get(key, key) for key in row.sources)
        yield OldFact(kind, row.pk, row.code, str(row), row.verified_on, named)
