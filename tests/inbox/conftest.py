"""What the inbox's tests share: the office's own fixtures, and cases made through the real form's store."""

import pytest

from bot.store.engine import Database
from bot.web.accounts import add_user
from tests.inbox.making import Made
from tests.office.conftest import client, db, engine, settings

__all__ = ["client", "db", "engine", "settings"]


@pytest.fixture
def made(db: Database) -> Made:
    """Makes cases, and a caseworker who works on them."""
    return Made(db, add_user(db, "worker@example.org", "a long enough password"))
