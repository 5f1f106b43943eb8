"""The doorbell: after a commit the dispatcher hears that something is due. Nothing here talks to the broker."""

import logging
import time

from django.conf import settings
from django.db import DatabaseError, connection, connections

logger = logging.getLogger(__name__)
CHANNEL = "referral_work"
CANARY = "referrals.canary"
ECHO_SECONDS = 1.0
TRY_AGAIN_SECONDS = 60.0  # an address of its own that did not answer
DEAF = (
    "no notification arrives on this connection, as behind a pooler in transaction mode: work is found by looking for"
    " it every few seconds. DATABASE_DIRECT_URL names PostgreSQL itself, to listen there."
)


def ring() -> None:
    """Tell the dispatcher, when this transaction commits, that rows may be due."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


class Ear:
    """Waits for the doorbell on a connection to PostgreSQL itself, if there is one, else on the usual one."""

    def __init__(self) -> None:
        self.is_direct = "direct" in settings.DATABASES
        self.connection = connections["direct" if self.is_direct else "default"]
        self.hears: bool | None = None  # not known yet
        self.deaf_until = 0.0  # a moment of the monotonic clock

    def wait(self, seconds: float) -> bool:
        """Wait until the doorbell rings, at most so long; gives whether it rang.

        An address of its own that does not answer is waited out, since work is found without it.

        Raises:
            DatabaseError: the database went away.
        """
        if time.monotonic() < self.deaf_until:
            time.sleep(seconds)
            return False
        try:
            if self.hears is None or self.connection.connection is None:
                self._listen()
            return self._hear(seconds) and bool(self.hears)
        except DatabaseError as error:
            self.close()
            if not self.is_direct:
                raise
            logger.warning("DATABASE_DIRECT_URL does not answer, work is found by looking for it: %s", error)
            self.deaf_until = time.monotonic() + TRY_AGAIN_SECONDS
            return False

    def close(self) -> None:
        self.connection.close()
        self.hears = None

    def _listen(self) -> None:
        self.connection.ensure_connection()
        if self.hears is False:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        if self.hears is None:
            self._ring_from_another()
            self.hears = self._hear(ECHO_SECONDS)
            if not self.hears:
                logger.warning(DEAF)

    def _ring_from_another(self) -> None:
        """From the same connection a notification would come back through any pooler."""
        other = self.connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        finally:
            other.close()

    def _hear(self, seconds: float) -> bool:
        raw = self.connection.connection
        if raw is None:
            return False
        with self.connection.wrap_database_errors:  # the driver's own errors are not Django's
            return any(True for _ in raw.notifies(timeout=seconds, stop_after=1))
