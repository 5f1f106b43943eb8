"""The sentences of engine 2, which wrote records until 30 November 2026. Kept to the letter: records are hashed."""

import datetime as dt
from collections.abc import Mapping, Sequence

from benefits.choices import Outcome

from .today import Words, within


class WordsOfEngine2(Words):
    """What engine 2 said otherwise than today."""

    outcomes: Mapping[str, str] = {
        **Words.outcomes,
        Outcome.OUT_OF_SCOPE: "Everything requested lies outside the Benefit.",
        Outcome.NEEDS_INFORMATION: "More facts are needed before this can be decided.",
    }
    no_subscription = "No subscription is recorded yet."
    request_may_be_in = "Whether the request is inside the Benefit depends on a subscription that is not known yet."
    nothing_counts_yet = "Nothing that counts is known to be entitled."
    contents_unknown = "The edition does not know a workload that the plans held grant."
    unknown_could_add = "A subscription that is not known yet could bring more workloads."

    def seats_open(self, known: int, floor: int) -> str:
        return f"{known:,} paid seats are known; whether {floor:,} are reached depends on what is not."

    def seats_missed(self, largest: int, floor: int) -> str:
        return f"No tenant reaches {floor:,} paid seats of eligible plans; the largest has {largest:,}."

    def have_no_status(self, count: int, names: str) -> str:
        return f"{count} {'workload has' if count == 1 else 'workloads have'} no known status: {names}."

    def refused(self, names: str) -> str:
        return f"Nothing remains: {names} is refused."

    def all_enabled(self, count: int) -> str:
        return f"All {count} workloads in view are enabled." if count > 1 else "The one workload in view is enabled."

    rules: Mapping[str, str] = {
        "usable_subscriptions": "Subscriptions count when they are enabled or in grace, paid, and of a plan that is "
        "active and eligible on the date.",
        "seat_floor": "A tenant is eligible when its paid seats of eligible plans reach the floor.",
        "entitled": "Eligible tenants are entitled to the active workloads that their plans grant.",
        "request_lines": "Each thing asked for is inside or outside the Benefit; when all of it is outside, the "
        "request is out of scope.",
        "in_view": "Full value means every entitled workload that counts, and what was asked for within the Benefit.",
        "remaining": "A workload in view that is not fully enabled means that the Benefit is not realized.",
        "to_confirm": "With nothing remaining, every workload in view must be known to be enabled.",
    }
    nothing_requested = "Nothing particular was asked for."
    no_eligible_plan = "No plan of an eligible tenant."
    no_seats_count = "No usable seats."

    def checked_subscriptions(self, count: int, date: dt.date) -> str:
        return f"{count} recorded subscriptions, and the plans active on {date}."

    def checked_seats(self, *, in_sum: bool, floor: int) -> str:
        way = "all eligible plans together" if in_sum else "the largest plan alone"
        return f"Paid seats in each tenant, {way}; the floor is {floor:,}."

    def checked_plans(self, names: str) -> str:
        return f"The plans of eligible tenants: {names}."

    def checked_lines(self, count: int) -> str:
        return f"{count} {'line' if count == 1 else 'lines'} of the request." if count else "The request names nothing."

    def checked_view(self, *, whole: bool) -> str:
        return f"{'The whole entitlement' if whole else 'The requested areas'}, and the lines that are in."

    def checked_statuses(self, count: int) -> str:
        return f"The statuses of {count} workloads in view."

    def found_subscriptions(self, usable: int, total: int, unknown: int) -> str:
        return f"{usable} of {total} are usable; {unknown} not known."

    def _seat_range(self, least: int, most: float) -> str:
        if most == least:
            return f"{least:,} paid seats"
        return f"{least:,} paid seats known, up to {self.most_seats(most)} possible"

    def found_line(self, name: str, is_in: bool | None) -> str:
        return f"{name}: {'not known yet' if is_in is None else 'in' if is_in else 'out'}"

    def found_workloads(self, count: int) -> str:
        return f"{count} workloads."

    anything = "Anything the customer wants"
    eligibility_unknown = "Whether the customer is eligible is not known yet."
    fee_based = "The customer is not eligible, so this is fee-based work."
    may_be_covered = "Whether the plans held cover this depends on a subscription that is not known yet."
    already_enabled = "Already enabled: further work on it is fee-based."
    confirm_first = "In the Benefit. Confirm its status, then deliver it or offer fee-based work."
    deliver = "In the Benefit and not enabled: deliver it with its Advanced Deployment Guide."
    retired = "Not part of the service description on this date: nothing can be enabled."
    not_licensed = "No plan of an eligible tenant grants this workload."
    out_of_scope = "Outside the Benefit: this may be offered as fee-based work."

    def sell_realized(self, *, some_refused: bool) -> str:
        return f"Every workload in view is enabled{' or refused' if some_refused else ''}."

    excluded = "Named as outside the Benefit."
    unpaid = "Free or trial seats do not count."
    counts_no_seats = "Brings its workloads but counts no seats."
    seats_unknown = "The number of paid seats is not known yet."
    other_family = "Outside the Benefit: its service plans belong to no eligible family."
    unlisted = "Not in the service description: an admin has to say what it is."
    withheld: Mapping[str, str] = {
        "disabled": "its service plan is switched off in {plan}{place}",
        "missing": "the SKU held of {plan}{place} does not carry its service plan",
        "carried": "{plan}{place} only carries its service plan",
        "partial": "too few of its service plans are on in {plan}{place}",
    }

    def beyond(self, service_plan: str, plan: str, tenant: str) -> str:
        return f"Its service plan {service_plan} is on in {plan}{within(tenant)}; the edition does not list it there."

    def outside(self, reason: str) -> str:
        return f"Outside the Benefit: {reason.lower()}."

    def dead(self, state: str) -> str:
        return f"{state}: seats do not count."

    def eligible(self, *, is_verified: bool) -> str:
        return f"Eligible: paid seats count{'' if is_verified else ' (eligibility not verified)'}."

    one_answer = "This one answer settles it."
    subscriptions_first = "The subscriptions come first: nothing else settles it before they are known."
    tell_an_admin = "The edition does not know what these plans grant: tell an admin."
    all_but_subscriptions = (
        "Every workload in view is enabled; only what is not known of the subscriptions can change that."
    )
    nothing_remains = "Nothing known remains, but what is not known of the subscriptions could bring more."
    nothing_in_view = "Nothing is known to be in view, but what is not known of the subscriptions could bring more."
    nothing_counts = "What is held brings nothing that counts here: check the subscriptions, and what is asked for."
    contents_not_listed = "the edition does not know what it grants"

    def one_settles(self, answers: int, *, and_subscriptions: bool) -> str:
        at_once = "One workload that is not enabled settles it at once; realized takes"
        if and_subscriptions:
            asked = f"the {answers} answers about workloads" if answers > 1 else "the answer about the workload"
            return f"{at_once} {asked} and the subscriptions too."
        return f"{at_once} all {answers} answers."

    def none_recorded(self, *, may_be_none: bool) -> str:
        how = "; record one with 0 paid seats where there is none" if may_be_none else ""
        return f"subscriptions: none is recorded{how}"

    product_unknown = "the edition does not know this product"
    seats_not_known = "the number of paid seats is not known"

    def strange(self, service_plan: str) -> str:
        return f"its service plan {service_plan} is not known, and may be one that is missing"

    def in_grace(self, plan: str) -> str:
        return f"{plan} is in its grace period: its seats count for now."

    def unverified(self, plan: str) -> str:
        return f"{plan} counts, but no source confirms that it is eligible."

    def too_many_seats(self, plan: str, seats: int, most: int) -> str:
        return f"{plan} shows {seats:,} seats, but is sold up to {most:,}: check the figure."

    def read_too_early(self, plan: str, tenant: str, workloads: Sequence[str]) -> str:
        names = " and ".join(workloads)
        return (
            f"{plan}{within(tenant)} was read before the service description knew that it brings {names}; upload the "
            "export again."
        )

    def counts_differ(self, tenant: str, total: int, single: int, floor: int) -> str:
        return (
            f"The two readings of the floor differ{within(tenant)}: {total:,} seats in sum, {single:,} on the largest "
            f"plan; the floor is {floor:,}."
        )

    def enabled_without_plan(self, workload: str) -> str:
        return f"{workload} is enabled, but no plan held grants it."

    def may_be_trial(self, plan: str, tenant: str, outcome: str) -> str:
        return (
            f"A product list does not show trials. If {plan}{within(tenant)} is a trial, the outcome would be "
            f"“{outcome}”."
        )
