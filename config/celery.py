"""The Celery application. Messages carry ids only and are doorbells: rows are the work."""

import gc
import os

from celery import Celery
from celery.signals import task_prerun, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("referral_triage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def freeze_what_was_loaded(**_: object) -> None:
    """Modules, models and templates live as long as the process: the collector need not look through them each time.

    A batch makes tens of thousands of rows at once, all of which it still needs: the collector may come less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@task_prerun.connect
def drop_dead_connection(**_: object) -> None:
    """The database connection outlives a task (CELERY_DB_REUSE_MAX), so its health is checked before the next."""
    from django.db import connection

    if connection.connection is not None and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
