"""What the office's tests share: an installation in a temporary folder, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A whole installation's settings, with fresh keys."""
    create_missing(tmp_path, {})
    return Settings.from_environment({"SEND_DESK_DATA": str(tmp_path), "SEND_DESK_ORIGINS": "https://host.example.org"})


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """A migrated SQLite database."""
    database = Database.from_settings(settings)
    database.migrate()
    yield database
    database.close()
