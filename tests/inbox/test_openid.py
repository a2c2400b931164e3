"""Signing in through the organisation's own accounts, against a real provider: who gets in, as what, and how it fails."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from bot.limits import LOGIN_TRIES_PER_ADDRESS, PROVIDER_MINUTES
from bot.settings import Settings
from bot.store.engine import Database
from bot.web import accounts
from bot.web.app import create_app
from bot.web.openid_settings import OpenIdSettings
from tests.inbox.openid_desk import BACK, BEGIN, EMAIL, PASSWORD, desk, is_in, provider, running, sent_back
from tests.inbox.openid_provider import CLIENT, SECRET, Provider
from tests.office.pages import hidden

__all__ = ["desk", "provider", "running"]


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


def test_a_provider_that_signs_with_a_new_key_is_still_believed(desk: TestClient, provider: Provider) -> None:
    desk.get(sent_back(desk))
    desk.cookies.clear()
    provider.turn_key()
    desk.get(sent_back(desk))
    assert is_in(desk)


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
