"""What a referral page shows of the customer's facts and the determination they give right now."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from benefits.choices import Area, Outcome, Status
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.findings import Finding, PlanHeld
from benefits.domain.questions import Question
from benefits.models import Enablement, Tenant
from benefits.services.customers import Facts, Recorded, load_facts
from benefits.services.editions import edition_in_force
from referrals.models import Referral

FIRST_QUESTIONS = 5
WHAT_TO_DO = {
    Outcome.NOT_ELIGIBLE: "This is a Standard referral: you may offer fee-based work.",
    Outcome.OUT_OF_SCOPE: "This is a Standard referral: you may offer fee-based work for what was asked.",
    Outcome.NOT_REALIZED: "Deliver the remaining workloads with their guides, or decline with notes.",
    Outcome.REALIZED: "The customer has had the full value: you may offer fee-based work.",
    Outcome.NEEDS_INFORMATION: "Record the facts below; the first ones settle it soonest.",
}
MARKS = {
    Outcome.NOT_ELIGIBLE: "○",
    Outcome.OUT_OF_SCOPE: "○",
    Outcome.NOT_REALIZED: "◐",
    Outcome.REALIZED: "●",
    Outcome.NEEDS_INFORMATION: "?",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One workload of the grid; ``fact`` is the newest record in the tenant that is shown."""

    code: str
    name: str
    finding: Finding | None
    fact: Enablement | None
    guide_title: str
    guide_url: str
    shows_evidence: bool
    typed: Recorded | None = None  # what was posted and refused, to be shown again

    @property
    def status(self) -> str:
        if self.typed:
            return self.typed.status
        return self.fact.status if self.fact else Status.UNKNOWN.value

    @property
    def evidence(self) -> str:
        if self.typed:
            return self.typed.evidence
        return self.fact.evidence if self.fact and self.shows_evidence else ""

    @property
    def status_label(self) -> str:
        return Status(self.status).label if self.status in Status.values else ""

    @property
    def verdict(self) -> str:
        return self.finding.verdict if self.finding else "not_entitled"


@dataclass(frozen=True, slots=True)
class AreaRows:
    code: str
    label: str
    rows: tuple[Row, ...]

    @property
    def enabled(self) -> int:
        return sum(row.status == Status.ENABLED for row in self.rows)

    @property
    def counted(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.verdict in ("remaining", "to_confirm", "enabled"))


@dataclass(frozen=True, slots=True)
class Workspace:
    """The due-diligence side of a referral page."""

    referral: Referral
    facts: Facts
    tenant: Tenant | None
    decided: Determination
    edition: Edition
    areas: tuple[AreaRows, ...]

    @property
    def mark(self) -> str:
        return MARKS[Outcome(self.decided.outcome)]

    @property
    def outcome_label(self) -> str:
        return Outcome(self.decided.outcome).label

    @property
    def what_to_do(self) -> str:
        return WHAT_TO_DO[Outcome(self.decided.outcome)]

    @property
    def remaining(self) -> list[Finding]:
        return [finding for finding in self.decided.findings if finding.verdict == "remaining"]

    @property
    def first_questions(self) -> tuple[Question, ...]:
        return self.decided.questions[:FIRST_QUESTIONS]

    @property
    def more_questions(self) -> tuple[Question, ...]:
        return self.decided.questions[FIRST_QUESTIONS:]

    @property
    def cover_names(self) -> list[str]:
        return self._names(tuple(self.referral.cover))

    def _names(self, codes: tuple[str, ...]) -> list[str]:
        return [self.edition.workloads[code].name if code in self.edition.workloads else code for code in codes]

    @property
    def plans_by_family(self) -> list[tuple[str, list[PlanHeld]]]:
        """Plans held under their family's name; products no edition knows come last."""
        names = {family.code: family.name for family in self.edition.families} | {"": "Not in the service description"}
        groups = [
            (name, [plan for plan in self.decided.plans_held if plan.family == code]) for code, name in names.items()
        ]
        return [(name, plans) for name, plans in groups if plans]


def load_workspace(
    referral: Referral,
    *,
    tenant_pk: str,
    party: str,
    sees_all: bool,
    today: dt.date,
    typed: Mapping[str, Recorded] | None = None,
) -> Workspace:
    """Read the facts and decide them, recording nothing. Four queries, whatever the number of workloads.

    ``party`` sees the evidence that it recorded itself; of others' facts, value and date only.
    ``typed`` is shown in the place of what is recorded: it was posted and refused.
    """
    facts = load_facts(referral.customer)
    _edition_id, edition = edition_in_force(today)
    decided = determine(edition, facts.situation(referral.request, today))
    chosen = [tenant for tenant in facts.tenants if str(tenant.pk) == tenant_pk] or list(facts.tenants[:1])
    tenant = chosen[0] if chosen else None
    current = {fact.workload_code: fact for fact in facts.enablement if tenant and fact.tenant_id == tenant.pk}
    rows = _build_rows(referral, decided, edition, current, party, sees_all=sees_all)
    rows = [replace(row, typed=(typed or {}).get(row.code)) for row in rows]
    return Workspace(referral, facts, tenant, decided, edition, tuple(_group(rows, edition)))


def _build_rows(
    referral: Referral,
    decided: Determination,
    edition: Edition,
    current: dict[str, Enablement],
    party: str,
    *,
    sees_all: bool,
) -> list[Row]:
    findings = {finding.workload: finding for finding in decided.findings}
    asked = [code for code in (*referral.workloads, *referral.cover, *current) if code in edition.workloads]
    codes = dict.fromkeys([*findings, *asked])
    rows = []
    for code in codes:
        workload, fact = edition.workloads[code], current.get(code)
        shows = fact is not None and (sees_all or fact.author_party == party)
        guide = workload.guide
        rows.append(Row(code, workload.name, findings.get(code), fact, guide.title, guide.url, shows))
    return sorted(rows, key=lambda row: row.name)


def _group(rows: list[Row], edition: Edition) -> Iterator[AreaRows]:
    for area in Area:
        inside = tuple(row for row in rows if edition.workloads[row.code].area == area)
        if inside:
            yield AreaRows(area.value, area.label, inside)
