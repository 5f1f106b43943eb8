"""Products that exports show and no edition knows: a person says what each is, in a draft."""

import re
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.choices import OutsideReason, PlanAudience, PlanKind
from benefits.domain.catalogue import Edition
from benefits.domain.exports.sorting import match_product
from benefits.domain.products import fold_part_number
from benefits.domain.situation import ReadProduct
from benefits.models import OutsideProduct, Plan, PlanSku, ServiceDescription, Subscription, UnknownProduct

from ..edition_reading import build_from_rows
from ..governing import GovernanceRefused


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def count_holders(product: UnknownProduct) -> int:
    """Customers that hold an unknown product now."""
    held = Subscription.objects.current().filter(part_number=product.part_number or product.sku_id)
    return held.values("tenant__customer").distinct().count()


def make_plan_of(
    product: UnknownProduct, draft: ServiceDescription, *, name: str, family: str, benefit_eligible: str
) -> Plan:
    """A new plan of a draft for a product nobody knew; its workloads are filled in by hand.

    Raises:
        GovernanceRefused: a plan of that code is there already.
    """
    code = re.sub(r"[^A-Z0-9]+", "_", product.part_number.upper()).strip("_")[:60] or "NEW_PLAN"
    if draft.plans.filter(code=code).exists():
        raise GovernanceRefused(_("The draft already has a plan %(code)s. Select it above.") % {"code": code})
    words = {"kind": PlanKind.STANDALONE, "audience": PlanAudience.COMMERCIAL, "benefit_eligible": benefit_eligible}
    return Plan.objects.create(
        edition=draft, code=code, name=name, family=draft.productfamilys.get(code=family), **words
    )


@transaction.atomic
def put_outside(product: UnknownProduct, draft: ServiceDescription, *, reason: str, note: str) -> OutsideProduct:
    """Make an unknown product one outside of the Benefit in a draft.

    Raises:
        GovernanceRefused: no draft, or the draft knows the product already.
    """
    if not draft.is_draft:
        raise GovernanceRefused(_("Only a draft can be changed."))
    if _is_known(build_from_rows(draft), product):
        raise GovernanceRefused(_("The draft already includes this product."))
    product.outside_reason, product.note = reason, note or product.note
    product.save(update_fields=["outside_reason", "note"])
    return OutsideProduct.objects.create(edition=draft, **_named(product), reason=reason, notes=product.note)


def _named(product: UnknownProduct) -> dict[str, Any]:
    number = product.part_number or product.sku_id
    return {"sku_id": product.sku_id if _is_uuid(product.sku_id) else None, "part_number": number}


def _is_known(edition: Edition, product: UnknownProduct) -> bool:
    read = ReadProduct(product.sku_id, product.part_number)
    return match_product(read, edition) is not None or edition.find_outside(*read[:2]) is not None


def fold_ignored(draft: ServiceDescription) -> None:
    """What was ignored before editions knew products outside of the Benefit becomes such a product of a new draft."""
    ignored = list(UnknownProduct.objects.filter(is_ignored=True, outside_reason=""))
    edition = build_from_rows(draft) if ignored else None
    for product in {fold_part_number(one.part_number or one.sku_id): one for one in ignored}.values():
        if edition is not None and not _is_known(edition, product):
            OutsideProduct.objects.create(
                edition=draft, **_named(product), reason=OutsideReason.OTHER_FAMILY, notes=product.note
            )


@transaction.atomic
def add_to_plan(product: UnknownProduct, plan: Plan) -> PlanSku:
    """Make an unknown product a SKU of a draft's plan.

    Raises:
        GovernanceRefused: the plan is no draft's, the SKU id is missing, or it belongs to a plan of the draft already.
    """
    if not plan.edition.is_draft:
        raise GovernanceRefused(_("Only plans in a draft can be changed."))
    if not _is_uuid(product.sku_id):
        raise GovernanceRefused(_("The export has no valid SKU ID. Add the SKU on the plan page."))
    known = PlanSku.objects.filter(plan__edition=plan.edition, sku_id=product.sku_id).select_related("plan").first()
    if known is not None:
        raise GovernanceRefused(_("This SKU already belongs to %(plan)s.") % {"plan": known.plan})
    sku = PlanSku.objects.create(plan=plan, sku_id=product.sku_id, part_number=product.part_number)
    product.plan_code = plan.code
    product.save(update_fields=["plan_code"])
    return sku
