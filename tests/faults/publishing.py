"""The design that this product does not have, for the control: a decline publishes its own routing on commit.

Nothing looks at the rows again. The control's web runs ``application`` and its worker ``app``.
"""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from kombu.exceptions import OperationalError

from config.celery import app
from config.wsgi import application  # sets Django up, before anything of ours is read
from referrals.choices import EventKind
from referrals.models import Event
from referrals.routing.choosing import route_due

__all__ = ("app", "application")


@app.task(name="faults.route_one", ignore_result=True)
def route_one(referral: int) -> None:
    route_due(now=timezone.now(), only=[referral])


@receiver(post_save, sender=Event)
def publish_on_commit(instance: Event, **_: Any) -> None:
    if instance.kind == EventKind.DECLINED:
        transaction.on_commit(lambda: _publish(instance.referral_id), robust=True)


def _publish(referral: int) -> None:
    """Once: the decline is committed, and nobody is there who would try again."""
    try:
        route_one.apply_async((referral,), retry=False)
    except (OperationalError, OSError) as error:
        print(f"not published: {error}")
