"""The web's workers begin with what a first visitor would wait for."""

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.template import engines

from benefits.models import ServiceDescription
from benefits.services import edition_reading
from config import warming


@pytest.fixture(autouse=True)
def connection_of_the_test_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "close_all", lambda: None)


def test_templates_and_the_edition_are_there_before_the_first_page(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(edition_reading, "_loaded", {})
    warming.warm_up()
    row = ServiceDescription.objects.get()
    assert list(edition_reading._loaded) == [(row.pk, row.guides_revised_at)]
    (kept, *_others) = engines["django"].engine.template_loaders  # type: ignore[attr-defined]
    folder = settings.BASE_DIR / "templates"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.html")} <= set(kept.get_template_cache)


def test_a_database_that_is_away_keeps_no_worker_from_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def away(day: object) -> None:
        asked.append(day)
        raise OperationalError

    monkeypatch.setattr(warming, "edition_in_force", away)
    warming.warm_up()
    assert len(asked) == 1, "it was asked for, and its failure passed over"


def test_threads_that_ask_at_once_compile_an_edition_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row, built = ServiceDescription.objects.get(), []
    one, all_there = edition_reading.build_from_rows(row), threading.Barrier(4)
    monkeypatch.setattr(edition_reading, "_loaded", {})
    monkeypatch.setattr(ServiceDescription, "objects", type("Rows", (), {"get": lambda **_: row}))

    def build(_row: ServiceDescription) -> Any:
        built.append(1)
        time.sleep(0.1)  # the others arrive meanwhile
        return one

    monkeypatch.setattr(edition_reading, "build_from_rows", build)

    def ask() -> None:
        all_there.wait()
        edition_reading.compiled_edition(row.pk, row.guides_revised_at)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [1]
