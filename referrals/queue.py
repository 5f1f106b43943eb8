"""The doorbell: after a commit the dispatcher hears that something is due. Nothing here talks to the broker."""

from django.db import connection

CHANNEL = "referral_work"


def ring() -> None:
    """Tell the dispatcher, when this transaction commits, that rows may be due."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
