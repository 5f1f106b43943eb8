"""How a person wants to hear of things: at once, in a daily digest, or on the site alone."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class NoticeGroup(models.TextChoices):
    """What notices are about; the first four concern a partner's offers and go to its contact address besides."""

    OFFERS = "offers", _("New referrals")
    REMINDERS = "reminders", _("Reminders: answers, next acts, the end of a pause")
    ENDED = "ended", _("Passed on, withdrawn, release decided")
    WORDS = "words", _("Words of the team and answers of the customer")
    TEAM = "team", _("What the team has to look at")
    PERSONAL = "personal", _("Mentions, answers to your escalations, imports and exports")


class NoticeWay(models.TextChoices):
    AT_ONCE = "at_once", _("Mail at once")
    DIGEST = "digest", _("In the daily digest")
    NONE = "none", _("On the site only")


KINDS: dict[str, NoticeGroup] = {
    "offer": NoticeGroup.OFFERS,
    **dict.fromkeys(("reminder", "late", "expiring", "overdue", "pause"), NoticeGroup.REMINDERS),
    **dict.fromkeys(("expired", "withdrawn", "release_decided"), NoticeGroup.ENDED),
    **dict.fromkeys(("coached", "proposed", "reachable"), NoticeGroup.WORDS),
}
PERSONAL_KINDS = ("mentioned", "escalation_answered", "escalation_closed", "export", "import")
USUAL = {NoticeGroup.PERSONAL: NoticeWay.AT_ONCE}  # else the shared address gets them, and the site shows them


class NoticeSettingsQuerySet(models.QuerySet["NoticeSettings"]):
    def due(self, now: dt.datetime) -> "NoticeSettingsQuerySet":
        """Those whose digest is to go out."""
        return self.filter(digest_due_at__lte=now)


class NoticeSettings(models.Model):
    """A person's choices; who has none is mailed as is usual."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_settings")
    ways = models.JSONField(default=dict, blank=True, help_text=_("Group → way; what is left out is as usual."))
    mail_from = models.TimeField(default=dt.time(8), help_text=_("No mail before, in the person’s zone."))
    mail_until = models.TimeField(default=dt.time(20), help_text=_("No mail after."))
    digest_at = models.TimeField(default=dt.time(8), help_text=_("When the digest goes out."))
    digest_due_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: nothing goes into the digest."))
    seen_upto = models.BigIntegerField(default=0, help_text=_("The newest notice that was marked as read."))

    objects = NoticeSettingsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("notice settings")
        indexes = [models.Index(fields=["digest_due_at"], name="due_digests")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mail_from__lt=models.F("mail_until")), name="mail_hours_begin_before_they_end"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    def way(self, group: str) -> str:
        return str(self.ways.get(group, USUAL.get(NoticeGroup(group), NoticeWay.NONE)))
