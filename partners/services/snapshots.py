"""Read partners into the plain data that choosing works on, kept until a profile changes, and keep its revisions."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef

from partners.domain.board import Board
from partners.domain.calendars import Calendar
from partners.domain.matching import Moving, Profile
from partners.domain.receipts import digest, most_differences, pack_moving, profiles_data, unpack_moving
from partners.domain.turns import start_newcomer
from partners.models import Closure, Endorsement, MovingBase, Partner, ProfileRevision, ProfileVersion

from .working_hours import build_calendar

MOST_BASES = 4
# The row with this content gets its id whoever writes it, here or somebody who is faster.
ONCE: dict[str, Any] = {
    "update_conflicts": True,
    "unique_fields": ["content_hash"],
    "update_fields": ["content_hash"],
}


@dataclass(frozen=True, slots=True)
class Card:
    """What an offer to a partner needs besides its profile."""

    name: str
    contact: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Desk:
    """All partners as they stand in one version on one day: nothing here moves with an offer."""

    version: uuid.UUID | None
    day: dt.date
    board: Board
    cards: Mapping[int, Card]
    content_hash: str


MOST_KEPT = 2
_kept: list[Desk] = []


def read_version() -> uuid.UUID | None:
    """The version of all profiles; a new one after every change. One query."""
    return ProfileVersion.objects.values_list("version", flat=True).first()


def begin_turns() -> tuple[uuid.UUID | None, int]:
    """The version of all profiles, and the first number of a block of turns. One query, with the partners locked.

    Whoever locks a partner after this batch takes a later block, in whatever transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT version FROM partners_profileversion LIMIT 1), nextval('partners_turn')")
        version, first_turn = cursor.fetchone()
    return version, first_turn


def load_desk(now: dt.datetime, version: uuid.UUID | None) -> Desk:
    """The desk of a version, from memory when it is kept there; it then counts as the newest. One query when it is new.

    What was read last comes first even when it was kept before: a thread that was slower, or a transaction that was
    rolled back, may have put an older version or one that never was in front of it.
    """
    day = now.date()
    wanted = (desk for desk in list(_kept) if version is not None and (desk.version, desk.day) == (version, day))
    desk = next(wanted, None) or _read_desk(version, day)
    _kept[:] = [desk, *(other for other in _kept if other is not desk)][:MOST_KEPT]
    return desk


def newest_desk(now: dt.datetime) -> Desk:
    """The desk that this process read last; it may be out of date, which ``read_version`` tells."""
    if _kept and _kept[0].day == now.date():
        return _kept[0]
    return load_desk(now, read_version())


def _read_desk(version: uuid.UUID | None, day: dt.date) -> Desk:
    live = Endorsement.objects.current(day).filter(partner=OuterRef("pk"))
    closures = Closure.objects.filter(partner=OuterRef("pk")).order_by("starts_on", "id")
    partners = list(
        Partner.objects.annotate(
            endorsed=ArraySubquery(live.order_by("workload_code").values("workload_code")),
            closures_start=ArraySubquery(closures.values("starts_on")),
            closures_end=ArraySubquery(closures.values("ends_on")),
            closures_why=ArraySubquery(closures.values("reason")),
            closures_half=ArraySubquery(closures.values("is_half")),
        ).order_by("id")
    )
    profiles = [build_profile(partner, tuple(vars(partner)["endorsed"])) for partner in partners]
    cards = {partner.pk: _build_card(partner) for partner in partners}
    return Desk(version, day, Board(profiles), cards, digest(profiles_data(profiles)))


def _build_card(partner: Partner) -> Card:
    of_days = ("closures_start", "closures_end", "closures_why", "closures_half")
    rows = zip(*(vars(partner)[name] for name in of_days), strict=True)
    return Card(partner.name, partner.contact_email, build_calendar(partner, rows))


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
        benefit_capacity=partner.capacity_benefit,
        standard_capacity=partner.capacity_standard,
    )


