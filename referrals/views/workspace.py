"""What a referral page shows of the customer's facts and the determination they give right now."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Area, Outcome, Status
from benefits.domain.advice import Advice
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.findings import AreaVerdict, Finding, PlanHeld
from benefits.domain.questions import Question
from benefits.models import Enablement, Tenant, UsageFigure
from benefits.services.customers import Facts, Recorded, load_facts
from benefits.services.determining import replay_one
from benefits.services.editions import edition_in_force
from referrals.models import Referral

FIRST_QUESTIONS = 5
STALE_DAYS = 30
AREA_MARKS = {"realized": "good", "remaining": "partly", "to_confirm": "unknown", "not_counted": "none"}  # icons
WHAT_TO_DO = {
    Outcome.NOT_ELIGIBLE: _("This is a Standard referral: you may offer fee-based work."),
    Outcome.OUT_OF_SCOPE: _("This is a Standard referral: you may offer fee-based work for what was asked."),
    Outcome.NOT_REALIZED: _("Deliver the remaining workloads with their guides, or decline with notes."),
    Outcome.REALIZED: _("The customer has had the full value: you may offer fee-based work."),
    Outcome.NEEDS_INFORMATION: _("Record the facts below; the first ones settle it soonest."),
}
MARKS = {
    Outcome.NOT_ELIGIBLE: "none",
    Outcome.OUT_OF_SCOPE: "none",
    Outcome.NOT_REALIZED: "partly",
    Outcome.REALIZED: "good",
    Outcome.NEEDS_INFORMATION: "unknown",
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
        if self.typed:
            return self.typed.part
        return self.fact.part if self.fact else ""

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
    def enabled(self) -> int:
        return sum(row.status == Status.ENABLED for row in self.rows)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The due-diligence side of a referral page. ``decided`` is what stands; ``now`` what would be decided today."""

    referral: Referral
    facts: Facts
    tenant: Tenant | None
    decided: Determination
    edition: Edition
    now: Determination
    edition_now: Edition
    areas: tuple[AreaRows, ...]
    stale: tuple[str, ...]
    advice: tuple[Advice, ...] = ()

    @property
    def differs(self) -> bool:
        """Would the determination come out otherwise if it were made again now?"""
        return self.now.verdict.gist != self.decided.verdict.gist

    @property
    def differs_words(self) -> str:
        outcome = gettext("the same outcome, with other workloads")
        if self.now.outcome != self.decided.outcome:
            outcome = str(Outcome(self.now.outcome).label).lower()
        if self.edition_now is self.edition:
            return gettext("would differ today: %(outcome)s") % {"outcome": outcome}
        words = {"edition": self.edition_now.name, "outcome": outcome}
        return gettext("would differ under edition %(edition)s: %(outcome)s") % words

    @property
    def mark(self) -> str:
        return MARKS[Outcome(self.decided.outcome)]

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.decided.outcome).label)

    @property
    def what_to_do(self) -> str:
        return str(WHAT_TO_DO[Outcome(self.decided.outcome)])

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
    def area_verdicts(self) -> list[tuple[str, str, AreaVerdict]]:
        """Mark, name and verdict of each solution area in view."""
        return [
            (AREA_MARKS[row.verdict], str(Area(row.area).label), row)
            for row in self.decided.areas
            if row.counted and row.area in Area.values
        ]

    @property
    def plans_by_family(self) -> list[tuple[str, list[PlanHeld]]]:
        """Plans held under their family's name; products no edition knows come last."""
        names = {family.code: family.name for family in self.edition.families} | {
            "": gettext("Not in the service description")
        }
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
    """Read the facts and what stands, and decide them once more for today, recording nothing.

    Six queries, whatever the number of workloads.

    ``party`` sees the evidence that it recorded itself; of others' facts, value and date only.
    ``typed`` is shown in the place of what is recorded: it was posted and refused.
    """
    facts = load_facts(referral.customer)
    edition_id, edition_now = edition_in_force(today)
    now = determine(edition_now, facts.situation(referral.request, today, edition_now))
    decided, edition = now, edition_now
    if referral.determination is not None:
        decided, edition = replay_one(referral.determination, {edition_id: edition_now})
    chosen = [tenant for tenant in facts.tenants if str(tenant.pk) == tenant_pk] or list(facts.tenants[:1])
    tenant = chosen[0] if chosen else None
    rows = _build_rows(referral, decided, edition, _load_shown(facts, tenant), party, sees_all=sees_all)
    rows = [replace(row, typed=(typed or {}).get(row.code)) for row in rows]
    areas = tuple(_group(rows, edition, decided))
    stale = tuple(_name_stale(facts, decided, today))
    advice = tuple(decided.advice) if sees_all else tuple(own_advice(referral, decided.advice))
    return Workspace(referral, facts, tenant, decided, edition, now, edition_now, areas, stale, advice)


