"""What the tests of several folders start from: a stand-in engine, a migrated database, a database of each kind."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine


@pytest.fixture
def engine(settings: Settings) -> Iterator[FakeEngine]:
    """A running stand-in engine."""
    fake = FakeEngine(settings.engine_port, settings.keys.engine)
    fake.start()
    yield fake
    fake.stop()


@contextmanager
def migrated(database: Database) -> Iterator[Database]:
    """A database with its tables, closed afterwards."""
    database.migrate()
    yield database
    database.close()


@contextmanager
def on_each(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """The migrated database that a fixture's parameter names: `sqlite`, or `postgresql`, which is emptied first."""
    if request.param == "sqlite":
        database = Database(settings.database_url, Vault(settings.keys))
    else:
        database = Database(request.getfixturevalue("postgres_url"), Vault(settings.keys))
        empty(database)
    with migrated(database) as found:
        yield found


def empty(database: Database) -> None:
    """Takes everything out of a PostgreSQL database."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
