"""Read Microsoft's table of products: what it says that the service description does not is proposed in a draft."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.domain.exports.product_table import read_product_table
from benefits.domain.json_input import InputError
from benefits.domain.refreshing import Proposal, propose
from benefits.models import ProductProposal, ProposalState, ServiceDescription, TableReading

from ..edition_reading import build_from_rows, edition_in_force
from ..editions import open_draft


class Refreshed(NamedTuple):
    """What a reading of the table came to. ``draft`` is empty when the table says nothing new."""

    reading: TableReading
    draft: ServiceDescription | None
    proposals: list[ProductProposal]
    refused_before: int


@transaction.atomic
def refresh_products(raw: bytes, *, as_of: dt.date, by: User | None, now: dt.datetime) -> Refreshed:
    """Compare the table with the newest draft, or the edition in force, and put what differs into a draft.

    What somebody refused before, in whatever draft, is not proposed again. Proposals of the draft that nobody has
    decided give way to those of this table.

    Raises:
        InputError: this is not the table, or an older one than was read before; nothing is changed.
    """
    table = read_product_table(raw)
    draft = ServiceDescription.objects.drafts().order_by("-id").first()
    _refuse_older(as_of, draft)
    edition = build_from_rows(draft) if draft else edition_in_force(now.date())[1]
    found = propose(edition, table, now.date())
    new, refused_before = _drop_refused(found)
    if new:
        draft = open_draft(now=now, by=by)
    rows = _store(draft, new, as_of) if draft else []
    reading = TableReading.objects.create(
        as_of=as_of,
        content_hash=hashlib.sha256(raw).hexdigest(),
        products=len(table),
        proposals=len(rows),
        edition=draft if rows else None,
        read_by=by,
        read_at=now,
    )
    return Refreshed(reading, draft if rows else None, rows, refused_before)


def _refuse_older(as_of: dt.date, draft: ServiceDescription | None) -> None:
    """What an older table does not have yet would be taken for lost."""
    newest = max(filter(None, (read_table_as_of(), draft.products_as_of if draft else None)), default=as_of)
    if as_of < newest:
        words = {"newest": newest, "as_of": as_of}
        raise InputError(_("is dated %(as_of)s, but a newer table (%(newest)s) has already been imported") % words)


def _key(row: Proposal | ProductProposal) -> tuple[str, ...]:
    """What makes it the same proposal again."""
    if isinstance(row, Proposal):
        return str(row.kind), row.sku_id, row.part_number[:120], row.plan, row.workload, row.reason
    proposed = row.proposed or [row.kind, row.plan_code, row.outside_reason]
    return str(proposed[0]), row.sku_id, row.part_number, proposed[1], row.workload_code, proposed[2]


def _drop_refused(found: Iterable[Proposal]) -> tuple[list[Proposal], int]:
    rows = list(found)
    refused = {_key(row) for row in ProductProposal.objects.filter(state=ProposalState.REFUSED)}
    new = [row for row in rows if _key(row) not in refused]
    return new, len(rows) - len(new)


def _store(draft: ServiceDescription, found: Iterable[Proposal], as_of: dt.date) -> list[ProductProposal]:
    ProductProposal.objects.filter(Q(edition=draft) | Q(edition=None), state=ProposalState.OPEN).delete()
    decided = {_key(row) for row in draft.proposals.all()}
    draft.products_as_of = as_of
    draft.save(update_fields=["products_as_of"])
    return ProductProposal.objects.bulk_create(
        [
            ProductProposal(
                edition=draft,
                kind=row.kind,
                sku_id=row.sku_id,
                part_number=row.part_number[:120],
                product_name=row.product_name[:200],
                plan_code=row.plan,
                workload_code=row.workload,
                outside_reason=row.reason,
                because=row.because,
                service_plans=[list(plan) for plan in row.service_plans],
                proposed=[str(row.kind), row.plan, row.reason],
            )
            for row in found
            if _key(row) not in decided
        ]
    )


def read_table_as_of() -> dt.date | None:
    """Date of the newest table that was read here."""
    newest: dt.date | None = TableReading.objects.aggregate(newest=Max("as_of"))["newest"]
    return newest


def count_open_proposals(draft: ServiceDescription) -> int:
    return draft.proposals.filter(state=ProposalState.OPEN).count()
