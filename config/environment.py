"""Settings from environment variables. One that cannot work stops the start with one line that names it."""

import logging
import zoneinfo
from email.utils import parseaddr
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
YES, NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
BROKER_SCHEMES = ("redis", "rediss")
POSTGRESQL = "django.db.backends.postgresql"


def refuse(line: str) -> NoReturn:
    """End the process before it has begun; the line goes to standard error, and the exit code is 1."""
    raise SystemExit(line)


def text(name: str, default: str = "") -> str:
    return str(env(name, default=default)).strip()


def flag(name: str) -> bool:
    """Whether a variable says yes; not set, it says no."""
    value = text(name).lower()
    if value not in (*YES, *NO):
        refuse(f"{name} must be yes (1, true, yes, on) or no (0, false, no, off), not {value}.")
    return value in YES


def host_of(address: str) -> str:
    """The host of a web address; empty where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def names(name: str, default: list[str]) -> list[str]:
    """Comma-separated names, without blanks around them."""
    return [one.strip() for one in env.list(name, default=default) if one.strip()]


def hosts(name: str, default: list[str]) -> list[str]:
    """Host names; none at all would answer nobody."""
    found = names(name, default)
    if not found:
        refuse(f"{name} is empty: remove it, or list the hosts to serve, separated by commas.")
    return found


def number(name: str, default: int, least: int = 1, most: int = 3_650) -> int:
    """A whole number from ``least`` to ``most``."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
        refuse(f"{name} must be a whole number from {least} to {most}, not {value or 'empty'}.")
    return int(value)


def count_proxies(name: str) -> int:
    """How many proxies stand in front: a number, or yes for one."""
    value = text(name).lower()
    return 1 if value in YES else 0 if value in NO else number(name, 0, least=0, most=20)


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        refuse(f"{name} must be a time zone such as Europe/London, not {value or 'empty'}.")
    return value


def mailbox(name: str, default: str) -> str:
    """An e-mail address, with or without a name before it."""
    value = text(name, default)
    if "@" not in parseaddr(value)[1]:
        refuse(f"{name} must be an email address such as Triage <triage@example.org>, not {value or 'empty'}.")
    return value


def contacts(name: str) -> list[str]:
    """Comma-separated addresses as URIs: mail, a page or a telephone number."""
    found = names(name, [])
    for one in found:
        if not one.startswith(("mailto:", "https://", "tel:")):
            refuse(f"{name} must list mailto:, https:// or tel: addresses, not {one}.")
    return found


def country(name: str) -> str:
    """The ISO 3166 code of a country whose holidays are known, or nothing."""
    value = text(name).upper()
    if value:
        import holidays

        if value not in holidays.list_supported_countries(include_aliases=False):
            refuse(f"{name} must be a country code such as GB, not {value}.")
    return value


def log_level(name: str) -> str:
    value = text(name, "INFO").upper()
    if value not in logging.getLevelNamesMapping():
        refuse(f"{name} must be one of DEBUG, INFO, WARNING, ERROR and CRITICAL, not {value}.")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Where PostgreSQL is. An empty ``options`` in the address asks for no start-up options at all."""
    address = text(name, default)
    if environ.Env.DB_SCHEMES.get(address.partition(":")[0]) != POSTGRESQL:
        refuse(f"{name} must name a PostgreSQL database: postgres://user:password@host:port/name.")
    try:
        found: dict[str, Any] = environ.Env.db_url_config(address)
        given = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    except (ValueError, KeyError, ImproperlyConfigured):
        found = {}
    if not found.get("NAME"):
        refuse(
            f"{name} cannot be read: it looks like postgres://user:password@host:port/name (special characters as %XX)."
        )
    options = found.setdefault("OPTIONS", {})
    if not given.get("options", "-").strip():
        options["options"] = ""
    return found


def broker(name: str, default: str) -> str:
    """Address of a Redis-protocol server. One with TLS checks the server's certificate unless it says otherwise."""
    address = text(name, default)
    parts = _split_broker(address)
    if parts is None:
        refuse(f"{name} cannot be read: it looks like redis://:password@host:port/0, or rediss:// for TLS.")
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in dict(parse_qsl(parts.query)):
        checked = urlencode([*parse_qsl(parts.query), ("ssl_cert_reqs", "required")])
        return parts._replace(query=checked).geturl()
    return address


def _split_broker(address: str) -> SplitResult | None:
    """Its parts, when it has a host, a port that is a number, and the number of a database or none."""
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    number = parts.path.strip("/")
    return parts if parts.scheme in BROKER_SCHEMES and has_place and (not number or number.isdecimal()) else None


def mail(name: str, default: str) -> dict[str, Any]:
    """Where outgoing mail is handed over, as Django's settings say it."""
    address = text(name, default)
    try:
        found: dict[str, Any] = environ.Env.email_url_config(address)
    except (ValueError, KeyError, ImproperlyConfigured):
        refuse(f"{name} cannot be read: it looks like smtp+tls://user:password@host:587.")
    return found
