"""Signing in through a provider: forged, stale, stolen and mismatched tokens, answers and cookies let nobody in."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from bot.limits import PROVIDER_MINUTES
from bot.settings import Settings
from bot.web.tokens import Tokens
from tests.inbox.openid_desk import BACK, BEGIN, EMAIL, desk, is_in, provider, running, sent_back
from tests.inbox.openid_provider import CLIENT, SECRET, Claims, Provider

__all__ = ["desk", "provider", "running"]


def changed(**claims: object) -> Claims:
    return claims


@pytest.mark.parametrize(
    "wrong",
    [
        changed(nonce="another nonce"), changed(nonce=None), changed(nonce=""),
        changed(exp=int(time.time()) - 3600), changed(exp=None), changed(exp="tomorrow"),
        changed(iat=int(time.time()) + 3600), changed(iat=None), changed(nbf=int(time.time()) + 3600),
        changed(aud="another-client"), changed(aud=["another-client"]), changed(aud=None), changed(aud=[]),
        changed(aud="another-client", azp=CLIENT), changed(azp="another-client"),
        changed(iss="https://evil.example.org"), changed(iss=None), changed(sub=None),
        changed(email_verified=False), changed(email_verified=None), changed(email_verified="true"), changed(email_verified=1),
        changed(email=None), changed(email=""), changed(email=[EMAIL]), changed(email={"a": EMAIL}),
    ],
    ids=lambda claims: "-".join(f"{name} {str(value)[:16]}" for name, value in claims.items()),
)  # fmt: skip
def test_an_id_token_with_one_wrong_claim_lets_nobody_in(desk: TestClient, provider: Provider, wrong: Claims) -> None:
    provider.change = lambda claims: {k: v for k, v in {**claims, **wrong}.items() if v is not None}
    page = desk.get(sent_back(desk))
    assert page.status_code == 401 and "did not work" in page.text
    assert not is_in(desk)


def test_a_token_of_an_hour_ago_is_too_old_though_everything_else_is_right(
    desk: TestClient, provider: Provider
) -> None:
    provider.change = lambda claims: {**claims, "iat": claims["iat"] - 3600, "exp": claims["exp"] - 3600}
    assert desk.get(sent_back(desk)).status_code == 401
    assert not is_in(desk)


def test_a_token_signed_with_another_key_lets_nobody_in(desk: TestClient, provider: Provider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": provider.keys[0].kid})
    assert desk.get(sent_back(desk)).status_code == 401
    assert not is_in(desk)


@pytest.mark.parametrize("secret", ["the client's", "the public key"])
def test_a_token_signed_with_what_others_know_too_lets_nobody_in(
    desk: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    """HS256 with the client's secret, or with the provider's public key taken for a secret."""
    key = SECRET.encode() if "client" in secret else provider.keys[0].as_pem(private=False)
    signed = provider._id_token

    def forged(nonce: str) -> str:
        header = (
            urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": provider.keys[0].kid}).encode()).decode().rstrip("=")
        )
        body = f"{header}.{signed(nonce).split('.')[1]}"
        return f"{body}.{urlsafe_b64encode(hmac.digest(key, body.encode(), 'sha256')).decode().rstrip('=')}"

    monkeypatch.setattr(provider, "_id_token", forged)
    assert desk.get(sent_back(desk)).status_code == 401
    assert not is_in(desk)


def test_an_unsigned_token_lets_nobody_in(
    desk: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = provider._id_token

    def unsigned(nonce: str) -> str:
        return "eyJhbGciOiJub25lIn0." + signed(nonce).split(".")[1] + "."

    monkeypatch.setattr(provider, "_id_token", unsigned)
    assert desk.get(sent_back(desk)).status_code == 401
    assert not is_in(desk)


def test_an_answer_to_another_browsers_question_lets_nobody_in(desk: TestClient) -> None:
    """Login by a stranger's answer: the victim follows a link that ends the stranger's own sign-in."""
    strangers = sent_back(desk)
    desk.cookies.clear()
    assert desk.get(strangers).status_code == 403, "this browser began nothing"
    desk.get(BEGIN)
    assert desk.get(strangers).status_code == 401, "this browser began something else"
    assert not is_in(desk)


@pytest.mark.parametrize("state", ["", "another", None])
def test_a_wrong_state_lets_nobody_in_and_asks_the_provider_nothing(
    desk: TestClient, provider: Provider, state: str | None
) -> None:
    parts = urlsplit(sent_back(desk))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    query = {**query, "state": state} if state is not None else {"code": query["code"]}
    before = provider.asked.count("token")
    assert desk.get(BACK, params=query).status_code == 401
    assert provider.asked.count("token") == before and not is_in(desk)


def test_the_same_answer_works_once(desk: TestClient) -> None:
    begun = desk.get(BEGIN)
    kept = desk.cookies["__Host-provider"]
    answer = httpx.get(begun.headers["location"]).headers["location"]
    desk.get(answer)
    assert is_in(desk)
    desk.cookies.clear()
    assert desk.get(answer).status_code == 403
    desk.cookies.set("__Host-provider", kept)
    assert desk.get(answer).status_code == 401, "the provider takes each code once"
    assert not is_in(desk)


def test_a_sign_in_that_took_too_long_has_to_begin_again(desk: TestClient, settings: Settings) -> None:
    answer = sent_back(desk)
    fernet = Tokens(settings.keys.session)._fernet
    kept = desk.cookies["__Host-provider"]
    opened = fernet.decrypt(kept.encode() + b"=" * (-len(kept) % 4))
    old = fernet._fernets[0].encrypt_at_time(opened, int(time.time()) - PROVIDER_MINUTES * 60 - 1)
    desk.cookies.clear()
    desk.cookies.set("__Host-provider", old.decode().rstrip("="))
    assert desk.get(answer).status_code == 403
    assert not is_in(desk)


@pytest.mark.parametrize("planted", ["", "x", "a chat's token"])
def test_a_planted_cookie_is_worth_nothing(desk: TestClient, settings: Settings, planted: str) -> None:
    answer = sent_back(desk)
    desk.cookies.clear()
    token = Tokens(settings.keys.session).issue("chat", '["s", "n", "v"]') if "chat" in planted else planted
    desk.cookies.set("__Host-provider", token)
    assert desk.get(answer).status_code == 403


def test_an_answer_that_names_another_issuer_is_refused(desk: TestClient, provider: Provider) -> None:
    provider.answer = {"iss": "https://evil.example.org"}
    assert desk.get(sent_back(desk)).status_code == 401
    provider.answer = {"iss": provider.issuer}
    desk.get(sent_back(desk))
    assert is_in(desk)


def test_a_provider_that_promises_to_name_itself_and_does_not_is_refused(desk: TestClient, provider: Provider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    assert desk.get(sent_back(desk)).status_code == 401


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(desk: TestClient) -> None:
    desk.cookies.set("__Host-inbox", "planted-by-another", domain="desk.example.org", path="/")
    desk.get(sent_back(desk))
    desk.cookies.clear()
    desk.cookies.set("__Host-inbox", "planted-by-another")
    assert not is_in(desk)
