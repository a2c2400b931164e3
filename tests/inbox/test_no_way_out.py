"""No address, field or header of the inbox leads a browser to another site, or puts a header into an answer."""

import pytest
from starlette.testclient import TestClient

from bot.store.engine import Database
from bot.web.inbox.routes import routes
from tests.inbox.making import Made
from tests.inbox.people import person
from tests.inbox.test_access import filled

EVIL = [
    "https://evil.example.org", "//evil.example.org", "/\\evil.example.org", "\\\\evil.example.org", "https:evil.example.org",
    "javascript:alert(1)", "/inbox\r\nSet-Cookie: inbox=planted", "%0d%0aLocation:%20https://evil.example.org",
]  # fmt: skip
NAMES = (
    "next",
    "to",
    "url",
    "return",
    "return_to",
    "redirect",
    "redirect_uri",
    "continue",
    "done",
    "view",
    "q",
    "name",
    "snippet",
)
PATHS = [
    (route.path, method) for route in routes() for method in sorted(route.methods or ()) if route.path != "/inbox/live"
]


@pytest.mark.parametrize("evil", EVIL)
def test_no_redirect_leaves_the_inbox_whatever_is_asked(
    client: TestClient, db: Database, made: Made, evil: str
) -> None:
    reference = made.case(made.conversation())
    fields = dict.fromkeys(NAMES, evil)
    for path, method in PATHS:
        boss = person(client, db, "manager")
        data = {"csrf": boss.csrf, "version": made.row(reference).version, **fields} if method == "POST" else None
        answer = boss.request(
            method, filled(path, reference), params=fields, data=data, headers={"referer": evil.split("\r")[0]}
        )
        where = answer.headers.get("location", "/inbox")
        assert where.startswith("/inbox") and "\r" not in where and "\n" not in where, f"{method} {path}: {where}"
        assert "planted" not in answer.headers.get("set-cookie", ""), f"{method} {path}"
        assert "evil.example.org" not in answer.headers.get("refresh", "")


@pytest.mark.parametrize("evil", EVIL)
def test_an_id_in_the_address_that_is_an_address_leads_nowhere(client: TestClient, db: Database, evil: str) -> None:
    from urllib.parse import quote

    boss = person(client, db, "manager")
    for path, method in PATHS:
        if "{" in path:
            hostile = path.split("{")[0] + quote(evil, safe="") + path.split("}")[1]
            answer = boss.request(method, hostile, data={"csrf": boss.csrf} if method == "POST" else None)
            assert answer.headers.get("location", "/inbox").startswith("/inbox"), f"{method} {path}"
            assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
