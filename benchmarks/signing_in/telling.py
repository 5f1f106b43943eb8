"""Whether the time of an answer tells if an address has an account: sign-in, password reset and invitation."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from partners.choices import Role
from partners.models import Confirmation, Confirmed, Membership, Organisation, Partner
from partners.services.people import ask_to_confirm

from ..measuring import Groups, Row

TRIES = 200  # of each, in turn
MOST_APART = 0.05
KNOWN, UNKNOWN = "known@bench.example", "unknown@bench.example"


@dataclass
class Bench:
    partner: Partner
    admin: User


def prepare() -> Bench:
    """An account with a password, and a partner whose admin invites people."""
    User.objects.create_user(KNOWN, "a-password-of-the-bench")
    words = {"name": "Bench", "contact_email": "offers@bench.example"}
    partner = Partner.objects.create(organisation=Organisation.objects.create(name="Bench"), **words)
    admin = User.objects.create(email="admin@bench.example")
    Membership.objects.create(partner=partner, user=admin, role=Role.ADMIN)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.ACCOUNT_RATE_LIMITS = False
    return Bench(partner, admin)


def measure_sign_in(_bench: Bench) -> Iterator[Row]:
    yield _compare("telling-sign-in", lambda email: _post("/account/login/", login=email, password="wrong"))


def measure_reset(_bench: Bench) -> Iterator[Row]:
    yield _compare("telling-reset", lambda email: _post("/account/password/reset/", email=email))


def measure_invitation(bench: Bench) -> Iterator[Row]:
    def invite(email: str) -> None:
        words: dict[str, Any] = {"email": email, "role": Role.VIEWER, "by": bench.admin, "now": timezone.now()}
        ask_to_confirm(bench.partner.pk, Confirmed.MEMBER, **words)
        Confirmation.objects.all().delete()

    yield _compare("telling-invitation", invite)


def _post(address: str, **fields: str) -> None:
    answer = Client().post(address, fields)
    if answer.status_code >= 400:
        raise RuntimeError(f"{address} answers {answer.status_code}")


def _compare(name: str, act: Callable[[str], None]) -> Row:
    taken: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for email in (KNOWN, UNKNOWN) * 5:
        act(email)  # warm
    for number in range(2 * TRIES):
        email = (KNOWN, UNKNOWN)[(number + number // 2) % 2]  # neither is always the first of two
        began = time.perf_counter()
        act(email)
        taken[email].append(time.perf_counter() - began)
    known, unknown = (statistics.median(taken[email]) for email in (KNOWN, UNKNOWN))
    ratio = known / unknown
    beside = f"with an account {known * 1000:.1f} ms, without {unknown * 1000:.1f} ms"
    bar = f"within {MOST_APART:.0%} of an address without"
    return Row(name, ratio, "×", bar, beside, abs(ratio - 1) <= MOST_APART)


MAKING = "Making an account, and a partner that invites …"
GROUPS: Groups = (
    (("telling-sign-in",), measure_sign_in),
    (("telling-reset",), measure_reset),
    (("telling-invitation",), measure_invitation),
)
