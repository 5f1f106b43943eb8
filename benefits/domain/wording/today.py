"""Every sentence that a determination keeps, in today's words. Arguments are names, counts and labels to be shown."""

import datetime as dt
from collections.abc import Mapping, Sequence

from benefits.choices import Outcome

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(date: dt.date) -> str:
    """A date as people write it, whatever the process's locale: 28 Nov 2026."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def within(tenant: str) -> str:
    return f" in {tenant}" if tenant else ""


def count_of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


class Words:
    """One method a sentence; what several engines say alike, they inherit."""

    # --- the outcome, and the fact that decided it

    outcomes: Mapping[str, str] = {
        Outcome.NOT_ELIGIBLE: "The customer is not eligible for the Benefit.",
        Outcome.OUT_OF_SCOPE: "Everything requested is out of scope:",
        Outcome.NOT_REALIZED: "The Benefit is not fully realized.",
        Outcome.REALIZED: "The Benefit is fully realized.",
        Outcome.NEEDS_INFORMATION: "More information needed.",
    }
    no_subscription = "No subscriptions are recorded yet."
    request_may_be_in = "Whether the request is in scope depends on a subscription that is still unknown."
    nothing_counts_yet = "The customer’s plans include no workload that counts."
    contents_unknown = "The service description does not list the workloads of these plans."
    unknown_could_add = "A subscription that is still unknown could add workloads."

    def seats_open(self, known: int, floor: int) -> str:
        return f"{known:,} paid seats are confirmed; the minimum is {floor:,}, and some seats are still unknown."

    def seats_missed(self, largest: int, floor: int) -> str:
        return f"No tenant has the required {floor:,} paid seats on eligible plans (largest: {largest:,})."

    def remain(self, count: int, names: str) -> str:
        return f"{count_of(count, 'workload remains', 'workloads remain')}: {names}."

    def have_no_status(self, count: int, names: str) -> str:
        return f"{count_of(count, 'workload has', 'workloads have')} no status yet: {names}."

    def refused(self, names: str) -> str:
        return f"No workloads remain; the customer declined {names}."

    def all_enabled(self, count: int) -> str:
        return f"All {count} counted workloads are enabled." if count > 1 else "The only counted workload is enabled."

    # --- the rules, what each of them checked, and its result

    rules: Mapping[str, str] = {
        "usable_subscriptions": "Paid subscriptions count if they are active or in the grace period and the plan is "
        "eligible on that date.",
        "seat_floor": "A tenant is eligible if its paid seats on eligible plans reach the minimum.",
        "entitled": "Eligible tenants are entitled to the active workloads that their plans include.",
        "request_lines": "If every requested item is out of scope, the request is out of scope.",
        "in_view": "Full value covers every counted, entitled workload plus any requested item in scope.",
        "remaining": "If a counted workload is not fully enabled, the Benefit is not realized.",
        "to_confirm": "If nothing remains, every counted workload must be confirmed as enabled.",
    }
    nothing_requested = "Nothing specific was requested."
    no_eligible_plan = "No eligible tenant has a plan."
    no_seats_count = "No seats count."
    none = "None."

    def checked_subscriptions(self, count: int, date: dt.date) -> str:
        return f"{count_of(count, 'recorded subscription', 'recorded subscriptions')}; plans active on {day(date)}."

    def checked_seats(self, *, in_sum: bool, floor: int) -> str:
        way = "on all eligible plans together" if in_sum else "on the largest plan alone"
        return f"Paid seats in each tenant, {way}; the minimum is {floor:,}."

    def checked_plans(self, names: str) -> str:
        return f"Plans of eligible tenants: {names}."

    def checked_lines(self, count: int) -> str:
        return f"{count_of(count, 'requested item', 'requested items')}." if count else self.nothing_requested

    def checked_view(self, *, whole: bool) -> str:
        return f"{'All entitled workloads' if whole else 'The requested areas'}, plus requested items in scope."

    def checked_statuses(self, count: int) -> str:
        return f"Status of {count_of(count, 'counted workload', 'counted workloads')}."

    def found_subscriptions(self, usable: int, total: int, unknown: int) -> str:
        return f"{usable} of {total} count; {unknown} unknown." if unknown else f"{usable} of {total} count."

    def seats_of(self, tenant: str, least: int, most: float) -> str:
        return f"{tenant or 'tenant'}: {self._seat_range(least, most)}"

    def _seat_range(self, least: int, most: float) -> str:
        if most == least:
            return f"{least:,} paid seats"
        return f"{least:,} paid seats confirmed, up to {self.most_seats(most)} possible"

    def most_seats(self, most: float) -> str:
        return "any number" if most == float("inf") else f"{int(most):,}"

    def found_line(self, name: str, is_in: bool | None) -> str:
        """Is a requested item in scope? ``None``: not known yet."""
        return f"{name}: {'unknown' if is_in is None else 'in scope' if is_in else 'out of scope'}"

    def found_workloads(self, count: int) -> str:
        return f"{count_of(count, 'workload', 'workloads')}."

    # --- what was requested, and what may be sold

    on_site = "On-site delivery"
    anything = "Any services"
    sell_not_eligible = "The customer is not eligible for the Benefit."
    eligibility_unknown = "Eligibility is still unknown."
    fee_based = "The customer is not eligible, so this is fee-based work."
    may_be_covered = "Whether the customer’s plans cover this depends on a subscription that is still unknown."
    already_enabled = "Already enabled. Further work is fee-based."
    confirm_first = "Covered by the Benefit. Confirm the status, then deliver it or offer fee-based work."
    deliver = "Covered by the Benefit and not enabled. Deliver it with its Advanced Deployment Guide."
    retired = "Not in the service description on this date."
    not_licensed = "Not included in any eligible plan the customer has."
    out_of_scope = "Not covered by the Benefit. You can offer it as fee-based work."

    def sell_realized(self, *, some_refused: bool) -> str:
        return f"All counted workloads are enabled{' or declined by the customer' if some_refused else ''}."

    # --- subscriptions, and what service plans say of a workload

    excluded = "Not covered by the Benefit."
    plan_inactive = "The plan is not active on this date."
    unpaid = "Free and trial seats don’t count."
    counts_no_seats = "Adds workloads; seats don’t count."
    seats_unknown = "Number of paid seats unknown."
    other_family = "Not covered by the Benefit: its service plans belong to no eligible product family."
    unlisted = "Not in the service description. An admin needs to classify it."
    withheld: Mapping[str, str] = {
        "disabled": "its service plan is turned off in {plan}{place}",
        "missing": "the customer’s SKU of {plan}{place} doesn’t include its service plan",
        "carried": "{plan}{place} includes its service plan without granting the workload",
        "partial": "not enough of its service plans are turned on in {plan}{place}",
    }

    def not_entitled(self, why: str, plan: str, tenant: str) -> str:
        return f"Not entitled: {self.withheld[why].format(plan=plan, place=within(tenant))}."

    def beyond(self, service_plan: str, plan: str, tenant: str) -> str:
        where = f"{plan}{within(tenant)}"
        return f"Its service plan {service_plan} is turned on in {where}, although that plan isn’t listed for it."

    def outside(self, reason: str) -> str:
        return f"Not covered by the Benefit: {reason.lower()}."

    def dead(self, state: str) -> str:
        return f"{state}: seats don’t count."

    def eligible(self, *, is_verified: bool) -> str:
        return f"Eligible: paid seats count{'' if is_verified else ' (eligibility unverified)'}."

    # --- what to ask, and how much settles the outcome

    one_answer = "This one answer decides the result."
    subscriptions_first = "Record the subscriptions first: nothing else can decide the result before that."
    tell_an_admin = "The service description lists no workloads for these plans. Contact an admin."
    all_but_subscriptions = "All counted workloads are enabled; only the unknown subscriptions can change the result."
    nothing_remains = "No known workload remains, but the unknown subscriptions could add more."
    nothing_in_view = "No workload counts yet, but the unknown subscriptions could add some."
    nothing_counts = "The customer’s plans add nothing that counts here. Check the subscriptions and the request."
    contents_not_listed = "its workloads are not listed in the service description"

    def is_enabled(self, workload: str, tenants: Sequence[str]) -> str:
        places = f" in {' and in '.join(tenants)}" if tenants else ""
        return f"Is {workload} enabled{places}?"

    def one_settles(self, answers: int, *, and_subscriptions: bool) -> str:
        needed = f"all {answers} answers" if answers > 1 else "the answer about the workload"
        too = " and the subscriptions" if and_subscriptions else ""
        return f"One workload that is not enabled is enough to decide. A “realized” result needs {needed}{too}."

    def none_recorded(self, *, may_be_none: bool) -> str:
        how = "; if the customer has none, record one with 0 paid seats" if may_be_none else ""
        return f"Subscriptions: none recorded{how}"

    def about(self, plan: str, tenant: str, what: str) -> str:
        return f"{plan}{within(tenant)}: {what}"

    product_unknown = "not in the service description"
    seats_not_known = "number of paid seats unknown"

    def strange(self, service_plan: str) -> str:
        return f"service plan {service_plan} is unknown and could stand for one that seems to be missing"

    # --- warnings

    def in_grace(self, plan: str) -> str:
        return f"{plan} is in its grace period; seats still count."

    def unverified(self, plan: str) -> str:
        return f"{plan} counts, but its eligibility is unverified."

    def too_many_seats(self, plan: str, seats: int, most: int) -> str:
        return f"{plan} shows {seats:,} seats but is sold with up to {most:,}. Check the number."

    def read_too_early(self, plan: str, tenant: str, workloads: Sequence[str]) -> str:
        names = " and ".join(workloads)
        verb = "was" if len(workloads) == 1 else "were"
        return f"{plan}{within(tenant)} was imported before {names} {verb} listed for it. Upload the export again."

    def counts_differ(self, tenant: str, total: int, single: int, floor: int) -> str:
        return (
            f"The two ways of counting seats give different results{within(tenant)}: {total:,} in total, {single:,} on "
            f"the largest plan (minimum: {floor:,})."
        )

    def enabled_without_plan(self, workload: str) -> str:
        return f"{workload} is enabled, but none of the customer’s plans includes it."

    def may_be_trial(self, plan: str, tenant: str, outcome: str) -> str:
        return (
            f"Product lists don’t show trials. If {plan}{within(tenant)} is a trial, the result would be “{outcome}”."
        )
