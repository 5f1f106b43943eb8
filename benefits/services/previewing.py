"""What reading a tenant's export would change, before anything is recorded."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.choices import SetAsideReason, Status, WithheldReason
from benefits.domain.catalogue import Edition
from benefits.domain.exports.sorting import Export
from benefits.domain.exports.trials import looks_like_trial
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import LIVE_STATES
from benefits.domain.situation import Subscription as Held
from benefits.domain.usage.figures import Figure, Proposal, UsageReport, propose_status
from benefits.models import Enablement, EvidenceKind, StagedUpload, Tenant, UsageFigure

from .changes import say_all_seats
from .evidence import held_by_export, is_known, marked_trials, read_staged, was_read_before
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
class MaybeTrial:
    """A product with live seats: is it a trial? ``is_settled``: the second file says it."""

    key: str
    name: str
    seats: int
    is_settled: bool
    trial_seats: int
    is_proposed: bool = False  # somebody took it for one before, or its name says so


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a file would change. Nothing has changed yet."""

    found: Export | UsageReport
    kind: str
    rows: int
    is_known: bool  # the same file was read before: reading it again changes nothing
    plans: tuple[PlanChange, ...] = ()
    usage: tuple[ProposedStatus, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()  # product and reason
    is_partial: bool = False
    warnings: tuple[str, ...] = ()
    trials: tuple[MaybeTrial, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(EvidenceKind(self.kind).label)


def preview_upload(
    staged: StagedUpload, edition: Edition, sight: Sight = EVERYTHING, trials: Collection[str] | None = None
) -> Preview:
    """What applying a file would change of what a side knows. Five queries at most.

    ``trials``: keys of products that a person takes for trials; left out: what is proposed.
    """
    found = read_staged(staged, edition)
    if isinstance(found, Export):
        maybe = tuple(_list_trials(found, marked_trials(staged.tenant, sight)))
        chosen = {row.key for row in maybe if row.is_proposed} if trials is None else trials
        plans = tuple(_compare_plans(staged.tenant, found, edition, sight, chosen))
        aside = tuple((row.part_number, str(SetAsideReason(row.reason).label)) for row in found.set_aside)
        rows = len(found.subscriptions) + len(aside) + len(found.unknown)
        known = is_known(staged, held_by_export(found, staged.tenant.domain, edition, chosen), sight)
        return Preview(found, staged.kind, rows, known, plans, (), aside, found.is_partial, found.warnings, maybe)
    usage = tuple(_propose(staged.tenant, found, edition, sight))
    return Preview(found, found.name, found.rows, was_read_before(staged, sight), usage=usage)


def _list_trials(export: Export, marked: Collection[str]) -> Iterator[MaybeTrial]:
    """Products that count, each with what is known or proposed of it; no export of products tells a trial."""
    aside = {row.part_number for row in export.set_aside}
    for plan, product in export.products:
        live = [row for row in product.seats() if row.state in LIVE_STATES and row.number]
        if live and product.label not in aside:
            seats = sum(row.number or 0 for row in live)
            trial = sum(row.number or 0 for row in live if row.is_trial)
            is_settled = any(row.is_trial is not None for row in live)
            proposed = not is_settled and (product.key in marked or looks_like_trial(product.part_number, product.name))
            name = f"{plan.name} ({product.label})" if plan and product.label != plan.name else product.label
            yield MaybeTrial(product.key, name, seats, is_settled, trial, proposed)


def _compare_plans(
    tenant: Tenant, export: Export, edition: Edition, sight: Sight, trials: Collection[str]
) -> list[PlanChange]:
    """Plans and unknown products, before and after; what is set aside stands in a list of its own."""
    sees_names = sight.until is None
    rows = (
        (as_held(row, "", edition), sees_names or row.is_named_by(sight.party))
        for row in tenant.subscriptions.known_to(sight)
    )
    aside = {row.part_number for row in export.set_aside}
    before = _seats_by_name(number_unmapped(rows), edition, aside)
    after = _seats_by_name(held_by_export(export, "", edition, trials), edition, aside)
    notes = _notes(export, edition)
    names = sorted(before.keys() | after.keys())
    return [PlanChange(name, before.get(name, ""), after.get(name, ""), notes.get(name, "")) for name in names]


def _seats_by_name(held: Iterable[Held], edition: Edition, aside: Collection[str]) -> dict[str, str]:
    """Plan or unknown product → its seats in words."""
    found: dict[str, list[Held]] = defaultdict(list)
    for sub in held:
        plan = edition.plans.get(sub.plan)
        if not (plan.is_excluded if plan else sub.is_outside or sub.product in aside):
            found[_name(sub, edition)].append(sub)
    return {name: say_all_seats(subs) for name, subs in found.items()}


def _name(sub: Held, edition: Edition) -> str:
    plan = edition.plans.get(sub.plan)
    return plan.name if plan else f"{sub.product} {NOT_KNOWN}"


def _notes(export: Export, edition: Edition) -> dict[str, str]:
    """Plan or unknown product → what its service plans take away or add, or what it could bring."""
    workloads = edition.workloads
    notes: dict[str, list[str]] = defaultdict(list)
    for row in export.subscriptions:
        beyond = [workloads[code].name for code, _service_plan in row.granted]
        said = notes[edition.plans[row.plan].name]
        for reason in WithheldReason:
            names = ", ".join(workloads[code].name for code, why in row.withheld if why == reason)
            label = str(reason.label)
            words = {"why": label[:1].lower() + label[1:], "workloads": names}
            said += [_("Without %(workloads)s (%(why)s)") % words] if names else []
        said += [_("Also includes: %(workloads)s") % {"workloads": ", ".join(beyond)}] if beyond else []
    for product in export.unknown:
        if product.may_grant is not None:
            names = ", ".join(sorted(workloads[code].name for code in product.may_grant)) or _("no workload")
            notes[f"{product.part_number} {NOT_KNOWN}"].append(_("Could include: %(workloads)s") % {"workloads": names})
    return {name: "; ".join(dict.fromkeys(said)) for name, said in notes.items()}


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