def imagine_workspace(referral: Referral, facts: Facts, edition: Edition, today: dt.date) -> Workspace:
    """The same for facts that stand in no database, as the style guide shows them. No query."""
    decided = determine(edition, facts.situation(referral.request, today, edition))
    shown = Shown({fact.workload_code: fact for fact in facts.enablement}, {})
    areas = tuple(_group(_build_rows(referral, decided, edition, shown, "", sees_all=True), edition, decided))
    parts = (decided, edition, decided, edition, areas, (), tuple(decided.advice))
    return Workspace(referral, facts, facts.tenants[0], *parts)


def own_advice(referral: Referral, advice: Iterable[Advice]) -> Iterator[Advice]:
    """What was asked for; of a split request the own part only, since the rest is for others."""
    for line in advice:
        if not referral.engagement or line.code in referral.cover:
            yield line


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of the workloads in the tenant that is shown, by workload."""

    facts: dict[str, Enablement]
    usage: dict[str, UsageFigure]


def _load_shown(facts: Facts, tenant: Tenant | None) -> Shown:
    if tenant is None:
        return Shown({}, {})
    current = {fact.workload_code: fact for fact in facts.enablement if fact.tenant_id == tenant.pk}
    usage = UsageFigure.objects.filter(tenant=tenant).current()
    return Shown(current, {figure.workload_code: figure for figure in usage})


def _name_stale(facts: Facts, decided: Determination, today: dt.date) -> Iterator[str]:
    """Facts older than 30 days that the determination rests on."""
    limit = today - dt.timedelta(days=STALE_DAYS)
    old_plans = [row for row in facts.subscriptions if row.recorded_at.date() < limit]
    if old_plans:
        oldest = min(row.recorded_at for row in old_plans)
        yield gettext("The subscriptions were recorded more than %(stale_days)s days ago (%(oldest)s).") % {
            "stale_days": STALE_DAYS,
            "oldest": date_format(oldest, "SHORT_DATE_FORMAT"),
        }
    in_view = {row.workload: row.name for row in decided.findings if row.verdict != "not_counted"}
    old = [row for row in facts.enablement if row.recorded_at.date() < limit and row.workload_code in in_view]
    if old:
        names = sorted({in_view[row.workload_code] for row in old})
        more = gettext(" and %(number)s more") % {"number": len(names) - 3} if len(names) > 3 else ""
        yield gettext("Recorded more than %(stale_days)s days ago: %(names)s%(more)s. Ask whether it still holds.") % {
            "stale_days": STALE_DAYS,
            "names": ", ".join(names[:3]),
            "more": more,
        }


def _build_rows(
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
    return sorted(rows, key=lambda row: row.name)


def _group(rows: list[Row], edition: Edition, decided: Determination) -> Iterator[AreaRows]:
    verdicts = {verdict.area: verdict for verdict in decided.areas}
    for area in Area:
        inside = tuple(row for row in rows if edition.workloads[row.code].area == area)
        if inside:
            yield AreaRows(area.value, str(area.label), inside, verdicts.get(area.value))
