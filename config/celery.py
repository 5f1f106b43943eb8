"""The Celery application. Messages carry ids only and are doorbells: rows are the work."""

import os

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("referral_triage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_dead_connection(**_: object) -> None:
    """The database connection outlives a task (CELERY_DB_REUSE_MAX), so its health is checked before the next."""
    from django.db import connection

    if connection.connection is not None and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
