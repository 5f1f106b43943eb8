"""A provider of identities that runs here: a real one, whose requests are kept, and that can go away."""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import oidc_provider_mock
import requests
from django.test import Client
from werkzeug.serving import make_server

TENANT = "11111111-2222-4333-8444-555555555555"
OBJECT_ID = "99999999-8888-4777-8666-555555555555"
CLAIMS = {"tid": TENANT, "oid": OBJECT_ID, "name": "A name", "email": "elsewhere@contoso.example"}


class Provider:
    """``asked``: path and parameters of every request; ``is_away``: every answer is 503.

    ``federates``: who comes is redirected on to sign in at another host, as tenants do that federate.
    """

    def __init__(self, claims: dict[str, Any]) -> None:
        self.asked, self.is_away = list[tuple[str, dict[str, str]]](), False
        self.federates = False
        self.app = oidc_provider_mock.app(user_claims=[oidc_provider_mock.User(sub="ada", claims=claims)])
        self.address = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        path = environ["PATH_INFO"]
        if path == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            query |= dict(parse_qsl(body.decode()))
            environ["wsgi.input"] = io.BytesIO(body)
        self.asked.append((path, query))
        if self.is_away:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"away"]
        if path == "/oauth2/federated":
            there = f"{self.address.replace('127.0.0.1', 'localhost')}/oauth2/authorize?{environ['QUERY_STRING']}"
            start_response("302 Found", [("Location", there)])
            return [b""]
        answer = self.app(environ, start_response)
        if self.federates and path.startswith("/.well-known/"):
            return [b"".join(answer).replace(b"/oauth2/authorize", b"/oauth2/federated")]
        return answer

    def asked_of(self, path: str) -> dict[str, str]:
        """The parameters of the last request for a path."""
        return next(query for asked, query in reversed(self.asked) if asked == path)


@contextmanager
def running(claims: dict[str, Any] | None = None) -> Iterator[Provider]:
    provider = Provider(CLAIMS | (claims or {}))
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it speaks http, to this machine alone
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def entry(address: str, **other: Any) -> dict[str, Any]:
    """A tenant's entry, as the settings keep it."""
    kept = {"server_url": address, "uid_field": "oid", "fetch_userinfo": False}
    return {"provider_id": TENANT, "name": "Contoso", "client_id": "triage", "secret": "s", "settings": kept} | other


def sign_in_there(client: Client, there: str) -> Any:
    """Be known to the provider, and come back to us with what it gives."""
    answer = requests.post(there, data={"sub": "ada"}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")
