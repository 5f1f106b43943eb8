from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from referrals.email.sending import send_due_mail
from referrals.management.demo_catalogue import play_catalogue
from referrals.management.demo_people import make_partners, make_people
from referrals.management.demo_story import Story
from referrals.models import Referral
from referrals.sweeping.sweeps import expire_due


class Command(BaseCommand):
    help = "Prepare the local demo: tables, the shipped service description, and demo data when there is none."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="throw all data away first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_MODE:
            raise CommandError("Demo data is for local mode only.")
        if options["fresh"]:
            self._say("Throwing the demo's data away …")
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("prepare_database", verbosity=0)
        if Referral.objects.exists():
            return
        self._say("Making demo data (12 partners, 40 customers, 150 referrals) …")
        with transaction.atomic():  # stopped half-way, the next start begins again
            make_people()
            make_partners()
            Story(timezone.now(), self._say).play()
            expire_due(now=timezone.now())
            play_catalogue(timezone.now())
        while send_due_mail(timezone.now()):
            pass

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
