"""Microsoft Entra ID: one entry per tenant, which pins the issuer; a person is known by tenant and object id.

Nothing else of what Entra says is kept: its e-mail addresses may be anybody's, and are marked verified only sometimes.
"""

import logging
import time
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest
from requests import RequestException

logger = logging.getLogger(__name__)
ALGORITHM = "RS256"  # the one with which Entra signs
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
FRESH_SECONDS = 60 * 60
KEPT_SECONDS = 7 * 24 * 60 * 60
AWAY_SECONDS = 30  # for which an issuer that did not answer is not asked again: each question holds a web thread up


class IssuerAway(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """The issuer's discovery document is not to be had, and none is kept."""


class EntraOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document: kept for an hour, and for a week while the issuer does not answer.

        Raises IssuerAway when it is not to be had, or is of another issuer.
        """
        if not hasattr(self, "_openid_config"):
            self._openid_config = find_discovery(self.get_provider().app.settings["server_url"])
        config: dict[str, Any] = self._openid_config
        return config

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Also by the issuer's signature, which allauth leaves to TLS. Raises OAuth2Error for any but RS256."""
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("not a token") from error
        if algorithm != ALGORITHM:
            raise OAuth2Error("not signed as the issuer signs")
        config = self.openid_config
        words = {"issuer": config["issuer"], "audience": app.client_id, "lookup_kid": jwtkit.lookup_kid_jwk}
        claims: dict[str, Any] = jwtkit.verify_and_decode(credential=id_token, keys_url=config["jwks_uri"], **words)
        return claims

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        return super().complete_login(request, app, token, **kwargs)


class EntraProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = EntraOAuth2Adapter
    pkce_enabled_default = True

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The object id. Raises OAuth2Error for a token of another tenant, or without the two."""
        claims = data.get("id_token", data)
        if claims.get("tid") != self.app.provider_id or not isinstance(claims.get("oid"), str):
            raise OAuth2Error("not a token of this tenant")
        return str(super().extract_uid(data))

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> Any:
        """With ``signed_in_at``, where Entra says it: when the person was asked there, in seconds since 1970."""
        login = super().sociallogin_from_response(request, response)
        login.signed_in_at = response["id_token"].get("auth_time")
        return login

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]  # without the second there is no object id

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


def find_discovery(issuer: str) -> dict[str, Any]:
    """The issuer's discovery document, from the cache where it can be. Raises IssuerAway."""
    key, now = f"discovery-{issuer}", time.time()
    kept: dict[str, Any] = cache.get(key) or {"at": 0, "tried": 0, "config": None}
    if kept["config"] is None or now - kept["at"] > FRESH_SECONDS:
        if now - kept["tried"] > AWAY_SECONDS:
            kept = _ask_again(issuer, kept, now)
            cache.set(key, kept, KEPT_SECONDS)
        if kept["config"] is None:
            raise IssuerAway("no discovery document")
    config: dict[str, Any] = kept["config"]
    return config


def _ask_again(issuer: str, kept: dict[str, Any], now: float) -> dict[str, Any]:
    """What is to be kept from now on: a new document, or the old one until the issuer answers again."""
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(f"{issuer}/.well-known/openid-configuration")
            answer.raise_for_status()
            config = answer.json()
    except RequestException:
        return kept | {"tried": now}
    if not _is_of(issuer, config):
        logger.warning("%s gives no discovery document of its own", issuer)
        return kept | {"tried": now}
    return {"at": now, "tried": now, "config": config}


def _is_of(issuer: str, config: Any) -> bool:
    """Is it a document of this issuer, whose endpoints are asked as safely as the issuer itself?"""
    if not isinstance(config, dict) or config.get("issuer") != issuer:
        return False
    scheme = issuer.partition("://")[0]
    return all(str(config.get(name, "")).startswith(f"{scheme}://") for name in ENDPOINTS)
