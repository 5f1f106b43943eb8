"""Customers' facts: record what is known, with its author."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.choices import Status
from benefits.domain.catalogue import Edition
from benefits.domain.numbers import read_whole_number
from benefits.domain.sight import EVERYTHING, Sight
from benefits.domain.situation import Subscription as HeldSubscription
from benefits.models import Enablement, ExportUpload, Subscription, Tenant

from .situations import as_held

LONGEST_EVIDENCE = 2000
LONGEST_GROUP = 120
LARGEST_SEATS = 10_000_000


@dataclass(frozen=True, slots=True)
class Author:
    """Who records a fact: a person, and the side it speaks for (``team``, ``requester``, ``partner:7``)."""

    party: str
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is to be recorded about one workload.

    ``part``: of a partly enabled one, for how many of how many seats (``120 of 500``) or for which group.
    """

    status: str
    evidence: str = ""
    part: str = ""


class FactRefused(Exception):
    """The fact cannot be recorded as given; the message says why."""


class FactChanged(FactRefused):
    """Somebody has recorded otherwise since the person looked; the message says both.

    ``codes``: the workloads of which that is so, where it is of workloads.
    """

    def __init__(self, said: str, codes: Collection[str] = ()) -> None:
        super().__init__(said)
        self.codes = frozenset(codes)


@transaction.atomic
def record_enablement(
    tenant: Tenant,
    facts: Mapping[str, Recorded],
    *,
    edition: Edition,
    by: Author,
    now: dt.datetime,
    seen: Mapping[str, str] = MappingProxyType({}),
    sight: Sight = EVERYTHING,
) -> list[Enablement]:
    """Record statuses of workloads in one tenant; what is known already is left alone. Rows say what each ``was``.

    ``seen``: workload → id of the record that the person looked at, empty for none.

    Raises:
        FactChanged: a newer record says otherwise.
        FactRefused: an unknown workload, or *no intent* without its reason.
    """
    for code, fact in facts.items():
        _check_fact(code, fact, edition)
    newest = Enablement.objects.filter(tenant=tenant).known_to(sight).current().select_related("recorded_by")
    current = {row.workload_code: row for row in newest}
    _check_seen(facts, current, seen, edition, by)
    changed = [
        Enablement(
            tenant=tenant,
            workload_code=code,
            status=fact.status,
            evidence=fact.evidence,
            **read_part(fact),
            recorded_at=now,
            recorded_by=by.user,
            author_party=by.party,
        )
        for code, fact in facts.items()
        if _differs(current.get(code), fact)
    ]
    for row in changed:
        row.was = current[row.workload_code].status if row.workload_code in current else Status.UNKNOWN.value
    return Enablement.objects.bulk_create(changed)


def _check_seen(
    facts: Mapping[str, Recorded],
    current: Mapping[str, Enablement],
    seen: Mapping[str, str],
    edition: Edition,
    by: Author,
) -> None:
    """Every workload that somebody else has recorded otherwise is named at once: none may be overwritten unread."""
    both = sorted(code for code in facts.keys() & seen.keys() & current.keys() if str(current[code].pk) != seen[code])
    changed = [code for code in both if _differs(current[code], facts[code])]
    if changed:
        said = (_say_both(edition.workloads[code].name, current[code], facts[code], by) for code in changed)
        raise FactChanged(" ".join(said), changed)


def _say_both(name: str, row: Enablement, fact: Recorded, by: Author) -> str:
    is_own = row.author_party == by.party
    words = {
        "name": name,
        "who": row.recorded_by if row.recorded_by and is_own else _("someone"),
        "stands": f"{row.get_status_display()} {row.part if is_own else row.part_in_seats}".strip(),
        "yours": f"{Status(fact.status).label} {fact.part}".strip(),
    }
    said = _("%(who)s changed %(name)s to “%(stands)s” while you were editing. Your value: “%(yours)s”.")
    return said % words


def _check_fact(code: str, fact: Recorded, edition: Edition) -> None:
    if code not in edition.workloads:
        raise FactRefused(_("“%(code)s” isn’t a workload in the service description.") % {"code": code})
    if fact.status not in Status.values:
        raise FactRefused(_("“%(status)s” isn’t a status.") % {"status": fact.status})
    name = edition.workloads[code].name
    if len(fact.evidence) > LONGEST_EVIDENCE:
        words = {"name": name, "length": f"{len(fact.evidence):,}", "most": f"{LONGEST_EVIDENCE:,}"}
        raise FactRefused(_("%(name)s: the evidence has %(length)s characters; the maximum is %(most)s.") % words)
    _check_words(fact, name)
    read_part(fact, name)


def _check_words(fact: Recorded, name: str) -> None:
    """Some statuses say too little alone."""
    words = {"name": name, "status": Status(fact.status).label}
    if fact.status == Status.NO_INTENT and not fact.evidence.strip():
        raise FactRefused(_("%(name)s: Enter the customer’s reason for “%(status)s”.") % words)
    if fact.status == Status.PARTLY and not (fact.evidence.strip() or fact.part.strip()):
        said = _("%(name)s, “%(status)s”: Enter how many seats (e.g. 120 of 500) or which group.")
        raise FactRefused(said % words)


PART = re.compile(r"([0-9][0-9.,' ]{0,12}?)\s*(?:of|/)\s*([0-9][0-9.,' ]{0,12}?)(?:\s+seats)?", re.IGNORECASE)


