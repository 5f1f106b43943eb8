from celery import shared_task

from lab import running

TIME_LIMIT = 600  # seconds; a part may be twice a simulation of the largest world


@shared_task(name="lab.run_parts", ignore_result=True, time_limit=TIME_LIMIT)
def run_parts() -> None:
    running.run_parts()
