"""Celery tasks: each drains what is due with one service call, and may run any number of times."""

from celery import shared_task
from django.utils import timezone

from referrals.chronicle import heads
from referrals.editions import checking
from referrals.email import notifications, sending
from referrals.lists import exporting
from referrals.models import Canary
from referrals.queue import CANARY
from referrals.reviewing import reports
from referrals.routing import retrying
from referrals.sweeping import reconciling, sweeps


@shared_task(name="referrals.screen_due", ignore_result=True)
def screen_due() -> None:
    sweeps.screen_due(now=timezone.now())


@shared_task(name="referrals.route_due", ignore_result=True)
def route_due() -> None:
    sweeps.route_all_due(now=timezone.now())


@shared_task(name="referrals.expire_due", ignore_result=True)
def expire_due() -> None:
    sweeps.expire_due(now=timezone.now())


@shared_task(name="referrals.wake_due", ignore_result=True)
def wake_due() -> None:
    sweeps.wake_due(now=timezone.now())


@shared_task(name="referrals.retry_waiting", ignore_result=True)
def retry_waiting() -> None:
    retrying.retry_waiting(now=timezone.now())


@shared_task(name="referrals.remind_due", ignore_result=True)
def remind_due() -> None:
    sweeps.remind_due(now=timezone.now())


@shared_task(name="referrals.reconcile", ignore_result=True)
def reconcile() -> None:
    reconciling.report(reconciling.reconcile(now=timezone.now()))


@shared_task(name="referrals.send_due_mail", ignore_result=True)
def send_due_mail() -> None:
    notifications.send_digests(timezone.now())
    sending.send_due_mail(timezone.now())


@shared_task(name="referrals.check_editions", ignore_result=True)
def check_editions() -> None:
    checking.run_due_checks(now=timezone.now())


@shared_task(name=CANARY, ignore_result=True)
def return_canary() -> None:
    Canary.objects.note("returned")


@shared_task(name="referrals.write_exports", ignore_result=True)
def write_exports() -> None:
    exporting.write_due_exports(now=timezone.now())


@shared_task(name="referrals.write_head", ignore_result=True)
def write_head() -> None:
    heads.write_due_head(now=timezone.now())


@shared_task(name="referrals.send_reports", ignore_result=True)
def send_reports() -> None:
    reports.send_due_reports(now=timezone.now())
