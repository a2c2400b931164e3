"""What the tests of cases share: an installation in a temporary folder, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from tests.offices import migrated, on_each
from tests.services import postgres


@pytest.fixture
def installed(tmp_path: Path) -> Settings:
    """An installation with fresh keys."""
    create_missing(tmp_path, {})
    return Settings.from_environment({"SEND_DESK_DATA": str(tmp_path)})


@pytest.fixture
def db(installed: Settings) -> Iterator[Database]:
    """A migrated SQLite database."""
    with migrated(Database.from_settings(installed)) as found:
        yield found


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for the session."""
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_db(request: pytest.FixtureRequest, installed: Settings) -> Iterator[Database]:
    """A migrated database of each kind."""
    with on_each(request, installed) as found:
        yield found
