"""The second factor: set up, asked for, used once, recovered, and never walked around."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from starlette.testclient import TestClient

from bot.limits import LOGIN_TRIES_PER_ACCOUNT, RECOVERY_CODES
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.inbox_tables import RecoveryCode
from bot.store.tables import User, UserSession
from bot.web import accounts, second_factor
from bot.web.app import create_app
from tests.office.pages import EMAIL, PASSWORD, hidden, log_in

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def user(db: Database) -> str:
    return accounts.add_user(db, EMAIL, PASSWORD)


def switched_on(db: Database, user: str) -> tuple[pyotp.TOTP, list[str]]:
    totp = pyotp.TOTP(second_factor.begin(db, user))
    codes = second_factor.confirm(db, user, totp.at(NOW), NOW)
    assert codes is not None
    return totp, codes


def test_the_secret_is_sealed_and_the_codes_are_hashed(db: Database, user: str) -> None:
    totp, codes = switched_on(db, user)
    assert len(set(codes)) == RECOVERY_CODES
    with db.read_scope() as session:
        assert totp.secret not in (session.get_one(User, user).sealed_totp or "")
        assert not {row.id for row in session.query(RecoveryCode)} & set(codes)


def test_a_code_opens_once_and_an_older_one_not_after_it(db: Database, user: str) -> None:
    totp, _ = switched_on(db, user)
    assert not second_factor.passes(db, user, totp.at(NOW), NOW), "the code that switched it on was taken again"
    later = NOW + timedelta(seconds=30)
    assert second_factor.passes(db, user, totp.at(later), later)
    assert not second_factor.passes(db, user, totp.at(later), later)
    assert not second_factor.passes(db, user, totp.at(NOW), later)


def test_a_code_of_two_minutes_ago_is_too_old(db: Database, user: str) -> None:
    totp, _ = switched_on(db, user)
    assert not second_factor.passes(db, user, totp.at(NOW + timedelta(minutes=3)), NOW + timedelta(minutes=5))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 500])
def test_what_is_no_code_opens_nothing(db: Database, user: str, code: str) -> None:
    switched_on(db, user)
    assert not second_factor.passes(db, user, code, NOW)


def test_a_recovery_code_opens_once_however_it_is_typed(db: Database, user: str) -> None:
    _, codes = switched_on(db, user)
    typed = f" {codes[0][:4].lower()} {codes[0][4:8]}-{codes[0][8:]} "
    assert second_factor.passes(db, user, typed, NOW)
    assert not second_factor.passes(db, user, codes[0], NOW)
    assert second_factor.codes_left(db, user) == RECOVERY_CODES - 1


def test_a_recovery_code_of_another_member_opens_nothing(db: Database, user: str) -> None:
    _, codes = switched_on(db, user)
    other = accounts.add_user(db, "other@example.org", PASSWORD)
    switched_on(db, other)
    assert not second_factor.passes(db, other, codes[0], NOW)


def test_setting_up_through_the_pages_then_logging_in_needs_both(client: TestClient, db: Database) -> None:
    log_in(client, db)
    page = client.get("/inbox/account/second-factor")
    user = accounts.everybody(db)[0]
    totp = pyotp.TOTP(second_factor.begin(db, user.id))
    wrong = client.post("/inbox/account/second-factor", data={"csrf": hidden(page, "csrf"), "code": "000000"})
    assert wrong.status_code == 422
    done = client.post("/inbox/account/second-factor", data={"csrf": hidden(page, "csrf"), "code": totp.now()})
    assert done.text.count("<li>") >= RECOVERY_CODES
    assert client.get("/inbox/account/second-factor").headers["location"] == "/inbox/account"

    client.cookies.clear()
    half = log_in(client)
    assert half.headers["location"] == "/inbox/login/code"
    before = client.cookies["inbox"]
    assert client.get("/inbox").headers["location"] == "/inbox/login/code"
    form = client.get("/inbox/login/code")
    code = totp.at(datetime.now(UTC) + timedelta(seconds=30))
    whole = client.post("/inbox/login/code", data={"csrf": hidden(form, "csrf"), "code": code})
    assert whole.headers["location"] == "/inbox"
    assert client.cookies["inbox"] != before, "the cookie of the half login went on"
    assert client.get("/inbox").status_code == 200
    client.cookies.clear()
    client.cookies.set("inbox", before)
    assert client.get("/inbox").headers["location"] == "/inbox/login"


def test_guessing_codes_is_stopped_even_for_the_right_one(client: TestClient, db: Database, user: str) -> None:
    totp, _ = switched_on(db, user)
    log_in(client)
    csrf = hidden(client.get("/inbox/login/code"), "csrf")
    answers = [
        client.post("/inbox/login/code", data={"csrf": csrf, "code": "000000"}).status_code
        for _ in range(LOGIN_TRIES_PER_ACCOUNT)
    ]
    assert answers == [401] * LOGIN_TRIES_PER_ACCOUNT
    assert client.post("/inbox/login/code", data={"csrf": csrf, "code": totp.now()}).status_code == 429


def test_a_cookie_set_before_the_login_is_worth_nothing_after_it(client: TestClient, db: Database) -> None:
    client.cookies.set("inbox", "planted-by-another")
    log_in(client, db)
    client.cookies.clear()
    client.cookies.set("inbox", "planted-by-another")
    assert client.get("/inbox").headers["location"] == "/inbox/login"


def test_by_https_the_office_demands_a_second_factor(settings: Settings, db: Database) -> None:
    secure = replace(settings, public_url="https://desk.example.org")
    with TestClient(create_app(secure), base_url="https://desk.example.org", follow_redirects=False) as client:
        sent = log_in(client, db)
        assert sent.headers["set-cookie"].startswith("__Host-inbox=") and "Secure" in sent.headers["set-cookie"]
        assert client.get("/inbox").headers["location"] == "/inbox/account/second-factor"
        assert client.get("/inbox/account/second-factor").status_code == 200


def test_taking_the_factor_away_ends_every_login(db: Database, user: str) -> None:
    switched_on(db, user)
    token = accounts.log_in(db, user)
    second_factor.remove(db, user)
    assert accounts.logged_in(db, token) is None
    assert not second_factor.is_on(db, user)


def test_an_open_queue_that_fetches_itself_keeps_no_login_alive(client: TestClient, db: Database, user: str) -> None:
    token = accounts.log_in(db, user, datetime.now(UTC) - timedelta(minutes=10))
    client.cookies.set("inbox", token)

    def idle_until() -> datetime:
        with db.read_scope() as session:
            return session.query(UserSession).one().idle_until

    before = idle_until()
    assert client.get("/inbox", headers={"X-By-Itself": "1"}).status_code == 200
    assert idle_until() == before
    assert client.get("/inbox").status_code == 200
    assert idle_until() > before
