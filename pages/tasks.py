"""The task of the pages: rows of a file are checked by the form that the team types into."""

from celery import shared_task
from django.utils import timezone

from pages.intake.sheet import check_sheet
from referrals.intake import importing


@shared_task(name="referrals.import_requests", ignore_result=True)
def import_requests() -> None:
    importing.work_off_imports(check_sheet, now=timezone.now())
