from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from benefits.services.installing import install_editions
from referrals.editions.checking import ask_for_preview
from referrals.models import Canary


class Command(BaseCommand):
    help = "Migrate, make the cache table, and install the service descriptions that ship. Idempotent."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        call_command("createcachetable", verbosity=0)
        Canary.objects.get_or_create(pk=Canary.ONLY)  # from now on a pipeline that was never started is seen
        now = timezone.now()
        for draft in install_editions(now=now):
            ask_for_preview(draft, by=None, now=now)
            self.stdout.write(f"{draft} came with this version: an admin previews and publishes it.")
