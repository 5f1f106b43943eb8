"""Tests run by several processes at once: each has a database of its own (pytest-django), and one of the broker's."""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

if WORKER and "BROKER_URL" in os.environ:  # before the settings are read
    broker, _slash, _number = os.environ["BROKER_URL"].rpartition("/")
    os.environ["BROKER_URL"] = f"{broker}/{1 + int(WORKER.removeprefix('gw'))}"
