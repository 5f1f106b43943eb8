"""Tasks that only the benchmark's own worker knows."""

import time

from celery import shared_task
from django.db import connection
from django.utils import timezone

from referrals.routing.choosing import route_due

from .routing_controls import route_over_orm
from .worker import DONE


@shared_task(name="bench.nothing", ignore_result=True)
def nothing(_referral: int) -> None:
    """What Celery itself costs."""


@shared_task(name="bench.route_one", ignore_result=True)
def route_one(referral: int) -> None:
    route_due(now=timezone.now(), only=[referral])


@shared_task(name="bench.route_over_orm", ignore_result=True)
def route_one_over_orm(referral: int) -> None:
    route_over_orm(referral, timezone.now())


@shared_task(name="bench.tell", ignore_result=True)
def tell() -> None:
    """Everything sent before is done: say so, with the processor time of this process so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [DONE, str(time.process_time())])
