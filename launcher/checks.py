"""``manage.py check-all``: everything CI checks beside the tests, one line each."""

import os
import subprocess
import sys
import time

from .bootstrap import ROOT
from .servers import local_secret

APPS = ["accounts", "benchmarks", "benefits", "config", "lab", "launcher", "pages", "partners", "referrals"]
CODE = [*APPS, "tests", "manage.py"]
TEMPLATES = ["git", "ls-files", "-z", "templates/*.html", "templates/**/*.html"]


def run_checks() -> int:
    """Run every check, print a line each; 1 when any failed."""
    python = sys.executable
    checks = {
        "format": [python, "-m", "ruff", "format", "--check", *CODE],
        "lint": [python, "-m", "ruff", "check", *CODE],
        "types": [python, "-m", "mypy", *CODE],
        "import contracts": [python, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        "template format": [python, "-c", _tool("djade", "--check", "--target-version", "5.2", *_templates())],
        "template lint": [python, "-m", "djlint", "--lint", "--quiet", "templates"],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "lifecycle page": [python, "manage.py", "write_lifecycle", "--check"],
        "deployment": [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        "compose": [python, "-c", _compose_check()],
        "Dockerfile": [python, "-c", _tool("hadolint", "Dockerfile")],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    print(
        f"{len(checks) - len(failed)} of {len(checks)} checks passed."
        + (f" Failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _templates() -> list[str]:
    found = subprocess.run(TEMPLATES, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in found.split("\0") if name]


def _tool(name: str, *arguments: str) -> str:
    """Python that runs a program which pip put beside the interpreter."""
    return (
        "import pathlib, subprocess, sys; "
        f"sys.exit(subprocess.run([pathlib.Path(sys.executable).parent / {name!r}, *{list(arguments)!r}]).returncode)"
    )


def _compose_check() -> str:
    files = ("-f", "docker-compose.yml", "--env-file", ".env.example")
    return _tool("docker-compose", *files, "config", "-q", "--no-env-resolution")


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    env = {**os.environ, **_environment(name)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout[-6000:] + done.stderr[-3000:], flush=True)
    return done.returncode == 0


def _environment(name: str) -> dict[str, str]:
    """The deployment check looks at production settings; the others at local ones."""
    if name == "deployment":
        return {
            "TRIAGE_LOCAL": "",
            "SECRET_KEY": local_secret() + "-check-only-0123456789",
            "DATABASE_URL": "postgres://check@127.0.0.1:1/check",
            "BROKER_URL": "redis://127.0.0.1:1/0",
            "ALLOWED_HOSTS": "triage.example",
            "SITE_URL": "https://triage.example",
        }
    return {"TRIAGE_LOCAL": "1", "SECRET_KEY": local_secret()}
