"""What reading a tenant's export would change, before anything is recorded."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.choices import Status, WithheldReason
from benefits.domain.catalogue import Edition
from benefits.domain.exports.sorting import Export
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import Subscription as Held
from benefits.domain.usage.figures import Figure, Proposal, UsageReport, propose_status
from benefits.models import Enablement, EvidenceKind, StagedUpload, Tenant, UsageFigure

from .changes import say_seats
from .evidence import held_by_export, read_staged, was_read_before
from .situations import as_held, number_unmapped

NOT_KNOWN = gettext_lazy("(not in the service description)")  # stands after the name of a product


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Seats of one plan or product before and after; empty where there are none."""

    name: str
    before: str
    after: str
    note: str = ""

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ProposedStatus:
    """A usage figure with the status it suggests, beside the one that is recorded."""

    workload: str
    name: str
    figure: Figure
    current: str
    proposal: Proposal

    @property
    def words(self) -> str:
        return UsageFigure(active=self.figure.active, total=self.figure.total).words

    @property
    def is_new(self) -> bool:
        """Is nothing recorded yet? Only then is the proposal chosen beforehand."""
        return self.current == Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a file would change. Nothing has changed yet."""

    found: Export | UsageReport
    kind: str
    rows: int
    is_known: bool  # the same file was read before: reading it again changes nothing
    plans: tuple[PlanChange, ...] = ()
    usage: tuple[ProposedStatus, ...] = ()
    set_aside: tuple[str, ...] = ()
    is_partial: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(EvidenceKind(self.kind).label)


def preview_upload(staged: StagedUpload, edition: Edition, sight: Sight = EVERYTHING) -> Preview:
    """What applying a file would change of what a side knows. Four queries at most."""
    found, is_known = read_staged(staged, edition), was_read_before(staged, sight)
    if isinstance(found, Export):
        plans = tuple(_compare_plans(staged.tenant, found, edition, sight))
        aside = tuple(row.part_number for row in found.set_aside)
        rows = len(found.subscriptions) + len(aside) + len(found.unknown)
        return Preview(found, staged.kind, rows, is_known, plans, (), aside, found.is_partial, found.warnings)
    usage = tuple(_propose(staged.tenant, found, edition, sight))
    return Preview(found, found.name, found.rows, is_known, usage=usage)


def _compare_plans(tenant: Tenant, export: Export, edition: Edition, sight: Sight) -> list[PlanChange]:
    sees_names = sight.until is None
    rows = (
        (as_held(row, ""), sees_names or row.is_named_by(sight.party)) for row in tenant.subscriptions.known_to(sight)
    )
    before = _seats_by_name(number_unmapped(rows), edition)
    held = held_by_export(export, "")
    after, withheld = _seats_by_name(held, edition), _say_withheld(held, edition)
    names = sorted(before.keys() | after.keys())
    return [PlanChange(name, before.get(name, ""), after.get(name, ""), withheld.get(name, "")) for name in names]


def _seats_by_name(held: Iterable[Held], edition: Edition) -> dict[str, str]:
    """Plan or product → its seats in words."""
    found: dict[str, list[str]] = defaultdict(list)
    for sub in held:
        found[_name(sub, edition)].append(say_seats(sub))
    return {name: ", ".join(words) for name, words in found.items()}


def _name(sub: Held, edition: Edition) -> str:
    plan = edition.plans.get(sub.plan)
    return plan.name if plan else f"{sub.product} {NOT_KNOWN}"


def _say_withheld(held: list[Held], edition: Edition) -> dict[str, str]:
    notes = {}
    for sub in held:
        named = [f"{edition.workloads[code].name} ({WithheldReason(why).label.lower()})" for code, why in sub.withheld]
        if named:
            notes[_name(sub, edition)] = _("Without %(workloads)s") % {"workloads": ", ".join(named)}
    return notes


def _propose(tenant: Tenant, report: UsageReport, edition: Edition, sight: Sight) -> list[ProposedStatus]:
    known = Enablement.objects.filter(tenant=tenant).known_to(sight).current()
    current = {row.workload_code: row.status for row in known}
    seats: dict[str, int] = defaultdict(int)
    for row in tenant.subscriptions.known_to(sight).filter(state__in=("enabled", "warning")):
        plan = edition.plans.get(row.plan_code)
        for code in plan.workloads if plan else ():
            seats[code] += row.paid_seats or 0
    return [
        ProposedStatus(
            figure.workload,
            edition.workloads[figure.workload].name,
            figure,
            current.get(figure.workload, Status.UNKNOWN.value),
            propose_status(figure, seats.get(figure.workload)),
        )
        for figure in report.figures
        if figure.workload in edition.workloads
    ]
