"""Reads the office's pages as a parent's or a caseworker's browser would."""

import re
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from bot.store.engine import Database
from bot.web.accounts import add_user

EMAIL, PASSWORD = "caseworker@example.org", "a long enough password"


def hidden(page: Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name} on the page"
    return found[1]


def say(client: TestClient, **fields: str) -> Response:
    """Sends a message with the page's own form and follows back to the page."""
    message_id = hidden(client.get("/chat"), "message_id")
    sent = client.post("/chat", data={"message_id": message_id, **fields})
    return client.get("/chat") if sent.status_code == 303 else sent


def log_in(client: TestClient, db: Database | None = None, password: str = PASSWORD) -> Response:
    """Logs in; with `db` the account is made first."""
    if db is not None:
        add_user(db, EMAIL, PASSWORD)
    csrf = hidden(client.get("/inbox/login"), "csrf")
    return client.post("/inbox/login", data={"csrf": csrf, "email": EMAIL, "password": password})


def session(client: TestClient) -> dict[str, str]:
    """The headers that open a new conversation."""
    return {"Authorization": f"Bearer {client.post('/chat/v1/sessions').json()['session']}"}


def message(number: int, **fields: Any) -> dict[str, Any]:
    """A message's body."""
    return {"message_id": f"message-{number}", **fields}
