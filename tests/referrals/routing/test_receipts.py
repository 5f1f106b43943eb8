"""Receipts: small, hashed, and enough to choose again and to show every candidate."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from partners.models import (
    Endorsement,
    MovingBase,
    Organisation,
    Partner,
    ProfileRevision,
    ProfileVersion,
    RoutingPolicy,
)
from partners.services.snapshots import read_version
from referrals.choices import OfferState
from referrals.models import Offer, Referral, RoutingBatch, RoutingRun
from referrals.routing.choosing import route_due
from referrals.routing.receipts import find_candidate, rebuild_receipt, replay_runs
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.no_cover  # so many examples are not traced: others tell what is covered

HOUR = dt.timedelta(hours=1)
MOST_BYTES = 4096


def differences() -> list[str]:
    return [words for _run, words in replay_runs(RoutingRun.objects.all()) if words]


def copies(first: Referral, number: int, **changes: Any) -> list[Referral]:
    """More referrals that await a partner, like the first."""
    same = {field.attname: getattr(first, field.attname) for field in Referral._meta.concrete_fields}
    rows = [
        Referral(**{name: value for name, value in same.items() if name not in UNIQUE} | {"form_key": None} | changes)
        for _ in range(number)
    ]
    return Referral.objects.bulk_create(rows)


UNIQUE = ("id", "public_id", "status_token", "form_key")


@pytest.mark.django_db
def test_receipts_take_at_most_four_kilobytes_at_a_thousand_partners() -> None:
    """Single routings over and over, the worst case: each batch holds one run. Revisions are shared, not counted."""
    rows = [
        Partner(
            organisation=Organisation.objects.create(name=f"P{number}"),
            name=f"P{number}",
            contact_email="a@b.example",
            is_fasttrack_ready=True,
            takes_benefit=True,
            countries=["GB"],
            languages=["en"],
            last_offered_at=NOW - dt.timedelta(minutes=number),
        )
        for number in range(1000)
    ]
    Partner.objects.bulk_create(rows)
    Endorsement.objects.bulk_create(Endorsement(partner=row, workload_code="DEFENDER_ENDPOINT") for row in rows)
    copies(world.screened(), 199)
    for number in range(200):
        assert route_due(now=NOW + number * HOUR / 60, limit=1) == 1
    assert Offer.objects.values("partner").distinct().count() == 200, "everybody has a turn before anybody has two"
    stored = sum(_bytes_of(model) for model in (RoutingRun, RoutingBatch, MovingBase))
    assert ProfileRevision.objects.count() == 1
    assert stored / 200 <= MOST_BYTES
    assert differences() == []
    receipt = rebuild_receipt(RoutingRun.objects.latest("id"))
    assert receipt.is_proved
    assert len(receipt.candidates) == 1000, "the full list is rebuilt"


def _bytes_of(model: type[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(sum(pg_column_size(t.*)), 0) FROM {model._meta.db_table} t")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_receipt_names_its_policy_and_an_older_one_replays_under_its_own() -> None:
    world.make_partner("First", last_offered_at=NOW - 9 * HOUR, open_offers=0)
    world.make_partner("Second", last_offered_at=NOW - 8 * HOUR)
    _one, first = world.offered()
    RoutingPolicy.objects.create(
        version=2, effective_at=NOW + HOUR, tie_breaks=["fewest_open", "least_recently_offered"], reason="Try it"
    )
    _two, second = world.offered(now=NOW + 2 * HOUR)
    assert (first.run.batch.policy.version, second.run.batch.policy.version) == (1, 2)  # type: ignore[union-attr]
    assert differences() == []
    assert rebuild_receipt(second.run).policy.tie_breaks[0] == "fewest_open"  # type: ignore[arg-type]


@pytest.mark.django_db
def test_policy_in_force_is_never_changed() -> None:
    policy = RoutingPolicy.objects.get()
    policy.most_partners = 1
    with pytest.raises(DatabaseError, match="a new version replaces it"), transaction.atomic():
        policy.save()
    with pytest.raises(DatabaseError, match="a new version replaces it"), transaction.atomic():
        policy.delete()


@pytest.mark.django_db
def test_why_not_is_answered_from_the_receipt_although_everything_has_changed_since() -> None:
    world.make_partner("Contoso")
    fabrikam = world.make_partner("Fabrikam", countries=["DE"], languages=["de"])
    _referral, offer = world.offered()
    Partner.objects.filter(pk=fabrikam.pk).update(name="Renamed", countries=["GB"], languages=["en"])
    assert offer.run is not None
    receipt = rebuild_receipt(offer.run)
    [candidate] = find_candidate(receipt, "fabri")
    assert {verdict.filter: (verdict.wanted, verdict.has) for verdict in candidate.failed} == {
        "country": ("GB", "DE"),
        "language": ("en", "de"),
    }
    assert find_candidate(receipt, "Renamed") == []
    assert receipt.is_proved


@pytest.mark.django_db
def test_full_partner_of_the_moment_says_so_in_the_middle_of_a_batch() -> None:
    """The last of three referrals finds a place taken by the ones before it in the same batch."""
    world.make_partner("Contoso", capacity=2)
    world.make_partner("Fabrikam", capacity=1, last_offered_at=NOW)
    copies(world.screened(), 3)
    route_due(now=NOW)
    last = RoutingRun.objects.get(position=3)
    receipt = rebuild_receipt(last)
    assert receipt.is_proved
    assert last.chosen is None
    shown = {row.name: [(verdict.filter, verdict.has) for verdict in row.failed] for row in receipt.candidates}
    assert shown == {"Contoso": [("capacity", "2 open")], "Fabrikam": [("capacity", "1 open")]}


@pytest.mark.django_db
def test_replay_command_counts_and_finds_one_run() -> None:
    world.make_partner()
    _referral, offer = world.offered()
    out = StringIO()
    call_command("replay_routing", run=offer.run_id, stdout=out)
    assert "1 routing runs replayed; all equal" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("replay_routing", run=4711)


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["need", "chosen_id", "ranked", "passing", "receipt_hash"])
def test_any_changed_column_of_a_run_is_found(column: str) -> None:
    world.make_partner()
    other = world.make_partner("Other")
    copies(world.screened(), 1)
    route_due(now=NOW)
    wrong: dict[str, Any] = {
        "need": '{"type": "benefit"}',
        "chosen_id": other.pk,
        "ranked": "[4711]",
        "passing": 7,
        "receipt_hash": "0" * 64,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_routingrun DISABLE TRIGGER routing_runs_are_append_only")
        cursor.execute(f"UPDATE referrals_routingrun SET {column} = %s WHERE position = 0", [wrong[column]])
    assert differences() != []


@pytest.mark.django_db
def test_profile_version_changes_with_every_write_that_choosing_reads() -> None:
    partner = world.make_partner()
    seen = [read_version()]

    def changed() -> bool:
        seen.append(read_version())
        return seen[-1] != seen[-2]

    Partner.objects.filter(pk=partner.pk).update(open_offers=3, last_offered_at=NOW)
    assert not changed(), "what moves with every offer is no profile"
    Partner.objects.filter(pk=partner.pk).update(open_offers=0)
    assert not changed()
    values = {"capacity": 9, "countries": ["DE"], "must_answer_review": True, "time_zone": "UTC"}
    values |= {"calendar_region": "ENG", "calendar_kinds": ["bank"], "half_days": [4], "half_day_closes_at": "12:00"}
    for name, value in values.items():
        Partner.objects.filter(pk=partner.pk).update(**{name: value})
        assert changed(), name
    partner.endorsements.create(workload_code="EXCHANGE")
    assert changed()
    partner.endorsements.all().delete()
    assert changed()
    partner.closures.create(starts_on=NOW.date(), ends_on=NOW.date())
    assert changed()
    assert ProfileVersion.objects.count() == 1


COVERS = st.lists(st.sampled_from(["DEFENDER_ENDPOINT", "INTUNE", "TEAMS"]), min_size=1, max_size=3, unique=True)


class BatchEqualsSingles(TestCase):
    """One batch and one by one, on the database, with splits, capacity and turns: the same offers."""

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(COVERS, min_size=1, max_size=8),
        st.lists(st.tuples(COVERS, st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=5),
    )
    def test_batch_equals_routing_one_by_one_in_due_order(
        self, covers: list[list[str]], partners: list[tuple[list[str], int, int]]
    ) -> None:
        world.ensure_defaults()
        RoutingPolicy.objects.create(version=2, effective_at=NOW - HOUR, batch_order="due", reason="One by one")
        for number, (endorsed, capacity, age) in enumerate(partners):
            turn = NOW - age * HOUR if age else None
            world.make_partner(f"P{number}", endorsed=endorsed, capacity=capacity, last_offered_at=turn)
        base = world.screened()
        for place, cover in enumerate(covers):
            copies(base, 1, cover=sorted(cover), workloads=sorted(cover), next_action_at=NOW - HOUR + place * HOUR / 99)
        Referral.objects.filter(pk=base.pk).update(next_action_at=NOW + 9 * HOUR)
        point = transaction.savepoint()
        assert route_due(now=NOW) == len(covers)
        together = self._look()
        transaction.savepoint_rollback(point)
        while route_due(now=NOW, limit=1):
            pass
        assert self._look() == together
        assert differences() == []

    @staticmethod
    def _look() -> list[Any]:
        offers = Offer.objects.filter(state=OfferState.PENDING)
        rows = list(offers.order_by("turn").values_list("referral__cover", "partner__name"))
        left = Referral.objects.filter(offers=None).values_list("state", "cover")
        partners = Partner.objects.order_by("last_turn", "last_offered_at", "id").values_list("name", "open_offers")
        return [rows, sorted(left, key=str), list(partners)]


@pytest.mark.django_db
def test_run_of_an_older_engine_shows_its_own_words() -> None:
    world.make_partner("Contoso")
    referral, offer = world.offered(workloads=["INTUNE", "TEAMS"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_routingbatch DISABLE TRIGGER routing_batches_are_append_only")
        cursor.execute("UPDATE referrals_routingbatch SET engine_version = 1, start_hash = ''")
    team = Client()
    team.force_login(world.by_team().user)  # type: ignore[arg-type]
    text = world.text(team.get(f"/team/referrals/{referral.public_id}/runs/{offer.run_id}/?partner=Contoso"))
    assert "recorded by an older engine" in text
    assert "it was selected:" in text
    assert all("older engine" in words for words in differences())


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["partners_profilerevision", "partners_movingbase"])
def test_what_receipts_name_is_never_changed(table: str) -> None:
    world.make_partner()
    world.offered()
    for statement in (f"UPDATE {table} SET content_hash = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="receipts name it"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
