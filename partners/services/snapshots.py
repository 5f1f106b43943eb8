"""Read all partners into the plain data that choosing works on, and keep revisions of it."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from partners.domain.calendars import Calendar
from partners.domain.matching import Moving, Profile
from partners.domain.planning import digest, profiles_data
from partners.models import Closure, Endorsement, Partner, ProfileRevision

from .availability import build_calendar


@dataclass(frozen=True, slots=True)
class LockedPartners:
    """Every partner at one instant, locked until the end of the transaction."""

    profiles: tuple[Profile, ...]
    moving: dict[int, Moving]
    calendars: dict[int, Calendar]
    contacts: dict[int, str]


def lock_partners(now: dt.datetime) -> LockedPartners:
    """Lock every partner in ascending id and read all that choosing and its clocks need. One query."""
    live = Endorsement.objects.current(now.date()).filter(partner=OuterRef("pk"))
    closures = Closure.objects.filter(partner=OuterRef("pk")).order_by("starts_on")
    partners = list(
        Partner.objects.select_for_update(no_key=True)
        .annotate(
            endorsed=ArraySubquery(live.order_by("workload_code").values("workload_code")),
            closures_start=ArraySubquery(closures.values("starts_on")),
            closures_end=ArraySubquery(closures.values("ends_on")),
        )
        .order_by("id")
    )
    return LockedPartners(
        profiles=tuple(build_profile(partner, tuple(partner.endorsed)) for partner in partners),
        moving={partner.pk: Moving(partner.open_offers, partner.last_offered_at) for partner in partners},
        calendars={
            partner.pk: build_calendar(partner, zip(partner.closures_start, partner.closures_end, strict=True))
            for partner in partners
        },
        contacts={partner.pk: partner.contact_email for partner in partners},
    )


def build_profile(partner: Partner, endorsements: tuple[str, ...]) -> Profile:
    return Profile(
        id=partner.pk,
        organisation=partner.organisation_id,
        name=partner.name,
        is_active=partner.is_active,
        takes_benefit=partner.is_fasttrack_ready and partner.takes_benefit,
        takes_standard=partner.is_referral_ready,
        takes_no_incentive=partner.takes_no_incentive,
        must_answer_review=partner.must_answer_review,
        paused_until=partner.paused_until.astimezone(dt.UTC).isoformat() if partner.paused_until else "",
        capacity=partner.capacity,
        endorsements=endorsements,
        countries=tuple(partner.countries),
        languages=tuple(partner.languages),
        industries=tuple(partner.industries),
        sizes=tuple(partner.sizes),
    )


def keep_revision(profiles: tuple[Profile, ...]) -> ProfileRevision:
    """The stored revision with exactly these profiles; stored when it is new. One query, three when new."""
    data = profiles_data(profiles)
    content_hash = digest(data)
    known = ProfileRevision.objects.defer("profiles").filter(content_hash=content_hash)
    found = known.first()
    if found is None:
        new = ProfileRevision(content_hash=content_hash, profiles=data)
        ProfileRevision.objects.bulk_create([new], ignore_conflicts=True)
        found = known.get()
    return found
