"""What the tests of running it share: an installation on SQLite or PostgreSQL, a stand-in engine, the whole office."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that `tests` is found however pytest was started

from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from tests.offices import empty, engine, migrated
from tests.services import free_port, postgres

__all__ = ["engine"]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for all tests of this folder."""
    with postgres() as url:
        yield url


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A whole installation's environment on SQLite, with ports that are free."""
    create_missing(tmp_path / "data", {})
    return {
        "SEND_DESK_DATA": str(tmp_path / "data"),
        "SEND_DESK_PORT": str(free_port()),
        "SEND_DESK_ENGINE_PORT": str(free_port()),
        "SEND_DESK_ACTIONS_PORT": str(free_port()),
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment on each of the two databases; PostgreSQL's is emptied first."""
    if request.param == "postgresql":
        environment["SEND_DESK_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        _empty(environment)
    return environment


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """The installation's settings."""
    return Settings.from_environment(environment)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """Its database, migrated."""
    with migrated(Database.from_settings(settings)) as found:
        yield found


def _empty(environment: dict[str, str]) -> None:
    database = Database.from_settings(Settings.from_environment(environment))
    empty(database)
    database.close()
