from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError


class Command(BaseCommand):
    help = "Answer whether this process reaches its database (and its broker); for container health checks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--broker", action="store_true", help="the broker too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if options["broker"]:
                with current_app.connection_for_write() as broker:
                    broker.ensure_connection(max_retries=1, timeout=5)
        except (DatabaseError, OperationalError, OSError) as error:
            raise CommandError(f"not healthy: {error}", returncode=1) from None
        self.stdout.write("ok")
