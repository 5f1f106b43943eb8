"""Facts that somebody records on a referral: they belong to the customer, and change its determination."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from benefits.choices import Status
from benefits.domain.exports.sorting import Export
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import Subscription
from benefits.domain.usage.figures import UsageReport
from benefits.models import Determination, StagedUpload, Tenant
from benefits.services.customers import (
    FactChanged,
    FactRefused,
    Recorded,
    record_enablement,
    record_typed_plans,
)
from benefits.services.editions import edition_in_force
from benefits.services.evidence import apply_export, apply_usage, stage_upload
from referrals.choices import EventKind
from referrals.diligence.contradicting import OtherSides, check_plans, check_statuses
from referrals.lifecycle.acting import By
from referrals.lifecycle.determining import determine_all, determine_referral, lock_with_siblings
from referrals.lifecycle.recording import record_event
from referrals.lifecycle.sights import author_of, party_of, sight_of
from referrals.models import Offer, Referral


@transaction.atomic
def record_statuses(
    pk: int,
    tenant: Tenant,
    facts: Mapping[str, Recorded],
    *,
    by: By,
    now: dt.datetime,
    offer: Offer | None = None,
    seen: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Record enablement and determine again; gives how many workloads changed.

    Raises:
        FactRefused: a fact cannot be recorded as given, or a newer record than ``seen`` says otherwise.
    """
    referral, others = lock_with_siblings(pk)
    _edition_id, edition = edition_in_force(now.date())
    author, sight = author_of(by), sight_of(offer)
    changed = record_enablement(tenant, facts, edition=edition, by=author, now=now, seen=seen, sight=sight)
    if changed:
        statuses = {edition.workloads[row.workload_code].name: row.get_status_display() for row in changed}
        before = {edition.workloads[row.workload_code].name: str(Status(row.was).label) for row in changed}
        data = {"tenant": tenant.domain, "statuses": statuses, "before": before}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
        determine_all(referral, others, by, now)
        if sides := find_other_sides(others, by, sight):
            check_statuses(referral, sides, changed, edition, now)
    return len(changed)


def find_other_sides(others: Iterable[Referral], by: By, sight: Sight) -> OtherSides | None:
    """Who else speaks about the same customer; ``None`` when it is not a partner that records: others see it all."""
    if by.partner is None:
        return None
    rows = Offer.objects.live().filter(referral__in=list(others)).exclude(partner=by.partner)
    holders = {party_of(offer.partner_id): offer for offer in rows.select_related("partner")}
    return OtherSides(Sight(party_of(by.partner.pk), sight.until), holders)


@transaction.atomic
def record_plans(
    pk: int,
    tenant: Tenant,
    held: list[Subscription],
    *,
    by: By,
    now: dt.datetime,
    offer: Offer | None = None,
    seen: str | None = None,
) -> None:
    """Replace a tenant's typed subscriptions and determine again.

    Raises:
        FactChanged: others are recorded than when ``seen`` was the newest record.
    """
    referral, others = lock_with_siblings(pk)
    sight = sight_of(offer)
    if seen is not None and seen != newest_plans(tenant, sight):
        rows = tenant.subscriptions.known_to(sight).typed()
        stands = "; ".join(f"{row.plan_code}: {row.paid_seats if row.paid_seats is not None else '?'}" for row in rows)
        raise FactChanged(
            _("Someone updated the subscriptions while you were editing: %(subscriptions)s. Save again to overwrite.")
            % {"subscriptions": stands or _("none")}
        )
    before = list(tenant.subscriptions.current())
    record_typed_plans(tenant, held, by=author_of(by), now=now, sight=sight)
    data = {"tenant": tenant.domain, "plans": len(held)}
    record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
    determine_all(referral, others, by, now)
    if sides := find_other_sides(others, by, sight):
        _edition_id, edition = edition_in_force(now.date())
        check_plans(referral, sides, tenant, before, edition, now)


def newest_plans(tenant: Tenant, sight: Sight = EVERYTHING) -> str:
    """The newest record of a tenant's subscriptions that a side knows."""
    newest = tenant.subscriptions.known_to(sight).aggregate(newest=Max("pk"))["newest"]
    return str(newest or "")


def stage_evidence(
    tenant: Tenant,
    file: BinaryIO,
    file_name: str,
    *,
    by: By,
    now: dt.datetime,
    directory: BinaryIO | None = None,
) -> StagedUpload:
    """Keep what a file says until its preview is confirmed. ``directory``: a second file, which says what is a trial.

    Raises:
        DirectoryRefused, InputError: one of them cannot be read; nothing is kept then.
    """
    return stage_upload(tenant, file, file_name, by=author_of(by), now=now, directory=directory)


