"""What the office's tests share: an installation in a temporary folder, its database, a stand-in engine, a client."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found however pytest was started

from bot.privacy.keys import create_missing  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.store.engine import Database  # noqa: E402
from tests.office.fake_engine import FakeEngine  # noqa: E402
from tests.services import free_port  # noqa: E402


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A whole installation's settings, with fresh keys and an engine port of its own."""
    create_missing(tmp_path, {})
    environment = {
        "SEND_DESK_DATA": str(tmp_path),
        "SEND_DESK_ENGINE_PORT": str(free_port()),
        "SEND_DESK_ORIGINS": "https://host.example.org",
    }
    return Settings.from_environment(environment)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A migrated SQLite database."""
    database = Database.from_settings(settings)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def engine(settings: Settings) -> Iterator[FakeEngine]:
    """A running stand-in engine."""
    fake = FakeEngine(settings.engine_port, settings.keys.engine)
    fake.start()
    yield fake
    fake.stop()
