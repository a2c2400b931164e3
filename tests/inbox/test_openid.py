"""Signing in through the organisation's own accounts, against a real provider: who gets in, and all who do not."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from bot.cli import main
from bot.limits import LOGIN_TRIES_PER_ADDRESS, PROVIDER_MINUTES
from bot.privacy.keys import create_missing
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.web import accounts
from bot.web.app import create_app
from bot.web.openid_settings import OpenIdSettings
from bot.web.tokens import Tokens
from tests.inbox.openid_provider import CLIENT, SECRET, Claims, Provider
from tests.office.pages import hidden

EMAIL, PASSWORD = "worker@example.org", "a long enough password"
BEGIN, BACK = "/inbox/login/provider", "/inbox/login/provider/back"
TOLD = {
    "SEND_DESK_OIDC_ISSUER": "https://login.example.org/office",
    "SEND_DESK_OIDC_CLIENT_ID": CLIENT,
    "SEND_DESK_OIDC_CLIENT_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    found = Provider()
    found.start()
    yield found
    found.stop()


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider as it was at first: honest, with a verified caseworker signed in."""
    running.person = {"sub": "person-1", "email": EMAIL, "email_verified": True}
    running.change, running.answer, running.metadata = lambda claims: claims, {}, {}
    running.signing_key = None
    return running


@pytest.fixture
def desk(settings: Settings, db: Database, provider: Provider) -> Iterator[TestClient]:
    """The office with that provider and one account, reached by https as in earnest."""
    accounts.add_user(db, EMAIL, PASSWORD)
    app = create_app(
        replace(settings, public_url="https://desk.example.org"),
        openid=OpenIdSettings(provider.issuer, CLIENT, SECRET, "Test account"),
    )
    with TestClient(app, base_url="https://desk.example.org", follow_redirects=False) as client:
        yield client


def sent_back(desk: TestClient) -> str:
    """Begins in the office, signs in at the provider over HTTP; the address that the provider sends the browser to."""
    to_provider = desk.get(BEGIN)
    assert to_provider.status_code == 303, to_provider.text
    return httpx.get(to_provider.headers["location"]).headers["location"]


def is_in(desk: TestClient) -> bool:
    return desk.get("/inbox").status_code == 200


def test_a_member_signs_in_and_needs_no_second_factor_of_the_inbox(desk: TestClient) -> None:
    assert "Log in with your Test account" in desk.get("/inbox/login").text
    page = desk.get(sent_back(desk))
    assert page.status_code == 200 and 'content="0; url=/inbox"' in page.text
    assert is_in(desk), "though this office demands a second factor of those who log in with a password"
    assert "With your organisation" in desk.get("/inbox/account").text


def test_the_cookies_are_bound_to_the_host_and_hidden_and_only_the_one_for_the_way_is_lax(desk: TestClient) -> None:
    begun = desk.get(BEGIN)
    on_the_way = begun.headers["set-cookie"]
    assert on_the_way.startswith("__Host-provider=")
    assert all(
        part in on_the_way for part in ("HttpOnly", "Secure", "SameSite=lax", f"Max-Age={PROVIDER_MINUTES * 60}")
    )
    back = desk.get(httpx.get(begun.headers["location"]).headers["location"])
    forgotten, login = sorted(back.headers.get_list("set-cookie"), key=lambda cookie: "inbox" in cookie)
    assert forgotten.startswith('__Host-provider=""') and "Max-Age=0" in forgotten
    assert login.startswith("__Host-inbox=") and all(
        part in login for part in ("HttpOnly", "Secure", "SameSite=strict")
    )


def test_the_cookie_for_the_way_tells_nobody_what_is_in_it(desk: TestClient) -> None:
    begun = desk.get(BEGIN)
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["redirect_uri"] == [f"https://desk.example.org{BACK}"]
    for secret in (asked["state"][0], asked["nonce"][0]):
        assert len(secret) >= 20 and secret not in begun.headers["set-cookie"]


def test_every_sign_in_asks_with_a_fresh_state_nonce_and_challenge(desk: TestClient) -> None:
    asked = [parse_qs(urlsplit(desk.get(BEGIN).headers["location"]).query) for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name][0] for one in asked}) == 3


def test_the_address_is_found_however_it_is_written(desk: TestClient, provider: Provider) -> None:
    provider.person |= {"email": " Worker@Example.ORG "}
    desk.get(sent_back(desk))
    assert is_in(desk)


def test_the_role_stays_the_offices_own_whatever_the_provider_says(desk: TestClient, provider: Provider) -> None:
    provider.person |= {"role": "manager", "roles": ["manager"], "groups": ["manager"]}
    desk.get(sent_back(desk))
    assert desk.get("/inbox/evidence").status_code == 403


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


def test_a_provider_that_signs_with_a_new_key_is_still_believed(desk: TestClient, provider: Provider) -> None:
    desk.get(sent_back(desk))
    desk.cookies.clear()
    provider.turn_key()
    desk.get(sent_back(desk))
    assert is_in(desk)


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
    fernet = Tokens(settings.keys.session)._fernet()
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


def test_an_unknown_address_gets_no_account_made(desk: TestClient, db: Database, provider: Provider) -> None:
    provider.person |= {"email": "stranger@example.org"}
    page = desk.get(sent_back(desk))
    assert page.status_code == 403 and "no account" in page.text and "stranger" not in page.text
    assert not is_in(desk) and len(accounts.everybody(db)) == 1


def test_a_disabled_account_stays_out_and_is_thrown_out(desk: TestClient, db: Database) -> None:
    desk.get(sent_back(desk))
    accounts.disable_user(db, EMAIL)
    assert not is_in(desk)
    assert desk.get(sent_back(desk)).status_code == 403
    assert not is_in(desk)


