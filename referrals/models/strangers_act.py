"""What strangers have had done, so that nobody can have us mail all the world, or fill our tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StrangersDeed(models.TextChoices):
    REQUEST = "request", _("Confirmation email sent")
    LINK = "link", _("Draft link emailed")
    LIST = "list", _("Request list emailed")
    DRAFT = "draft", _("Draft started")


class StrangersAct(models.Model):
    """One thing that somebody of a network had done; kept for an hour."""

    network = models.CharField(max_length=50)
    what = models.CharField(max_length=10, choices=StrangersDeed.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["network", "what", "at"], name="acts_of_a_network")]

    def __str__(self) -> str:
        return f"{self.network}: {self.get_what_display()}"
