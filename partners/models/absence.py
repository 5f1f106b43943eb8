"""Days on which a member is away, and the colleague who covers meanwhile."""

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from accounts.models import User
from partners.choices import Role

from .partner import Membership

RANKS: dict[str, int] = {Role.VIEWER: 0, Role.TRIAGER: 1, Role.ADMIN: 2}


def rank_of(path: str) -> Case:
    """How much the role at a path may do, as a number that compares."""
    return Case(*(When(**{path: role}, then=Value(rank)) for role, rank in RANKS.items()))


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def valid(self) -> "AbsenceQuerySet":
        """Those of two people who both still act for the partner, the deputy in as high a role."""
        active = {f"{who}__{flag}": True for who in ("member", "deputy") for flag in ("is_active", "user__is_active")}
        ranks = {"deputy_rank": rank_of("deputy__role"), "member_rank": rank_of("member__role")}
        found: AbsenceQuerySet = self.filter(**active).alias(**ranks).filter(deputy_rank__gte=F("member_rank"))
        return found

    def current(self) -> "AbsenceQuerySet":
        """Those that hold now; each ends by itself, and when either of the two leaves."""
        return self.valid().filter(starts_at__lte=Now(), ends_at__gt=Now())

    def ahead(self) -> "AbsenceQuerySet":
        """Those that hold now or later."""
        return self.valid().filter(ends_at__gt=Now())

    def of_person(self, person: User) -> "AbsenceQuerySet":
        return self.filter(member__user=person)

    def covered_by(self, person: User) -> "AbsenceQuerySet":
        return self.filter(deputy__user=person)

    def with_people(self) -> "AbsenceQuerySet":
        return self.select_related("member__user", "member__partner", "deputy__user")


class Absence(models.Model):
    """One member's next or current absence. Its instants begin and end the days in the member's own time zone."""

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="absence")
    deputy = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="covers")
    first_day = models.DateField()
    last_day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="an_absence_begins_before_it_ends"),
            models.CheckConstraint(condition=~Q(member=F("deputy")), name="nobody_covers_for_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.first_day} – {self.last_day}"
