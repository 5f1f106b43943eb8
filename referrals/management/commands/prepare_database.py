from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from benefits.models import ServiceDescription
from benefits.services.editions import import_edition
from benefits.services.governing import write_golden_scenarios
from benefits.services.shipped import SHIPPED_FILE


class Command(BaseCommand):
    help = "Migrate, make the cache table, and load the shipped service description when there is none. Idempotent."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        call_command("createcachetable", verbosity=0)
        if not ServiceDescription.objects.exists():
            import_edition(SHIPPED_FILE.read_bytes(), by=None, now=timezone.now())
        write_golden_scenarios()
