"""An older checkout's database, filled with its demo, goes on under this one's migrations, and equals a new one.

Its rows are kept, its promises hold, and what it decided and routed replays to the same.

``python3 -m tests.upgrading OLDER_CHECKOUT``: starts servers of its own, says what differs, exits 1 when anything does.
Tables, columns, types, defaults, constraints, indexes, functions, triggers, comments and extensions are compared by
name; the order of columns may differ.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from launcher.servers import servers

HERE = Path(__file__).resolve().parents[1]
SCHEMA = {
    "column": """
        SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'NOT NULL' END, a.attidentity::text, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d
            ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S') AND a.attnum > 0
            AND NOT a.attisdropped""",
    "table": "SELECT relname, relkind::text || coalesce(reloptions::text, '') FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S')",
    "constraint": "SELECT conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "index": "SELECT tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "function": "SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p"
    " WHERE p.pronamespace = 'public'::regnamespace AND p.prokind <> 'a'"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    "trigger": "SELECT tgrelid::regclass::text || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "comment": "SELECT objoid::regclass::text || '.' || objsubid, description FROM pg_description"
    " JOIN pg_class c ON c.oid = objoid WHERE c.relnamespace = 'public'::regnamespace",
    "extension": "SELECT extname, extversion FROM pg_extension",
}
GROWS = {"django_migrations", "django_content_type", "auth_permission"}  # Django's own, with every migrate


def describe(connection: psycopg.Connection) -> dict[str, str]:
    """Kind and name → definition, of everything that a migration makes."""
    return {
        f"{kind} {name}": definition for kind, query in SCHEMA.items() for name, definition in connection.execute(query)
    }


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    counts: dict[str, int] = {}
    for (table,) in tables:
        row: Any = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = row[0]
    return {table: number for table, number in counts.items() if table not in GROWS}


def differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """A line for each name that is only in one of them, or says something else there."""
    return [
        f"{name}\n  was: {old.get(name, 'not there')}\n  is:  {new.get(name, 'not there')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def run(checkout: Path, url: str, *command: str) -> None:
    env = {**os.environ, "DATABASE_URL": url, "TRIAGE_BOOTSTRAP": "off"}
    subprocess.run([sys.executable, "manage.py", *command], cwd=checkout, env=env, check=True, stdout=sys.stderr)


def compare(older: Path, url: str, make: psycopg.Connection) -> list[str]:
    """Everything that is not as it should be."""
    base = url.rpartition("/")[0]
    for name in ("upgraded", "made_new"):
        make.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        make.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    upgraded, made_new = f"{base}/upgraded", f"{base}/made_new"
    run(older, upgraded, "prepare_database", "-v", "0")
    run(older, upgraded, "load_demo")
    with psycopg.connect(upgraded, autocommit=True) as connection:
        rows = count_rows(connection)
    run(HERE, upgraded, "prepare_database", "-v", "0")
    run(HERE, upgraded, "migrate", "--check")
    for command in ("check_invariants", "replay_determinations", "replay_routing"):
        run(HERE, upgraded, command)
    run(HERE, made_new, "prepare_database", "-v", "0")
    with psycopg.connect(upgraded, autocommit=True) as connection, psycopg.connect(made_new, autocommit=True) as new:
        schema, counts = describe(connection), count_rows(connection)
        found = differing(schema, describe(new))
        found += differing(rows, {table: number for table, number in counts.items() if table in rows})
        first = {table: number for table, number in count_rows(new).items() if number}
    print(f"{len(schema)} things compared, {sum(rows.values())} rows kept; a new database begins with {first}.")
    return found


def main() -> int:
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "manage.py").exists():
        print("Usage: python3 -m tests.upgrading OLDER_CHECKOUT", file=sys.stderr)
        return 2
    with servers(durable=False) as running:
        os.environ.update(running.env)
        url = running.env["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as make:
            found = compare(Path(sys.argv[1]).resolve(), url, make)
    print("\n".join(found) if found else "Nothing differs, and nothing was lost.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
