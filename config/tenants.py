"""Microsoft Entra tenants whose people may sign in, from ENTRA_TENANTS: a JSON list with an entry per tenant."""

import json
from typing import Any
from uuid import UUID

from config.environment import host_of, refuse, text

ISSUER = "https://login.microsoftonline.com/{tenant_id}/v2.0"
NEEDED, KNOWN = {"tenant_id", "name", "client_id", "client_secret"}, {"issuer"}
EXAMPLE = '[{"tenant_id": "…", "name": "Contoso", "client_id": "…", "client_secret": "…"}]'


def entra_tenants(name: str, *, may_be_plain: bool) -> list[dict[str, Any]]:
    """The entries as allauth's settings name them; ``may_be_plain``: an issuer without TLS will do.

    The tenant id is the entry's provider id, and with a person's object id (``oid``) the key of what is linked:
    neither changes with the entry's name or the app registration.
    """
    value = text(name)
    try:
        entries = json.loads(value) if value else []
    except ValueError:
        refuse(f"{name} is not JSON. It looks like {EXAMPLE}.")
    if not isinstance(entries, list):
        refuse(f"{name} must be a list. It looks like {EXAMPLE}.")
    found = [_entry(name, entry, may_be_plain=may_be_plain) for entry in entries]
    ids = [entry["provider_id"] for entry in found]
    if len(set(ids)) < len(ids):
        refuse(f"{name} names the tenant {max(ids, key=ids.count)} more than once.")
    return found


def _entry(name: str, entry: Any, *, may_be_plain: bool) -> dict[str, Any]:
    if not isinstance(entry, dict) or not all(isinstance(part, str) and part for part in entry.values()):
        refuse(f"{name}: every entry has texts only. It looks like {EXAMPLE}.")
    if wrong := [*sorted(NEEDED - entry.keys()), *sorted(entry.keys() - NEEDED - KNOWN)]:
        refuse(f"{name}: an entry has tenant_id, name, client_id, client_secret and maybe issuer; check {wrong[0]}.")
    tenant_id = _tenant_id(name, entry["tenant_id"])
    issuer = entry.get("issuer", ISSUER.format(tenant_id=tenant_id)).rstrip("/")
    if not host_of(issuer) or not issuer.startswith(("https://", "http://") if may_be_plain else "https://"):
        refuse(f"{name}: the issuer must be an https:// address, not {issuer}.")
    return {
        "provider_id": tenant_id,
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["client_secret"],
        "settings": {"server_url": issuer, "uid_field": "oid", "fetch_userinfo": False},
    }


def _tenant_id(name: str, value: str) -> str:
    """As Entra's tokens write it. Shared endpoints (``common``) are no tenant: their issuer says nothing."""
    try:
        return str(UUID(value))
    except ValueError:
        refuse(f"{name}: a tenant_id is the tenant’s GUID, not {value}.")
