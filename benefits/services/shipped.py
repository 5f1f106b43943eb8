"""The editions that ship with the product, read from their files without a database."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from benefits.domain.catalogue import Edition
from benefits.domain.catalogue_file import read_edition

DATA = Path(__file__).resolve().parent.parent / "data"
EDITIONS = DATA / "editions"
SCHEMA_FILE = DATA / "service_description.schema.json"
SHIPPED = tuple(sorted(file.stem for file in EDITIONS.glob("????-??-??.json")))  # names, the oldest first
NEWEST = SHIPPED[-1]


def shipped_file(name: str = NEWEST) -> Path:
    return EDITIONS / f"{name}.json"


def scenario_file(name: str = NEWEST) -> Path:
    """Golden scenarios of an edition; of a later one those that it adds, or decides otherwise than the one before."""
    return EDITIONS / f"{name}.scenarios.json"


def read_shipped_scenarios(names: Iterable[str] = SHIPPED) -> dict[str, dict[str, Any]]:
    """Code → golden scenario, as the last of these editions decides it."""
    files = [json.loads(scenario_file(name).read_text()) for name in names]
    return {row["id"]: row for file in files for row in file["scenarios"]}


@lru_cache(maxsize=len(SHIPPED))
def load_shipped_edition(name: str = NEWEST) -> Edition:
    return read_edition(shipped_file(name).read_bytes())
