"""Who may do what: every route of the inbox, as each role and as nobody."""

import re
from itertools import product

import pytest
from starlette.testclient import TestClient

from bot.store.engine import Database
from bot.web.inbox.routes import TABLE, routes
from tests.inbox.making import Made
from tests.inbox.people import ROLES, person

# The least role of each route, written down here a second time on purpose: a new route fails until somebody has thought.
LEAST = {
    "/inbox/logout": "viewer",
    "/inbox/account": "viewer",
    "/inbox/account/password": "viewer",
    "/inbox/account/second-factor": "viewer",
    "/inbox": "viewer",
    "/inbox/live": "viewer",
    "/inbox/views": "viewer",
    "/inbox/views/{view}/delete": "viewer",
    "/inbox/answers/{entry}": "viewer",
    "/inbox/cases/{reference}": "viewer",
    "/inbox/cases/{reference}/state": "caseworker",
    "/inbox/cases/{reference}/assign": "caseworker",
    "/inbox/cases/{reference}/follow-up": "caseworker",
    "/inbox/cases/{reference}/tags": "caseworker",
    "/inbox/cases/{reference}/note": "caseworker",
    "/inbox/cases/{reference}/reply": "caseworker",
    "/inbox/cases/{reference}/conversation": "caseworker",
    "/inbox/cases/{reference}/finish": "caseworker",
    "/inbox/cases/{reference}/reopen": "caseworker",
    "/inbox/cases/{reference}/merge": "caseworker",
    "/inbox/cases/{reference}/transcript": "caseworker",
    "/inbox/cases/{reference}/print": "caseworker",
    "/inbox/cases/{reference}/json": "caseworker",
    "/inbox/cases/{reference}/letters/{letter}": "caseworker",
    "/inbox/list.csv": "caseworker",
    "/inbox/evidence": "manager",
    "/inbox/evidence/charts/{table}.svg": "manager",
    "/inbox/evidence/csv": "manager",
    "/inbox/evidence/briefing": "manager",
    "/inbox/running": "manager",
    "/inbox/running/switches": "manager",
    "/inbox/running/outbox/{row}": "manager",
    "/inbox/running/log": "manager",
    "/inbox/running/users": "manager",
}
BEFORE_LOGIN = {"/inbox/login", "/inbox/login/code", "/inbox/login/provider", "/inbox/login/provider/back"}
INSIDE = [(route.path, method) for route in routes() for method in sorted(route.methods or ()) if method != "HEAD"]
INSIDE = [(path, method) for path, method in INSIDE if path not in BEFORE_LOGIN and path != "/inbox/live"]


def filled(path: str, reference: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path.replace("{reference}", reference))


def test_the_table_of_roles_names_every_route_and_no_other() -> None:
    assert {path for path, *_ in TABLE} == set(LEAST) | BEFORE_LOGIN


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_its_own_routes_and_no_more(client: TestClient, db: Database, made: Made, role: str) -> None:
    reference = made.case(made.conversation())
    for path, method in INSIDE:
        who = person(client, db, role)
        data = {"csrf": who.csrf} if method == "POST" else None
        answer = who.request(method, filled(path, reference), data=data)
        allowed = ROLES.index(role) >= ROLES.index(LEAST[path])
        assert (answer.status_code != 403) == allowed, f"{role} {method} {path}: {answer.status_code}"
        assert answer.status_code < 500, f"{role} {method} {path}: {answer.status_code}"


def test_nobody_reaches_anything(client: TestClient, made: Made) -> None:
    reference = made.case()
    for path, method in [*INSIDE, ("/inbox/live", "GET"), ("/inbox/login/code", "GET"), ("/inbox/login/code", "POST")]:
        answer = client.request(method, filled(path, reference))
        refused = answer.status_code == 403 or answer.headers.get("location") == "/inbox/login"
        assert refused, f"{method} {path}: {answer.status_code}"


def test_half_a_login_opens_nothing_but_the_page_for_the_code(client: TestClient, db: Database, made: Made) -> None:
    reference = made.case()
    half = person(client, db, "manager", second=False)
    for path, method in INSIDE:
        answer = half.request(method, filled(path, reference), data={"csrf": half.csrf} if method == "POST" else None)
        refused = answer.status_code == 403 or answer.headers.get("location") == "/inbox/login/code"
        assert refused, f"{method} {path}: {answer.status_code}"
    assert half.get("/inbox/login/code").status_code == 200


def test_no_form_works_without_its_token_or_from_another_site(client: TestClient, db: Database, made: Made) -> None:
    reference = made.case(made.conversation())
    who = person(client, db, "manager")
    before = made.row(reference).version
    forms = [path for path, method in INSIDE if method == "POST"]
    headers = ({}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example.org"})
    for path, header in product(forms, headers):
        token = who.csrf if header else "wrong"
        answer = who.request(
            "POST", filled(path, reference), data={"csrf": token, "version": before, "text": "x"}, headers=header
        )
        assert answer.status_code == 403, f"{path} {header}: {answer.status_code}"
    assert made.row(reference).version == before


def test_a_demoted_disabled_or_logged_out_member_is_out_at_once(client: TestClient, db: Database) -> None:
    from bot.web.accounts import disable_user, set_role

    person(client, db, "manager")
    who = person(client, db, "caseworker")
    set_role(db, "caseworker@example.org", "viewer")
    assert who.get("/inbox").headers["location"] == "/inbox/login"
    again = person(client, db, "caseworker")
    disable_user(db, "caseworker@example.org")
    assert again.get("/inbox").headers["location"] == "/inbox/login"


def test_a_view_of_another_member_cannot_be_deleted(client: TestClient, db: Database) -> None:
    from bot.store.inbox_tables import SavedView

    one, other = person(client, db, "caseworker"), person(client, db, "viewer")
    one.post("/inbox/views", name="Mine late", view="late")
    with db.read_scope() as session:
        view = session.query(SavedView).one()
    other.post(f"/inbox/views/{view.id}/delete")
    with db.read_scope() as session:
        assert session.query(SavedView).count() == 1
    one.post(f"/inbox/views/{view.id}/delete")
    with db.read_scope() as session:
        assert session.query(SavedView).count() == 0
