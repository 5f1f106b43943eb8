"""How fast a tenant's files are read, beside the plain parsing of the same bytes."""

import csv
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from benefits.domain.catalogue import Edition
from benefits.domain.exports.reading import read_export
from benefits.domain.usage.reports import read_usage_report
from benefits.services.shipped import load_shipped_edition

from .measuring import Groups, Row

PRODUCTS, SERVICE_PLANS, PEOPLE, ROUNDS = 500, 60, 200_000, 5
SERVICES = ("Exchange", "OneDrive", "SharePoint", "Skype For Business", "Yammer", "Teams")
MEMORY = """
import sys
from benefits.domain.usage.reports import read_usage_report
def peak():  # of this process alone: what getrusage says may still be the parent's
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
before = peak()
with open(sys.argv[1], "rb") as file:
    read_usage_report(file)
print(peak() - before)
"""


def prepare() -> Edition:
    return load_shipped_edition()


def measure_export(edition: Edition) -> Iterator[Row]:
    """A list of products with their service plans, beside ``json.loads``."""
    raw = json.dumps({"value": [_product(number) for number in range(PRODUCTS)]}, indent=1).encode()
    ours, plain = _side_by_side(lambda: read_export(raw, edition), lambda: json.loads(raw))
    beside = f"json.loads of {len(raw) / 1e6:.1f} MB {plain * 1000:.0f} ms"
    yield Row("evidence-export", ours / plain, "× json.loads", "≤ 4 × json.loads", beside, ours <= 4 * plain)


def measure_usage(_edition: Edition) -> Iterator[Row]:
    """A report on many people, beside ``csv.reader`` over the same file, and its memory in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        size = _write_people(path)
        ours, plain = _side_by_side(lambda: _read(path), lambda: _walk(path))
        beside = f"csv.reader over {size / 1e6:.0f} MB {plain * 1000:.0f} ms"
        yield Row("evidence-usage", ours / plain, "× csv.reader", "≤ 2.5 × csv.reader", beside, ours <= 2.5 * plain)
        command = [sys.executable, "-c", MEMORY, str(path)]
        grown = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        yield Row("evidence-usage-memory", grown, "MB more", "≤ 64 MB", f"{PEOPLE:,} people", grown <= 64)


def _side_by_side(ours: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    """The least processor time of each, taken in turn."""
    spent: tuple[list[float], list[float]] = [], []
    for _round in range(ROUNDS):
        for times, work in zip(spent, (ours, plain), strict=True):
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
    return min(spent[0]), min(spent[1])


def _product(number: int) -> dict[str, object]:
    plans = [
        {
            "servicePlanId": str(uuid.UUID(int=number * SERVICE_PLANS + place)),
            "servicePlanName": f"SERVICE_PLAN_NUMBER_{place}",
            "provisioningStatus": "Success",
            "appliesTo": "User",
        }
        for place in range(SERVICE_PLANS)
    ]
    units = {"enabled": 300, "suspended": 0, "warning": 0, "lockedOut": 0}
    named = {"skuId": str(uuid.UUID(int=2**64 + number)), "skuPartNumber": f"PRODUCT_{number}", "appliesTo": "User"}
    return {**named, "capabilityStatus": "Enabled", "prepaidUnits": units, "servicePlans": plans}


def _write_people(path: Path) -> int:
    licences, days = [f"Has {name} License" for name in SERVICES], [f"{name} Last Activity Date" for name in SERVICES]
    assigned = [f"{name} License Assign Date" for name in SERVICES]
    head = ["Report Refresh Date", "User Principal Name", "Display Name", "Is Deleted", "Deleted Date"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, *licences, *days, *assigned, "Assigned Products"])
        for number in range(PEOPLE):
            seen = [f"2026-11-{1 + (number + place) % 28:02}" for place in range(len(SERVICES))]
            person = [f"person{number}@customer.example", f"Person {number}", "False", ""]
            held = ["True"] * len(SERVICES) + seen + ["2025-01-01"] * len(SERVICES)
            writer.writerow(["2026-11-28", *person, *held, "MICROSOFT 365 E3"])
    return path.stat().st_size


def _read(path: Path) -> None:
    with path.open("rb") as file:
        read_usage_report(file)


def _walk(path: Path) -> None:
    with path.open(newline="") as file:
        for _row in csv.reader(file):
            pass


MAKING = "making up a list of products and a report on 200,000 people …"
GROUPS: Groups = (
    (("evidence-export",), measure_export),
    (("evidence-usage", "evidence-usage-memory"), measure_usage),
)
