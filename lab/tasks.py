from celery import shared_task

from lab import running


@shared_task(name="lab.run_parts", ignore_result=True)
def run_parts() -> None:
    running.run_parts()
