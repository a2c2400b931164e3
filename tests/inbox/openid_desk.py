"""An office with a real provider beside it: what the tests of signing in there share."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from starlette.testclient import TestClient

from bot.settings import Settings
from bot.store.engine import Database
from bot.web import accounts
from bot.web.app import create_app
from bot.web.openid_settings import OpenIdSettings
from tests.inbox.openid_provider import CLIENT, SECRET, Provider

EMAIL, PASSWORD = "worker@example.org", "a long enough password"
BEGIN, BACK = "/inbox/login/provider", "/inbox/login/provider/back"


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
