"""Determine the open referrals by another edition: a draft before it is published, an edition once it is in force.

A check changes no determination. It lists what would come out otherwise, and marks those referrals once the edition
decides. What it compares is the edition of the standing determination with the other one, on the same day and the same
facts, so that only the catalogue can make a difference.
"""

import datetime as dt
import logging
import uuid
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from benefits.domain.catalogue import Edition
from benefits.domain.compiled import compile_situation
from benefits.domain.determination import Verdict, decide_compiled, determine_compiled
from benefits.domain.differences import Reach, find_reach
from benefits.domain.edition_on_date import EditionOnDate, edition_on
from benefits.domain.situation import Request, Situation, read_written
from benefits.models import Determination, ServiceDescription, Subscription
from benefits.services.editions import hash_content, load_edition, supersede_earlier
from benefits.services.many_customers import load_many
from referrals.models import CheckKind, CheckState, EditionCheck, EditionDifference, Offer, Referral
from referrals.models.edition_check import LEASE
from referrals.queue import ring

logger = logging.getLogger(__name__)
BATCH = 2000
CHANGED_MEANWHILE = _("The draft changed during the preview. Preview it again.")


class Open(NamedTuple):
    """One open referral with what its determination was asked."""

    pk: int
    determination: int
    customer: int
    audience: str
    edition: int
    text: str
    workloads: list[str]
    areas: list[str]
    services: list[str]
    delivery: str
    determined_for: str

    @property
    def request(self) -> Request:
        words = tuple(self.workloads), tuple(self.areas), tuple(self.services)
        return Request(self.text.strip(), *words, self.delivery)


