"""Microsoft's tokens count when the issuer has signed them, and only what its entry names is asked."""

import time
from typing import Any

import jwt
import pytest
import requests
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.signing_in import entra
from tests.accounts.entra.provider import CLAIMS, TENANT, Provider, entry
from tests.accounts.entra.test_entra import provider

__all__ = ["provider"]
pytestmark = pytest.mark.django_db


def test_no_redirect_of_the_issuer_is_followed(provider: Provider) -> None:
    session = get_adapter().get_requests_session()
    with session, pytest.raises(requests.TooManyRedirects):
        session.get(f"{provider.address}/oauth2/federated")


def forge(how: str, provider: Provider) -> str:
    """A token that says what the issuer's would, and is not signed by it."""
    key = requests.get(entra.find_discovery(provider.address)["jwks_uri"], timeout=5).json()["keys"][0]
    said = CLAIMS | {"iss": provider.address, "aud": entry(provider.address)["client_id"], "exp": time.time() + 60}
    head = {"kid": key["kid"]}
    if how == "none":
        return jwt.encode(said, "", algorithm="none", headers=head)
    if how == "HS256":
        return jwt.encode(said, "a secret that everybody could know, long enough", algorithm="HS256", headers=head)
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    head = head if how == "another key" else {"kid": "unknown"}
    return jwt.encode(said, own, algorithm="RS256", headers=head)


@pytest.mark.parametrize("how", ["none", "HS256", "another key", "an unknown key", "not a token"])
def test_a_token_that_the_issuer_has_not_signed_is_refused(how: str, provider: Provider, rf: Any) -> None:
    adapter = entra.EntraOAuth2Adapter(rf.get("/"), TENANT)
    token = "x.y.z" if how == "not a token" else forge(how, provider)
    with context.request_context(rf.get("/")), pytest.raises(OAuth2Error):
        adapter._decode_id_token(adapter.get_provider().app, token)
