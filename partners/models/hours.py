"""When somebody works: a partner, or the referral processing team. Business days are counted by it."""

import calendar
import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import ListField, TimeZoneField
from accounts.models import User

WORKING_WEEK = (0, 1, 2, 3, 4)  # Monday to Friday
DAYS = list(enumerate(calendar.day_name))


HALF_DAYS_FIT = Q(half_day_closes_at=None) | Q(
    half_day_closes_at__gt=F("opens_at"), half_day_closes_at__lte=F("closes_at")
)
HALF_DAYS_SAID = _("Half days must close after opening and before closing.")


class Hours(models.Model):
    """A zone, the days and hours worked there, and whose holidays are kept."""

    time_zone = TimeZoneField()
    calendar_country = models.CharField(max_length=2, blank=True, help_text=_("Country whose public holidays apply."))
    calendar_region = models.CharField(max_length=60, blank=True, help_text=_("Region whose holidays also apply."))
    calendar_kinds = ListField(
        models.CharField(max_length=20), first=("public",), blank=True, help_text=_("Kinds of holidays that count.")
    )
    opens_at = models.TimeField(default=dt.time(9), help_text=_("Working hours in the partner’s time zone."))
    closes_at = models.TimeField(default=dt.time(17))
    working_days = ListField(models.PositiveSmallIntegerField(choices=DAYS), first=WORKING_WEEK)
    half_days = ArrayField(
        models.PositiveSmallIntegerField(choices=DAYS), default=list, blank=True, help_text=_("Days with short hours.")
    )
    half_day_closes_at = models.TimeField(null=True, blank=True, help_text=_("Leave blank if there are no half days."))

    class Meta:
        abstract = True


class Closed(models.Model):
    """Days on which nobody works, or only until the half day's closing time, besides weekends and holidays."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True)
    is_half = models.BooleanField(_("half days"), default=False)

    class Meta:
        abstract = True
        ordering = ["starts_on"]

    def __str__(self) -> str:
        days = {"starts_on": self.starts_on, "ends_on": self.ends_on}
        return gettext("%(starts_on)s to %(ends_on)s") % days + (f" ({gettext('half days')})" if self.is_half else "")


class TeamCalendar(Hours):
    """The referral processing team's; one row, or none: then the settings say it."""

    ONLY = 1

    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_team_calendar"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="the_team_opens_before_it_closes"),
            models.CheckConstraint(condition=HALF_DAYS_FIT, name="the_teams_half_days_fit"),
        ]

    def __str__(self) -> str:
        return gettext("The team’s calendar")


class TeamClosure(Closed):
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Closed.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="a_team_closure_starts_before_it_ends"
            )
        ]
