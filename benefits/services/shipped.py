"""The edition that ships with the product, read from its file without a database."""

from functools import lru_cache
from pathlib import Path

from benefits.domain.catalogue import Edition
from benefits.domain.catalogue_file import read_edition

DATA = Path(__file__).resolve().parent.parent / "data"
SHIPPED_FILE = DATA / "service_description.json"
SCHEMA_FILE = DATA / "service_description.schema.json"
SCENARIO_FILE = DATA / "scenarios.json"  # the golden scenarios to start from


@lru_cache(maxsize=1)
def load_shipped_edition() -> Edition:
    return read_edition(SHIPPED_FILE.read_bytes())