def test_who_refuses_at_the_provider_comes_back_to_the_login_page(desk: TestClient) -> None:
    asked = parse_qs(urlsplit(desk.get(BEGIN).headers["location"]).query)
    query = {"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": asked["state"][0]}
    page = desk.get(BACK, params=query)
    assert page.status_code == 401 and "alert(1)" not in page.text and "Log in to the inbox" in page.text


def test_an_answer_that_names_another_issuer_is_refused(desk: TestClient, provider: Provider) -> None:
    provider.answer = {"iss": "https://evil.example.org"}
    assert desk.get(sent_back(desk)).status_code == 401
    provider.answer = {"iss": provider.issuer}
    desk.get(sent_back(desk))
    assert is_in(desk)


def test_a_provider_that_promises_to_name_itself_and_does_not_is_refused(desk: TestClient, provider: Provider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    assert desk.get(sent_back(desk)).status_code == 401


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(desk: TestClient, provider: Provider) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    desk.get(sent_back(desk))
    assert is_in(desk)


def test_a_discovery_that_names_another_issuer_sends_nobody_there(desk: TestClient, provider: Provider) -> None:
    provider.metadata = {"issuer": "https://evil.example.org"}
    assert desk.get(BEGIN).status_code == 502
    provider.metadata = {}
    assert desk.get(BEGIN).status_code == 303, "mended at the provider, it works without a restart"


def test_while_the_provider_is_down_the_password_still_works(settings: Settings, db: Database) -> None:
    accounts.add_user(db, EMAIL, PASSWORD)
    gone = OpenIdSettings("http://127.0.0.1:9/office", CLIENT, SECRET)
    with TestClient(create_app(settings, openid=gone), follow_redirects=False) as client:
        page = client.get(BEGIN)
        assert page.status_code == 502 and "cannot be reached" in page.text and 'name="password"' in page.text


def test_a_wrong_client_secret_lets_nobody_in(settings: Settings, db: Database, provider: Provider) -> None:
    accounts.add_user(db, EMAIL, PASSWORD)
    with TestClient(
        create_app(settings, openid=OpenIdSettings(provider.issuer, CLIENT, "wrong")), follow_redirects=False
    ) as client:
        answer = sent_back(client)
        assert client.get(urlsplit(answer)._replace(scheme="", netloc="").geturl()).status_code == 401
        assert not is_in(client)


def test_a_password_login_still_needs_the_second_factor_beside_a_provider(desk: TestClient) -> None:
    csrf = hidden(desk.get("/inbox/login"), "csrf")
    desk.post("/inbox/login", data={"csrf": csrf, "email": EMAIL, "password": PASSWORD})
    assert desk.get("/inbox").headers["location"] == "/inbox/account/second-factor"


def test_too_many_beginnings_from_one_address_are_stopped(desk: TestClient) -> None:
    answers = [desk.get(BEGIN).status_code for _ in range(LOGIN_TRIES_PER_ADDRESS + 1)]
    assert answers[-1] == 429 and set(answers[:-1]) == {303}


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(desk: TestClient) -> None:
    desk.cookies.set("__Host-inbox", "planted-by-another", domain="desk.example.org", path="/")
    desk.get(sent_back(desk))
    desk.cookies.clear()
    desk.cookies.set("__Host-inbox", "planted-by-another")
    assert not is_in(desk)


def test_the_log_of_a_refused_sign_in_names_no_person(
    desk: TestClient, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.person |= {"email": "stranger@example.org"}
    desk.get(sent_back(desk))
    provider.person |= {"email_verified": False}
    desk.get(sent_back(desk))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert ours == [
        "Sign-in through the provider failed: no enabled account.",
        "Sign-in through the provider failed: e-mail not verified.",
    ]


def test_without_a_provider_there_is_no_such_page_and_no_button(client: TestClient) -> None:
    assert client.get(BEGIN).status_code == 404 and client.get(BACK).status_code == 404
    assert "Log in with your" not in client.get("/inbox/login").text


def test_nothing_set_is_off_and_all_set_is_on() -> None:
    assert OpenIdSettings.from_environment({}) is None
    found = OpenIdSettings.from_environment(TOLD)
    assert (
        found is not None and found.metadata_url == "https://login.example.org/office/.well-known/openid-configuration"
    )
    assert SECRET not in repr(found)


@pytest.mark.parametrize("left_out", sorted(TOLD))
def test_settings_that_are_only_partly_there_stop_the_start(left_out: str) -> None:
    with pytest.raises(SettingWrong, match=left_out):
        OpenIdSettings.from_environment({name: value for name, value in TOLD.items() if name != left_out})
    with pytest.raises(SettingWrong, match=left_out):
        OpenIdSettings.from_environment({**TOLD, left_out: "  "})


def test_a_title_alone_stops_the_start_too() -> None:
    with pytest.raises(SettingWrong, match="SEND_DESK_OIDC_ISSUER"):
        OpenIdSettings.from_environment({"SEND_DESK_OIDC_TITLE": "Test account"})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.org", "login.example.org", "ftp://login.example.org", "https://", "https://a:b@login.example.org",
        "https://login.example.org?x=1", "https://login.example.org#x", "https://[", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_issuer_that_cannot_be_trusted_stops_the_start(issuer: str) -> None:
    with pytest.raises(SettingWrong, match="SEND_DESK_OIDC_ISSUER"):
        OpenIdSettings.from_environment({**TOLD, "SEND_DESK_OIDC_ISSUER": issuer})


def test_the_start_fails_with_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_missing(tmp_path, {})
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    monkeypatch.setenv("SEND_DESK_OIDC_ISSUER", "https://login.example.org")
    assert main(["serve-office"]) == 1
    assert "SEND_DESK_OIDC_CLIENT_ID" in capsys.readouterr().err
