"""A small real OpenID provider for the tests: discovery, sign-in, token and keys over HTTP, signed with a real key pair.

It checks what a client owes it (registered address, secret, PKCE, each code once), so that a client that leaves one out
fails here as at a real one. What it puts into an ID token, a test can change.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.services import free_port
from tests.widget.conftest import Server

CLIENT, SECRET = "send-desk", "the-secret-of-the-tests"
Claims = dict[str, Any]


class Provider:
    """The provider. `person` is who is signed in there; `change` may change the claims of an ID token."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.port = free_port()
        self.issuer = f"http://{host}:{self.port}/office"
        self.keys = [_key("first")]
        self.person: Claims = {"sub": "person-1", "email": "worker@example.org", "email_verified": True}
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.answer: dict[str, str] = {}
        self.metadata: dict[str, Any] = {}
        self.signing_key: RSAKey | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self._server = Server(self._app, self.port)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def turn_key(self) -> None:
        """Signs with a new key from now on; the old one is gone."""
        self.keys = [_key(f"key {len(self.asked)}")]

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/office/.well-known/openid-configuration", self._discovery),
                Route("/office/authorize", self._authorize),
                Route("/office/token", self._token, methods=["POST"]),
                Route("/office/keys", self._keys),
            ]
        )

    async def _discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                "code_challenge_methods_supported": ["S256"],
                **self.metadata,
            }
        )

    async def _authorize(self, request: Request) -> Response:
        """The person is signed in already and agrees."""
        asked = dict(request.query_params)
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert set(asked["scope"].split()) == {"openid", "email"} and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **self.answer})}", 303
        )

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = dict(await request.form())
        asked = self.codes.pop(str(form.get("code")), None)
        challenge = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        whole = (
            asked is not None
            and _client(request, form) == (CLIENT, SECRET)
            and form.get("redirect_uri") == asked["redirect_uri"]
            and base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"]
        )
        if asked is None or not whole:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "for-nothing", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}
        )

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        key = self.signing_key or self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, self.change(claims), key)

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet(self.keys).as_dict(private=False))


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


def _client(request: Request, form: dict[str, Any]) -> tuple[str, str]:
    """Client id and secret, from the header or the form (RFC 6749, 2.3.1)."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return str(form.get("client_id")), str(form.get("client_secret"))
    name, _, secret = base64.b64decode(value).decode().partition(":")
    return name, secret
