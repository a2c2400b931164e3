"""The inbox: who gets in, what they see, and what keeps others out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from bot.cases.store import QueueFields, submit
from bot.limits import LOGIN_TRIES_PER_ACCOUNT, LOGIN_TRIES_PER_ADDRESS, STAFF_IDLE_MINUTES, STAFF_SESSION_HOURS
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import UserSession
from bot.web import accounts
from bot.web.access import UndeclaredRoute, assert_declared
from bot.web.accounts import AccountError, add_user, check_password, disable_user, has_users, set_password
from bot.web.app import all_routes
from bot.web.limiter import Limiter
from tests.office.pages import EMAIL, PASSWORD, hidden, log_in

NOW = datetime(2026, 11, 23, 21, 5, tzinfo=UTC)
QUEUE = QueueFields(1, date(2026, 12, 7), "appeal", "refusal", "Stockport", "web", "Stockport", True)
OPEN_TO_ALL = {
    "/", "/chat", "/case", "/chat/person", "/chat/frame", "/chat/leave", "/chat/delete", "/chat/files/{seq:int}/{number:int}",
    "/chat/letters/{seq:int}/{number:int}", "/chat/useful",
    "/chat/v1/sessions", "/widget/v1/loader.js", "/widget/v1/{name}",
    "/answers", "/answers/{entry_id}", "/answers/{entry_id}/useful", "/inbox/login", "/healthz", "/readyz",
    "/inbox/login/provider", "/inbox/login/provider/back",
}  # fmt: skip


def send_case(db: Database, key: str = "one", queue: QueueFields = QUEUE) -> str:
    return submit(
        db,
        idempotency_key=key,
        conversation_id=None,
        summary={"what_happened": "They <b>refused</b> to assess.", "wants": ["an assessment"]},
        contact={"name": "Test Parent", "phone": "07700 900123"},
        queue=queue,
        consent_version="2026-11",
        now=NOW,
    )


def without_token(page: httpx.Response) -> str:
    return page.text.replace(hidden(page, "csrf"), "")


def walk(routes: list[BaseRoute], before: str = "") -> list[tuple[str, str]]:
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found += walk(list(route.routes), before + route.path)
        elif isinstance(route, Route):
            found += [(before + route.path, method) for method in route.methods or ()]
    return found


def test_nobody_gets_past_any_route_that_is_not_meant_for_all(client: TestClient, settings: Settings) -> None:
    routes = walk(all_routes(settings))
    paths = {path for path, _ in routes}
    assert paths >= OPEN_TO_ALL
    for path, method in routes:
        if path not in OPEN_TO_ALL:
            answer = client.request(method, path.replace("{reference}", "SD-AAAA-AAAA"))
            refused = answer.status_code in (401, 403) or answer.headers.get("location") == "/inbox/login"
            assert refused, f"{method} {path} let nobody in: {answer.status_code}"


async def endpoint(request: Request) -> Response:
    return PlainTextResponse("open")


def test_a_route_without_an_access_rule_stops_the_start() -> None:
    for routes in ([Route("/open", endpoint)], [Mount("/inside", routes=[Route("/open", endpoint)])]):
        with pytest.raises(UndeclaredRoute, match="no access rule"):
            assert_declared(routes)


def test_a_caseworker_logs_in_sees_the_cases_in_order_and_opens_one(client: TestClient, db: Database) -> None:
    later = send_case(db, "later", replace(QUEUE, urgency=3, safeguarding=False))
    first = send_case(db)
    assert log_in(client, db).headers["location"] == "/inbox"
    page = client.get("/inbox").text
    assert page.index(first) < page.index(later) and "7 Dec 2026" in page
    assert "Test Parent" not in page
    case = client.get(f"/inbox/cases/{first}").text
    for words in (
        "Test Parent",
        "07700 900123",
        "They &lt;b&gt;refused&lt;/b&gt; to assess.",
        "an assessment",
        "Safeguarding",
    ):
        assert words in case
    assert client.get("/inbox/cases/SD-AAAA-AAAA").status_code == 404


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: TestClient, db: Database) -> None:
    wrong = log_in(client, db, "not the password")
    csrf = hidden(client.get("/inbox/login"), "csrf")
    unknown = client.post("/inbox/login", data={"csrf": csrf, "email": "nobody@example.org", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert without_token(wrong) == without_token(unknown)


def test_too_many_tries_lock_an_account_even_for_the_right_password(client: TestClient, db: Database) -> None:
    codes = [log_in(client, db if number == 0 else None, "wrong password").status_code
             for number in range(LOGIN_TRIES_PER_ACCOUNT)]  # fmt: skip
    assert codes == [401] * LOGIN_TRIES_PER_ACCOUNT
    late = log_in(client)
    assert late.status_code == 429 and "Please wait" in late.text


def test_too_many_tries_from_one_address_are_stopped_whatever_the_account(client: TestClient, db: Database) -> None:
    csrf = hidden(client.get("/inbox/login"), "csrf")
    codes = []
    for number in range(LOGIN_TRIES_PER_ADDRESS + 1):
        data = {"csrf": csrf, "email": f"user{number}@example.org", "password": "x"}
        answer = client.post("/inbox/login", data=data)
        csrf = hidden(answer, "csrf")
        codes.append(answer.status_code)
    assert codes == [401] * LOGIN_TRIES_PER_ADDRESS + [429]


def test_a_login_form_without_its_token_is_refused(client: TestClient, db: Database) -> None:
    add_user(db, EMAIL, PASSWORD)
    hidden(client.get("/inbox/login"), "csrf")
    for data in ({}, {"csrf": "x"}, {"csrf": ""}):
        answer = client.post("/inbox/login", data={**data, "email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 403
    client.cookies.clear()
    assert client.post("/inbox/login", data={"csrf": "", "email": EMAIL, "password": PASSWORD}).status_code == 403


def test_logging_out_needs_the_token_and_ends_the_login(client: TestClient, db: Database) -> None:
    log_in(client, db)
    cookie = client.cookies["inbox"]
    csrf = hidden(client.get("/inbox"), "csrf")
    assert client.post("/inbox/logout", data={"csrf": "x"}).status_code == 403
    assert client.get("/inbox").status_code == 200
    assert client.post("/inbox/logout", data={"csrf": csrf}).headers["location"] == "/inbox/login"
    client.cookies.clear()
    client.cookies.set("inbox", cookie)
    assert client.get("/inbox").status_code == 303


def test_the_login_cookie_is_strict_hidden_and_stored_only_as_a_hash(client: TestClient, db: Database) -> None:
    sent = log_in(client, db).headers["set-cookie"]
    assert "HttpOnly" in sent and "SameSite=strict" in sent
    with db.read_scope() as session:
        stored = session.query(UserSession).one()
    assert stored.id != client.cookies["inbox"] and client.cookies["inbox"] not in (stored.id, stored.csrf)


def test_a_login_idles_out_and_ends_with_the_day(db: Database) -> None:
    user = add_user(db, EMAIL, PASSWORD)
    token = accounts.log_in(db, user, NOW)
    idle = timedelta(minutes=STAFF_IDLE_MINUTES)
    assert accounts.logged_in(db, token, NOW + idle - timedelta(seconds=1))
    assert accounts.logged_in(db, token, NOW + idle + timedelta(seconds=1)), "use did not prolong it"
    assert accounts.logged_in(db, token, NOW + 3 * idle) is None
    busy = accounts.log_in(db, user, NOW)
    moment = NOW
    while moment < NOW + timedelta(hours=STAFF_SESSION_HOURS) - idle / 2:
        moment += idle / 2
        assert accounts.logged_in(db, busy, moment) or moment >= NOW + timedelta(hours=STAFF_SESSION_HOURS)
    assert accounts.logged_in(db, busy, NOW + timedelta(hours=STAFF_SESSION_HOURS)) is None


def test_disabling_or_resetting_an_account_ends_its_logins(client: TestClient, db: Database) -> None:
    log_in(client, db)
    disable_user(db, EMAIL)
    assert client.get("/inbox").status_code == 303
    assert log_in(client).status_code == 401
    set_password(db, EMAIL, "another long password")
    assert check_password(db, EMAIL, "another long password")
    assert check_password(db, EMAIL.upper(), "another long password")
    assert check_password(db, EMAIL, PASSWORD) is None


@pytest.mark.parametrize(
    ("email", "password", "role"),
    [("no address", PASSWORD, "caseworker"), (EMAIL, "tiny-secret", "caseworker"), (EMAIL, PASSWORD, "king")],
)
def test_an_account_needs_an_address_a_long_password_and_a_known_role(
    db: Database, email: str, password: str, role: str
) -> None:
    with pytest.raises(AccountError) as error:
        add_user(db, email, password, role)
    assert password not in str(error.value)
    assert not has_users(db)


def test_an_account_is_made_once(db: Database) -> None:
    add_user(db, EMAIL, PASSWORD)
    with pytest.raises(AccountError, match="already"):
        add_user(db, EMAIL.upper(), PASSWORD)
    with pytest.raises(AccountError, match="no account"):
        disable_user(db, "nobody@example.org")


def test_the_user_verb_makes_resets_and_disables(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli import main

    monkeypatch.setenv("SEND_DESK_DATA", str(settings.data))
    assert main(["user", "add", EMAIL, "--role", "manager"]) == 0
    password = capsys.readouterr().out.split("shown once: ")[1].strip()
    assert check_password(db, EMAIL, password)
    assert main(["user", "reset", EMAIL]) == 0
    assert not check_password(db, EMAIL, password)
    assert main(["user", "disable", EMAIL]) == 0
    assert main(["user", "disable", "nobody@example.org"]) == 1
    assert "no account" in capsys.readouterr().err


def test_a_limiter_refills_steadily_and_says_how_long_to_wait() -> None:
    now = [0.0]
    limiter = Limiter(2, 60, lambda: now[0])
    assert [limiter.take("a"), limiter.take("a"), limiter.take("a"), limiter.take("b")] == [0, 0, 30, 0]
    now[0] = 29.0
    assert limiter.take("a") == 1
    now[0] = 30.0
    assert limiter.take("a") == 0
    limiter.forget("a")
    assert [limiter.take("a"), limiter.take("a")] == [0, 0]
