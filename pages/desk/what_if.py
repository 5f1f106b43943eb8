"""What if: change statuses, seats and plans, see the outcome beside the recorded one, and record nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.folding import fold
from benefits.choices import Area, Outcome, Status, SubscriptionState
from benefits.domain.asking.what_if import apply_change, find_shortest_way
from benefits.domain.catalogue import Edition
from benefits.domain.determination import Determination, determine
from benefits.domain.situation import Situation, Subscription
from benefits.services.determining import replay_one
from benefits.services.editions import edition_in_force
from benefits.services.situations import load_facts
from pages.desk.desk import Desk, find_desk
from pages.desk.workspace import MARKS, WHAT_TO_DO
from pages.fields import LARGEST_SEATS
from pages.guards import SignedInRequest

SPARE_PLANS = 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """A determination as the page compares it: recorded, or imagined."""

    title: str
    decided: Determination

    @property
    def mark(self) -> str:
        return MARKS[Outcome(self.decided.outcome)]

    @property
    def label(self) -> str:
        return str(Outcome(self.decided.outcome).label)

    @property
    def what_to_do(self) -> str:
        return str(WHAT_TO_DO[Outcome(self.decided.outcome)])

    @property
    def remaining(self) -> list[str]:
        return [row.name for row in self.decided.findings if row.verdict == "remaining"]


@dataclass(slots=True)
class Imagined:
    """A situation with what was typed put in the place of what is recorded; ``problems`` by field."""

    situation: Situation
    problems: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Show the imagined outcome beside the recorded one. A post changes nothing but the page."""
    desk = find_desk(request, public_id, reads=True)
    today = timezone.localdate()
    facts = load_facts(desk.referral.customer, desk.sight)
    _edition_id, edition = edition_in_force(today)
    recorded = facts.situation(desk.referral.request, today, edition)
    tenants = [tenant.domain for tenant in facts.tenants]
    typed: dict[str, str] = request.POST.dict()
    imagined = imagine(recorded, edition, typed, tenants)
    tenant = typed.get("tenant", "")
    decided = determine(edition, imagined.situation)
    context: dict[str, Any] = {
        **_outlooks(desk, recorded, edition, decided),
        "desk": desk,
        "edition": edition,
        "problems": imagined.problems,
        "tenants": tenants,
        "tenant": tenant if tenant in tenants else tenants[0],
        "way": find_shortest_way(edition, imagined.situation) if decided.outcome != Outcome.REALIZED else None,
        "is_changed": imagined.situation != recorded,
    }
    if request.headers.get("HX-Request"):
        context["is_swap"] = True
        return render(request, "desk/_what_if_result.html", context)  # htmx shows no answer but a good one
    context |= _fields(imagined, decided, edition, str(context["tenant"]), typed)
    return render(request, "desk/what_if.html", context, status=422 if imagined.problems else 200)


def _outlooks(desk: Desk, recorded: Situation, edition: Edition, decided: Determination) -> dict[str, Outlook]:
    standing = desk.referral.determination
    if standing is not None:
        title = gettext("Recorded, %(determination)s") % {"determination": standing.public_id}
        before = Outlook(title, replay_one(standing)[0])
    else:
        before = Outlook(gettext("Based on recorded facts"), determine(edition, recorded))
    return {"before": before, "after": Outlook(gettext("What if"), decided)}


def imagine(recorded: Situation, edition: Edition, typed: Mapping[str, str], tenants: list[str]) -> Imagined:
    """Put typed seats, added plans and statuses over the recorded situation. Nothing typed gives it unchanged."""
    imagined = Imagined(recorded, {})
    if "way" in typed:
        for change in find_shortest_way(edition, recorded).changes:
            imagined.situation = apply_change(imagined.situation, change)
        return imagined
    changed = [*_change_seats(imagined, typed), *_add_plans(imagined, edition, typed, tenants)]
    statuses = _change_statuses(recorded, edition, typed, tenants)
    imagined.situation = replace(recorded, subscriptions=tuple(changed), enablement=statuses)
    return imagined


def _change_seats(imagined: Imagined, typed: Mapping[str, str]) -> Iterator[Subscription]:
    for place, sub in enumerate(imagined.situation.subscriptions):
        name = f"seats:{place}"
        if name not in typed or sub.is_unpaid:
            yield sub
        else:
            yield replace(sub, paid_seats=_read_seats(imagined, typed, name, sub.paid_seats))