def _read_seats(seats: str, total: str) -> tuple[int, int]:
    """Both as whole numbers; nothing of nothing where one is none."""
    try:
        return read_whole_number(seats), read_whole_number(total)
    except ValueError:
        return 0, 0


def read_part(fact: Recorded, name: str = "") -> dict[str, Any]:
    """The part as columns: seats of a total, or a group. Empty unless partly enabled. Raises FactRefused."""
    if fact.status != Status.PARTLY or not fact.part.strip():
        return {}
    part = fact.part.strip()
    if match := PART.fullmatch(part):
        seats, total = _read_seats(*match.groups())
        if not 0 < seats < total <= LARGEST_SEATS:
            said = _("%(name)s: “%(part)s” isn’t valid. Enter how many seats, e.g. 120 of 500.")
            raise FactRefused(said % {"name": name, "part": part})
        return {"part_seats": seats, "part_total": total}
    if not part[0].isalpha():
        said = _("%(name)s: “%(part)s” isn’t valid. Enter how many seats (e.g. 120 of 500) or a group name.")
        raise FactRefused(said % {"name": name, "part": part[:40]})
    if len(part) > LONGEST_GROUP:
        said = _("%(name)s: the group name has more than %(most)s characters.")
        raise FactRefused(said % {"name": name, "most": LONGEST_GROUP})
    return {"part_group": part}


def _differs(row: Enablement | None, fact: Recorded) -> bool:
    if row is None:
        return fact.status != Status.UNKNOWN or bool(fact.evidence)
    is_other_part = bool(fact.part) and fact.status == Status.PARTLY and row.part != Enablement(**read_part(fact)).part
    return row.status != fact.status or is_other_part or (bool(fact.evidence) and row.evidence != fact.evidence)


@transaction.atomic
def record_subscriptions(
    tenant: Tenant,
    held: list[HeldSubscription],
    *,
    by: Author,
    now: dt.datetime,
    upload: ExportUpload | None = None,
    named_by: Mapping[str, str] = MappingProxyType({}),
) -> list[Subscription]:
    """Replace a tenant's subscriptions; the earlier ones stay as history.

    ``named_by``: product → the side that knows its name, where that is another.
    """
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    newest = tenant.subscriptions.aggregate(recorded=Max("recorded_at"), replaced=Max("replaced_at"))
    now = max((now, *filter(None, newest.values())))  # acts follow each other as they were written, not as begun
    tenant.subscriptions.current().update(replaced_at=now, replaced_by_party=by.party)
    return Subscription.objects.bulk_create(
        Subscription(
            tenant=tenant,
            plan_code="" if sub.is_unmapped or sub.is_outside else sub.plan,
            part_number=sub.product if sub.is_unmapped or sub.is_outside else "",
            state=sub.state,
            paid_seats=sub.paid_seats,
            unpaid_seats=sub.unpaid_seats,
            withheld=dict(sub.withheld),
            read=sub.read and sub.read._asdict(),
            from_export=upload,
            named_by_party=named_by.get(sub.product, by.party) if sub.is_unmapped or sub.is_outside else "",
            recorded_at=now,
            recorded_by=by.user,
            author_party=by.party,
        )
        for sub in held
    )


@transaction.atomic
def record_typed_plans(
    tenant: Tenant, held: list[HeldSubscription], *, by: Author, now: dt.datetime, sight: Sight = EVERYTHING
) -> None:
    """Replace what a form can show; what else that side knows of stays: unmapped products, free seats, other states."""
    current = tenant.subscriptions.known_to(sight)
    shown = list(current.typed().order_by("id"))
    kept = current.exclude(pk__in=[row.pk for row in shown]).order_by("id")
    known = [as_held(row, tenant.domain) for row in shown]
    typed = [row for sub in held for row in _in_place_of([one for one in known if one.plan == sub.plan], sub)]
    named_by = {row.part_number: row.named_by_party or row.author_party for row in kept}
    others = [as_held(row, tenant.domain) for row in kept]
    record_subscriptions(tenant, [*typed, *others], by=by, now=now, named_by=named_by)


def put_typed(read: list[HeldSubscription], typed: list[HeldSubscription], edition: Edition) -> list[HeldSubscription]:
    """Typed seats beside what an export lists: a plan whose sum was not changed stays as it was read.

    What no form shows stays, too: unknown products, those outside of the Benefit, and other states.
    """
    usable = {code for code, plan in edition.plans.items() if not plan.is_excluded}
    shown = [sub for sub in read if sub.is_live and sub.plan in usable]
    kept = [sub for sub in read if sub not in shown]
    for sub in typed:
        known = [one for one in shown if one.plan == sub.plan]
        seats = [one.paid_seats for one in known]
        total = None if None in seats else sum(number or 0 for number in seats)
        kept += known if known and total == sub.paid_seats else _in_place_of(known, sub)
    return kept


def _in_place_of(known: list[HeldSubscription], typed: HeldSubscription) -> list[HeldSubscription]:
    """A plan's typed seats in the place of those recorded: each SKU keeps what was read of it.

    Of several the largest takes the difference, so that the sum is what was typed.
    """
    if not known:
        return [typed]
    largest = max(known, key=lambda sub: sub.paid_seats or 0)
    others = [sub for sub in known if sub is not largest and sub.paid_seats]
    rest = sum(sub.paid_seats or 0 for sub in others)
    if typed.paid_seats is None or typed.paid_seats <= rest:
        return [replace(largest, paid_seats=typed.paid_seats)]
    return [replace(largest, paid_seats=typed.paid_seats - rest), *others]