def lock_moving(ids: Collection[int]) -> dict[int, Moving]:
    """Lock partners and all newcomers in ascending id and read what moves with every offer. One query.

    Newcomers are started by whichever routing comes next: a batch starts them as its first referral alone would.
    """
    with connection.cursor() as cursor:  # one array instead of a placeholder for each id
        cursor.execute(
            "SELECT id, open_offers, last_offered_at, open_benefit, last_turn FROM partners_partner"
            " WHERE id = ANY(%s) OR (last_offered_at IS NULL AND is_active) ORDER BY id FOR NO KEY UPDATE",
            [list(ids)],
        )
        return _as_moving(cursor.fetchall())


def read_moving(ids: Collection[int] | None = None) -> dict[int, Moving]:
    """The moving part without a lock, of all partners when none are named. One query."""
    rows = Partner.objects.all() if ids is None else Partner.objects.filter(pk__in=ids)
    columns = ("pk", "open_offers", "last_offered_at", "open_benefit", "last_turn")
    return _as_moving(rows.order_by("id").values_list(*columns))


def _as_moving(rows: Iterable[tuple[int, int, dt.datetime | None, int, int]]) -> dict[int, Moving]:
    return {partner: Moving(opens, at, benefit, turn) for partner, opens, at, benefit, turn in rows}


def start_newcomers(desk: Desk, moving: Mapping[int, Moving], now: dt.datetime) -> dict[int, Moving]:
    """Partners that were never offered anything, with a turn between two of their type (now, where there is none).

    One query when there are any.
    """
    newcomers = [partner for partner, state in moving.items() if state.last_offered_at is None]
    if not newcomers:
        return {}
    standing, started = read_moving(), dict[int, Moving]()
    for kind in (True, False):
        peers = [one.id for one in desk.board.profiles if one.takes_benefit is kind and one.is_active]
        known = [state for peer in peers if (state := standing.get(peer)) and state.last_offered_at]
        for newcomer in sorted(set(newcomers) & set(peers)):
            started[newcomer] = start_newcomer(moving[newcomer], known, now)
            if known:
                known.append(started[newcomer])
    return started


def keep_revision(desk: Desk) -> int:
    """Id of the stored revision with exactly these profiles; stored when it is new. One query, two when new."""
    known = ProfileRevision.objects.filter(content_hash=desk.content_hash).values_list("pk", flat=True).first()
    if known is not None:
        return known
    new = ProfileRevision(content_hash=desk.content_hash, profiles=profiles_data(desk.board.profiles))
    ProfileRevision.objects.bulk_create([new], **ONCE)
    return new.pk


_bases: dict[str, dict[int, Moving]] = {}


def keep_base(moving: Mapping[int, Moving]) -> tuple[int, str, dict[int, Moving]]:
    """A base with its id and hash, and what differs from it: the newest, or a new one when too much differs.

    One query; three when a new base is written.
    """
    newest = MovingBase.objects.order_by("-id").values_list("pk", "content_hash").first()
    if newest is not None:
        base = load_base(newest[1])
        changes = {partner: state for partner, state in moving.items() if base.get(partner) != state}
        if len(changes) <= most_differences(len(base)):
            return *newest, changes
    everybody = {**read_moving(), **moving}
    packed = pack_moving(everybody)
    content_hash = digest(packed.hex())
    _remember(content_hash, everybody)
    new = MovingBase(content_hash=content_hash, packed=packed)
    MovingBase.objects.bulk_create([new], **ONCE)
    return new.pk, content_hash, {}


def load_base(content_hash: str) -> dict[int, Moving]:
    """Open offers and turns of a base, kept in memory by the hash of their content."""
    if content_hash not in _bases:
        packed = MovingBase.objects.values_list("packed", flat=True).get(content_hash=content_hash)
        _remember(content_hash, unpack_moving(bytes(packed)))
    return _bases[content_hash]


def _remember(content_hash: str, moving: dict[int, Moving]) -> None:
    while len(_bases) >= MOST_BASES:
        _bases.pop(next(iter(_bases)))
    _bases[content_hash] = moving
