"""What a person accepts of Microsoft's table of products goes into the draft; what is refused is not proposed again."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.choices import OutsideReason
from benefits.domain.catalogue import BY_SERVICE_PLANS
from benefits.domain.products import fold_part_number
from benefits.models import (
    Entitlement,
    OutsideProduct,
    PlanSku,
    ProductProposal,
    ProposalKind,
    ProposalState,
    ServiceDescription,
    ServicePlan,
    Source,
)

from ..edition_reading import build_from_rows
from ..editions import note_editor
from ..governing import GovernanceRefused

ONE_DAY = dt.timedelta(days=1)
SOURCE_KEY = "TABLE{:%Y%m%d}"
SOURCE = "learn.microsoft.com/entra/identity/users/licensing-service-plan-reference, table of {:%Y-%m-%d}"
OF_PRODUCTS = (ProposalKind.OF_PLAN, ProposalKind.OUTSIDE, ProposalKind.UNDECIDED)


class UnclearProduct(GovernanceRefused):
    """Somebody has to choose what a product is."""

    def __init__(self, proposal: ProductProposal, typed: str) -> None:
        self.proposal = proposal
        words = {"product": proposal, "typed": typed}
        said = _("“%(typed)s” is neither a plan in the draft nor a reason.") if typed else _("Select a plan or reason.")
        super().__init__(said % words)


@transaction.atomic
def decide_proposals(
    draft: ServiceDescription, chosen: Mapping[int, str], *, accepted: bool, reason: str, by: User, now: dt.datetime
) -> int:
    """Accept or refuse proposals of a draft, all or none; gives how many.

    ``chosen``: proposal → the code of the plan that the product is of, the reason why it is outside of the Benefit, or
    nothing where it is what is proposed.

    Raises:
        UnclearProduct: what a product is has to be chosen first.
        GovernanceRefused: no draft, or somebody decided one of them meanwhile.
    """
    locked = ServiceDescription.objects.select_for_update().get(pk=draft.pk)
    if not locked.is_draft:
        raise GovernanceRefused(_("Edition %(name)s is published and can’t be changed.") % {"name": locked.name})
    rows = list(locked.proposals.select_for_update().filter(pk__in=chosen, state=ProposalState.OPEN))
    if len(rows) != len(chosen):
        raise GovernanceRefused(_("Someone else has already decided one of these. No changes were made."))
    for row in rows:
        if accepted:
            _take_over(locked, row, chosen[row.pk].strip(), now.date())
        row.state = ProposalState.ACCEPTED if accepted else ProposalState.REFUSED
        row.reason, row.decided_by, row.decided_at = reason, by, now
    fields = ["state", "reason", "decided_by", "decided_at", "kind", "plan_code", "outside_reason"]
    ProductProposal.objects.bulk_update(rows, fields)
    if accepted:
        note_editor(locked, by)
    return len(rows)


def _take_over(draft: ServiceDescription, row: ProductProposal, typed: str, today: dt.date) -> None:
    if row.kind in OF_PRODUCTS:
        _place_product(draft, row, typed)
    elif row.kind == ProposalKind.GAINED:
        _grant(draft, row, today)
    elif row.kind == ProposalKind.LOST:
        _end(draft, row, today)
    _learn_service_plans(draft, row)


def _place_product(draft: ServiceDescription, row: ProductProposal, typed: str) -> None:
    """Make a product a SKU of a plan, or one outside of the Benefit: as typed, else as proposed."""
    code = typed or row.plan_code or row.outside_reason
    plan = draft.plans.filter(code__iexact=code).first() if code else None
    if plan is None and code not in OutsideReason.values:
        raise UnclearProduct(row, typed)
    edition = build_from_rows(draft)
    is_known = edition.plan_by_sku_id.get(row.sku_id) or edition.find_outside(row.sku_id, row.part_number)
    owner = edition.plan_by_part_number.get(fold_part_number(row.part_number))
    if is_known or (owner is not None and owner.code != (plan.code if plan else "")):
        raise _stale(row)
    named = {"sku_id": row.sku_id, "part_number": row.part_number, "product_name": row.product_name}
    if plan is not None:
        PlanSku.objects.create(plan=plan, **named)
        row.kind, row.plan_code, row.outside_reason = ProposalKind.OF_PLAN, plan.code, ""
        return
    verified = {"sources": [_source(draft)], "verified_on": draft.products_as_of}
    OutsideProduct.objects.create(edition=draft, reason=code, **named, **verified)
    row.kind, row.plan_code, row.outside_reason = ProposalKind.OUTSIDE, "", code


def _stale(row: ProductProposal) -> GovernanceRefused:
    said = _("%(what)s: the draft has changed. No changes were made; import the table again.")
    return GovernanceRefused(said % {"what": row.workload_code or row})


def _grant(draft: ServiceDescription, row: ProductProposal, today: dt.date) -> None:
    """The plan brings the workload from the date of the table on."""
    first_day = draft.products_as_of or today
    plan = draft.plans.filter(code=row.plan_code).first()
    workload = draft.workloads.filter(code=row.workload_code).first()
    if plan is None or workload is None or _held(draft, row).filter(_from(first_day)).exists():
        raise _stale(row)
    Entitlement.objects.create(
        plan=plan,
        workload=workload,
        effective_from=first_day,
        basis=f"{BY_SERVICE_PLANS} of the SKU",
        sources=[_source(draft)],
        verified_on=draft.products_as_of,
    )


def _end(draft: ServiceDescription, row: ProductProposal, today: dt.date) -> None:
    """The plan brings the workload up to the day before the table."""
    day = draft.products_as_of or today
    held = _held(draft, row).filter(_from(day))
    if not held.exists():
        raise _stale(row)
    held.filter(effective_from__gte=day).delete()
    held.update(effective_to=day - ONE_DAY)


def _held(draft: ServiceDescription, row: ProductProposal) -> QuerySet[Entitlement]:
    words = {"plan__edition": draft, "plan__code": row.plan_code, "workload__code": row.workload_code}
    return Entitlement.objects.filter(**words, is_limited=False)


def _from(day: dt.date) -> Q:
    """Counting on a day, or later."""
    return Q(effective_to=None) | Q(effective_to__gte=day)


def _learn_service_plans(draft: ServiceDescription, row: ProductProposal) -> None:
    """Service plans of a plan's product are of the eligible families; those of another family's product alone are not.

    What a trial or a free product carries, a product that is sold may carry, too: that stays unknown.
    """
    if row.kind == ProposalKind.OUTSIDE and row.outside_reason != OutsideReason.OTHER_FAMILY:
        return
    known = {str(key) for key in draft.serviceplans.values_list("service_plan_id", flat=True)}
    if row.kind == ProposalKind.OUTSIDE:
        others = draft.proposals.exclude(kind=ProposalKind.OUTSIDE).exclude(pk=row.pk)
        known |= {key for plans in others.values_list("service_plans", flat=True) for key, _name in plans}
    ServicePlan.objects.bulk_create(
        ServicePlan(edition=draft, service_plan_id=key, name=name[:120], in_families=row.kind != ProposalKind.OUTSIDE)
        for key, name in row.service_plans
        if key not in known
    )


def _source(draft: ServiceDescription) -> str:
    """The key of the table among the draft's sources."""
    day = draft.products_as_of or dt.date.min
    Source.objects.get_or_create(edition=draft, key=SOURCE_KEY.format(day), defaults={"text": SOURCE.format(day)})
    return SOURCE_KEY.format(day)
