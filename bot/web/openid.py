"""The office as a client of an OpenID provider: authorisation code with PKCE, and a checked ID token. Authlib does the protocol.

OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9207 (the provider names itself in its answer); RFC 9700.
"""

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.limits import PROVIDER_LEEWAY_SECONDS, PROVIDER_SECONDS
from bot.web.accounts import same
from bot.web.openid_settings import OpenIdSettings

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

logger = logging.getLogger(__name__)

# Signatures with a key pair only: with a shared key (HS256) whoever can check a token could also forge one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class SignInFailed(Exception):
    """The provider could not be asked, or what came back proves nothing. `reason` is for the log and names no person."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun in one browser: what its end has to match."""

    state: str
    nonce: str
    verifier: str


class OpenId:
    """One provider. Its addresses and keys are fetched when first needed, and the keys again when it signs with a new one."""

    def __init__(self, settings: OpenIdSettings, back: str):
        """`back` is the address that the provider sends people back to; it is registered there."""
        self.title = settings.title
        self._settings = settings
        self._back = back
        self._app = _client(settings)

    async def begin(self) -> tuple[str, Begun]:
        """Where to send the browser, and what to keep until it comes back.

        Raises:
            SignInFailed: when the provider cannot be reached, or is not the one that the settings name.
        """
        try:
            await self._metadata()
            told = await self._app.create_authorization_url(self._back)
            return str(told["url"]), Begun(told["state"], told["nonce"], told["code_verifier"])
        except SignInFailed:
            raise
        except Exception as error:  # whatever a provider sends, nobody gets in by it
            raise SignInFailed(f"not begun: {type(error).__name__}") from error

    async def finish(self, begun: Begun, answer: Mapping[str, str]) -> str:
        """The e-mail address that the provider vouches for.

        Args:
            begun: what this browser began with.
            answer: the query that the provider sent the browser back with.

        Raises:
            SignInFailed: when anything is missing, does not match, has expired or is not signed by the provider.
        """
        try:
            metadata = await self._metadata()
            _check_answer(begun, answer, metadata)
            token = await self._app.fetch_access_token(self._back, code=answer["code"], code_verifier=begun.verifier)
            return _email(await self._claims(token, begun.nonce))
        except SignInFailed:
            raise
        except Exception as error:
            raise SignInFailed(f"not finished: {type(error).__name__}") from error

    async def _metadata(self) -> dict[str, Any]:
        """The provider's own description, which must be of the issuer that was asked (Discovery, section 4.3)."""
        found: dict[str, Any] = await self._app.load_server_metadata()
        if found.get("issuer") != self._settings.issuer:
            found.clear()  # so that the next try asks again
            raise SignInFailed("another issuer at this address")
        offered = found.get("id_token_signing_alg_values_supported") or ("RS256",)
        found["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
        methods = found.get("token_endpoint_auth_methods_supported") or ("client_secret_basic",)
        by_header = "client_secret_basic" in methods
        self._app.client_kwargs["token_endpoint_auth_method"] = f"client_secret_{'basic' if by_header else 'post'}"
        return found

    async def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """The ID token's claims, after its signature, issuer, audience, times and nonce were checked."""
        from authlib.oidc.core import CodeIDToken

        wanted = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        found: Mapping[str, Any] | None = await self._app.parse_id_token(
            token, nonce=nonce, claims_options=wanted, claims_cls=CodeIDToken, leeway=PROVIDER_LEEWAY_SECONDS
        )
        if found is None:
            raise SignInFailed("no ID token")
        return found


def _client(settings: OpenIdSettings) -> "StarletteOAuth2App":
    """Authlib's client of this provider. It is loaded here: only an office that has a provider needs it."""
    with warnings.catch_warnings(record=True):  # it warns of its own way to load httpx, which nobody here could mend
        from authlib.integrations.starlette_client import OAuth
    client: StarletteOAuth2App = OAuth().register(
        "office",
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=settings.metadata_url,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PROVIDER_SECONDS},
    )
    return client


def _check_answer(begun: Begun, answer: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
    """The answer must be to this browser's own question, from the provider that was asked."""
    if not same(begun.state, answer.get("state", "")):
        raise SignInFailed("another state")
    named = answer.get("iss")
    if named != metadata["issuer"] and (named or metadata.get("authorization_response_iss_parameter_supported")):
        raise SignInFailed("answered by another issuer")
    if "error" in answer:
        raise SignInFailed("refused by the provider")
    if not answer.get("code"):
        raise SignInFailed("no code")


def _email(claims: Mapping[str, Any]) -> str:
    """The address, if the provider says that it belongs to this person."""
    email = claims.get("email")
    if claims.get("email_verified") is not True:  # the words "true" or 1 are not what the standard says
        raise SignInFailed("e-mail not verified")
    if not isinstance(email, str) or not email.strip():
        raise SignInFailed("no e-mail")
    return email
