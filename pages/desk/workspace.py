"""What a referral page shows of the customer's facts and the determination they give right now."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Area, Outcome, Status
from benefits.domain.advice import Advice
from benefits.domain.asking.questions import WORKLOAD, Question
from benefits.domain.asking.what_if import with_status
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.findings import AreaVerdict, Finding, PlanHeld
from benefits.domain.situation import Situation
from benefits.models import Tenant
from benefits.services.changes import FactChange
from benefits.services.customers import Recorded
from benefits.services.determining import replay_one
from benefits.services.editions import edition_in_force
from benefits.services.situations import Facts, load_facts
from pages.desk.grid import AREA_MARKS, AreaRows, Asked, Row, Shown, build_rows, group_rows, load_shown
from referrals.lifecycle.sights import find_changes, horizon_of, mark_of, sight_of
from referrals.models import Offer, Referral

FIRST_QUESTIONS = 3
STALE_DAYS = 30
WHAT_TO_DO = {
    Outcome.NOT_ELIGIBLE: _("This is a Standard referral: you can offer fee-based work."),
    Outcome.OUT_OF_SCOPE: _("This is a Standard referral: you can offer fee-based work for what was requested."),
    Outcome.NOT_REALIZED: _("Deliver the remaining workloads using the guides, or decline with notes."),
    Outcome.REALIZED: _("The customer has received the full value. You can offer fee-based work."),
    Outcome.NEEDS_INFORMATION: _("Answer the questions below, most decisive first."),
}
MARKS = {
    Outcome.NOT_ELIGIBLE: "none",
    Outcome.OUT_OF_SCOPE: "none",
    Outcome.NOT_REALIZED: "partly",
    Outcome.REALIZED: "good",
    Outcome.NEEDS_INFORMATION: "unknown",
}


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
    changes: tuple[FactChange, ...] = ()  # recorded by others, known by now and not looked at
    asked: tuple[Asked, ...] = ()  # the first questions

    @property
    def looked(self) -> str:
        """The mark of these changes, as a form carries it."""
        return mark_of(self.changes)

    @property
    def unmapped(self) -> list[str]:
        """What the products are called that the edition in force does not know, for the team."""
        return self.facts.unmapped(self.edition_now)

    @property
    def differs(self) -> bool:
        """Would the determination come out otherwise if it were made again now?"""
        return self.now.verdict.gist != self.decided.verdict.gist

    @property
    def differs_words(self) -> str:
        outcome = gettext("same result, different workloads")
        if self.now.outcome != self.decided.outcome:
            outcome = str(Outcome(self.now.outcome).label).lower()
        if self.edition_now is self.edition:
            return gettext("today’s result would be: %(outcome)s") % {"outcome": outcome}
        words = {"edition": self.edition_now.name, "outcome": outcome}
        return gettext("under edition %(edition)s the result would be: %(outcome)s") % words

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
        """Plans held under their family's name; products that are no plan come last, each with why."""
        names = {family.code: family.name for family in self.edition.families} | {"": gettext("Other products")}
        groups = [
            (name, [plan for plan in self.decided.plans_held if plan.family == code]) for code, name in names.items()
        ]
        return [(name, plans) for name, plans in groups if plans]


def load_workspace(
    referral: Referral,
    *,
    offer: Offer | None,
    tenant_domain: str,
    today: dt.date,
    typed: Mapping[str, Recorded] | None = None,
) -> Workspace:
    """Read the facts and what stands, and decide them once more for today, recording nothing.

    Six queries, whatever the number of workloads; three more where others have recorded something since.

    The partner of an ``offer`` sees the evidence that it recorded itself; of others' facts, value and date only.
    ``typed`` is shown in the place of what is recorded: it was posted and refused.
    """
    sight, now_at = sight_of(offer), timezone.now()
    facts = load_facts(referral.customer, sight)
    edition_id, edition_now = edition_in_force(today)
    situation = facts.situation(referral.request, today, edition_now)
    now = determine(edition_now, situation)
    decided, edition = now, edition_now
    if referral.determination is not None:
        decided, edition = replay_one(referral.determination, {edition_id: edition_now})
    chosen = [tenant for tenant in facts.tenants if tenant.domain == tenant_domain] or list(facts.tenants[:1])
    tenant = chosen[0] if chosen else None
    shown = load_shown(facts, tenant, horizon_of(offer, now_at))
    rows = build_rows(referral, decided, edition, shown, sight.party, sees_all=offer is None)
    rows = [replace(row, typed=(typed or {}).get(row.code)) for row in rows]
    areas = tuple(group_rows(rows, edition, decided))
    stale = tuple(_name_stale(facts, decided, today))
    advice = tuple(decided.advice) if offer is None else tuple(own_advice(referral, decided.advice))
    changes = find_changes(referral.customer, offer, now_at, facts) if offer is not None else ()
    asked = tuple(_ask(decided, edition_now, situation, rows, tenant))
    return Workspace(referral, facts, tenant, decided, edition, now, edition_now, areas, stale, advice, changes, asked)


def imagine_workspace(referral: Referral, facts: Facts, edition: Edition, today: dt.date) -> Workspace:
    """The same for facts that stand in no database, as the style guide shows them. No query."""
    situation = facts.situation(referral.request, today, edition)
    decided, tenant = determine(edition, situation), facts.tenants[0]
    rows = build_rows(
        referral,
        decided,
        edition,
        Shown({fact.workload_code: fact for fact in facts.enablement}, {}),
        "",
        sees_all=True,
    )
    parts = (decided, edition, decided, edition, tuple(group_rows(rows, edition, decided)), (), tuple(decided.advice))
    asked = tuple(_ask(decided, edition, situation, rows, tenant))
    return Workspace(referral, facts, tenant, *parts, asked=asked)


def _ask(
    decided: Determination, edition: Edition, situation: Situation, rows: Iterable[Row], tenant: Tenant | None
) -> Iterator[Asked]:
    """The first questions; each about a workload says what its answers would settle."""
    known = {row.code: row for row in rows} if tenant else {}
    for question in decided.questions[:FIRST_QUESTIONS]:
        row = known.get(question.code) if question.kind == WORKLOAD else None
        settled = tuple(_settle(edition, situation, question.code, tenant)) if row and tenant else ()
        yield Asked(question.text, row, settled if decided.outcome == Outcome.NEEDS_INFORMATION else ())


def _settle(edition: Edition, situation: Situation, code: str, tenant: Tenant) -> Iterator[tuple[str, str]]:
    for answer, status in ((_("Yes"), Status.ENABLED), (_("No"), Status.NOT_STARTED)):
        outcome = determine(edition, with_status(situation, code, tenant.domain, status)).outcome
        if outcome != Outcome.NEEDS_INFORMATION:
            yield str(answer), str(Outcome(outcome).label)


def own_advice(referral: Referral, advice: Iterable[Advice]) -> Iterator[Advice]:
    """What was asked for; of a split request the own part only, since the rest is for others."""
    for line in advice:
        if not referral.engagement or line.code in referral.cover:
            yield line


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
        yield gettext(
            "Recorded more than %(stale_days)s days ago: %(names)s%(more)s. Check that it’s still correct."
        ) % {
            "stale_days": STALE_DAYS,
            "names": ", ".join(names[:3]),
            "more": more,
        }
