"""The production shape: settings that refuse to start, compose, and every service's command against real servers."""

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from launcher import processes
from tests.running import database_url, wait_until

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
GOOD = {
    "SECRET_KEY": "0123456789abcdef0123456789abcdef-production",
    "SITE_URL": "https://triage.example",
    "DATABASE_URL": "postgres://triage@127.0.0.1:1/triage",
    "PATH": os.environ["PATH"],
}


def start_up(**changes: str) -> tuple[int, str]:
    """Load the settings in a process of its own; exit code and error output."""
    code = "import django; from django.conf import settings; settings.DEBUG"
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", **GOOD, **changes}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


def tenants(*, twice: bool = False, **other: str) -> str:
    """ENTRA_TENANTS with an entry, or the same twice."""
    tenant = {"tenant_id": "11111111-2222-4333-8444-555555555555", "name": "Contoso"}
    return json.dumps([tenant | {"client_id": "c", "client_secret": "s"} | other] * (2 if twice else 1))


def test_production_settings_start() -> None:
    assert start_up(PRODUCTION="1") == (0, "")
    assert start_up(PRODUCTION="1", ENTRA_TENANTS=tenants()) == (0, "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TRIAGE_LOCAL": "1", "PRODUCTION": "1"}, "is refused where PRODUCTION is set"),
        ({"TRIAGE_LOCAL": "1", "KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "is refused where KUBERNETES_SERVICE_HOST"),
        ({"DEBUG": "1"}, "DEBUG is for local mode only"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "change-me-to-at-least-32-random-characters"}, "Set SECRET_KEY"),
        ({"SITE_URL": "http://triage.example"}, "Set SITE_URL"),
        ({"DEBUG": "maybe"}, "DEBUG must be yes"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"DATABASE_URL": "postgres://u:p@h:port/n"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_URL": "postgres://u:p@h"}, "DATABASE_URL cannot be read"),
        ({"DATABASE_DIRECT_URL": "mysql://h/n"}, "DATABASE_DIRECT_URL must name a PostgreSQL database"),
        ({"BROKER_URL": "amqp://h"}, "BROKER_URL cannot be read"),
        ({"BROKER_URL": "redis://h:port/0"}, "BROKER_URL cannot be read"),
        ({"BROKER_URL": "redis://h/first"}, "BROKER_URL cannot be read"),
        ({"EMAIL_URL": "mail.example"}, "EMAIL_URL cannot be read"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM must be an email address"),
        ({"TEAM_EMAIL": "team"}, "TEAM_EMAIL must be an email address"),
        (
            {"SECURITY_CONTACT": "security@triage.example"},
            "SECURITY_CONTACT must list mailto:, https:// or tel: addresses",
        ),
        ({"ENTRA_TENANTS": "Contoso"}, "ENTRA_TENANTS is not JSON"),
        ({"ENTRA_TENANTS": "{}"}, "ENTRA_TENANTS must be a list"),
        ({"ENTRA_TENANTS": '["Contoso"]'}, "every entry has texts only"),
        ({"ENTRA_TENANTS": tenants(name="")}, "every entry has texts only"),
        ({"ENTRA_TENANTS": tenants(secret="s")}, "check secret"),
        ({"ENTRA_TENANTS": tenants(tenant_id="common")}, "a tenant_id is the tenant’s GUID, not common"),
        ({"ENTRA_TENANTS": tenants(issuer="http://login.example")}, "the issuer must be an https:// address"),
        ({"ENTRA_TENANTS": tenants(twice=True)}, "more than once"),
        ({"BEHIND_PROXY": "a few"}, "BEHIND_PROXY must be a whole number"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of"),
        ({"TEAM_TIME_ZONE": "Riyadh"}, "TEAM_TIME_ZONE must be a time zone"),
        ({"TEAM_CALENDAR_COUNTRY": "England"}, "TEAM_CALENDAR_COUNTRY must be a country code"),
        ({"TEAM_CALENDAR_COUNTRY": "XX"}, "TEAM_CALENDAR_COUNTRY must be a country code"),
        ({"TEAM_CALENDAR_COUNTRY": "UK"}, "TEAM_CALENDAR_COUNTRY must be a country code"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is empty"),
        ({"OFFER_EXPIRY_HOURS": "seven"}, "OFFER_EXPIRY_HOURS must be a whole number"),
        ({"RESPONSE_SLA_BUSINESS_DAYS": "-1"}, "RESPONSE_SLA_BUSINESS_DAYS must be a whole number"),
        ({"TEAM_REVIEW_BUSINESS_DAYS": "2.5"}, "TEAM_REVIEW_BUSINESS_DAYS must be a whole number"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_start_with_one_line(changes: dict[str, str], message: str) -> None:
    code, error = start_up(**changes)
    assert code == 1
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "command", ["manage.py check", "-m gunicorn config.wsgi --preload -b 127.0.0.1:0", "-m celery -A config worker"]
)
def test_every_process_says_so_in_one_line(command: str) -> None:
    env = {**os.environ, **GOOD, "TRIAGE_LOCAL": "", "TRIAGE_BOOTSTRAP": "off", "LOG_LEVEL": "loud"}
    words = [sys.executable, *command.split()]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "LOG_LEVEL must be one of" in done.stderr
    assert "Traceback" not in done.stderr


def test_compose_has_the_whole_product_in_production_shape() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "web", "worker", "lab", "dispatcher"}
    for name, service in services.items():
        assert service["restart"] == ("on-failure" if name == "migrate" else "unless-stopped"), name
        assert "healthcheck" in service or name == "migrate", name
    for name in ("web", "worker", "lab", "dispatcher"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def seconds(text: str) -> int:
    """A duration as compose writes it, such as 4m30s."""
    found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text)
    assert found
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def test_compose_asks_every_probe_and_gives_every_task_its_time() -> None:
    services = COMPOSE["services"]
    web, worker, dispatcher = (services[name] for name in ("web", "worker", "dispatcher"))
    assert all(path in web["healthcheck"]["test"][-1] for path in ("livez", "readyz"))
    for service in (worker, dispatcher):
        assert "http://web:8000/pipelinez" in service["healthcheck"]["test"][-1]
    for service in (worker, services["lab"]):
        assert seconds(service["stop_grace_period"]) > settings.CELERY_TASK_TIME_LIMIT
    [queue] = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert f"--queues={queue}" in services["lab"]["command"]
    assert not any(word.startswith("--queues") for word in worker["command"]), "the worker has its own alone"
    assert web["ports"] == ["${WEB_ADDRESS:-127.0.0.1}:${WEB_PORT:-8000}:8000"]


def test_image_runs_as_an_ordinary_user_in_two_stages() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert text.count("\nFROM ") + text.startswith("FROM ") == 2
    assert "\nUSER 10001\n" in text


def words_of(service: str) -> list[str]:
    """The command of a service as this machine can run it."""
    command = COMPOSE["services"][service].get("command")
    if command is None:
        line = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
        command = yaml.safe_load(line.removeprefix("CMD "))
    program, *rest = command if isinstance(command, list) else shlex.split(command)
    modules = {"python": [sys.executable], "celery": [sys.executable, "-m", "celery"]}
    return [*modules.get(program, [sys.executable, "-m", program]), *rest]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("service", ["migrate", "web", "worker", "lab", "dispatcher"])
def test_command_of_every_service_runs_on_real_servers(service: str, tmp_path: Path) -> None:
    port = processes.free_port()
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in words_of(service)]
    env = {**os.environ, **GOOD, "PRODUCTION": "1", "TRIAGE_LOCAL": "", "TRIAGE_BOOTSTRAP": "off"}
    env |= {"DATABASE_URL": database_url(), "BROKER_URL": settings.CELERY_BROKER_URL, "ALLOWED_HOSTS": "127.0.0.1"}
    log = tmp_path / "log"
    child = processes.start(words, log=log, env=env, cwd=ROOT)
    try:
        if service == "migrate":
            assert child.wait(60) == 0, log.read_text()
        elif service == "web":
            assert wait_until(lambda: answers(port), 30), log.read_text()
        else:
            assert not wait_until(lambda: child.poll() is not None, 4), log.read_text()
    finally:
        processes.stop(child)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
