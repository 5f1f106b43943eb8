"""What strangers have had mailed, so that nobody can have us mail all the world."""

from django.db import models


class StrangersMail(models.Model):
    """One mail that somebody of a network had sent, to whatever address; kept for an hour."""

    network = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["network", "at"], name="mail_of_a_network")]

    def __str__(self) -> str:
        return self.network
