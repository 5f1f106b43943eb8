from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.choices import OfferState, State
from referrals.domain.lifecycle import NEXT_ACTS, OFFER_TABLE, REFERRAL_TABLE

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """# Lifecycle

Generated from `referrals/domain/lifecycle.py` by `python3 manage.py write_lifecycle`; do not edit by hand.
"""
QUIET = (State.ON_HOLD, State.CANCELLED)


class Command(BaseCommand):
    help = "Write docs/lifecycle.md from the transition tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = settings.BASE_DIR / "docs" / "lifecycle.md"
        text = write_page()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/lifecycle.md is out of date; run manage.py write_lifecycle")
            self.stdout.write("docs/lifecycle.md is current.")
            return
        path.write_text(text)
        self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")


def write_page() -> str:
    """The whole page: diagrams and tables of referrals and offers, and the next act of each state."""
    return "\n".join([HEAD, *_referral_part(), *_next_act_part(), *_offer_part()]) + "\n"


def _referral_part() -> list[str]:
    lines = [
        "## Referral",
        "",
        "Holding and canceling are possible from every open state and are not shown.",
    ]
    lines += ["", "```mermaid", "stateDiagram-v2", "    [*] --> submitted"]
    for before, after in REFERRAL_TABLE:
        if before not in QUIET and after not in QUIET:
            lines.append(f"    {before} --> {after}")
    lines += ["```", "", "| from | to | by | needs |", "|---|---|---|---|"]
    for (before, after), move in sorted(REFERRAL_TABLE.items(), key=lambda item: _place(item[0])):
        who = ", ".join(sorted(str(actor.label) for actor in move.by))
        lines.append(f"| {before} | {after} | {who} | {move.needs or '–'} |")
    return [*lines, ""]


def _place(pair: tuple[State, State]) -> tuple[int, int]:
    order = list(State)
    return order.index(pair[0]), order.index(pair[1])


def _next_act_part() -> list[str]:
    lines = ["## The next action of each open state", "", "| state | next action | owner |", "|---|---|---|"]
    lines += [f"| {state} | {act.label} | {owner.label} |" for state, (act, owner) in NEXT_ACTS.items()]
    return [*lines, ""]


def _offer_part() -> list[str]:
    lines = ["## Offer", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {OfferState.PENDING}"]
    lines += [f"    {before} --> {after}" for before, after in OFFER_TABLE]
    lines += ["```", "", "| from | to | when |", "|---|---|---|"]
    lines += [f"| {before} | {after} | {when} |" for (before, after), when in OFFER_TABLE.items()]
    return lines
