import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from referrals.sweeping.reconciling import reconcile


class Command(BaseCommand):
    help = "Repair what breaks an invariant (a referral without an owner, a stray offer, a wrong count) and report it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        healed = reconcile(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"healed": [asdict(one) for one in healed]}))
            return
        for one in healed:
            self.stdout.write(f"repaired: {one.public_id}: {one.what}")
        self.stdout.write(f"{len(healed)} repaired." if healed else "Nothing to repair.")
