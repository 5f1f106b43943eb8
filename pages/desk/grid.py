"""The grid of workloads on a referral page: what is recorded of each, by solution area."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accounts.folding import fold
from benefits.choices import Area, Status
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination
from benefits.domain.findings import AreaVerdict, Finding
from benefits.domain.sight import Sight
from benefits.models import Enablement, Tenant, UsageFigure
from benefits.services.customers import Recorded
from benefits.services.situations import Facts
from referrals.models import Referral

AREA_MARKS = {"realized": "good", "remaining": "partly", "to_confirm": "unknown", "not_counted": "none"}  # icons


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
    usage: UsageFigure | None = None
    withheld: str = ""  # why a plan held does not bring it
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
    def part(self) -> str:
        """For others, as far as it is a value: what a group is called stays with its author and the team."""
        if self.typed:
            return self.typed.part
        if self.fact is None:
            return ""
        return self.fact.part if self.shows_evidence else self.fact.part_in_seats

    @property
    def was(self) -> str:
        """The row as it is shown; posted back, it tells an untouched row from a changed one."""
        return "|".join((self.status, self.part, self.evidence))

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label) if self.status in Status.values else ""

    @property
    def verdict(self) -> str:
        return self.finding.verdict if self.finding else "not_entitled"


@dataclass(frozen=True, slots=True)
class AreaRows:
    code: str
    label: str
    rows: tuple[Row, ...]
    verdict: AreaVerdict | None

    @property
    def is_open(self) -> bool:
        """Is something known of it and something still to be done, withheld by an export, or refused just now?"""
        known = any(row.status != Status.UNKNOWN or row.usage for row in self.rows)
        is_done = self.verdict is None or self.verdict.verdict in ("realized", "not_counted")
        return (known and not is_done) or any(row.typed or row.withheld for row in self.rows)

    @property
    def mark(self) -> str:
        return AREA_MARKS[self.verdict.verdict] if self.verdict else AREA_MARKS["not_counted"]

    @property
    def names(self) -> str:
        """What a search finds in it while its rows are not shown."""
        return "|".join(row.name.lower() for row in self.rows)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the row that answers it, if it is about a workload of the tenant that is shown.

    ``settled``: answers, as the page names them, each with the outcome that it would settle.
    """

    text: str
    row: Row | None = None
    settled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of the workloads in the tenant that is shown, by workload."""

    facts: dict[str, Enablement]
    usage: dict[str, UsageFigure]


def load_shown(facts: Facts, tenant: Tenant | None, horizon: Sight) -> Shown:
    if tenant is None:
        return Shown({}, {})
    current = {fact.workload_code: fact for fact in facts.enablement if fact.tenant_id == tenant.pk}
    usage = UsageFigure.objects.filter(tenant=tenant).known_to(horizon).current()
    return Shown(current, {figure.workload_code: figure for figure in usage})


def build_rows(
    referral: Referral, decided: Determination, edition: Edition, shown: Shown, party: str, *, sees_all: bool
) -> list[Row]:
    findings = {finding.workload: finding for finding in decided.findings}
    withheld = {row.workload: row.why for row in decided.withheld}
    asked = [*referral.workloads, *referral.cover, *withheld, *shown.facts, *shown.usage]
    rows = []
    for code in dict.fromkeys([*findings, *(code for code in asked if code in edition.workloads)]):
        workload, fact = edition.workloads[code], shown.facts.get(code)
        shows = fact is not None and (sees_all or fact.author_party == party)
        guide = workload.guide
        row = Row(code, workload.name, findings.get(code), fact, guide.title, guide.url, shows)
        rows.append(replace(row, usage=shown.usage.get(code), withheld=withheld.get(code, "")))
    return sorted(rows, key=lambda row: fold(row.name))


def group_rows(rows: list[Row], edition: Edition, decided: Determination) -> Iterator[AreaRows]:
    verdicts = {verdict.area: verdict for verdict in decided.areas}
    for area in Area:
        inside = tuple(row for row in rows if edition.workloads[row.code].area == area)
        if inside:
            yield AreaRows(area.value, str(area.label), inside, verdicts.get(area.value))
