"""What the Telegram tests share: an installation, its database, a stand-in engine, a Bot API of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine
from tests.offices import engine, migrated
from tests.services import free_port
from tests.telegram.desk import Desk
from tests.telegram.fake_api import FakeApi

__all__ = ["engine"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A whole installation's settings, with fresh keys and an engine port of its own."""
    create_missing(tmp_path, {})
    return Settings.from_environment({"SEND_DESK_DATA": str(tmp_path), "SEND_DESK_ENGINE_PORT": str(free_port())})


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A migrated SQLite database."""
    with migrated(Database.from_settings(settings)) as found:
        yield found


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A running Bot API."""
    fake = FakeApi().start()
    yield fake
    fake.stop()


@pytest.fixture
def desk(api: FakeApi, settings: Settings, db: Database, engine: FakeEngine) -> Desk:
    """The office with Telegram, in polling mode; tests start it with `running`."""
    return Desk(api, settings, db)
