import logging
import signal
import time
from types import FrameType
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from referrals.models import Canary
from referrals.queue import CANARY, Ear
from referrals.sweeping.due import find_due

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 3.0
REPEAT_SECONDS = 10.0
CANARY_SECONDS = 20.0
MESSAGE_LIFE_SECONDS = 60
# Rung every so often whether or not a row says so: what looks for what should not be.
ROTA_SECONDS = {"referrals.reconcile": 600, "referrals.retry_waiting": 600}


class Command(BaseCommand):
    help = "Listen for work that falls due, look for it every few seconds, and ring Celery. Two may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        self.rung: dict[str, float] = {}
        self.ear = Ear()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.stopping:
            try:
                heard = self.ear.wait(SWEEP_SECONDS) if not options["once"] else True
                self._send_canary()
                self._ring(find_due(timezone.now()), again_at_once=heard)
                self._ring(self._find_on_rota(), again_at_once=False)
            except DatabaseError as error:
                logger.warning("the database does not answer: %s", error)
                connection.close()
                self.ear.close()
                time.sleep(1)
            if options["once"]:
                break

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _send_canary(self) -> None:
        """Every twenty seconds, whether or not there is work: what pages say of the pipeline is read from its row."""
        if time.monotonic() - self.rung.get(CANARY, float("-inf")) < CANARY_SECONDS:
            return
        Canary.objects.note("tried")
        if self._ring([CANARY], again_at_once=True):
            Canary.objects.note("published")

    def _find_on_rota(self) -> list[str]:
        now = time.monotonic()
        return [name for name, every in ROTA_SECONDS.items() if now - self.rung.get(name, float("-inf")) >= every]

    def _ring(self, names: list[str], *, again_at_once: bool) -> bool:
        """Publish one message a task; gives whether the broker took them. It is tried again at the next sweep."""
        for name in names:
            since = time.monotonic() - self.rung.get(name, float("-inf"))
            if since < REPEAT_SECONDS and not again_at_once:
                continue
            try:
                current_app.send_task(name, retry=False, ignore_result=True, expires=MESSAGE_LIFE_SECONDS)
            except (KombuError, RedisError, OSError) as error:
                logger.warning("the broker does not answer: %s", error)
                return False
            self.rung[name] = time.monotonic()
        return True