def _read_seats(imagined: Imagined, typed: Mapping[str, str], name: str, recorded: int | None) -> int | None:
    """Seats as typed; empty is not known. What cannot be read is a problem, and the recorded number stays."""
    text = typed[name].replace(",", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) > LARGEST_SEATS:
        said = gettext("Enter a number of seats from 0 to %(most)s (“%(typed)s” isn’t valid).")
        imagined.problems[name] = said % {"typed": typed[name][:40], "most": f"{LARGEST_SEATS:,}"}
        return recorded
    return int(text)


def _add_plans(
    imagined: Imagined, edition: Edition, typed: Mapping[str, str], tenants: list[str]
) -> Iterator[Subscription]:
    for number in range(1, SPARE_PLANS + 1):
        plan = typed.get(f"plan:{number}", "")
        if not plan:
            continue
        if plan not in edition.plans:
            said = gettext("“%(plan)s” isn’t a plan in the service description.")
            imagined.problems[f"plan:{number}"] = said % {"plan": plan[:60]}
            continue
        tenant = typed.get(f"plan-tenant:{number}", "")
        seats = _read_seats(imagined, typed, f"plan-seats:{number}", None) if f"plan-seats:{number}" in typed else None
        place = tenant if tenant in tenants else tenants[0]
        yield Subscription(plan, place, SubscriptionState.ENABLED.value, paid_seats=seats)


def _change_statuses(
    recorded: Situation, edition: Edition, typed: Mapping[str, str], tenants: list[str]
) -> dict[str, dict[str, str]]:
    statuses = {code: dict(by_tenant) for code, by_tenant in recorded.enablement.items()}
    for name in typed:
        kind, _, rest = name.partition(":")
        code, _, tenant = rest.partition(":")
        if kind == "status" and code in edition.workloads and tenant in tenants and typed[name] in Status.values:
            statuses.setdefault(code, {})[tenant] = typed[name]
    return statuses


@dataclass(frozen=True, slots=True)
class StatusField:
    """One workload's status in the tenant that is shown."""

    name: str
    label: str
    status: str
    verdict: str


def _fields(
    imagined: Imagined, decided: Determination, edition: Edition, tenant: str, typed: Mapping[str, str]
) -> dict[str, object]:
    situation = imagined.situation
    areas: dict[str, list[StatusField]] = {area.value: [] for area in Area}
    for finding in decided.findings:
        status = situation.status(finding.workload, tenant)
        field = StatusField(f"status:{finding.workload}:{tenant}", finding.name, status, finding.verdict)
        areas.setdefault(finding.area, []).append(field)
    shown = {finding.workload for finding in decided.findings}
    plans = sorted(edition.plans.values(), key=lambda plan: fold(plan.name))
    return {
        "areas": [(str(Area(area).label), fields) for area, fields in areas.items() if fields],
        "seats": list(_seat_fields(imagined, edition, typed)),
        "spare": [
            (number, typed.get(f"plan:{number}", ""), typed.get(f"plan-seats:{number}", ""))
            for number in range(1, SPARE_PLANS + 1)
        ],
        "plans": [(plan.code, plan.name) for plan in plans if plan.is_active(situation.on)],
        "statuses": Status.choices,
        "kept": [(name, value) for name, value in typed.items() if _is_kept(name, shown, tenant)],
    }


def _is_kept(name: str, shown: set[str], tenant: str) -> bool:
    """Is this a typed status that the page does not show: of another tenant, or no longer entitled?"""
    kind, _, rest = name.partition(":")
    code, _, of_tenant = rest.partition(":")
    return kind == "status" and (code not in shown or of_tenant != tenant)


def _seat_fields(imagined: Imagined, edition: Edition, typed: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Name, label, value and problem of each recorded subscription's seats."""
    for place, sub in enumerate(imagined.situation.subscriptions):
        if sub.is_unpaid or not sub.is_live or place >= len(imagined.situation.subscriptions) - _added(typed):
            continue
        plan = edition.plans.get(sub.plan)
        name = f"seats:{place}"
        seats = "" if sub.paid_seats is None else str(sub.paid_seats)
        label = f"{plan.name if plan else sub.product}, {sub.tenant}"
        yield name, label, typed.get(name, seats) if "way" not in typed else seats, imagined.problems.get(name, "")


def _added(typed: Mapping[str, str]) -> int:
    if "way" in typed:
        return 0
    return sum(bool(typed.get(f"plan:{number}")) for number in range(1, SPARE_PLANS + 1))
