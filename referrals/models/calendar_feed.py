"""A person's deadlines as a calendar that other programs read; another row has another address."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CalendarFeed(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    created_at = models.DateTimeField()
    names_customers = models.BooleanField(
        _("show customer names"), default=False, help_text=_("Anyone with the calendar’s address can read them.")
    )

    def __str__(self) -> str:
        return str(self.user)
