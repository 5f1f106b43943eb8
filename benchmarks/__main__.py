"""``manage.py bench``: print a row per bar with its control; exit 1 when one is missed."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from .measuring import Groups, Row

DATABASE = "triage_bench"
USUAL_LOCALE = "en_US.utf8"  # what images of PostgreSQL make when nothing else is said


def main() -> int:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[], help="rows whose name begins with one of these"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--locale", default=USUAL_LOCALE, help="of the databases that are made (default: %(default)s)")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    unknown = [name for name in options.only if not any(known.startswith(name) for known in NAMES)]
    if unknown:
        parser.error(f"no row begins with {unknown[0]}; there are {', '.join(NAMES)}")
    rows = list(measure(options.only, options.locale, as_json=options.json))
    missed = [row for row in rows if not row.ok]
    if missed:
        print(f"{len(missed)} of {len(rows)} bars missed: {', '.join(row.name for row in missed)}", file=sys.stderr)
    return 1 if missed else 0


NAMES = (
    *("determination-decide", "determination-decide-ratio", "determination-full", "determination-agree"),
    *("determination-preview", "determination-preview-memory", "determination-preview-one-plan"),
    *("evidence-export", "evidence-usage", "evidence-usage-memory"),
    *("routing-batch", "routing-batch-orm", "routing-single", "routing-receipt"),
    *(f"routing-optimum-{partners}-{load}" for partners in (100, 1_000) for load in (0.5, 0.8, 1.0, 1.2)),
    *("routing-scarcity", "lab-quarter", "lab-quarter-memory"),
    *("routing-growth-tried", "routing-growth-referrals", "routing-growth-partners"),
    *(f"pages-{who}-{place}" for who in ("partner", "team") for place in ("first", "deep", "filtered", "searched")),
    *("pages-offer", "pages-offer-weight", "pages-offer-statements"),
    *("telling-sign-in", "telling-reset", "telling-invitation"),
    *("pages-team-closed", "pages-queries", "pages-growth", "pages-rare", "pages-naive"),
)


def measure(only: list[str], locale: str, *, as_json: bool) -> "Iterator[Row]":
    """Make what the wanted rows need, in a database for each world, and measure them."""
    from . import determination, evidence, offers, pages, routing
    from .planning import optimum, quarter
    from .signing_in import telling

    def is_wanted(name: str) -> bool:
        return not only or any(name.startswith(one) for one in only)

    if not as_json:
        print(f"{'name':<34}{'value':>16}  {'bar':<26}{'':<6}control")
    for world in (determination, evidence, optimum, quarter, routing, telling, pages, offers):
        groups: Groups = [group for group in world.GROUPS if any(map(is_wanted, group[0]))]
        for row in filter(lambda row: is_wanted(row.name), run_groups(groups, world, locale)):
            show(row, as_json=as_json)
            yield row


def run_groups(groups: "Groups", module: Any, locale: str) -> "Iterator[Row]":
    """Rows of one world; without a group nothing is made."""
    if not groups:
        return
    with own_database(locale):
        print(module.MAKING, file=sys.stderr, flush=True)
        world = module.prepare()
        for _names, measure_group in groups:
            yield from measure_group(world)


def show(row: "Row", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row.as_data(), ensure_ascii=False), flush=True)
        return
    value = f"{row.value:,.0f}" if row.value >= 1000 else f"{row.value:,.2f}"
    verdict = "ok" if row.ok else "MISS"
    print(f"{row.name:<34}{value + ' ' + row.unit:>16}  {row.bar:<26}{verdict:<6}{row.control}", flush=True)


def create_database(cursor: "CursorWrapper", locale: str) -> None:
    """With a locale of the system, as servers have it; without, if the system has none of this name, and loudly so."""
    from django.db import DatabaseError

    try:
        cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE %s", [locale])
    except DatabaseError as error:
        print(
            f"WARNING: no database with the locale {locale} could be made ({str(error).splitlines()[0]}).\n"
            "WARNING: everything is measured with the server's own locale instead, which may be faster.\n"
            "WARNING: on Debian the package locales makes it: localedef -i en_US -f UTF-8 en_US.UTF-8",
            file=sys.stderr,
            flush=True,
        )
        cursor.execute(f"CREATE DATABASE {DATABASE}")


@contextmanager
def own_database(locale: str) -> Iterator[None]:
    """A database made for the run and dropped after it; nothing else is touched."""
    from django.core.management import call_command
    from django.db import connection, connections

    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        create_database(cursor, locale)
    home = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = DATABASE
    try:
        call_command("prepare_database", verbosity=0)
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = home
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    sys.exit(main())