def discard_evidence(staged: StagedUpload) -> None:
    """Forget a file that was not confirmed."""
    staged.delete()


@transaction.atomic
def confirm_evidence(
    pk: int,
    staged: StagedUpload,
    found: Export | UsageReport,
    statuses: Mapping[str, Recorded],
    *,
    by: By,
    now: dt.datetime,
    offer: Offer | None = None,
    trials: Collection[str] | None = None,
    paid: Collection[str] = frozenset(),
) -> bool:
    """Record what was found in a staged file, with the statuses a person chose from its figures, and determine again.

    ``trials``, ``paid``: keys of the products that the person takes for trials, or says to be none.

    Gives whether it was news: the same file again changes nothing.

    Raises:
        FactRefused: a chosen status cannot be recorded; nothing is changed, and the file stays staged.
    """
    if isinstance(found, Export):
        is_news = _record_export(pk, staged, found, trials, paid, by=by, now=now, offer=offer)
    else:
        is_news = _record_usage(pk, staged, found, by=by, now=now, offer=offer)
        record_statuses(pk, staged.tenant, statuses, by=by, now=now, offer=offer)
    staged.delete()
    return is_news


def _record_export(
    pk: int,
    staged: StagedUpload,
    export: Export,
    trials: Collection[str] | None,
    paid: Collection[str],
    *,
    by: By,
    now: dt.datetime,
    offer: Offer | None,
) -> bool:
    tenant, sight = staged.tenant, sight_of(offer)
    referral, others = lock_with_siblings(pk)
    before = list(tenant.subscriptions.current())
    _edition_id, edition = edition_in_force(now.date())
    author = author_of(by)
    is_news = apply_export(staged, export, edition, by=author, now=now, sight=sight, trials=trials, paid=paid)
    if is_news:
        data = {"tenant": tenant.domain, "file": staged.file_name, "plans": len(export.subscriptions)}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
        determine_all(referral, others, by, now)
        if sides := find_other_sides(others, by, sight):
            check_plans(referral, sides, tenant, before, edition, now)
    return is_news


def _record_usage(
    pk: int, staged: StagedUpload, report: UsageReport, *, by: By, now: dt.datetime, offer: Offer | None
) -> bool:
    referral, _others = lock_with_siblings(pk)
    is_news = apply_usage(staged, report, by=author_of(by), now=now, sight=sight_of(offer))
    if is_news:
        data = {"tenant": staged.tenant.domain, "file": staged.file_name, "figures": len(report.figures)}
        record_event(referral, EventKind.FACTS_RECORDED, by, now, offer=offer, data=data)
    return is_news


@transaction.atomic
def complete_request(
    pk: int, workloads: list[str], services: list[str], *, by: By, now: dt.datetime, offer: Offer | None = None
) -> int:
    """Add workloads and scope items that a person picked to what is asked for; gives how many were new.

    Raises:
        FactRefused: one of them is not in the edition in force.
    """
    referral, _others = lock_with_siblings(pk)
    _edition_id, edition = edition_in_force(now.date())
    unknown = [code for code in workloads if code not in edition.workloads]
    unknown += [code for code in services if code not in edition.scope_items]
    if unknown:
        raise FactRefused(_("“%(code)s” isn’t in the service description.") % {"code": unknown[0][:120]})
    new_workloads = [code for code in dict.fromkeys(workloads) if code not in referral.workloads]
    new_services = [code for code in dict.fromkeys(services) if code not in referral.services]
    if new_workloads or new_services:
        referral.workloads = [*referral.workloads, *new_workloads]
        referral.services = [*referral.services, *new_services]
        referral.save(update_fields=["workloads", "services"])
        names = [edition.workloads[code].name for code in new_workloads]
        names += [edition.scope_items[code][-1].text for code in new_services]
        record_event(referral, EventKind.REQUEST_CHANGED, by, now, offer=offer, data={"added": names})
        determine_referral(referral, by, now, occasion="request")
    return len(new_workloads) + len(new_services)


@transaction.atomic
def determine_again(pk: int, *, by: By, now: dt.datetime, offer: Offer | None = None) -> Determination:
    """Determine by the edition in force because somebody asked for it; others of the customer keep theirs."""
    referral, _others = lock_with_siblings(pk)
    return determine_referral(referral, by, now, occasion="asked for", offer=offer)
