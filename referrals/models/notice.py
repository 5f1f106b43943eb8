"""How a person wants to hear of things: at once, in a daily digest, or on the site alone."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class NoticeGroup(models.TextChoices):
    """What notices are about; the first four concern a partner's offers and go to its contact address besides."""

    OFFERS = "offers", _("New referrals")
    REMINDERS = "reminders", _("Reminders: responses, actions, end of a pause")
    ENDED = "ended", _("Expired, withdrawn and release decisions")
    WORDS = "words", _("Messages from the team and customers")
    TEAM = "team", _("Team tasks")
    PERSONAL = "personal", _("Mentions, escalation replies, imports and exports")


class NoticeWay(models.TextChoices):
    AT_ONCE = "at_once", _("Email immediately")
    DIGEST = "digest", _("In the daily digest")
    NONE = "none", _("In-app only")


KINDS: dict[str, NoticeGroup] = {
    "offer": NoticeGroup.OFFERS,
    **dict.fromkeys(("reminder", "late", "expiring", "overdue", "pause"), NoticeGroup.REMINDERS),
    **dict.fromkeys(("expired", "withdrawn", "release_decided"), NoticeGroup.ENDED),
    **dict.fromkeys(("coached", "proposed", "reachable"), NoticeGroup.WORDS),
}
PERSONAL_KINDS = ("mentioned", "escalation_answered", "escalation_closed", "export", "import", "covering")
PASSED_ON_KINDS = ("mentioned", "escalation_answered", "escalation_closed")  # to the deputy of a person who is away
USUAL = {NoticeGroup.PERSONAL: NoticeWay.AT_ONCE}  # else the shared address gets them, and the site shows them


class NoticeSettingsQuerySet(models.QuerySet["NoticeSettings"]):
    def due(self, now: dt.datetime) -> "NoticeSettingsQuerySet":
        """Those whose digest is to go out."""
        return self.filter(digest_due_at__lte=now)


class NoticeSettings(models.Model):
    """A person's choices; who has none is mailed as is usual."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_settings")
    ways = models.JSONField(default=dict, blank=True, help_text=_("Group → delivery; defaults apply if missing."))
    mail_from = models.TimeField(default=dt.time(8), help_text=_("Quiet hours end, in the person’s time zone."))
    mail_until = models.TimeField(default=dt.time(20), help_text=_("Quiet hours start."))
    digest_at = models.TimeField(default=dt.time(8), help_text=_("When the digest goes out."))
    digest_due_at = models.DateTimeField(null=True, blank=True, help_text=_("Blank for no digest."))
    seen_upto = models.BigIntegerField(default=0, help_text=_("Latest notification marked as read."))

    objects = NoticeSettingsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("notification settings")
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
