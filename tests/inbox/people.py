"""Members of the office in the tests: logs them in without the form, and sends forms with their token."""

from dataclasses import dataclass

import httpx
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.store.engine import Database
from bot.store.tables import User
from bot.web import accounts
from bot.web.accounts import add_user

PASSWORD = "a long enough password"
ROLES = ("viewer", "caseworker", "manager")


@dataclass
class Person:
    """One member and their login."""

    client: TestClient
    id: str
    token: str
    csrf: str

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **fields: object) -> httpx.Response:
        return self.request("POST", path, data={"csrf": self.csrf, **fields})

    def request(self, method: str, path: str, **more: object) -> httpx.Response:
        self.client.cookies.clear()
        self.client.cookies.set("inbox", self.token)
        return self.client.request(method, path, **more)  # type: ignore[arg-type]


def person(client: TestClient, db: Database, role: str = "caseworker", second: bool = True) -> Person:
    """A member with a role, logged in; made when there is none yet."""
    email = f"{role}@example.org"
    with db.read_scope() as session:
        found = session.scalar(select(User.id).where(User.email == email))
    user_id = found or add_user(db, email, PASSWORD, role)
    token = accounts.log_in(db, user_id, None, second)
    staff = accounts.logged_in(db, token)
    assert staff is not None
    return Person(client, user_id, token, staff.csrf)