Read = Callable[[Open, EditionOnDate], Situation]
COLUMNS = (
    *(
        "pk",
        "determination_id",
        "customer_id",
        "customer__audience",
        "determination__edition_id",
        "text",
        "workloads",
        "areas",
    ),
    *("services", "delivery", "determined_for"),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The edition to compare with, and those that stand, on one day."""

    target: EditionOnDate
    standing: Mapping[int, EditionOnDate]
    ids: "array[int]"  # open referrals that the change can reach, ascending


def ask_for_preview(row: ServiceDescription, *, by: User | None, now: dt.datetime) -> EditionCheck:
    """Queue a preview of a draft as it is now. A waiting one of the same content is answered again (idempotent)."""
    words = {"edition": row, "kind": CheckKind.PREVIEW, "content_hash": hash_content(row)}
    waiting = EditionCheck.objects.filter(**words, state__in=(CheckState.WAITING, CheckState.RUNNING)).first()
    if waiting is None:
        waiting = EditionCheck.objects.create(**words, asked_by=by, asked_at=now, due_at=now)
        ring()
    return waiting


def queue_standing_check(row: ServiceDescription, *, by: User | None, now: dt.datetime) -> EditionCheck:
    """Queue the marking of referrals whose determination differs, for the day the edition comes into force."""
    first_moment = timezone.make_aware(dt.datetime.combine(row.effective_from, dt.time.min), dt.UTC)
    words = {"edition": row, "kind": CheckKind.STANDING, "content_hash": hash_content(row)}
    check = EditionCheck.objects.create(**words, asked_by=by, asked_at=now, due_at=max(now, first_moment))
    ring()
    return check


def run_due_checks(*, now: dt.datetime) -> int:
    """Run every check that is due, to its end; gives how many referrals were looked at.

    One that fails says why on its page and does not stop those behind it; one that another worker runs is left to it.
    """
    return sum(_attempt(check, now) for check in EditionCheck.objects.due(now))


def _attempt(check: EditionCheck, now: dt.datetime) -> int:
    with _alone_with(check.pk) as is_alone:
        if not is_alone:
            return 0
        try:
            return run_check(check, now=now)
        except (DatabaseError, ValueError, KeyError, TypeError) as error:
            logger.exception("edition check %s failed", check.pk)
            said = gettext("Failed: %(error)s") % {"error": f"{type(error).__name__}: {error}"}
            return _fail(check.pk, said[:500])


@contextmanager
def _alone_with(pk: int) -> Iterator[bool]:
    """Hold a check for this worker alone, whatever messages ring; gives ``False`` when another holds it."""
    holder = uuid.uuid4()
    is_alone = EditionCheck.objects.hold(pk, holder)
    try:
        yield is_alone
    finally:
        EditionCheck.objects.let_go(pk, holder)


def run_check(check: EditionCheck, *, now: dt.datetime) -> int:
    """Run one check batch by batch, each in a transaction of its own; a killed one goes on where it was."""
    row = check.edition
    day = max(timezone.localdate(now), row.effective_from)
    target = load_edition(row.pk)
    if check.kind == CheckKind.STANDING:
        supersede_earlier(day)
        if ServiceDescription.objects.in_force(day).get() != row:
            return _finish(check.pk)  # another edition has taken its place meanwhile
    elif hash_content(row, target) != check.content_hash:
        return _fail(check.pk, str(CHANGED_MEANWHILE))
    comparison = _prepare(row.pk, target, day)
    _start(check.pk, len(comparison.ids))
    looked_at = 0
    while (batch := _run_batch(check.pk, comparison)) > 0:
        looked_at += batch
    if check.kind == CheckKind.PREVIEW and hash_content(row) != check.content_hash:
        return _fail(check.pk, str(CHANGED_MEANWHILE))
    _finish(check.pk)
    return looked_at


def _prepare(target_pk: int, target: Edition, day: dt.date) -> Comparison:
    open_rows = Referral.objects.open().exclude(determination=None)
    in_use = open_rows.order_by().values_list("determination__edition_id", flat=True).distinct()
    standing = {pk: load_edition(pk) for pk in in_use if pk != target_pk}
    reached = [
        Q(determination__edition_id=pk) & _can_reach(find_reach(edition, target)) for pk, edition in standing.items()
    ]
    rows = open_rows.filter(reduce(or_, reached)) if reached else open_rows.none()
    ids = array("q", rows.order_by("pk").values_list("pk", flat=True))
    return Comparison(edition_on(target, day), {pk: edition_on(known, day) for pk, known in standing.items()}, ids)


def _can_reach(reach: Reach) -> Q:
    """Referrals whose customer holds a changed plan or a product that is matched anew, or that ask for a change."""
    if reach.everybody:
        return Q()
    of_plans, was_read = Q(plan_code__in=[*reach.plans, ""]), Q(read__isnull=False)
    rows = Subscription.objects.current().filter(of_plans | was_read if reach.products else of_plans)
    held = rows.values("tenant__customer")
    behind = ~Q(determined_for="")  # rests on other facts than the current ones
    asked = Q(workloads__overlap=sorted(reach.workloads)) | Q(services__overlap=sorted(reach.scope_items))
    return Q(pk__in=[]) if reach.is_nobody else Q(customer__in=held) | asked | behind


@transaction.atomic
def _start(pk: int, total: int) -> None:
    check = EditionCheck.objects.select_for_update().get(pk=pk)
    if check.state == CheckState.WAITING:
        check.state, check.total = CheckState.RUNNING, total
        check.save(update_fields=["state", "total"])
        if check.kind == CheckKind.STANDING:
            Referral.objects.filter(differs_under__isnull=False).update(differs_under=None, differs_outcome="")


@transaction.atomic
def _run_batch(pk: int, comparison: Comparison) -> int:
    """Look at the next referrals; gives how many there were. Two runners take turns."""
    check = EditionCheck.objects.select_for_update().get(pk=pk)
    if check.state != CheckState.RUNNING:
        return 0
    start = bisect_right(comparison.ids, check.after)
    ids = comparison.ids[start : start + BATCH]
    if ids:
        still_open = Referral.objects.open().exclude(determination=None).filter(pk__in=ids)
        batch = [Open(*values) for values in still_open.order_by("pk").values_list(*COLUMNS)]
        differing = list(_compare(batch, comparison, check))
        EditionDifference.objects.bulk_create(_with_partners(differing))
        if check.kind == CheckKind.STANDING:
            _mark(differing, check.edition_id, [row.determination for row in batch])
        check.after, check.done = ids[-1], check.done + len(ids)
        check.held_until = Now() + LEASE
        check.save(update_fields=["after", "done", "held_until"])
    return len(ids)


def _compare(batch: list[Open], comparison: Comparison, check: EditionCheck) -> Iterator[EditionDifference]:
    read = _read_situations(batch)
    for row in batch:
        if row.edition not in comparison.standing:  # determined again meanwhile
            continue
        before = _decide(read, row, comparison.standing[row.edition])
        after = _decide(read, row, comparison.target)
        if before.gist != after.gist:
            yield EditionDifference(
                check_run=check,
                referral_id=row.pk,
                outcome_before=before.outcome,
                outcome_after=after.outcome,
                remaining_before=list(before.remaining_workloads),
                remaining_after=list(after.remaining_workloads),
                reason=_explain(read, row, comparison.target),
            )


def _read_situations(batch: list[Open]) -> Read:
    """How to read each one's facts: what its partner knows, as its determination holds it, else all that is current."""
    facts = load_many([row.customer for row in batch])
    behind = [row.determination for row in batch if row.determined_for]
    held = dict(Determination.objects.filter(pk__in=behind).values_list("pk", "facts")) if behind else {}

    def read(row: Open, edition: EditionOnDate) -> Situation:
        if row.determination in held:
            return replace(read_written(held[row.determination]), on=edition.date)
        return facts.situation(row.customer, row.audience, row.request, edition.date, edition.edition)

    return read


def _decide(read: Read, row: Open, edition: EditionOnDate) -> Verdict:
    return decide_compiled(edition, compile_situation(edition, read(row, edition)))


def _explain(read: Read, row: Open, edition: EditionOnDate) -> str:
    return determine_compiled(edition, compile_situation(edition, read(row, edition))).reason


def _with_partners(differing: list[EditionDifference]) -> list[EditionDifference]:
    """Name the partner that holds each referral now."""
    live = Offer.objects.live().filter(referral__in=[row.referral_id for row in differing])
    partners = dict(live.values_list("referral_id", "partner_id"))
    for row in differing:
        row.partner_id = partners.get(row.referral_id)
    return differing


def _mark(differing: list[EditionDifference], edition_id: int, compared: list[int]) -> None:
    """Mark referrals whose determination is still the one compared, set-based: one statement an outcome."""
    by_outcome: dict[str, list[int]] = {}
    for row in differing:
        by_outcome.setdefault(row.outcome_after, []).append(row.referral_id)
    for outcome, ids in by_outcome.items():
        Referral.objects.filter(pk__in=ids, determination__in=compared).update(
            differs_under=edition_id, differs_outcome=outcome
        )


def _fail(pk: int, error: str) -> int:
    words = {"state": CheckState.FAILED, "error": error, "finished_at": timezone.now()}
    EditionCheck.objects.filter(pk=pk).update(**words)
    return 0


def _finish(pk: int) -> int:
    unfinished = EditionCheck.objects.filter(pk=pk, finished_at=None)
    unfinished.update(state=CheckState.DONE, finished_at=timezone.now())
    return 0
