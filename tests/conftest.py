"""Real PostgreSQL for every test; Chromium and a broker of its own where a test asks for them."""

import json
import os
import sys
import threading
from collections.abc import Generator, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import timezone

from accounts.fields import FoldedField
from referrals import keeping
from referrals.chronicle.reading import read_events
from referrals.domain.chaining import find_breaks
from referrals.models import Offer
from referrals.sweeping.invariants import find_violations
from tests import world

# How long an example takes depends on what else the machine does: time is measured by the benchmarks alone.
hypothesis.settings.register_profile("steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("steady")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
MOMENTS = count()
SEND_OTHERS_AWAY = (  # a thread of the live server may still wait for a browser's next request
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
DATA = Path(__file__).parent / "data"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The live server's threads keep no connection, so that the test database can be dropped at the end."""
    connections["default"].settings_dict["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The shipped edition and default rows are there, and are back whenever a test has emptied the database."""

    def restore(**_: object) -> None:
        world.ensure_defaults()

    with django_db_blocker.unblock():
        restore()
    post_migrate.connect(restore, sender=apps.get_app_config("referrals"), weak=False)
    yield
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(SEND_OTHERS_AWAY)


@pytest.fixture(autouse=True)
def promises_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test of the workflow the invariants hold on what it left behind."""
    yield
    is_of_workflow = "tests/referrals/" in str(request.path) and request.node.get_closest_marker("django_db")
    if is_of_workflow and not request.node.get_closest_marker("by_hand"):
        broken = {name: rows for name, rows in find_violations().items() if rows}
        assert not broken
        assert not list(find_breaks(read_events()))
        assert not list(find_stale_keys())


def find_stale_keys() -> Iterator[Any]:
    """Rows whose folded text is not what their text folds to: somebody wrote one without the other."""
    for model in apps.get_models():
        for field in (one for one in model._meta.fields if isinstance(one, FoldedField)):
            yield from (row for row in model._default_manager.all() if getattr(row, field.name) != field.of_row(row))


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for a moment is kept for a test, and for no other."""
    monkeypatch.setattr(keeping, "this_moment", partial(int, next(MOMENTS)))


@pytest.fixture(scope="session")
def samples() -> dict[str, Any]:
    """Name → sample export with its expected result."""
    data = json.loads((DATA / "subscribed_skus_samples.json").read_text())
    return {sample["name"]: sample for sample in data["samples"]}


@pytest.fixture
def team_client(db: None) -> Client:
    client = Client()
    client.force_login(world.by_team().user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def offer(db: None) -> Offer:
    """An offer that its partner may decline at once."""
    world.make_partner(is_fasttrack_ready=False, takes_benefit=False)
    return world.offered(now=timezone.now(), plans=[["O365_E3", 100]], workloads=["TEAMS"])[1]


def client_of(partner: Any) -> Client:
    client = Client()
    client.force_login(world.triager(partner))
    return client


def find_chromium() -> str | None:
    return next((path for path in CHROMIUM if Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    return {
        "executable_path": find_chromium(),
        "args": [*flags.split(), "--disable-component-update", "--disable-sync"],
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="faults: 10,000 declines under 200 faults")
    parser.addoption("--fault-seed", type=int, help="faults: draw the same ones as a run that printed this number")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None]:
    """A test that is not traced is not: in the processes of pytest-xdist, pausing leaves the tracer where it is."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    is_traced = tracer is not None and pyfuncitem.get_closest_marker("no_cover") is None
    if tracer is None or is_traced:
        return (yield)
    _trace(None, None)
    try:
        return (yield)
    finally:
        _trace(tracer, of_threads)


def _trace(tracer: Any, of_threads: Any) -> None:
    sys.settrace(tracer)
    threading.settrace(of_threads)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Faults run when asked for, since they take minutes; browser tests where there is Chromium."""
    _leave_out_faults(config, items)
    _need_chromium(items)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker("no_cover")  # its pages are read many times; the tests of pages tell what is covered


def _leave_out_faults(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "faults" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("faults")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _need_chromium(items: list[pytest.Item]) -> None:
    """Fail loudly where Chromium is required, else skip and say so."""
    if find_chromium() or os.environ.get("REQUIRE_BROWSER") == "1":
        return
    reason = "NO CHROMIUM: the browser tests were not run. Install it (Debian: apt-get install chromium)."
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))
